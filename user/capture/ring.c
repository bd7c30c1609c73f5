// SPDX-License-Identifier: MIT
#include "capture/ring.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "base/error.h"

uint64_t ring_stride(uint64_t ring_bytes)
{
	return sizeof(struct ring_head) + ring_bytes + MAX_EVENT_BYTES;
}

static struct ring_head *head_of(const struct rings *rings, uint32_t cpu)
{
	return (void *)(rings->memory + cpu * rings->stride_bytes);
}

int rings_map(int map_fd, uint32_t nr_cpus, uint64_t ring_bytes, struct rings *out)
{
	struct rings rings = {
		.nr_cpus = nr_cpus,
		.ring_bytes = ring_bytes,
		.stride_bytes = ring_stride(ring_bytes),
	};

	rings.memory = mmap(NULL, nr_cpus * rings.stride_bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
			    map_fd, 0);
	if (rings.memory == MAP_FAILED)
		return fail(-errno, "cannot map the event rings");
	/* The command's process is no reader, and copying the page tables takes time. */
	madvise(rings.memory, nr_cpus * rings.stride_bytes, MADV_DONTFORK);
	rings.upto = xcalloc(nr_cpus, sizeof *rings.upto);
	rings.consumed = xcalloc(NR_EVENT_TYPES, sizeof *rings.consumed);
	*out = rings;
	return 0;
}

void rings_unmap(struct rings *rings)
{
	if (!rings->memory)
		return;
	munmap(rings->memory, rings->nr_cpus * rings->stride_bytes);
	free(rings->upto);
	free(rings->consumed);
	*rings = (struct rings){0};
}

/* Room is given back now and then within a long run, so that the CPU need not wait for its end. */
#define GIVE_BACK_BYTES (256 << 10)

static void ring_drain(struct rings *rings, uint32_t cpu, event_handler *handle, void *arg)
{
	struct ring_head *head = head_of(rings, cpu);
	const uint8_t *data = (const void *)(head + 1);
	uint64_t at = head->tail, given_back = at;

	while (at < rings->upto[cpu]) {
		const struct event *event = (const void *)(data + (at & (rings->ring_bytes - 1)));

		if (event->size_bytes < sizeof *event || event->type >= NR_EVENT_TYPES)
			BUG("event of %u bytes and type %u in ring %u", event->size_bytes,
			    event->type, cpu);
		handle(arg, cpu, event);
		rings->consumed[event->type]++;
		at += event->size_bytes;
		if (at - given_back >= GIVE_BACK_BYTES)
			__atomic_store_n(&head->tail, given_back = at, __ATOMIC_RELEASE);
	}
	__atomic_store_n(&head->tail, at, __ATOMIC_RELEASE);
}

uint64_t rings_drain(struct rings *rings, event_handler *handle, void *arg)
{
	uint64_t most = 0;

	for (uint32_t cpu = 0; cpu < rings->nr_cpus; cpu++) {
		struct ring_head *head = head_of(rings, cpu);

		rings->upto[cpu] = __atomic_load_n(&head->head, __ATOMIC_ACQUIRE);
		if (rings->upto[cpu] - head->tail > most)
			most = rings->upto[cpu] - head->tail;
	}
	for (uint32_t cpu = 0; cpu < rings->nr_cpus; cpu++)
		ring_drain(rings, cpu, handle, arg);
	return most;
}

uint64_t rings_lost(const struct rings *rings, enum event_type type, enum loss_reason reason)
{
	uint64_t lost = 0;

	for (uint32_t cpu = 0; cpu < rings->nr_cpus; cpu++)
		lost += head_of(rings, cpu)->lost[type][reason];
	return lost;
}

uint64_t rings_lost_on(const struct rings *rings, uint32_t cpu)
{
	const struct ring_head *head = head_of(rings, cpu);
	uint64_t lost = 0;

	for (uint32_t type = 0; type < NR_EVENT_TYPES; type++)
		for (uint32_t reason = 0; reason < NR_LOSS_REASONS; reason++)
			lost += head->lost[type][reason];
	return lost;
}

uint64_t rings_produced(const struct rings *rings, enum event_type type)
{
	uint64_t produced = 0;

	for (uint32_t cpu = 0; cpu < rings->nr_cpus; cpu++)
		produced += head_of(rings, cpu)->produced[type];
	return produced;
}
