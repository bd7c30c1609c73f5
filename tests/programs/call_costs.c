// SPDX-License-Identifier: MIT
/*
 * call_costs [ROUNDS]: what four system calls take: getppid, access to a path of 38 characters that
 * is not there, a read and a write of one byte. Prints for each the nanoseconds of one call, in
 * that order: those of the tenth part of the batches that is quickest, so that what else the
 * machine does counts little.
 */
#include <fcntl.h>

#include "program.h"

#define BATCH      1000
#define NR_KINDS   4
#define MAX_ROUNDS 10000

static int zero, null;

static void batch(int kind)
{
	char byte = 'x';

	for (int i = 0; i < BATCH; i++) {
		switch (kind) {
		case 0:
			syscall(SYS_getppid);
			break;
		case 1:
			access("/nonexistent/directory/with/38/letters", F_OK);
			break;
		case 2:
			if (read(zero, &byte, 1) != 1)
				exit(1);
			break;
		default:
			if (write(null, &byte, 1) != 1)
				exit(1);
		}
	}
}

static int compare(const void *a, const void *b)
{
	const long *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int main(int argc, char **argv)
{
	long nr_rounds = number_argument(argc, argv, 1, 300);
	static long times[NR_KINDS][MAX_ROUNDS];

	if (nr_rounds < 1 || nr_rounds > MAX_ROUNDS)
		errx(1, "1 to %d rounds", MAX_ROUNDS);
	zero = open("/dev/zero", O_RDONLY);
	null = open("/dev/null", O_WRONLY);
	for (long i = 0; i < nr_rounds; i++) {
		for (int kind = 0; kind < NR_KINDS; kind++) {
			long begin = clock_ns();

			batch(kind);
			times[kind][i] = clock_ns() - begin;
		}
	}
	for (int kind = 0; kind < NR_KINDS; kind++) {
		qsort(times[kind], nr_rounds, sizeof(long), compare);
		printf("%ld%c", times[kind][nr_rounds / 10] / BATCH,
		       kind < NR_KINDS - 1 ? ' ' : '\n');
	}
	return 0;
}
