// SPDX-License-Identifier: MIT
/*
 * signals eintr: clock_nanosleep interrupted by one SIGALRM: EINTR, then rt_sigreturn.
 * signals restart: wait4 interrupted by one SIGALRM under SA_RESTART: the call is made again.
 * signals timer N: N ticks of a timer, counted by a handler; prints the number.
 * signals stop: stops itself; a child continues it while the parent sleeps in clock_nanosleep.
 * signals blocked: a child blocked in read is killed by its parent.
 * signals many N: N signals sent to itself, each with a handler.
 */
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "program.h"

static volatile sig_atomic_t ticks;

static void tick(int signal)
{
	(void)signal;
	ticks++;
}

static void handle(int signal, int flags)
{
	struct sigaction action = {.sa_handler = tick, .sa_flags = flags};

	sigaction(signal, &action, NULL);
}

static void alarm_in_ms(int ms, int again_ms)
{
	struct itimerval timer = {{0, again_ms * 1000}, {0, ms * 1000}};

	setitimer(ITIMER_REAL, &timer, NULL);
}

static void sleep_ms(int ms)
{
	struct timespec time = {ms / 1000, ms % 1000 * 1000000L};

	clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
}

static pid_t fork_child(void)
{
	pid_t child = fork();

	if (child < 0)
		err(1, "fork");
	return child;
}

static int interrupted(void)
{
	handle(SIGALRM, 0);
	alarm_in_ms(50, 0);
	sleep_ms(5000);
	return ticks != 1;
}

static int restarted(void)
{
	pid_t child = fork_child();

	if (child == 0) {
		sleep_ms(300);
		_exit(0);
	}
	handle(SIGALRM, SA_RESTART);
	alarm_in_ms(50, 0);
	return waitpid(child, NULL, 0) != child || ticks != 1;
}

static int count_ticks(long nr_ticks)
{
	sigset_t none;

	sigemptyset(&none);
	handle(SIGALRM, 0);
	alarm_in_ms(5, 5);
	while (ticks < nr_ticks)
		sigsuspend(&none);
	alarm_in_ms(0, 0);
	printf("%ld ticks\n", nr_ticks);
	return 0;
}

static int stopped(void)
{
	pid_t parent = getpid(), child = fork_child();

	if (child == 0) {
		sleep_ms(100);
		kill(parent, SIGSTOP);
		sleep_ms(200);
		kill(parent, SIGCONT);
		_exit(0);
	}
	sleep_ms(600);
	return waitpid(child, NULL, 0) != child;
}

static int killed_in_read(void)
{
	int ends[2], status;
	pid_t child;
	char byte;

	if (pipe(ends))
		err(1, "pipe");
	child = fork_child();
	if (child == 0)
		_exit(read(ends[0], &byte, 1) != 1);
	sleep_ms(200);
	kill(child, SIGKILL);
	return waitpid(child, &status, 0) != child || !WIFSIGNALED(status);
}

static int send_many(long nr_signals)
{
	handle(SIGUSR1, 0);
	for (long i = 0; i < nr_signals; i++)
		kill(getpid(), SIGUSR1);
	return ticks != nr_signals;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "eintr";
	long times = number_argument(argc, argv, 2, 20);

	if (!strcmp(what, "eintr"))
		return interrupted();
	if (!strcmp(what, "restart"))
		return restarted();
	if (!strcmp(what, "timer"))
		return count_ticks(times);
	if (!strcmp(what, "stop"))
		return stopped();
	if (!strcmp(what, "blocked"))
		return killed_in_read();
	return send_many(times);
}
