/* SPDX-License-Identifier: MIT */
/*
 * From the events of the rings to the rows of a recording.
 *
 * Rings are read CPU by CPU, so an event may come before its cause on another CPU. Only stacks
 * mind, and wait until the round after their own is over (user_stacks.h; capture/ring.h). A stack
 * that goes on in the kernel waits for the user's part of it (kernel_stacks.h).
 */
#ifndef PROF_CORRELATE_H
#define PROF_CORRELATE_H

#include <stdbool.h>
#include <stdint.h>

#include "correlate/kernel_frames.h"
#include "correlate/modules.h"
#include "decode/syscalls.h"
#include "event.h"
#include "recording/writer.h"
#include "unwind/publish.h"

struct correlator;

struct correlator_options {
	const struct syscall_set *chosen; /* the calls that were; NULL: all */
	/* The tables by which stacks are finished that the kernel side had to leave. */
	const struct unwind_store *unwind_store;
	const struct mapped_files *files; /* for the build-ids of what is mapped */
	kernel_namer *kernel_name;        /* NULL: there are no kernel frames */
	void *arg;
};

struct correlator *correlator_new(struct writer *writer, const struct correlator_options *options);
void correlator_free(struct correlator *c); /* NULL is fine */

/* An event_handler of capture/ring.h. */
void correlator_event(void *correlator, uint32_t cpu, const struct event *event);

/* A round of the rings is over. */
void correlator_round(struct correlator *c);

/* Writes what is still gathered: `last` also what waits for another round. */
void correlator_flush(struct correlator *c, bool last);

struct recorded {
	uint64_t syscalls, faults, tasks, blocks;
	uint32_t left; /* tasks still running at the end */
};
const struct recorded *correlator_recorded(const struct correlator *c);

/* The modules met, by id, and the distinct kernel addresses that faulted or are on stacks, for
 * symbolization. */
const struct module *correlator_module(const struct correlator *c, uint32_t id);
const struct module_origin *correlator_module_origin(const struct correlator *c, uint32_t id);
const uint64_t *correlator_kernel_ips(const struct correlator *c, size_t *out_count);

#endif
