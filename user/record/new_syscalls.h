/* SPDX-License-Identifier: MIT */
/*
 * System calls that are newer than this build: the running kernel tells their names in tracefs, and
 * their numbers by its programs; recordings keep both.
 */
#ifndef PROF_RECORD_NEW_SYSCALLS_H
#define PROF_RECORD_NEW_SYSCALLS_H

#include "base/vec.h"
#include "capture/capture.h"
#include "recording/writer.h"

struct new_syscall {
	char *name;
	int event_id;
};

struct new_syscalls {
	VEC(struct new_syscall) items;
};

/* Those of tracefs that have no number yet. */
void new_syscalls_find(struct new_syscalls *out);
void new_syscalls_fini(struct new_syscalls *calls);

/* From here on the decoder knows them. */
void new_syscalls_learn(const struct new_syscalls *calls, struct capture *c);

void new_syscalls_write(struct writer *w);

#endif
