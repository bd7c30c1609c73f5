// SPDX-License-Identifier: MIT
/*
 * read_bytes N [DEPTH]: N reads of one byte from /dev/zero, DEPTH calls deep; prints the
 * nanoseconds that they took, so that neither the start of the process nor of a tracer counts.
 */
#include <fcntl.h>

#include "program.h"

static long nr_calls;
static int file;

static FRAME int read_bytes(void)
{
	char byte;

	for (long i = 0; i < nr_calls; i++)
		if (read(file, &byte, 1) != 1)
			return 1;
	return 0;
}

static FRAME int deeper(long depth) /* NOLINT(misc-no-recursion) */
{
	int status = depth ? deeper(depth - 1) : read_bytes();

	asm volatile("" ::: "memory"); /* no tail call */
	return status;
}

int main(int argc, char **argv)
{
	long begin;
	int status;

	nr_calls = number_argument(argc, argv, 1, 1000000);
	file = open("/dev/zero", O_RDONLY);
	begin = clock_ns();
	status = deeper(number_argument(argc, argv, 2, 0));
	printf("%ld\n", clock_ns() - begin);
	return status;
}
