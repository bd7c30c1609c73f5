// SPDX-License-Identifier: MIT
/* The reading end of the rings, over rings that the test itself writes the way ring.bpf.h does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "capture/ring.h"

#include <cmocka.h>

#define CPUS       3
#define RING_BYTES 4096

static int setup(void **state)
{
	struct rings *rings = xnew(struct rings);
	int fd = memfd_create("rings", MFD_CLOEXEC);

	assert_return_code(ftruncate(fd, CPUS * ring_stride(RING_BYTES)), 0);
	assert_return_code(rings_map(fd, CPUS, RING_BYTES, rings), 0);
	close(fd);
	*state = rings;
	return 0;
}

static int teardown(void **state)
{
	rings_unmap(*state);
	free(*state);
	return 0;
}

static struct ring_head *head_at(struct rings *rings, uint32_t cpu)
{
	return (void *)(rings->memory + cpu * rings->stride_bytes);
}

/* False when the ring is full. */
static bool produce(struct rings *rings, uint32_t cpu, uint32_t task, uint16_t size_bytes)
{
	struct ring_head *head = head_at(rings, cpu);
	struct event event = {.size_bytes = size_bytes, .type = EVENT_FAULT, .task = task};

	if (head->head + size_bytes - head->tail > RING_BYTES) {
		head->lost[EVENT_FAULT][LOST_RING_FULL]++;
		return false;
	}
	memcpy((char *)(head + 1) + (head->head & (RING_BYTES - 1)), &event, sizeof event);
	head->produced[EVENT_FAULT]++;
	head->head += size_bytes;
	return true;
}

struct seen {
	uint32_t last_task[CPUS];
	uint64_t events, out_of_order;
};

static void see(void *arg, uint32_t cpu, const struct event *event)
{
	struct seen *seen = arg;

	if (event->task != seen->last_task[cpu] + 1)
		seen->out_of_order++;
	seen->last_task[cpu] = event->task;
	seen->events++;
}

static void every_event_comes_once_and_in_order(void **state)
{
	struct rings *rings = *state;
	struct seen seen = {0};
	uint32_t next[CPUS] = {1, 1, 1};
	uint64_t produced = 0;

	for (int round = 0; round < 1000; round++) {
		for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
			/* sizes that do not divide the ring: events lie across its end */
			for (uint32_t i = 0; i < 5 + cpu; i++)
				if (produce(rings, cpu, next[cpu], 16 + 8 * ((round + i) % 37)))
					next[cpu]++, produced++;
		}
		if (round % 3 == 0)
			rings_drain(rings, see, &seen);
	}
	rings_drain(rings, see, &seen);
	assert_int_equal(seen.events, produced);
	assert_int_equal(seen.out_of_order, 0);
	assert_int_equal(rings->consumed[EVENT_FAULT], produced);
	assert_int_equal(rings_produced(rings, EVENT_FAULT), produced);
}

static void a_full_ring_loses_and_says_so(void **state)
{
	struct rings *rings = *state;
	struct seen seen = {0};
	uint32_t fitted = 0;

	for (uint32_t i = 0; i < 100; i++)
		fitted += produce(rings, 1, i + 1, 64);
	assert_int_equal(fitted, RING_BYTES / 64);
	assert_int_equal(rings_lost(rings, EVENT_FAULT, LOST_RING_FULL), 100 - fitted);
	assert_int_equal(rings_lost(rings, EVENT_FAULT, LOST_RING_BUSY), 0);
	assert_int_equal(rings_lost_on(rings, 1), 100 - fitted);
	assert_int_equal(rings_lost_on(rings, 0), 0);
	assert_int_equal(rings_drain(rings, see, &seen), RING_BYTES);
	assert_int_equal(seen.events, fitted);
	assert_true(produce(rings, 1, 1, 64)); /* there is room again */
}

static void an_empty_round_sees_nothing(void **state)
{
	struct seen seen = {0};

	assert_int_equal(rings_drain(*state, see, &seen), 0);
	assert_int_equal(seen.events, 0);
}

#define case_of(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		case_of(every_event_comes_once_and_in_order),
		case_of(a_full_ring_loses_and_says_so),
		case_of(an_empty_round_sees_nothing),
	};

	return cmocka_run_group_tests_name("rings", tests, NULL, NULL);
}
