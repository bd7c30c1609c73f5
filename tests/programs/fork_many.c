// SPDX-License-Identifier: MIT
/* fork_many N: N children, one after the other; child i calls getppid i % 10 times. */
#include <sys/wait.h>

#include "program.h"

int main(int argc, char **argv)
{
	long nr_children = number_argument(argc, argv, 1, 200);

	for (long i = 0; i < nr_children; i++) {
		pid_t child = fork();

		if (child < 0)
			err(1, "fork");
		if (child == 0) {
			for (long n = 0; n < i % 10; n++)
				syscall(SYS_getppid);
			_exit(0);
		}
		if (waitpid(child, NULL, 0) != child)
			err(1, "waitpid");
	}
	return 0;
}
