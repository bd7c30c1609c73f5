/* SPDX-License-Identifier: MIT */
/*
 * What calls do to descriptors and working directories, beside making new ones (of which the kernel
 * side tells): closing, marking, sharing, renaming, and going elsewhere.
 */
#ifndef PROF_TRACE_CALL_EFFECTS_H
#define PROF_TRACE_CALL_EFFECTS_H

#include "decode/call.h"
#include "decode/syscalls.h"
#include "descriptors/descriptors.h"

/* The calls that have to be known of to keep the descriptors, whichever are shown. */
void call_effects_need(struct syscall_set *out);

/* The same for sockets alone, and whether a call is one of them. */
void call_effects_need_sockets(struct syscall_set *out);
bool call_concerns_sockets(uint32_t nr);

/* A call has returned: what it has made counts, and what it has done is done. */
void call_effects_take(struct descriptors *d, uint32_t task, struct call *call);

/* A task is born. `call` is the one that its parent is in; NULL: unknown. */
void call_effects_fork(struct descriptors *d, uint32_t parent, uint32_t child, bool is_thread,
		       struct call *call);

/* Whether one of the paths is an argument, or that of a descriptor that is one. */
bool call_concerns(const struct descriptors *d, uint32_t task, struct call *call,
		   char *const *paths);

#endif
