/* SPDX-License-Identifier: MIT */
/*
 * The files of a stream, by the id that the kernel side gave them (bpf/event.h).
 *
 * Their paths come with the first mapping of code, or the first fault, that concerns them.
 */
#ifndef PROF_TRACE_FILES_H
#define PROF_TRACE_FILES_H

#include "base/vec.h"
#include "event.h"
#include "recording/recording.h"

struct live_file {
	struct module module; /* path NULL: not told */
	char *label;          /* the path, fit to be printed */
};

struct live_files {
	VEC(struct live_file) by_id;
};

void live_files_fini(struct live_files *files);

/* Takes note of a path; other events mean nothing to it. */
void live_files_take(struct live_files *files, const struct event *event);

/* Its path for a person; "?" when it was not told. */
const char *live_file_path(const struct live_files *files, uint32_t id);

/* The same without its directory. */
const char *live_file_name(const struct live_files *files, uint32_t id);

/* The file as the symbolizer knows it, and under which id; NULL when it cannot be looked into. */
const struct module *live_file_module(const struct live_files *files, uint32_t id,
				      uint32_t *out_module_id);

#endif
