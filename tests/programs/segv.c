// SPDX-License-Identifier: MIT
/*
 * segv die: writes to an unmapped address and is killed by it.
 * segv continue N: does it N times with a handler that carries on behind the write: N failed
 * faults.
 * segv efault N: hands the address to N calls of uname, which fail with EFAULT.
 */
#include <setjmp.h>
#include <signal.h>

#include "program.h"

static sigjmp_buf behind;

static void handle(int signal)
{
	(void)signal;
	siglongjmp(behind, 1);
}

static FRAME void write_nowhere(char *nowhere)
{
	*(volatile char *)nowhere = 1;
	asm volatile("");
}

static void survive(char *nowhere, long times)
{
	struct sigaction action = {.sa_handler = handle};

	sigaction(SIGSEGV, &action, NULL);
	for (volatile long i = 0; i < times; i++)
		if (!sigsetjmp(behind, 1))
			write_nowhere(nowhere);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "die";
	long times = number_argument(argc, argv, 2, 100);
	char *nowhere = map_pages(1);

	munmap(nowhere, PAGE_BYTES);
	if (!strcmp(what, "die"))
		write_nowhere(nowhere);
	else if (!strcmp(what, "continue"))
		survive(nowhere, times);
	else
		while (times-- > 0)
			syscall(SYS_uname, nowhere);
	return 0;
}
