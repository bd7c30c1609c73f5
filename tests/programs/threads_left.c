// SPDX-License-Identifier: MIT
/*
 * threads_left N [1]: waits for a child that touched pages, then exits while N threads are blocked;
 * with a second argument also while there is a child that shares all pages with them.
 */
#include <pthread.h>
#include <sys/wait.h>

#include "program.h"

static void *sleep_for_ever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static void touch_some_pages(void)
{
	char *pages = calloc(100, 4096);

	for (long i = 0; i < 100; i++)
		((volatile char *)pages)[i * 4096] = 1;
	_exit(0);
}

/* Lives as long as its parent does. */
static void fork_one_more(void)
{
	int gate[2];
	char byte;

	if (pipe(gate))
		err(1, "pipe");
	if (fork() == 0) {
		close(gate[1]);
		_exit(read(gate[0], &byte, 1) != 0);
	}
}

int main(int argc, char **argv)
{
	long nr_threads = number_argument(argc, argv, 1, 50);
	pid_t child = fork();
	pthread_t thread;

	if (child == 0)
		touch_some_pages();
	if (waitpid(child, NULL, 0) != child)
		errx(1, "waitpid");
	for (long i = 0; i < nr_threads; i++)
		if (pthread_create(&thread, NULL, sleep_for_ever, NULL))
			errx(1, "pthread_create");
	if (number_argument(argc, argv, 2, 0))
		fork_one_more();
	exit(0);
}
