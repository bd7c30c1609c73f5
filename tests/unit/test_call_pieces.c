// SPDX-License-Identifier: MIT
/* Calls and what was captured of them, whatever CPU's ring each comes from. */
#include "correlate/call_pieces.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"

#include <cmocka.h>

struct seen {
	uint64_t calls;
	struct syscall_event last;
	uint32_t nr_pieces;
	struct piece pieces[8];
	char texts[8][32];
};

static void see(void *arg, uint32_t cpu, const struct syscall_event *event,
		const struct piece *pieces, uint32_t nr_pieces)
{
	struct seen *seen = arg;

	(void)cpu;
	seen->calls++;
	seen->last = *event;
	seen->nr_pieces = nr_pieces;
	for (uint32_t i = 0; i < nr_pieces && i < 8; i++) {
		seen->pieces[i] = pieces[i];
		if (pieces[i].size_bytes < 32)
			memcpy(seen->texts[i], pieces[i].bytes, pieces[i].size_bytes);
	}
}

/* One snippet with a text of at most 16 bytes. */
static struct capture_event *captured(uint8_t type, uint32_t task, uint64_t time_ns,
				      const char *text)
{
	size_t size = sizeof(struct capture_event) + sizeof(struct wire_snippet) + 16;
	struct capture_event *event = xcalloc(1, size);
	struct wire_snippet *snippet = (void *)event->snippets;

	event->head = (struct event){
		.type = type, .task = task, .time_ns = time_ns, .size_bytes = (uint16_t)size};
	event->snippets_bytes = sizeof *snippet + 16;
	snippet->address = 0x1000;
	snippet->size_bytes = (uint32_t)strlen(text);
	snippet->flags = type == EVENT_RETURN ? SNIPPET_EXIT : 0;
	memcpy(snippet->bytes, text, strlen(text));
	return event;
}

static void send(struct call_pieces *c, uint32_t cpu, uint8_t type, uint32_t task, uint64_t time_ns,
		 const char *text, struct seen *seen)
{
	struct capture_event *event = captured(type, task, time_ns, text);

	call_pieces_take(c, cpu, &event->head, see, seen);
	free(event);
}

static void end(struct call_pieces *c, uint32_t cpu, uint32_t task, uint64_t time_ns,
		uint32_t captured_flags, struct seen *seen)
{
	const struct syscall_event event = {.head = {.type = EVENT_SYSCALL,
						     .task = task,
						     .time_ns = time_ns,
						     .size_bytes = sizeof event},
					    .captured = captured_flags};

	call_pieces_call(c, cpu, &event, see, seen);
}

static void both_sides_come_with_their_call(void **state)
{
	struct call_pieces c = {0};
	struct seen seen = {0};

	(void)state;
	send(&c, 0, EVENT_ENTER, 5, 100, "before", &seen);
	send(&c, 0, EVENT_ENTER, 6, 101, "another", &seen);
	send(&c, 0, EVENT_RETURN, 5, 100, "after", &seen);
	end(&c, 0, 5, 100, CAPTURED_ENTER, &seen);
	assert_int_equal(seen.calls, 1);
	assert_int_equal(seen.nr_pieces, 2);
	assert_string_equal(seen.texts[0], "before");
	assert_string_equal(seen.texts[1], "after");
	assert_int_equal(seen.pieces[1].flags, PIECE_EXIT);
	end(&c, 0, 5, 200, 0, &seen);
	assert_int_equal(seen.calls, 2);
	assert_int_equal(seen.nr_pieces, 0);
	call_pieces_fini(&c);
}

/* The task was on CPU 1 when the call began, whose ring is read after that of CPU 0. */
static void a_call_waits_for_its_beginning(void **state)
{
	struct call_pieces c = {0};
	struct seen seen = {0};

	(void)state;
	send(&c, 0, EVENT_RETURN, 5, 100, "after", &seen);
	end(&c, 0, 5, 100, CAPTURED_ENTER, &seen);
	assert_int_equal(seen.calls, 0);
	end(&c, 0, 7, 150, 0, &seen); /* what was read after the first is not this one's */
	assert_int_equal(seen.calls, 1);
	assert_int_equal(seen.nr_pieces, 0);
	send(&c, 1, EVENT_ENTER, 5, 100, "before", &seen);
	assert_int_equal(seen.calls, 2);
	assert_int_equal(seen.last.head.task, 5);
	assert_int_equal(seen.nr_pieces, 2);
	assert_string_equal(seen.texts[0], "before");
	assert_string_equal(seen.texts[1], "after");
	call_pieces_fini(&c);
}

/* What a call waits for comes while the task is in its next one already. */
static void a_late_beginning_is_not_that_of_the_next_call(void **state)
{
	struct call_pieces c = {0};
	struct seen seen = {0};

	(void)state;
	end(&c, 1, 5, 100, CAPTURED_ENTER, &seen);
	send(&c, 1, EVENT_ENTER, 5, 200, "next", &seen);
	send(&c, 0, EVENT_ENTER, 5, 100, "late", &seen);
	assert_int_equal(seen.calls, 1);
	assert_string_equal(seen.texts[0], "late");
	end(&c, 1, 5, 200, CAPTURED_ENTER, &seen);
	assert_int_equal(seen.calls, 2);
	assert_int_equal(seen.nr_pieces, 1);
	assert_string_equal(seen.texts[0], "next");
	call_pieces_fini(&c);
}

static void what_never_comes_is_not_waited_for(void **state)
{
	struct call_pieces c = {0};
	struct seen seen = {0};

	(void)state;
	end(&c, 0, 5, 100, CAPTURED_ENTER, &seen);
	for (int round = 0; round < 2; round++)
		call_pieces_round(&c, false, see, &seen);
	assert_int_equal(seen.calls, 0);
	call_pieces_round(&c, false, see, &seen);
	assert_int_equal(seen.calls, 1);
	assert_int_equal(seen.nr_pieces, 0);
	end(&c, 0, 5, 200, CAPTURED_ENTER, &seen);
	call_pieces_round(&c, true, see, &seen);
	assert_int_equal(seen.calls, 2);
	call_pieces_fini(&c);
}

/* A call whose own event got lost leaves its pieces behind, and they are nobody else's. */
static void pieces_of_a_lost_call_are_nobodys(void **state)
{
	struct call_pieces c = {0};
	struct seen seen = {0};

	(void)state;
	send(&c, 0, EVENT_ENTER, 5, 100, "lost", &seen);
	send(&c, 0, EVENT_RETURN, 5, 100, "lost", &seen);
	send(&c, 0, EVENT_ENTER, 5, 300, "kept", &seen);
	end(&c, 0, 5, 300, CAPTURED_ENTER, &seen);
	assert_int_equal(seen.nr_pieces, 1);
	assert_string_equal(seen.texts[0], "kept");
	call_pieces_fini(&c);
}

static void descriptors_become_pieces(void **state)
{
	struct {
		struct descriptor_event event;
		char path[16];
	} made = {.event = {.head = {.type = EVENT_DESCRIPTOR,
				     .task = 5,
				     .time_ns = 100,
				     .flags = WIRE_DELETED,
				     .size_bytes = sizeof made},
			    .fd = 3,
			    .mode = 0100644,
			    .inode = 12,
			    .path_bytes = 16},
		  .path = "/tmp/x"};
	struct call_pieces c = {0};
	struct seen seen = {0};
	struct told_descriptor told;

	(void)state;
	call_pieces_take(&c, 0, &made.event.head, see, &seen);
	end(&c, 0, 5, 100, 0, &seen);
	assert_int_equal(seen.nr_pieces, 1);
	assert_int_equal(seen.pieces[0].flags, PIECE_DESCRIPTOR);
	assert_true(told_descriptor_take(&seen.pieces[0], &told));
	assert_int_equal(told.fd, 3);
	assert_int_equal(told.inode, 12);
	assert_true(told.deleted);
	assert_int_equal(told.path_bytes, 6);
	assert_memory_equal(told.path, "/tmp/x", 6);
	call_pieces_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides_come_with_their_call),
		cmocka_unit_test(a_call_waits_for_its_beginning),
		cmocka_unit_test(a_late_beginning_is_not_that_of_the_next_call),
		cmocka_unit_test(what_never_comes_is_not_waited_for),
		cmocka_unit_test(pieces_of_a_lost_call_are_nobodys),
		cmocka_unit_test(descriptors_become_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
