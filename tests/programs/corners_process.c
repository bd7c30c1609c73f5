// SPDX-License-Identifier: MIT
/*
 * System calls that make processes, wait for them, and let threads wait for each other.
 */
#include "corners.h"

#include <linux/futex.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

static int child(int status, int signal)
{
	int pid = (int)call(SYS_fork);

	if (!pid) {
		if (signal)
			kill(getpid(), signal);
		while (signal)
			pause();
		_exit(status);
	}
	return pid;
}

static void waits(void)
{
	int pid;

	call(SYS_wait4, -1, NULL, 0, NULL);
	call(SYS_wait4, HIGH | 0x7fffffff, NOWHERE, 0xffffffff, NOWHERE);
	child(42, 0);
	call(SYS_wait4, -1, tail(4), 0, NULL);
	child(0, SIGTERM);
	call(SYS_wait4, -1, tail(4), __WALL, NULL);
	child(7, 0);
	call(SYS_wait4, -1, NULL, 0, NULL);
	child(7, 0);
	call(SYS_wait4, -1, NULL, 0, tail(sizeof(struct rusage)));
	pid = child(7, SIGSTOP);
	call(SYS_wait4, pid, tail(4), WNOHANG | WNOWAIT, NULL);
	call(SYS_wait4, pid, tail(4), WUNTRACED, NULL);
	call(SYS_wait4, pid, tail(4), WNOHANG, NULL);
	kill(pid, SIGCONT);
	call(SYS_wait4, pid, tail(4), WCONTINUED, NULL);
	kill(pid, SIGTERM);
	call(SYS_wait4, pid, tail(4), 0, NULL);
	pid = child(9, 0);
	call(SYS_waitid, P_PID, pid, tail(sizeof(siginfo_t)), WEXITED | WNOWAIT, NULL);
	call(SYS_waitid, P_ALL, 0, tail(sizeof(siginfo_t)), WEXITED, NULL);
	call(SYS_waitid, P_ALL, 0, tail(sizeof(siginfo_t)), WEXITED, NULL);
	pid = child(9, SIGSTOP);
	call(SYS_waitid, P_PID, pid, tail(sizeof(siginfo_t)), WEXITED | WNOHANG, NULL);
	call(SYS_waitid, P_PID, pid, tail(sizeof(siginfo_t)), WSTOPPED, NULL);
	kill(pid, SIGKILL);
	call(SYS_waitid, P_PID, pid, tail(sizeof(siginfo_t)), WEXITED, tail(sizeof(struct rusage)));
	call(SYS_waitid, HIGH | 3, HIGH | -1, NOWHERE, 0, NULL);
	call(SYS_waitid, P_PGID, 5, NULL, 0x5f, NULL);
	call(SYS_waitid, 9, -1, NULL, WEXITED, NOWHERE);
	call(SYS_getrusage, -1, NOWHERE);
}

static void clones(void)
{
	struct clone_args args = {.flags = ~0UL, .exit_signal = 99};
	int *tids = tail(8);

	call(SYS_clone, CLONE_VM | CLONE_SIGHAND | CLONE_NEWUSER | CLONE_FS, 0L, tids, tids + 1,
	     5L);
	call(SYS_clone, CLONE_SIGHAND | CLONE_SETTLS | 5, 16L, 1L, 2L, 3L);
	call(SYS_clone, CLONE_SIGHAND | CLONE_PARENT_SETTID | 200, 0L, NOWHERE, 2L, 3L);
	call(SYS_clone, CLONE_SIGHAND | CLONE_CHILD_SETTID, 0L, NOWHERE, 2L, 3L);
	call(SYS_clone, CLONE_SIGHAND | CLONE_PIDFD | CLONE_PARENT_SETTID, 0L, NOWHERE, NULL, 3L);
	call(SYS_clone, HIGH | CLONE_SIGHAND, 0L, NULL, NULL, NULL);
	if (!call(SYS_clone, CLONE_PARENT_SETTID | SIGCHLD, 0L, tids, NULL, NULL))
		_exit(0);
	wait(NULL);
	if (!call(SYS_clone, CLONE_PIDFD | CLONE_VFORK | CLONE_VM | SIGCHLD, 0L, tids, NULL, NULL))
		_exit(0);
	wait(NULL);
	call(SYS_clone3, NULL, 0L);
	call(SYS_clone3, NOWHERE, 64L);
	call(SYS_clone3, TAIL(args), sizeof args);
	args.flags = CLONE_SIGHAND;
	args.exit_signal = SIGCHLD;
	call(SYS_clone3, TAIL(args), sizeof args);
	call(SYS_clone3, TAIL(args), 64L);
	call(SYS_clone3, TAIL(args), 63L);
	call(SYS_clone3, TAIL(args), 100L);
	args.flags = CLONE_SIGHAND | CLONE_PIDFD | CLONE_CHILD_SETTID | CLONE_PARENT_SETTID |
		     CLONE_SETTLS | CLONE_INTO_CGROUP;
	args.pidfd = args.child_tid = args.parent_tid = args.tls = args.stack = 0x1000;
	args.stack_size = 0x2000;
	args.set_tid = (uint64_t)tids;
	args.set_tid_size = 2;
	args.cgroup = 5;
	call(SYS_clone3, &args, sizeof args);
	args.set_tid_size = 100;
	call(SYS_clone3, &args, sizeof args);
	args.set_tid = 0;
	args.set_tid_size = 0;
	call(SYS_clone3, &args, 4097L);
	memset(&args, 0, sizeof args);
	args.flags = CLONE_PARENT_SETTID | CLONE_PIDFD;
	args.parent_tid = (uint64_t)tids;
	args.pidfd = (uint64_t)(tids + 1);
	args.exit_signal = SIGCHLD;
	if (!call(SYS_clone3, &args, sizeof args))
		_exit(0);
	wait(NULL);
	if (!call(SYS_vfork))
		_exit(0);
	wait(NULL);
	call(SYS_unshare, CLONE_NEWNS | CLONE_SIGHAND | 1);
	call(SYS_unshare, HIGH | 0x7f);
	call(SYS_setns, -1, CLONE_NEWNET);
	call(SYS_setns, -1, HIGH | 0x12345);
	call(SYS_set_tid_address, tids);
	call(SYS_pidfd_open, -1, 0x800);
	call(SYS_pidfd_open, HIGH | 77, HIGH | 0xffff);
	call(SYS_pidfd_getfd, -1, 5, HIGH | 5);
	call(SYS_process_mrelease, -1, 0xff);
}

static void futexes(void)
{
	int *word = tail(4);
	struct timespec zero = {0, 1}, odd = {-5, 5000000000};
	struct futex_waitv waiters[3] = {{1, 0x1000, FUTEX_32 | 128, 0}, {~0UL, 0, 0xffff, 7}};

	for (long op = 0; op < 16; op++) {
		call(SYS_futex, word, op, 5, &zero, word, 3);
		call(SYS_futex, 4L, HIGH | 128 | op, HIGH | 0xffffffff, NULL, NULL, 0xffffffff);
		call(SYS_futex, 3L, 256 | op, 7, NOWHERE, NOWHERE, 5);
	}
	call(SYS_futex, word, FUTEX_WAIT_PRIVATE, 0, &odd);
	call(SYS_futex, word, FUTEX_WAIT_PRIVATE, 0, &zero);
	call(SYS_futex, word, FUTEX_WAIT_BITSET, 0, &zero, NULL, 0x55);
	call(SYS_futex, word, FUTEX_WAKE_OP, 1, 2, word,
	     FUTEX_OP(FUTEX_OP_ADD, 5, FUTEX_OP_CMP_GT, 9));
	call(SYS_futex, word, FUTEX_WAKE_OP, 1, 2, word, (int)0xa4005fff);
	call(SYS_futex, word, FUTEX_WAKE_OP, 1, 2, word, 0xffffffff);
	call(SYS_futex, word, -1, 1, 2, word, 0xffffffff);
	call(SYS_futex, word, FUTEX_CMP_REQUEUE, 1, INT_MAX, word, 77);
	call(SYS_futex_waitv, TAIL(waiters), 3, 0, NULL, CLOCK_MONOTONIC);
	call(SYS_futex_waitv, TAIL(waiters), 4, 5, &odd, HIGH | 77);
	call(SYS_futex_waitv, NULL, 200, 0, NOWHERE, CLOCK_REALTIME);
	call(SYS_set_robust_list, word, 24L);
	call(SYS_get_robust_list, 0, tail(16), (char *)tail(16) + 8);
	call(SYS_get_robust_list, -1, NULL, NOWHERE);
	call(SYS_rseq, NOWHERE, 5, 7, 0x1234);
	call(SYS_membarrier, 0, 0, 0);
	call(SYS_membarrier, 0, HIGH | 3, 5);
	call(SYS_membarrier, HIGH | 0x123, 0, 5);
	call(SYS_kcmp, 1, HIGH | 2, 0, 3L, 4L);
	call(SYS_kcmp, -1, -1, 2, 3L, 4L);
	call(SYS_kcmp, 1, 1, 7, 3L, TAIL((struct { unsigned int a, b, c; }){1, 2, 3}));
	call(SYS_kcmp, 1, 1, 7, 3L, NOWHERE);
	call(SYS_kcmp, 1, 1, 99, 3L, HIGH | 4L);
	call(SYS_personality, 0xffffffffL);
	call(SYS_personality, HIGH | 0x8);
	call(SYS_personality, 0x0040000);
	call(SYS_personality, 0);
}

int main(void)
{
	waits();
	clones();
	futexes();
	return 0;
}
