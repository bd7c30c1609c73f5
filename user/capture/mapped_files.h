/* SPDX-License-Identifier: MIT */
/*
 * The files that the command maps as code, each opened while it can be.
 *
 * A path does not say which file was mapped: the file may be unlinked by now, another may have
 * taken its place, and in a container the path means something else. So a file is looked for at its
 * path, among the mappings of the process, and below the process's root, and taken only if the
 * kernel says that it is the one. It stays open (see keeper.h), so that its names can be read at
 * the end of the recording.
 */
#ifndef PROF_CAPTURE_MAPPED_FILES_H
#define PROF_CAPTURE_MAPPED_FILES_H

#include <stdbool.h>

#include "capture/capture.h"
#include "capture/keeper.h"

struct mapped_files;

/* `keep`: they will be asked for at the end. */
struct mapped_files *mapped_files_new(struct capture *capture, struct keeper *keeper, bool keep);
void mapped_files_free(struct mapped_files *files); /* NULL is fine */

/* Called for each mapping as it is told, the sooner the better: the process may end. Returns a
 * descriptor of the caller's to a file that was opened for the first time; -1: that was before, or
 * cannot be done. */
int mapped_files_meet(struct mapped_files *files, const struct mapping_event *event);

/* The build-id of a file by its id (bpf/event.h); returns its size, 0: none, or not known. */
uint8_t mapped_file_build_id(const struct mapped_files *files, uint32_t file, uint8_t out[20]);

/* A descriptor of its own to a file that still has the contents it was met with; -1: none. */
int mapped_file_open(const struct mapped_files *files, uint32_t file);

/* How many were never opened, though they were mapped. */
uint64_t mapped_files_unreachable(const struct mapped_files *files);

#endif
