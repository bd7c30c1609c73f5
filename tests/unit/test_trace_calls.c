// SPDX-License-Identifier: MIT
/* System calls as lines: the grammar of what may come between a call's begin and its end, on
 * streams made up for it. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "trace/lines.h"

#include <cmocka.h>

/* A stream in the making: events go straight into lines, a millisecond apart. */
struct story {
	struct trace_options options;
	struct lines lines;
	uint64_t now_ns;
	uint64_t entered_ns[16]; /* by task */
};

#define MS 1000000ULL

static void tell(struct story *s, void *event, uint32_t type, uint32_t task, size_t size)
{
	struct event *head = event;

	head->size_bytes = (uint16_t)size;
	head->type = (uint8_t)type;
	head->task = task;
	if (!head->time_ns)
		head->time_ns = s->now_ns;
	lines_take(&s->lines, &(struct stream_event){.moment_ns = s->now_ns, .event = head});
	s->now_ns += MS;
}

static void begin(struct story *s)
{
	struct start_event start = {.pid = 100, .tid = 100, .process = 1};

	lines_init(&s->lines, &s->options, NULL);
	s->now_ns = 1000 * MS;
	lines_set_start(&s->lines, s->now_ns, 0);
	tell(s, &start, EVENT_START, 1, sizeof start);
}

static struct story *story(bool follow, const char *output)
{
	struct story *s = xnew(struct story);

	s->options = (struct trace_options){.syscalls = true,
					    .follow = follow,
					    .output = output,
					    .statuses = ALL_STATUSES,
					    .signals = ~0ULL,
					    .style = DEFAULT_LINE_STYLE};
	memset(&s->options.shown, 0xff, sizeof s->options.shown);
	return s;
}

static void enter(struct story *s, uint32_t task, uint32_t nr, uint64_t arg0, uint64_t arg1,
		  uint64_t arg2)
{
	struct capture_event event = {.nr = nr, .args = {arg0, arg1, arg2}};

	s->entered_ns[task] = s->now_ns;
	tell(s, &event, EVENT_ENTER, task, sizeof event);
}

static void leave_as(struct story *s, uint32_t task, uint32_t nr, int64_t result, uint8_t flags)
{
	struct syscall_event event = {.head.time_ns = s->entered_ns[task],
				      .head.flags = flags,
				      .nr = nr,
				      .result = result};

	event.duration_ns = s->now_ns - s->entered_ns[task];
	tell(s, &event, EVENT_SYSCALL, task, sizeof event);
}

static void leave(struct story *s, uint32_t task, uint32_t nr, int64_t result)
{
	leave_as(s, task, nr, result, 0);
}

static void call(struct story *s, uint32_t task, uint32_t nr, uint64_t arg0, int64_t result)
{
	enter(s, task, nr, arg0, 0, 0);
	leave(s, task, nr, result);
}

/* A thread where `process` is that of its parent, else a process. */
static void fork_as(struct story *s, uint32_t parent, uint32_t child, uint32_t process,
		    uint32_t pid, uint32_t tid)
{
	struct fork_event event = {
		.child = child, .child_process = process, .pid = pid, .tid = tid, .comm = "x"};

	tell(s, &event, EVENT_FORK, parent, sizeof event);
}

static void end(struct story *s, uint32_t task, uint32_t pid, uint32_t status)
{
	struct exit_event event = {.status = status, .pid = pid};

	tell(s, &event, EVENT_EXIT, task, sizeof event);
}

static void end_in(struct story *s, uint32_t task, uint32_t pid, uint32_t nr, uint32_t status)
{
	leave_as(s, task, nr, 0, WIRE_UNFINISHED);
	end(s, task, pid, status);
}

static void send_signal(struct story *s, uint32_t task, int number, uint8_t flags)
{
	struct signal_event event = {.head.flags = flags, .signal = number, .code = SI_USER};
	siginfo_t info = {.si_signo = number, .si_code = SI_USER};

	info.si_pid = 7;
	memcpy(event.info, &info, sizeof event.info);
	tell(s, &event, EVENT_SIGNAL, task, sizeof event);
}

static void become(struct story *s, uint32_t task, uint32_t pid)
{
	struct exec_event event = {.pid = pid, .tid = pid, .comm = "new"};

	tell(s, &event, EVENT_EXEC, task, sizeof event);
}

/* All lines so far are the wanted ones. */
static void expect(struct story *s, const char *wanted)
{
	struct bytes *text = &s->lines.journals.items[0]->text;

	bytes_u8(text, 0);
	assert_string_equal((const char *)text->data, wanted);
	lines_fini(&s->lines);
	free(s);
}

static void a_call_alone_is_one_line(void **state)
{
	struct story *s = story(true, NULL);

	(void)state;
	begin(s);
	call(s, 1, SYS_getpid, 0, 100);
	call(s, 1, SYS_close, 3, 0);
	call(s, 1, SYS_close, 77, -9);
	call(s, 1, SYS_alarm, 1000000000000000, 0);
	expect(s, "getpid()                                = 100\n"
		  "close(3)                                = 0\n"
		  "close(77)                               = -1 EBADF (Bad file descriptor)\n"
		  "alarm(2764472320)                       = 0\n");
}

static void calls_that_interleave_are_resumed(void **state)
{
	struct story *s = story(true, NULL);

	(void)state;
	begin(s);
	fork_as(s, 1, 2, 1, 100, 101);
	enter(s, 1, SYS_read, 0, 0x1000, 10);
	enter(s, 2, SYS_close, 3, 0, 0);
	leave(s, 1, SYS_read, -4);
	leave(s, 2, SYS_close, 0);
	call(s, 2, SYS_close, 4, 0); /* nothing comes in between */
	expect(s, "[pid   100] read(0,  <unfinished ...>\n"
		  "prof: Process 101 attached\n"
		  "[pid   101] close(3 <unfinished ...>\n"
		  "[pid   100] <... read resumed>0x1000, 10) = -1 EINTR (Interrupted system call)\n"
		  "[pid   101] <... close resumed>)        = 0\n"
		  "[pid   101] close(4)                    = 0\n");
}

static void pids_stand_where_there_are_more_than_one(void **state)
{
	struct story *s = story(true, NULL), *file = story(true, "FILE"), *alone;

	(void)state;
	begin(s);
	call(s, 1, SYS_close, 3, 0);
	enter(s, 1, SYS_fork, 0, 0, 0);
	fork_as(s, 1, 2, 2, 101, 101);
	leave(s, 1, SYS_fork, 101);
	call(s, 2, SYS_close, 3, 0);
	enter(s, 2, SYS_exit_group, 3, 0, 0);
	end_in(s, 2, 101, SYS_exit_group, 3 << 8);
	call(s, 1, SYS_close, 4, 0);
	expect(s, "close(3)                                = 0\n"
		  "[pid   100] fork()                      = 101\n"
		  "prof: Process 101 attached\n"
		  "[pid   101] close(3)                    = 0\n"
		  "[pid   101] exit_group(3)               = ?\n"
		  "[pid   101] +++ exited with 3 +++\n"
		  "close(4)                                = 0\n");
	begin(file);
	call(file, 1, SYS_close, 3, 0);
	expect(file, "100   close(3)                          = 0\n");
	alone = story(false, "FILE");
	begin(alone);
	call(alone, 1, SYS_close, 3, 0);
	expect(alone, "close(3)                                = 0\n");
}

static void a_vforked_child_runs_within_its_parents_call(void **state)
{
	struct story *s = story(true, "FILE");

	(void)state;
	begin(s);
	enter(s, 1, SYS_vfork, 0, 0, 0);
	fork_as(s, 1, 2, 2, 101, 101);
	call(s, 2, SYS_close, 3, 0);
	enter(s, 2, SYS_exit, 1, 0, 0);
	end_in(s, 2, 101, SYS_exit, 1 << 8);
	leave(s, 1, SYS_vfork, 101);
	expect(s, "100   vfork( <unfinished ...>\n"
		  "101   close(3)                          = 0\n"
		  "101   exit(1)                           = ?\n"
		  "101   +++ exited with 1 +++\n"
		  "100   <... vfork resumed>)              = 101\n");
}

static void a_thread_that_executes_takes_over_the_process(void **state)
{
	struct story *s = story(true, "FILE");

	(void)state;
	begin(s);
	fork_as(s, 1, 2, 1, 100, 101);
	fork_as(s, 1, 3, 1, 100, 102);
	enter(s, 1, SYS_pause, 0, 0, 0);
	enter(s, 2, SYS_alarm, 0, 0, 0);
	end_in(s, 1, 100, SYS_pause, 0);
	end(s, 3, 100, 0);
	become(s, 2, 100);
	leave(s, 2, SYS_alarm, 0);
	call(s, 2, SYS_close, 3, 0);
	enter(s, 2, SYS_exit_group, 0, 0, 0);
	end_in(s, 2, 100, SYS_exit_group, 0);
	expect(s, "100   pause( <unfinished ...>\n"
		  "101   alarm(0 <unfinished ...>\n"
		  "100   <... pause resumed>)              = ?\n"
		  "102   +++ exited with 0 +++\n"
		  "100   +++ superseded by execve in pid 101 +++\n"
		  "100   <... alarm resumed>)              = 0\n"
		  "100   close(3)                          = 0\n"
		  "100   exit_group(0)                     = ?\n"
		  "100   +++ exited with 0 +++\n");
}

static void the_first_thread_ends_last(void **state)
{
	struct story *s = story(true, "FILE");

	(void)state;
	begin(s);
	fork_as(s, 1, 2, 1, 100, 101);
	enter(s, 1, SYS_exit, 0, 0, 0);
	end_in(s, 1, 100, SYS_exit, 0);
	call(s, 2, SYS_close, 3, 0);
	enter(s, 2, SYS_exit_group, 4, 0, 0);
	end_in(s, 2, 100, SYS_exit_group, 4 << 8);
	expect(s, "100   exit(0)                           = ?\n"
		  "101   close(3)                          = 0\n"
		  "101   exit_group(4)                     = ?\n"
		  "101   +++ exited with 4 +++\n"
		  "100   +++ exited with 0 +++\n");
}

static void signals_stand_between_calls(void **state)
{
	struct story *s = story(true, NULL);

	(void)state;
	begin(s);
	enter(s, 1, SYS_pause, 0, 0, 0);
	leave(s, 1, SYS_pause, -514);
	send_signal(s, 1, SIGUSR1, 0);
	call(s, 1, SYS_close, 3, 0);
	enter(s, 1, SYS_nanosleep, 0, 0, 0);
	leave(s, 1, SYS_nanosleep, -516);
	send_signal(s, 1, SIGSTOP, 0);
	call(s, 1, SYS_restart_syscall, 0, 0);
	enter(s, 1, SYS_pause, 0, 0, 0);
	send_signal(s, 1, SIGCHLD, WIRE_IGNORED); /* the call goes on */
	send_signal(s, 1, SIGCHLD, WIRE_IGNORED);
	leave(s, 1, SYS_pause, -4);
	send_signal(s, 1, SIGSEGV, 0);
	end(s, 1, 100, SIGSEGV | 0x80);
	expect(s,
	       "pause()                                 = ? ERESTARTNOHAND (To be restarted if "
	       "no handler)\n"
	       "--- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=7, si_uid=0} ---\n"
	       "close(3)                                = 0\n"
	       "nanosleep(NULL, NULL)                   = ? ERESTART_RESTARTBLOCK (Interrupted by "
	       "signal)\n"
	       "--- SIGSTOP {si_signo=SIGSTOP, si_code=SI_USER, si_pid=7, si_uid=0} ---\n"
	       "--- stopped by SIGSTOP ---\n"
	       "restart_syscall(<... resuming interrupted nanosleep ...>) = 0\n"
	       "pause()                                 = -1 EINTR (Interrupted system call)\n"
	       "--- SIGCHLD {si_signo=SIGCHLD, si_code=SI_USER, si_pid=7, si_uid=0} ---\n"
	       "--- SIGSEGV {si_signo=SIGSEGV, si_code=SI_USER, si_pid=7, si_uid=0} ---\n"
	       "+++ killed by SIGSEGV (core dumped) +++\n");
}

static void who_is_killed_in_a_call_does_not_return(void **state)
{
	struct story *s = story(true, NULL);

	(void)state;
	begin(s);
	enter(s, 1, SYS_read, 0, 0x1000, 10);
	end_in(s, 1, 100, SYS_read, SIGKILL);
	expect(s, "read(0,  <unfinished ...>)              = ?\n"
		  "+++ killed by SIGKILL +++\n");
}

/* The kernel was to restart it, but the thread was killed; by a signal that could be seen coming,
 * or by one that could not. */
static void who_is_killed_before_a_restart(void **state)
{
	struct story *seen = story(true, NULL), *unseen = story(true, NULL);

	(void)state;
	begin(unseen);
	enter(unseen, 1, SYS_pause, 0, 0, 0);
	leave(unseen, 1, SYS_pause, -514);
	send_signal(unseen, 1, SIGKILL, 0);
	end(unseen, 1, 100, SIGKILL);
	expect(unseen, "pause()                                 = ?\n"
		       "+++ killed by SIGKILL +++\n");
	begin(seen);
	enter(seen, 1, SYS_pause, 0, 0, 0);
	send_signal(seen, 1, SIGTERM, WIRE_SENT);
	leave(seen, 1, SYS_pause, -514);
	send_signal(seen, 1, SIGKILL, 0);
	end(seen, 1, 100, SIGTERM);
	expect(seen, "pause()                                 = ? ERESTARTNOHAND (To be restarted "
		     "if no handler)\n"
		     "--- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=7, si_uid=0} ---\n"
		     "+++ killed by SIGTERM +++\n");
}

static void who_kills_itself_does_not_return(void **state)
{
	struct story *s = story(true, NULL);
	struct syscall_event kill = {.nr = SYS_kill, .args = {100, SIGKILL}};

	(void)state;
	begin(s);
	enter(s, 1, SYS_kill, 100, SIGKILL, 0);
	tell(s, &kill, EVENT_SYSCALL, 1, sizeof kill);
	send_signal(s, 1, SIGKILL, 0);
	end(s, 1, 100, SIGKILL);
	expect(s, "kill(100, SIGKILL)                      = ?\n"
		  "+++ killed by SIGKILL +++\n");
}

static void what_goes_on_is_detached(void **state)
{
	struct story *s = story(true, NULL);
	struct exit_event left = {.pid = 100};

	(void)state;
	begin(s);
	enter(s, 1, SYS_read, 0, 0x1000, 10);
	leave_as(s, 1, SYS_read, 0, WIRE_UNFINISHED);
	tell(s, &left, EVENT_LEFT, 1, sizeof left);
	expect(s, "read(0,  <detached ...>\n");
}

static void calls_without_an_enter_are_lines_too(void **state)
{
	struct story *s = story(true, "FILE");
	struct syscall_event blocked = {
		.head.flags = WIRE_BLOCKED, .nr = SYS_close, .args = {5}, .result = -1};
	struct loss_event loss = {.count = 3};

	(void)state;
	begin(s);
	fork_as(s, 1, 2, 2, 101, 101);
	enter(s, 2, SYS_read, 0, 0x1000, 1);
	tell(s, &blocked, EVENT_SYSCALL, 1, sizeof blocked);
	tell(s, &loss, STREAM_LOSS, 0, sizeof loss);
	leave(s, 2, SYS_read, 0);
	enter(s, 1, SYS_close, 5, 0, 0); /* and its end is lost */
	call(s, 1, SYS_close, 6, 0);
	expect(s, "101   read(0,  <unfinished ...>\n"
		  "100   close(5)                          = -1 EPERM (Operation not permitted)\n"
		  "--- lost 3 events ---\n"
		  "101   <... read resumed>\"\", 1)          = 0\n"
		  "100   close(5 <unfinished ...>\n"
		  "100   close(6)                          = 0\n");
}

static void lines_are_chosen_by_call_and_status(void **state)
{
	struct story *s = story(true, NULL);
	struct syscall_set set;

	(void)state;
	assert_int_equal(syscall_set_parse("close,read", &set), 0);
	s->options.shown = set;
	s->options.statuses = 1 << STATUS_FAILED;
	s->options.signals = 1ULL << (SIGUSR2 - 1);
	s->options.quiet = QUIET_ATTACH | QUIET_EXIT;
	begin(s);
	fork_as(s, 1, 2, 2, 101, 101);
	enter(s, 1, SYS_close, 3, 0, 0);
	call(s, 2, SYS_getpid, 0, 101);
	call(s, 2, SYS_close, 9, -9);
	leave(s, 1, SYS_close, -9); /* lines come whole */
	call(s, 1, SYS_close, 4, 0);
	send_signal(s, 1, SIGUSR1, 0);
	send_signal(s, 1, SIGUSR2, 0);
	end(s, 2, 101, 0);
	assert_int_equal(s->lines.nr_events, 2);
	expect(s, "[pid   101] close(9)                    = -1 EBADF (Bad file descriptor)\n"
		  "[pid   100] close(3)                    = -1 EBADF (Bad file descriptor)\n"
		  "[pid   100] --- SIGUSR2 {si_signo=SIGUSR2, si_code=SI_USER, si_pid=7, si_uid=0} "
		  "---\n");
}

static void times_stand_before_and_behind(void **state)
{
	struct story *s = story(true, NULL);

	(void)state;
	s->options.style.time = TIME_UNIX;
	s->options.style.time_digits = 6;
	s->options.style.durations = true;
	s->options.style.numbers = true;
	begin(s);
	call(s, 1, SYS_close, 3, 0);
	s->options.style.time = TIME_NONE;
	s->options.style.since_last = true;
	call(s, 1, SYS_close, 4, 0);
	call(s, 1, SYS_close, 5, 0);
	s->options.style.durations = false;
	s->options.style.result_column = 0;
	end(s, 1, 100, 0);
	expect(s, "1.001000 [   3] close(3)                = 0 <0.001000>\n"
		  "     0.000000 [   3] close(4)           = 0 <0.001000>\n"
		  "     0.002000 [   3] close(5)           = 0 <0.001000>\n"
		  "     0.002000 [   3] +++ exited with 0 +++\n");
}

static void a_line_that_was_shown_already_goes_on(void **state)
{
	struct story *s = story(true, NULL);
	struct journal *j;

	(void)state;
	begin(s);
	enter(s, 1, SYS_close, 3, 0, 0);
	j = s->lines.journals.items[0];
	call_lines_show(&s->lines.calls, j);
	assert_int_equal(j->text.size, strlen("close(3"));
	journal_reset(j);
	leave(s, 1, SYS_close, 0);
	expect(s, ")                                = 0\n");
}

static void who_is_unknown_does_no_harm(void **state)
{
	struct story *s = story(true, "FILE");

	(void)state;
	begin(s);
	call(s, 9, SYS_close, 3, 0);
	end(s, 10, 5, 0);
	become(s, 11, 5);
	expect(s, "0     close(3)                          = 0\n"
		  "0     +++ exited with 0 +++\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_alone_is_one_line),
		cmocka_unit_test(calls_that_interleave_are_resumed),
		cmocka_unit_test(pids_stand_where_there_are_more_than_one),
		cmocka_unit_test(a_vforked_child_runs_within_its_parents_call),
		cmocka_unit_test(a_thread_that_executes_takes_over_the_process),
		cmocka_unit_test(the_first_thread_ends_last),
		cmocka_unit_test(signals_stand_between_calls),
		cmocka_unit_test(who_is_killed_in_a_call_does_not_return),
		cmocka_unit_test(who_is_killed_before_a_restart),
		cmocka_unit_test(who_kills_itself_does_not_return),
		cmocka_unit_test(what_goes_on_is_detached),
		cmocka_unit_test(calls_without_an_enter_are_lines_too),
		cmocka_unit_test(lines_are_chosen_by_call_and_status),
		cmocka_unit_test(times_stand_before_and_behind),
		cmocka_unit_test(a_line_that_was_shown_already_goes_on),
		cmocka_unit_test(who_is_unknown_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
