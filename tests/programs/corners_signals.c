// SPDX-License-Identifier: MIT
/*
 * System calls on signals: sets, actions, what is known of one that came.
 */
#include "corners.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

struct kernel_action {
	void *handler;
	unsigned long flags;
	void *restorer;
	uint64_t mask;
};

static void sets(void)
{
	static const uint64_t masks[] = {
		0,
		1,
		~0UL,
		~1UL,
		1UL << 63,
		0x7fffffff,
		0xffffffff,
		3UL << 31,
		0x5555555555555555,
		~0x111UL,
		0x00ffffffffffffff,
	};

	for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
		call(SYS_rt_sigprocmask, 99, TAIL(masks[i]), NULL, 8L);
		call(SYS_signalfd4, -2, TAIL(masks[i]), 8L, HIGH | 0x80000);
	}
	call(SYS_rt_sigprocmask, SIG_BLOCK, TAIL(masks[1]), tail(16), 8L);
	call(SYS_rt_sigprocmask, HIGH | SIG_SETMASK, NULL, tail(8), 8L);
	call(SYS_rt_sigprocmask, SIG_SETMASK, TAIL(masks[0]), NULL, 8L);
	call(SYS_rt_sigprocmask, SIG_UNBLOCK, NOWHERE, NOWHERE, 8L);
	call(SYS_rt_sigprocmask, SIG_UNBLOCK, TAIL(masks[1]), NULL, 4L);
	call(SYS_rt_sigprocmask, SIG_UNBLOCK, TAIL(masks[1]), NULL, 16L);
	call(SYS_rt_sigprocmask, SIG_UNBLOCK, tail(4), NULL, 8L);
	call(SYS_rt_sigpending, tail(8), 8L);
	call(SYS_rt_sigpending, tail(8), 4L);
	call(SYS_rt_sigpending, NOWHERE, 8L);
	call(SYS_rt_sigpending, NULL, HIGH | 8);
	call(SYS_signalfd, -2, TAIL(masks[3]), 8L);
	call(SYS_signalfd4, -2, NOWHERE, -1L, -1L);
}

static void actions(void)
{
	struct {
		struct kernel_action known;
		char more[56];
	} whole = {0};
#define action whole.known
	action = (struct kernel_action){SIG_IGN, SA_RESTART | 0x04000000, (void *)0x1234, 1 << 9};

	call(SYS_rt_sigaction, SIGUSR2, TAIL(whole), NULL, 8L);
	call(SYS_rt_sigaction, SIGUSR2, NULL, tail(sizeof whole), 8L);
	action.handler = (void *)0x4567;
	action.flags = 0xffffffffffffffff;
	call(SYS_rt_sigaction, SIGUSR2, TAIL(whole), tail(sizeof whole), 8L);
	action.flags = SA_SIGINFO | SA_NODEFER;
	call(SYS_rt_sigaction, SIGUSR2, TAIL(whole), NULL, 8L);
	action.handler = SIG_DFL;
	action.flags = 0;
	call(SYS_rt_sigaction, SIGUSR2, TAIL(whole), (char *)tail(200) + 10, 8L);
	action.handler = (void *)-1L;
	call(SYS_rt_sigaction, HIGH | 65, TAIL(whole), NULL, 8L);
	call(SYS_rt_sigaction, 0, TAIL(whole), NULL, 4L);
	call(SYS_rt_sigaction, SIGKILL, NOWHERE, NOWHERE, 8L);
	call(SYS_rt_sigaction, SIGKILL, NULL, tail(8), 9L);
	call(SYS_rt_sigaction, SIGRTMIN, tail(8), NULL, 8L);
}

static void sending(void)
{
	siginfo_t info = {0};
	uint64_t set = 1UL << (SIGUSR1 - 1);
	struct timespec zero = {0, 0}, odd = {-1, 5000000000};

	call(SYS_kill, getpid(), 0);
	call(SYS_kill, HIGH | 0x7fffffff, HIGH | 33);
	call(SYS_kill, -0x7fffffffL, -1L);
	call(SYS_tkill, -1, SIGUSR1);
	call(SYS_tgkill, -1, -1, 64);
	call(SYS_tgkill, 0x7ffffff0, 0x7ffffff0, SIGTERM);
	call(SYS_rt_sigprocmask, SIG_BLOCK, TAIL(set), NULL, 8L);
	info.si_signo = SIGUSR1;
	info.si_code = SI_QUEUE;
	info.si_pid = getpid();
	info.si_uid = 7;
	info.si_value.sival_ptr = (void *)0x1122334455;
	call(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, TAIL(info));
	call(SYS_rt_sigtimedwait, TAIL(set), tail(sizeof info), TAIL(zero), 8L);
	call(SYS_rt_tgsigqueueinfo, getpid(), getpid(), SIGUSR1, TAIL(info));
	call(SYS_rt_sigtimedwait, TAIL(set), NULL, TAIL(zero), 8L);
	call(SYS_rt_sigtimedwait, TAIL(set), tail(sizeof info), TAIL(zero), 8L);
	call(SYS_rt_sigtimedwait, NOWHERE, tail(sizeof info), TAIL(odd), 8L);
	call(SYS_rt_sigtimedwait, TAIL(set), NULL, NOWHERE, 8L);
	call(SYS_rt_sigtimedwait, TAIL(set), NULL, TAIL(odd), 9L);
	call(SYS_rt_sigsuspend, TAIL(set), 9L);
	call(SYS_rt_sigsuspend, NULL, 8L + 1);
	call(SYS_kill, getpid(), SIGUSR1);
	call(SYS_rt_sigtimedwait, TAIL(set), tail(sizeof info), NULL, 8L);
	call(SYS_pidfd_send_signal, -1, SIGUSR1, NULL, 0);
	call(SYS_pidfd_send_signal, -1, HIGH | SIGUSR2, TAIL(info), HIGH | 5);
}

/* What is told of a signal depends on its number and its code. */
static void told(void)
{
	union {
		siginfo_t info;
		unsigned char bytes[sizeof(siginfo_t)];
	} u;

	for (int signal = 0; signal < 36; signal++) {
		for (int code = -8; code < 12; code++) {
			for (size_t i = 0; i < sizeof u.bytes; i++)
				u.bytes[i] = (unsigned char)(i * 3);
			u.info.si_signo = signal;
			u.info.si_errno = signal == 3 ? 2 : signal == 4 ? 5000 : 0;
			u.info.si_code = code;
			u.bytes[12] = 0;
			call(SYS_rt_sigqueueinfo, -1, 0, TAIL(u));
		}
		u.info.si_code = SI_KERNEL;
		call(SYS_rt_sigqueueinfo, -1, 0, TAIL(u));
	}
	memset(&u, 0, sizeof u);
	for (int signal = 0; signal < 34; signal++) {
		u.info.si_signo = signal;
		u.info.si_code = signal % 7;
		call(SYS_rt_sigqueueinfo, -1, 0, TAIL(u));
	}
	call(SYS_rt_sigqueueinfo, -1, SIGUSR1, tail(64));
	call(SYS_rt_sigqueueinfo, -1, SIGUSR1, NULL);
	call(SYS_rt_sigqueueinfo, -1, HIGH | 99, NOWHERE);
}

static void stacks(void)
{
	stack_t stack = {arena(), (int)(1U << 31) | 2, 8192};

	call(SYS_sigaltstack, NULL, tail(sizeof stack));
	call(SYS_sigaltstack, TAIL(stack), NULL);
	stack.ss_flags = 0x55;
	call(SYS_sigaltstack, TAIL(stack), (char *)tail(100) + 8);
	stack.ss_flags = SS_DISABLE;
	stack.ss_size = -1;
	call(SYS_sigaltstack, TAIL(stack), NOWHERE);
	call(SYS_sigaltstack, NOWHERE, NULL);
	call(SYS_sigaltstack, tail(8), NULL);
}

int main(void)
{
	sets();
	actions();
	sending();
	told();
	stacks();
	return 0;
}
