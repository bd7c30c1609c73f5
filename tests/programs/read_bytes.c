// SPDX-License-Identifier: MIT
/*
 * read_bytes N: N reads of one byte from /dev/zero; prints the nanoseconds that they took, so that
 * neither the start of the process nor of a tracer counts.
 */
#include <fcntl.h>

#include "program.h"

int main(int argc, char **argv)
{
	long nr_calls = number_argument(argc, argv, 1, 1000000), begin;
	int file = open("/dev/zero", O_RDONLY);
	char byte;

	begin = clock_ns();
	for (long i = 0; i < nr_calls; i++)
		if (read(file, &byte, 1) != 1)
			return 1;
	printf("%ld\n", clock_ns() - begin);
	return 0;
}
