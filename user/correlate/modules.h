/* SPDX-License-Identifier: MIT */
/*
 * The files that were mapped, each once.
 *
 * A file is known by its path and by the id that the kernel side gave it: the path alone may come
 * to mean another file while the recording runs, and so may device and inode.
 */
#ifndef PROF_CORRELATE_MODULES_H
#define PROF_CORRELATE_MODULES_H

#include <stdint.h>

#include "base/vec.h"
#include "capture/mapped_files.h"
#include "recording/idmap.h"
#include "recording/writer.h"

/* Where its names are to be had. */
struct module_origin {
	uint32_t file;  /* of bpf/event.h; FILE_NONE: no file */
	uint32_t space; /* whose code made at run time it is; 0: it is a file */
};

struct modules {
	struct writer *writer;
	const struct mapped_files *files;
	VEC(struct module) by_id;
	VEC(struct module_origin) origins; /* by id */
	struct idmap ids;
};

void modules_init(struct modules *modules, struct writer *writer, const struct mapped_files *files);
void modules_fini(struct modules *modules);

/* The id of a mapped file, written to the recording when it is new. */
uint32_t module_intern(struct modules *modules, const struct mapping_event *event);

/* The same for memory of no file: one module for all of an address space. */
uint32_t module_intern_made_code(struct modules *modules, const struct mapping_event *event);

#endif
