// SPDX-License-Identifier: MIT
/* copy_on_write N: a child writes N pages that it shares with its parent: N faults of the child. */
#include <sys/wait.h>

#include "program.h"

static FRAME void fill(char *pages, long nr_pages)
{
	write_pages(pages, nr_pages, 1);
	asm volatile("");
}

static FRAME void write_copies(char *pages, long nr_pages)
{
	write_pages(pages, nr_pages, 2);
	asm volatile("");
}

int main(int argc, char **argv)
{
	long nr_pages = number_argument(argc, argv, 1, 1000);
	char *pages = map_pages(nr_pages);
	pid_t child;

	fill(pages, nr_pages);
	child = fork();
	if (child < 0)
		err(1, "fork");
	if (child == 0) {
		write_copies(pages, nr_pages);
		_exit(0);
	}
	if (waitpid(child, NULL, 0) != child)
		err(1, "waitpid");
	return 0;
}
