// SPDX-License-Identifier: MIT
/*
 * read_bytes N [DEPTH [SPREAD]]: N reads of one byte from /dev/zero, DEPTH calls deep, or DEPTH to
 * DEPTH + SPREAD - 1, by turns. Prints the nanoseconds that they took, so that neither the start of
 * the process nor of a tracer counts.
 */
#include <fcntl.h>

#include "program.h"

static int file;

static FRAME int read_bytes(long nr_calls)
{
	char byte;

	for (long i = 0; i < nr_calls; i++)
		if (read(file, &byte, 1) != 1)
			return 1;
	return 0;
}

static FRAME int read_deep(long nr_calls, long depth) /* NOLINT(misc-no-recursion) */
{
	int status = depth ? read_deep(nr_calls, depth - 1) : read_bytes(nr_calls);

	asm volatile("" ::: "memory"); /* no tail call */
	return status;
}

static int read_by_turns(long nr_calls, long depth, long spread)
{
	int status = 0;

	for (long i = 0; i < nr_calls; i++)
		status |= read_deep(1, depth + i % spread);
	return status;
}

int main(int argc, char **argv)
{
	long nr_calls = number_argument(argc, argv, 1, 1000000);
	long depth = number_argument(argc, argv, 2, 0), spread = number_argument(argc, argv, 3, 1);
	long begin;
	int status;

	file = open("/dev/zero", O_RDONLY);
	begin = clock_ns();
	status = spread > 1 ? read_by_turns(nr_calls, depth, spread) : read_deep(nr_calls, depth);
	printf("%ld\n", clock_ns() - begin);
	return status;
}
