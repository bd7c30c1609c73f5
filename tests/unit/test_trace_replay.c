// SPDX-License-Identifier: MIT
/* Recordings as strace's lines: what others did while a call was in progress stands between its
 * begin and its end. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "profile/timeline.h"
#include "recording/task_signal.h"
#include "trace/replay.h"

#include <cmocka.h>

#include "base/bytes.h"
#include "made_recording.h"

/* What is to be shown of it; 0: all. */
struct choice {
	bool durations;
	uint32_t task; /* events of this one */
	uint32_t descriptors;
	uint64_t without_nr; /* but these calls */
};

static bool is_chosen(const struct choice *choice, const struct event *event)
{
	return (!choice->task || event->task == choice->task) &&
	       (event->kind != EVENT_SYSCALL || !choice->without_nr ||
		event->row[SYSCALL_NR] != choice->without_nr);
}

static char *lines_of(struct recording *r, const struct choice *choice)
{
	struct replay_options options = {.durations = choice->durations,
					 .max_string_bytes = 32,
					 .descriptors = choice->descriptors};
	struct timeline *t = timeline_new(r, 1U << EVENT_SYSCALL | 1U << EVENT_TASK);
	struct event event;
	struct replay *p;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	timeline_want_pieces(t);
	p = replay_new(r, &options, out);
	while (timeline_next(t, &event))
		if (event.kind == EVENT_SYSCALL)
			replay_call(p, event.row, event.pieces, event.nr_pieces,
				    is_chosen(choice, &event));
		else
			replay_task_event(p, event.task_event, is_chosen(choice, &event));
	replay_end(p);
	replay_free(p);
	timeline_free(t);
	fclose(out);
	return text;
}

static void assert_lines(struct maker *m, const struct choice *choice, const char *expected)
{
	struct recording *r = maker_open(m, true);
	scoped_free char *text = lines_of(r, choice);

	assert_string_equal(text, expected);
	recording_close(r);
}

static const struct choice all = {0};

static void make_call(struct maker *m, uint32_t task, uint32_t nr, uint64_t start_ns,
		      uint64_t duration_ns, int64_t result)
{
	MAKE_SYSCALL(m, [SYSCALL_TASK] = task, [SYSCALL_NR] = nr, [SYSCALL_START_NS] = start_ns,
		     [SYSCALL_DURATION_NS] = duration_ns, [SYSCALL_RESULT] = (uint64_t)result);
}

static void make_thread(struct maker *m, uint32_t id, uint64_t time_ns)
{
	MAKE_EVENT(m, .time_ns = time_ns, .task = 1, .type = TASK_FORK, .other = id,
		   .value = {1, 100, 99 + id}, .text = "prog");
}

static void make_exit(struct maker *m, uint32_t task, uint64_t time_ns, uint64_t status)
{
	MAKE_EVENT(m, .time_ns = time_ns, .task = task, .type = TASK_EXIT, .value = {status});
}

static void begin(struct maker *m)
{
	maker_start(m);
	writer_meta_text(m->w, "start_monotonic_ns", "1000");
	make_root(m, "prog", 0);
}

/* Rows come in the order in which calls ended. */
static void a_call_is_left_and_resumed(void **state)
{
	struct maker m;

	(void)state;
	begin(&m);
	make_thread(&m, 2, 1500);
	make_call(&m, 2, SYS_getpid, 3000, 100, 100);
	make_call(&m, 2, SYS_getppid, 4000, 100, 1);
	make_call(&m, 1, SYS_pause, 2000, 3000, -4);
	make_call(&m, 1, SYS_gettid, 6000, 100, 100);
	make_exit(&m, 2, 7000, 0);
	make_exit(&m, 1, 8000, 0);
	assert_lines(&m, &(struct choice){.durations = true},
		     "[pid   100] pause( <unfinished ...>\n"
		     "[pid   101] getpid()                    = 100 <0.000000>\n"
		     "[pid   101] getppid()                   = 1 <0.000000>\n"
		     "[pid   100] <... pause resumed>)        = -1 EINTR (Interrupted system call) "
		     "<0.000003>\n"
		     "[pid   100] gettid()                    = 100 <0.000000>\n"
		     "[pid   101] +++ exited with 0 +++\n"
		     "+++ exited with 0 +++\n");
}

/* Two that overlap, and end the other way round. */
static void ends_come_in_their_order(void **state)
{
	struct maker m;

	(void)state;
	begin(&m);
	make_thread(&m, 2, 1500);
	make_thread(&m, 3, 1600);
	make_call(&m, 2, SYS_getppid, 3000, 500, 1);
	make_call(&m, 1, SYS_getpid, 2000, 3000, 100);
	make_call(&m, 3, SYS_gettid, 2500, 3000, 102);
	assert_lines(&m, &all,
		     "[pid   100] getpid( <unfinished ...>\n"
		     "[pid   102] gettid( <unfinished ...>\n"
		     "[pid   101] getppid()                   = 1\n"
		     "[pid   100] <... getpid resumed>)       = 100\n"
		     "[pid   102] <... gettid resumed>)       = 102\n");
}

static void what_is_not_shown_interrupts_nothing(void **state)
{
	struct maker m;

	(void)state;
	begin(&m);
	make_thread(&m, 2, 1500);
	make_call(&m, 2, SYS_getppid, 3000, 100, 1);
	make_call(&m, 1, SYS_getpid, 2000, 3000, 100);
	make_exit(&m, 2, 7000, 0);
	make_call(&m, 1, SYS_gettid, 8000, 100, 100);
	assert_lines(&m, &(struct choice){.task = 1},
		     "[pid   100] getpid()                    = 100\n"
		     "gettid()                                = 100\n");
}

static void calls_without_an_end(void **state)
{
	struct maker m;

	(void)state;
	begin(&m);
	make_thread(&m, 2, 1500);
	MAKE_SYSCALL(&m, [SYSCALL_TASK] = 2, [SYSCALL_NR] = SYS_pause, [SYSCALL_START_NS] = 2000,
		     [SYSCALL_FLAGS] = SYSCALL_UNFINISHED);
	MAKE_SYSCALL(&m, [SYSCALL_TASK] = 1, [SYSCALL_NR] = SYS_exit_group,
		     [SYSCALL_START_NS] = 3000, [SYSCALL_FLAGS] = SYSCALL_UNFINISHED);
	make_exit(&m, 2, 4000, 0);
	make_exit(&m, 1, 5000, 0);
	assert_lines(&m, &all,
		     "[pid   101] pause( <unfinished ...>\n"
		     "[pid   100] exit_group(0 <unfinished ...>\n"
		     "[pid   101] <... pause resumed>)        = ?\n"
		     "[pid   101] +++ exited with 0 +++\n"
		     "<... exit_group resumed>)               = ?\n"
		     "+++ exited with 0 +++\n");
}

static void a_thread_that_runs_on_is_detached(void **state)
{
	struct maker m;

	(void)state;
	begin(&m);
	MAKE_SYSCALL(&m, [SYSCALL_TASK] = 1, [SYSCALL_NR] = SYS_pause, [SYSCALL_START_NS] = 2000,
		     [SYSCALL_FLAGS] = SYSCALL_UNFINISHED);
	MAKE_EVENT(&m, .time_ns = 3000, .task = 1, .type = TASK_LEFT);
	assert_lines(&m, &all, "pause( <detached ...>\n");
}

static void signals_tell_whom_they_are_from(void **state)
{
	struct task_event event = {
		.time_ns = 3000, .task = 1, .type = TASK_SIGNAL, .value = {SIGUSR1}, .text = ""};
	uint8_t bytes[TASK_SIGNAL_INFO_BYTES] = {0};
	siginfo_t info = {.si_signo = SIGUSR1};
	struct maker m;

	(void)state;
	info.si_pid = 77;
	info.si_uid = 1000;
	memcpy(bytes, &info, sizeof bytes);
	task_signal_put(&event, bytes, 0);
	begin(&m);
	make_event(&m, &event);
	make_exit(&m, 1, 5000, SIGUSR1);
	assert_lines(&m, &all,
		     "--- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=77, si_uid=1000} ---\n"
		     "+++ killed by SIGUSR1 +++\n");
}

/* The descriptor is what it was when the call was made, not what it has become. */
static void descriptors_are_those_of_the_moment(void **state)
{
	const struct piece path = {.address = 0x7f00,
				   .size_bytes = 7,
				   .flags = PIECE_STRING,
				   .bytes = (const uint8_t *)"/tmp/a"};
	struct told_descriptor told = {.fd = 3, .mode = 0100644, .path = "/tmp/a", .path_bytes = 6};
	struct bytes bytes = {0};
	struct piece pieces[2] = {path};
	uint64_t row[NR_SYSCALL_COLUMNS] = {
		[SYSCALL_START_NS] = 2000, [SYSCALL_NR] = SYS_openat, [SYSCALL_TASK] = 1,
		[SYSCALL_ARG0] = -100ULL,  [SYSCALL_ARG1] = 0x7f00,   [SYSCALL_RESULT] = 3};
	struct maker m;

	(void)state;
	told_descriptor_put(&told, &bytes);
	pieces[1] = (struct piece){.address = 3,
				   .size_bytes = (uint32_t)bytes.size,
				   .flags = PIECE_EXIT | PIECE_DESCRIPTOR,
				   .bytes = bytes.data};
	begin(&m);
	writer_call(m.w, BLOCK_SYSCALLS, row, pieces, 2);
	MAKE_SYSCALL(&m, [SYSCALL_TASK] = 1, [SYSCALL_NR] = SYS_fsync, [SYSCALL_ARG0] = 3,
		     [SYSCALL_START_NS] = 3000);
	MAKE_SYSCALL(&m, [SYSCALL_TASK] = 1, [SYSCALL_NR] = SYS_close, [SYSCALL_ARG0] = 3,
		     [SYSCALL_START_NS] = 4000);
	MAKE_SYSCALL(&m, [SYSCALL_TASK] = 1, [SYSCALL_NR] = SYS_fsync, [SYSCALL_ARG0] = 3,
		     [SYSCALL_START_NS] = 5000, [SYSCALL_RESULT] = -9ULL);
	bytes_fini(&bytes);
	assert_lines(&m, &(struct choice){.descriptors = 1, .without_nr = SYS_openat},
		     "fsync(3</tmp/a>)                        = 0\n"
		     "close(3</tmp/a>)                        = 0\n"
		     "fsync(3)                                = -1 EBADF (Bad file descriptor)\n");
}

/* Each begins in the middle of the one before. */
static void nonsense_ends(void **state)
{
	struct maker m;

	(void)state;
	begin(&m);
	make_call(&m, 1, SYS_getpid, 2000, UINT64_MAX, 1);
	make_call(&m, 1, SYS_getpid, 2500, UINT64_MAX - 2500, 2);
	make_call(&m, 1, SYS_getpid, 3000, 100000, 3);
	MAKE_EVENT(&m, .time_ns = 3500, .task = 1, .type = TASK_FORK, .other = 1,
		   .value = {UINT64_MAX, 100, 100}, .text = "");
	assert_lines(&m, &all,
		     "getpid()                                = 1\n"
		     "getpid()                                = 2\n"
		     "[pid   100] getpid()                    = 3\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_is_left_and_resumed),
		cmocka_unit_test(ends_come_in_their_order),
		cmocka_unit_test(what_is_not_shown_interrupts_nothing),
		cmocka_unit_test(calls_without_an_end),
		cmocka_unit_test(a_thread_that_runs_on_is_detached),
		cmocka_unit_test(signals_tell_whom_they_are_from),
		cmocka_unit_test(descriptors_are_those_of_the_moment),
		cmocka_unit_test(nonsense_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
