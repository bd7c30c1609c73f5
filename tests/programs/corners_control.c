// SPDX-License-Identifier: MIT
/*
 * prctl(), arch_prctl() and ptrace(): what is asked decides what is told.
 */
#include "corners.h"

#include <linux/prctl.h>
#include <linux/ptrace.h>
#include <signal.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

static const long odd_options[] = {PR_SET_PTRACER, PR_SET_VMA, 0x7fffffff, -1L, 1000};

static void option(long option)
{
	call(SYS_prctl, option, 99L, 2L, 3L, 4L);
	call(SYS_prctl, HIGH | option, HIGH | 0xffffffff, HIGH | 1, HIGH | 2, HIGH | 3);
	call(SYS_prctl, option, tail(8), 0L, 0L, 0L);
	call(SYS_prctl, option, 0x100000L, NOWHERE, NOWHERE, NOWHERE);
}

static void options(void)
{
	for (long i = 0; i < 65; i++) {
		if (i != PR_SET_CHILD_SUBREAPER && i != PR_SET_TIMERSLACK)
			option(i);
	}
	for (size_t i = 0; i < sizeof odd_options / sizeof *odd_options; i++)
		option(odd_options[i]);
	call(SYS_prctl, PR_SET_PDEATHSIG, SIGUSR1);
	call(SYS_prctl, PR_GET_PDEATHSIG, tail(4));
	call(SYS_prctl, PR_SET_PDEATHSIG, 0);
	call(SYS_prctl, PR_SET_NAME, "a name that is too long");
	call(SYS_prctl, PR_SET_NAME, "short\n");
	call(SYS_prctl, PR_GET_NAME, tail(16));
	call(SYS_prctl, PR_GET_DUMPABLE);
	call(SYS_prctl, PR_SET_DUMPABLE, 1);
	call(SYS_prctl, PR_GET_KEEPCAPS);
	call(SYS_prctl, PR_GET_TIMERSLACK);
	call(SYS_prctl, PR_SET_TIMERSLACK, HIGH | 50000);
	call(SYS_prctl, PR_GET_SECCOMP);
	call(SYS_prctl, PR_GET_SECUREBITS);
	call(SYS_prctl, PR_GET_TSC, tail(4));
	call(SYS_prctl, PR_CAPBSET_READ, 5L);
	call(SYS_prctl, PR_CAPBSET_READ, 63L);
	call(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1L);
	call(SYS_prctl, PR_GET_CHILD_SUBREAPER, tail(4));
	call(SYS_prctl, PR_GET_TID_ADDRESS, tail(8));
	call(SYS_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
	call(SYS_prctl, PR_GET_THP_DISABLE, 0, 0, 0, 0);
	for (long i = 0; i < 6; i++) {
		call(SYS_prctl, PR_CAP_AMBIENT, i, 7L, 0L, 0L);
		call(SYS_prctl, PR_CAP_AMBIENT, i, 77L, 1L, 2L);
		call(SYS_prctl, PR_GET_SPECULATION_CTRL, i, 0L, 0L, 0L);
		call(SYS_prctl, PR_SET_SPECULATION_CTRL, i, 99L, 0L, 0L);
		call(SYS_prctl, PR_SET_SPECULATION_CTRL, 77L, 1L << i, 0L, 0L);
		call(SYS_prctl, PR_MCE_KILL, i, 99L, 1L, 2L);
		call(SYS_prctl, PR_SET_SECCOMP, i == 1 ? 9 : i, NOWHERE, 1L, 2L);
		call(SYS_prctl, PR_SET_SYSCALL_USER_DISPATCH, i == 1 ? 9 : i, 99L, 5L, NOWHERE);
		call(SYS_prctl, PR_SCHED_CORE, i, HIGH | 0x7fffffff, i, NOWHERE);
		call(SYS_prctl, PR_SET_TAGGED_ADDR_CTRL, i, 1L, 2L, 3L);
	}
	for (long i = 0; i < 17; i++)
		call(SYS_prctl, PR_SET_MM, i, 1L, 2L, 3L);
	call(SYS_prctl, PR_SET_VMA, 0L, arena(), 4096L, "name");
	call(SYS_prctl, PR_SET_VMA, 0L, arena(), 4096L, NULL);
	call(SYS_prctl, PR_SET_VMA, 0L, arena(), 4096L, NOWHERE);
	call(SYS_prctl, PR_SET_VMA, 1L, arena(), 4096L, "name");
	call(SYS_prctl, PR_SET_SECUREBITS, 0x12345L);
}

static void arch(void)
{
	for (long code = 0x1000; code < 0x1030; code++) {
		if (code == 0x1001 || code == 0x1002 || code == 0x1012)
			continue;
		call(SYS_arch_prctl, code, NOWHERE);
		call(SYS_arch_prctl, HIGH | code, 99L);
	}
	call(SYS_arch_prctl, 0x1003, tail(8));
	call(SYS_arch_prctl, 0x1011);
	call(SYS_arch_prctl, 0x1021, tail(8));
	call(SYS_arch_prctl, 0x1022, tail(8));
	for (long code = 0x2000; code < 0x2005; code++)
		call(SYS_arch_prctl, code, 1L);
	for (long code = 0x4000; code < 0x4004; code++)
		call(SYS_arch_prctl, code, 1L);
}

static void tracing(void)
{
	struct ptrace_peeksiginfo_args peek = {0, 1, 1};
	struct iovec vector = {arena(), 512};
	long *word = tail(sizeof(struct user_regs_struct));
	siginfo_t info;
	int pid = fork();

	if (!pid) {
		call(SYS_ptrace, PTRACE_TRACEME, 1L, 2L, 3L);
		raise(SIGSTOP);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	for (long request = PTRACE_TRACEME + 1; request < 40; request++) {
		call(SYS_ptrace, HIGH | request, HIGH | 0x7fffffff, 8L, 9L);
		call(SYS_ptrace, request, 0x7ffffff0, 3L, HIGH);
	}
	for (long request = 0x4200; request < 0x4210; request++) {
		call(SYS_ptrace, request, 0x7ffffff0, 8L, 9L);
		call(SYS_ptrace, request, 0x7ffffff0, 1L, 0x1fL);
	}
	for (long offset = 0; offset < 1000; offset += 72)
		call(SYS_ptrace, PTRACE_PEEKUSR, 0x7ffffff0, offset, word);
	call(SYS_ptrace, PTRACE_SETOPTIONS, pid, 0L, 0xffL);
	call(SYS_ptrace, PTRACE_SETOPTIONS, pid, 0L, -1L);
	call(SYS_ptrace, PTRACE_SEIZE, 0x7ffffff0, 5L, 0x100000L | 3);
	call(SYS_ptrace, PTRACE_PEEKUSR, pid, 8L * 16, word);
	call(SYS_ptrace, PTRACE_GETREGS, pid, 0L, word);
	call(SYS_ptrace, PTRACE_GETSIGINFO, pid, 0L, tail(sizeof info));
	call(SYS_ptrace, PTRACE_GETEVENTMSG, pid, 0L, tail(8));
	call(SYS_ptrace, PTRACE_GETREGSET, pid, 1L, TAIL(vector));
	call(SYS_ptrace, PTRACE_GETREGSET, pid, 2L, TAIL(vector));
	call(SYS_ptrace, PTRACE_GETREGSET, pid, 0x202L, TAIL(vector));
	call(SYS_ptrace, PTRACE_GETREGSET, pid, 0x999L, TAIL(vector));
	call(SYS_ptrace, PTRACE_PEEKSIGINFO, pid, TAIL(peek), arena());
	call(SYS_ptrace, PTRACE_GETSIGMASK, pid, 8L, tail(8));
	call(SYS_ptrace, PTRACE_SETSIGMASK, pid, 8L, tail(8));
	call(SYS_ptrace, PTRACE_GET_SYSCALL_INFO, pid, 88L, arena());
	call(SYS_ptrace, PTRACE_PEEKDATA, pid, arena(), word);
	call(SYS_ptrace, PTRACE_POKEDATA, pid, arena(), 5L);
	call(SYS_ptrace, PTRACE_CONT, pid, 0L, SIGUSR1 * 0L);
	waitpid(pid, NULL, 0);
}

int main(void)
{
	options();
	arch();
	tracing();
	return 0;
}
