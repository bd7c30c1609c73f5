// SPDX-License-Identifier: MIT
/*
 * The decoders of processes: signals, waiting, cloning, control, and communication by keys.
 */
#include <errno.h>
#include <linux/futex.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>

#include "decode/siginfo.h"
#include "made_call.h"

#include <cmocka.h> /* last: it makes a macro of fail() */

#define AT 0x1000

static void assert_set(uint64_t set, const char *expected)
{
	struct bytes out = {0};
	struct emit e;

	emit_init(&e, &out, false);
	sigset_emit(&e, set);
	bytes_u8(&out, 0);
	assert_string_equal((char *)out.data, expected);
	bytes_fini(&out);
}

static void test_sets_of_signals(void **state)
{
	(void)state;
	assert_set(0, "[]");
	assert_set(1 | 1ULL << 31 | 1ULL << 32, "[HUP RTMIN RT_1]");
	assert_set(~0ULL, "~[]");
	assert_set(~2ULL, "~[INT]");
	/* As long as a third of them is missing, those that are there are fewer. */
	assert_set((1ULL << 41) - 1,
		   "[HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM "
		   "TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM "
		   "PROF WINCH IO PWR SYS RTMIN RT_1 RT_2 RT_3 RT_4 RT_5 RT_6 RT_7 "
		   "RT_8 RT_9]");
}

static void assert_info(const siginfo_t *info, const char *expected)
{
	struct bytes out = {0};
	struct emit e;

	emit_init(&e, &out, false);
	siginfo_emit(&e, info);
	bytes_u8(&out, 0);
	assert_string_equal((char *)out.data, expected);
	bytes_fini(&out);
}

static void test_what_is_told_of_a_signal(void **state)
{
	siginfo_t info = {.si_signo = SIGCHLD, .si_code = CLD_EXITED};

	(void)state;
	info.si_pid = 7;
	info.si_status = 42;
	info.si_utime = 101;
	assert_info(&info, "{si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=7, si_uid=0, "
			   "si_status=42, si_utime=101 /* 1.01 s */, si_stime=0}");
	info.si_code = CLD_KILLED;
	info.si_status = SIGTERM;
	info.si_utime = 0;
	assert_info(&info, "{si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid=7, si_uid=0, "
			   "si_status=SIGTERM, si_utime=0, si_stime=0}");
	info = (siginfo_t){.si_signo = SIGSEGV, .si_code = SEGV_MAPERR};
	assert_info(&info, "{si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=NULL}");
	info = (siginfo_t){.si_signo = SIGUSR1, .si_code = SI_USER};
	assert_info(&info, "{si_signo=SIGUSR1, si_code=SI_USER, si_pid=0, si_uid=0}");
	info = (siginfo_t){0};
	assert_info(&info, "{}");
}

static void assert_status(int status, const char *expected)
{
	struct made_call made = {.call.args = {-1ULL, AT, 0, 0}};
	char line[200];

	made_call_named(&made, "wait4");
	made_call_snippet(&made, AT, &status, sizeof status, SNIPPET_EXIT);
	made_call_return(&made, 9);
	snprintf(line, sizeof line, "wait4(-1, [%s], 0, NULL) = 9", expected);
	assert_line(&made, line);
}

static void test_how_a_process_ended(void **state)
{
	(void)state;
	assert_status(42 << 8, "{WIFEXITED(s) && WEXITSTATUS(s) == 42}");
	assert_status(SIGTERM, "{WIFSIGNALED(s) && WTERMSIG(s) == SIGTERM}");
	assert_status(SIGSEGV | 0x80, "{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV && WCOREDUMP(s)}");
	assert_status(0x7f | SIGSTOP << 8, "{WIFSTOPPED(s) && WSTOPSIG(s) == SIGSTOP}");
	assert_status(0x7f | SIGTRAP << 8 | 4 << 16,
		      "{WIFSTOPPED(s) && WSTOPSIG(s) == SIGTRAP} | PTRACE_EVENT_EXEC << 16");
	assert_status(0xffff, "{WIFCONTINUED(s)}");
}

static void test_a_wait_for_nothing(void **state)
{
	int status = 0;
	struct made_call made = {.call.args = {-1ULL, AT, WNOHANG, 0}};

	(void)state;
	made_call_named(&made, "wait4");
	made_call_snippet(&made, AT, &status, sizeof status, SNIPPET_EXIT);
	made_call_return(&made, 0);
	assert_line(&made, "wait4(-1, 0x1000, WNOHANG, NULL) = 0");
}

/* Its arguments are those that its flags give a meaning. */
static void test_clone(void **state)
{
	int tid = 77;
	struct made_call made = {.call.args = {SIGCHLD, 0, AT, 0x3000, 0x4000}};

	(void)state;
	made_call_named(&made, "clone");
	made_call_snippet(&made, AT, &tid, sizeof tid, SNIPPET_EXIT);
	made_call_return(&made, 77);
	assert_line(&made, "clone(child_stack=NULL, flags=SIGCHLD) = 77");
	made.call.args[0] = CLONE_PARENT_SETTID | CLONE_SETTLS | CLONE_CHILD_CLEARTID | SIGCHLD;
	assert_line(&made, "clone(child_stack=NULL, "
			   "flags=CLONE_SETTLS|CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID|SIGCHLD, "
			   "parent_tid=[77], tls=0x4000, child_tidptr=0x3000) = 77");
}

static void test_clone3(void **state)
{
	struct clone_args args = {.flags = CLONE_PIDFD, .pidfd = 0x2000, .exit_signal = SIGCHLD};
	int pidfd = 5;
	struct made_call made = {.call.args = {AT, sizeof args}};

	(void)state;
	made_call_named(&made, "clone3");
	made_call_snippet(&made, AT, &args, sizeof args, 0);
	made_call_snippet(&made, 0x2000, &pidfd, sizeof pidfd, SNIPPET_EXIT);
	made_call_return(&made, 77);
	assert_line(&made,
		    "clone3({flags=CLONE_PIDFD, pidfd=0x2000, exit_signal=SIGCHLD, stack=NULL, "
		    "stack_size=0} => {pidfd=[5]}, 88) = 77");
}

static void test_futexes(void **state)
{
	struct made_call made = {.call.args = {AT, FUTEX_WAIT_PRIVATE, 2, 0, 0, 0}};

	(void)state;
	made_call_named(&made, "futex");
	made_call_return(&made, 0);
	assert_line(&made, "futex(0x1000, FUTEX_WAIT_PRIVATE, 2, NULL) = 0");
	made.call.args[1] = FUTEX_WAKE;
	assert_line(&made, "futex(0x1000, FUTEX_WAKE, 2) = 0");
	made.call.args[1] = FUTEX_WAKE_OP;
	made.call.args[3] = 1;
	made.call.args[4] = 0x2000;
	made.call.args[5] = 0x04000001;
	assert_line(&made, "futex(0x1000, FUTEX_WAKE_OP, 2, 1, 0x2000, "
			   "FUTEX_OP_SET<<28|0<<12|FUTEX_OP_CMP_GT<<24|0x1) = 0");
}

static void test_prctl_by_option(void **state)
{
	struct made_call made = {.call.args = {PR_SET_NAME, AT, 1, 2, 3}};

	(void)state;
	made_call_named(&made, "prctl");
	made_call_string(&made, AT, "worker");
	made_call_return(&made, 0);
	assert_line(&made, "prctl(PR_SET_NAME, \"worker\") = 0");
	made.call.args[0] = PR_GET_DUMPABLE;
	made_call_return(&made, 1);
	assert_line(&made, "prctl(PR_GET_DUMPABLE) = 1 (SUID_DUMP_USER)");
	made.call.args[0] = PR_CAPBSET_READ;
	made.call.args[1] = 5;
	assert_line(&made, "prctl(PR_CAPBSET_READ, CAP_KILL) = 1");
	made.call.args[0] = 4321;
	made_call_return(&made, -EINVAL);
	assert_line(&made, "prctl(0x10e1 /* PR_??? */, 0x5, 0x1, 0x2, 0x3) = "
			   "-1 EINVAL (Invalid argument)");
}

static void test_semaphores_and_memory(void **state)
{
	struct sembuf ops[] = {{0, 1, 0}, {1, -1, SEM_UNDO | IPC_NOWAIT}};
	struct made_call made = {.call.args = {0, AT, 2}};
	struct made_call get = {.call.args = {0, 4096, IPC_CREAT | 0600}};

	(void)state;
	made_call_named(&made, "semop");
	made_call_snippet(&made, AT, ops, sizeof ops, 0);
	made_call_return(&made, 0);
	assert_line(&made, "semop(0, [{sem_num=0, sem_op=1, sem_flg=0}, "
			   "{sem_num=1, sem_op=-1, sem_flg=SEM_UNDO|IPC_NOWAIT}], 2) = 0");
	made_call_named(&get, "shmget");
	made_call_return(&get, 9);
	assert_line(&get, "shmget(IPC_PRIVATE, 4096, IPC_CREAT|0600) = 9");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sets_of_signals),
		cmocka_unit_test(test_what_is_told_of_a_signal),
		cmocka_unit_test(test_how_a_process_ended),
		cmocka_unit_test(test_a_wait_for_nothing),
		cmocka_unit_test(test_clone),
		cmocka_unit_test(test_clone3),
		cmocka_unit_test(test_futexes),
		cmocka_unit_test(test_prctl_by_option),
		cmocka_unit_test(test_semaphores_and_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
