// SPDX-License-Identifier: MIT
/*
 * touch_rounds TOTAL ROUND [DEPTH]: touches TOTAL MiB of fresh memory, ROUND MiB at a time, DEPTH
 * calls deep, and gives each round back; prints the nanoseconds that it took.
 */

#include "program.h"

static long total_mib, round_mib;

static FRAME void touch_rounds(void)
{
	long nr_pages = (round_mib << 20) / PAGE_BYTES;

	for (long done = 0; done < total_mib; done += round_mib) {
		char *pages = map_pages(nr_pages);

		write_pages(pages, nr_pages, 1);
		munmap(pages, round_mib << 20);
	}
}

static FRAME void deeper(long depth) /* NOLINT(misc-no-recursion) */
{
	if (depth)
		deeper(depth - 1);
	else
		touch_rounds();
	asm volatile("" ::: "memory"); /* no tail call */
}

int main(int argc, char **argv)
{
	long begin = clock_ns();

	total_mib = number_argument(argc, argv, 1, 2048);
	round_mib = number_argument(argc, argv, 2, 256);
	deeper(number_argument(argc, argv, 3, 0));
	printf("%ld\n", clock_ns() - begin);
	return 0;
}
