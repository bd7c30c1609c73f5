/* SPDX-License-Identifier: MIT */
/*
 * Keeping files of the command open until the end of the recording, without being in its way.
 *
 * An open descriptor keeps the file's contents when the last name is gone, but it also keeps the
 * file system from being unmounted. So what lies on a mount that appeared after the recorder began
 * (the command's own, or a container's) is copied into memory instead.
 */
#ifndef PROF_CAPTURE_KEEPER_H
#define PROF_CAPTURE_KEEPER_H

#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"

struct keeper {
	VEC(uint64_t) mounts;     /* that were there at the start, ascending */
	size_t nr_open, max_open; /* descriptors */
	uint64_t left_bytes;      /* of memory for copies */
};

/* Raises the limit of open descriptors of this process. */
void keeper_init(struct keeper *keeper);
void keeper_fini(struct keeper *keeper);

/* Takes `fd`, for as long as the process lives that has the file in use itself. Returns it, or -1
 * when there is no room for another one; so do the next ones, and -1 is passed on. */
int keeper_hold(struct keeper *keeper, int fd);

/* From a descriptor that is held to one that can be kept after that: perhaps of a copy. */
int keeper_settle(struct keeper *keeper, int fd);
int keeper_copy(struct keeper *keeper, int fd); /* always of a copy */

void keeper_drop(struct keeper *keeper, int fd);

#endif
