/* SPDX-License-Identifier: MIT */
/*
 * The threads that are traced, by their number.
 *
 * A child may stop before its parent tells of it: it is remembered by its number alone until then.
 */
#ifndef PROF_PTRACE_TRACEES_H
#define PROF_PTRACE_TRACEES_H

#include "base/vec.h"
#include "ptrace/tracer.h"

/* A power of two. */
#define NR_TRACEE_SLOTS 1024

struct tracee_link;

struct tracees {
	struct tracee_link *slots[NR_TRACEE_SLOTS];
	uint32_t nr;
	VEC(pid_t) unborn;
};

void tracees_fini(struct tracees *tracees);

struct tracee *tracees_find(struct tracees *tracees, pid_t tid); /* or NULL */
struct tracee *tracees_add(struct tracees *tracees, pid_t tid, pid_t pid);
void tracees_remove(struct tracees *tracees, struct tracee *t);
void tracees_remove_all(struct tracees *tracees);

/* `t` goes on under the number of `place`, which is removed. */
void tracees_replace(struct tracees *tracees, struct tracee *place, struct tracee *t);

void tracees_each(struct tracees *tracees, void (*visit)(void *arg, struct tracee *t), void *arg);

/* A child of which nobody has told has stopped. */
void tracees_note_unborn(struct tracees *tracees, pid_t tid);
/* Whether it was noted; it no longer is. */
bool tracees_take_unborn(struct tracees *tracees, pid_t tid);

#endif
