// SPDX-License-Identifier: MIT
/*
 * touch_rounds TOTAL ROUND: touches TOTAL MiB of fresh memory, ROUND MiB at a time, and gives each
 * round back; prints the nanoseconds that it took.
 */

#include "program.h"

int main(int argc, char **argv)
{
	long total = number_argument(argc, argv, 1, 2048),
	     round = number_argument(argc, argv, 2, 256);
	long nr_pages = (round << 20) / PAGE_BYTES, begin = clock_ns();

	for (long done = 0; done < total; done += round) {
		char *pages = map_pages(nr_pages);

		write_pages(pages, nr_pages, 1);
		munmap(pages, round << 20);
	}
	printf("%ld\n", clock_ns() - begin);
	return 0;
}
