// SPDX-License-Identifier: MIT
/* Signals as rows: what kills is told once, in whatever order the rings are read. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "correlate/sent_signals.h"
#include "recording/task_signal.h"

#include <cmocka.h>

#include "made_recording.h"

struct story {
	struct maker m;
	struct sent_signals signals;
};

static struct story begin(void)
{
	struct story s = {0};

	maker_start(&s.m);
	make_root(&s.m, "prog", 0);
	return s;
}

static void tell(struct story *s, int signal, uint8_t flags, uint64_t time_ns)
{
	struct signal_event event = {.head = {.task = 1, .time_ns = time_ns, .flags = flags},
				     .signal = signal};

	memcpy(event.info, &signal, sizeof signal);
	sent_signals_take(&s->signals, &event, s->m.w);
}

static void end(struct story *s, uint32_t status, uint64_t time_ns)
{
	struct exit_event event = {.head = {.type = EVENT_EXIT, .task = 1, .time_ns = time_ns},
				   .status = status};

	sent_signals_end(&s->signals, &event, s->m.w);
}

/* The rows of signals have to be these, by number and time; the last one is 0. */
static void check(struct story *s, const uint64_t (*wanted)[2])
{
	struct recording *r;

	sent_signals_fini(&s->signals);
	r = maker_open(&s->m, true);
	vec_each (&r->task_events, event) {
		if (event->type != TASK_SIGNAL)
			continue;
		assert_int_equal(event->value[0], (*wanted)[0]);
		assert_int_equal(event->time_ns, (*wanted)[1]);
		wanted++;
	}
	assert_int_equal((*wanted)[0], 0);
	recording_close(r);
}

static void a_signal_that_kills_is_told(void **state)
{
	struct story s = begin();

	(void)state;
	tell(&s, SIGTERM, WIRE_SENT, 2000);
	tell(&s, SIGKILL, 0, 3000); /* in its place */
	end(&s, SIGTERM, 4000);
	check(&s, (const uint64_t[][2]){{SIGTERM, 3999}, {0}});
}

static void its_sender_may_be_read_last(void **state)
{
	struct story s = begin();

	(void)state;
	end(&s, SIGTERM, 4000);
	tell(&s, SIGTERM, WIRE_SENT, 2000);
	check(&s, (const uint64_t[][2]){{SIGTERM, 3999}, {0}});
}

static void what_is_delivered_is_told_once(void **state)
{
	struct story s = begin();

	(void)state;
	tell(&s, SIGUSR1, WIRE_SENT, 2000);
	tell(&s, SIGUSR1, 0, 2500);
	tell(&s, SIGCHLD, WIRE_IGNORED, 2600);
	tell(&s, SIGSEGV, 0, 3000);
	tell(&s, SIGSEGV, WIRE_SENT, 2900);
	end(&s, SIGSEGV, 4000);
	check(&s, (const uint64_t[][2]){{SIGUSR1, 2500}, {SIGCHLD, 2600}, {SIGSEGV, 3000}, {0}});
}

static void what_comes_to_nothing_is_not(void **state)
{
	struct story s = begin();

	(void)state;
	tell(&s, SIGTERM, WIRE_SENT, 2000);
	end(&s, SIGKILL, 4000);
	end(&s, 3 << 8, 5000);
	tell(&s, SIGTERM, WIRE_SENT, 2000);
	check(&s, (const uint64_t[][2]){{0}});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signal_that_kills_is_told),
		cmocka_unit_test(its_sender_may_be_read_last),
		cmocka_unit_test(what_is_delivered_is_told_once),
		cmocka_unit_test(what_comes_to_nothing_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
