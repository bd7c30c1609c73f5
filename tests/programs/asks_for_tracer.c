// SPDX-License-Identifier: MIT
/*
 * asks_for_tracer [exec]: asks its parent to trace it, then takes a signal that it handles (or
 * executes itself); exit status 7 says that it got through.
 */
#include <signal.h>
#include <sys/ptrace.h>

#include "program.h"

static volatile sig_atomic_t handled;

static void handle(int signal)
{
	handled = signal;
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "again"))
		return 7;
	signal(SIGUSR1, handle);
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	if (argc > 1)
		execl(argv[0], argv[0], "again", NULL);
	raise(SIGUSR1);
	return handled == SIGUSR1 ? 7 : 1;
}
