/* SPDX-License-Identifier: MIT */
/*
 * The reading end of the per-CPU rings (bpf/ring.bpf.h is the writing end).
 *
 * A round takes note of every ring's head first and then reads each ring up to it. So whatever
 * happened before an event of round N, on whatever CPU, has been read when round N + 1 is over.
 */
#ifndef PROF_CAPTURE_RING_H
#define PROF_CAPTURE_RING_H

#include <stddef.h>
#include <stdint.h>

#include "event.h"

struct rings {
	uint32_t nr_cpus;
	uint64_t ring_bytes, stride_bytes;
	uint8_t *memory;    /* per CPU: its head, then its ring */
	uint64_t *upto;     /* heads as of this round's start */
	uint64_t *consumed; /* events read, by type */
};

/* What one CPU's head, ring and overhang take. */
uint64_t ring_stride(uint64_t ring_bytes);

/* Maps the rings of `nr_cpus` CPUs, `ring_bytes` each. 0 or -errno, reported. */
int rings_map(int map_fd, uint32_t nr_cpus, uint64_t ring_bytes, struct rings *out);
void rings_unmap(struct rings *rings);

/*
 * Hands every event of one round to `handle`, in order per CPU, and frees its room. Returns the
 * largest number of bytes that lay in one ring: close to ring_bytes, the recorder is about to lose.
 */
typedef void event_handler(void *arg, uint32_t cpu, const struct event *event);
uint64_t rings_drain(struct rings *rings, event_handler *handle, void *arg);

uint64_t rings_lost(const struct rings *rings, enum event_type type, enum loss_reason reason);
uint64_t rings_lost_on(const struct rings *rings, uint32_t cpu); /* of all types */
uint64_t rings_produced(const struct rings *rings, enum event_type type);

#endif
