// SPDX-License-Identifier: MIT
/*
 * call_paths N: page faults below functions in known shares: left > leaf N pages, right > leaf 2N,
 * right > deeper > leaf 3N.
 */
#include "program.h"

static FRAME void leaf(char *pages, long nr_pages)
{
	write_pages(pages, nr_pages, 1);
	asm volatile("");
}

static FRAME void left(long nr_pages)
{
	leaf(map_pages(nr_pages), nr_pages);
	asm volatile("");
}

static FRAME void deeper(long nr_pages)
{
	leaf(map_pages(nr_pages), nr_pages);
	asm volatile("");
}

static FRAME void right(long nr_pages)
{
	leaf(map_pages(2 * nr_pages), 2 * nr_pages);
	deeper(3 * nr_pages);
	asm volatile("");
}

int main(int argc, char **argv)
{
	long nr_pages = number_argument(argc, argv, 1, 100);

	left(nr_pages);
	right(nr_pages);
	return 0;
}
