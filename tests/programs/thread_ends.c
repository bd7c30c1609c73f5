// SPDX-License-Identifier: MIT
/*
 * thread_ends HOW: a process whose four other threads sit in read() ends: by exit, kill (SIGKILL to
 * itself), term, abort, fault, exec; or runs a child by vfork first.
 */
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "program.h"

static int ends[2];

static void *sit(void *unused)
{
	char byte;

	(void)unused;
	if (read(ends[0], &byte, 1) < 0)
		err(1, "read");
	return NULL;
}

/* Long enough for the threads to have come where they stay. */
static void pause_a_little(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
}

static void begin_threads(void)
{
	pthread_t thread;

	if (pipe(ends))
		err(1, "pipe");
	for (int i = 0; i < 4; i++)
		if (pthread_create(&thread, NULL, sit, NULL))
			errx(1, "pthread_create");
	pause_a_little();
}

static void run_child(void)
{
	if (vfork() == 0) {
		execl("/bin/true", "true", NULL);
		_exit(127);
	}
	wait(NULL);
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "exit";

	begin_threads();
	if (!strcmp(how, "kill"))
		kill(getpid(), SIGKILL);
	else if (!strcmp(how, "term"))
		kill(getpid(), SIGTERM);
	else if (!strcmp(how, "abort"))
		abort();
	else if (!strcmp(how, "fault"))
		*(volatile int *)8 = 1;
	else if (!strcmp(how, "exec"))
		execl("/bin/true", "true", NULL);
	else if (!strcmp(how, "vfork"))
		run_child();
	return 5;
}
