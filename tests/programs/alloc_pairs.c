// SPDX-License-Identifier: MIT
/*
 * alloc_pairs N [DEPTH]: N blocks of 16 to 1,039 bytes, 64 of them alive at a time, made and freed
 * DEPTH calls deep; prints the nanoseconds of processor time that all of it took.
 */
#include "program.h"

#define ALIVE 64

static void *volatile alive[ALIVE];

FRAME static void make_pairs(long nr)
{
	for (long i = 0; i < nr; i++) {
		free(alive[i % ALIVE]);
		alive[i % ALIVE] = malloc(16 + i * 37 % 1024);
	}
}

static FRAME void deeper(long depth, long nr) /* NOLINT(misc-no-recursion) */
{
	if (depth)
		deeper(depth - 1, nr);
	else
		make_pairs(nr);
	asm volatile("");
}

static long processor_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000L + now.tv_nsec;
}

int main(int argc, char **argv)
{
	long begin = processor_ns();

	deeper(number_argument(argc, argv, 2, 0), number_argument(argc, argv, 1, 1000000));
	printf("%ld\n", processor_ns() - begin);
	return 0;
}
