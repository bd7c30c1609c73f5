// SPDX-License-Identifier: MIT
/*
 * exec_forms vfork: a child by vfork executes /bin/true.
 * exec_forms thread: a thread that is not the leader executes this program as `exec_forms done`.
 * exec_forms fail: five calls of execve that fail, then one that does not.
 */
#include <pthread.h>
#include <sys/wait.h>

#include "program.h"

static void *execute(void *program)
{
	execl(program, program, "done", NULL);
	err(1, "execl");
}

static int by_vfork(void)
{
	int status;
	pid_t child = vfork();

	if (child == 0) {
		execl("/bin/true", "true", NULL);
		_exit(127);
	}
	return waitpid(child, &status, 0) == child ? status : 1;
}

static int by_thread(char *program)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, execute, program))
		errx(1, "pthread_create");
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	const char *form = argc > 1 ? argv[1] : "vfork";

	if (!strcmp(form, "vfork"))
		return by_vfork();
	if (!strcmp(form, "thread"))
		return by_thread(argv[0]);
	if (!strcmp(form, "fail")) {
		for (int i = 0; i < 5; i++)
			execl("/nonexistent/program", "x", NULL);
		execute(argv[0]);
	}
	for (int i = 0; i < 3; i++)
		syscall(SYS_getppid);
	return 0;
}
