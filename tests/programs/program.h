/* SPDX-License-Identifier: MIT */
/*
 * What the test programs share.
 *
 * Each program does something whose number of system calls or page faults is known beforehand, and
 * takes that number as its argument. Whatever else a process needs (the loader, libc) is the same
 * in every run, so tests either look at the one function or call they ask for, or subtract a run
 * with 0.
 */
#ifndef TESTS_PROGRAM_H
#define TESTS_PROGRAM_H

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PAGE_BYTES 4096UL

/* Keeps a function visible in stacks. */
#define FRAME __attribute__((noinline, noclone))

static inline long number_argument(int argc, char **argv, int index, long fallback)
{
	return argc > index ? strtol(argv[index], NULL, 0) : fallback;
}

static inline long clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000L + now.tv_nsec;
}

/* Anonymous memory of small pages only: a huge one would be one fault. */
static inline char *map_pages(long nr_pages)
{
	size_t bytes = (nr_pages ? nr_pages : 1) * PAGE_BYTES;
	char *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		err(1, "mmap");
	madvise(pages, bytes, MADV_NOHUGEPAGE);
	return pages;
}

static inline void write_pages(char *pages, long nr_pages, char value)
{
	for (long i = 0; i < nr_pages; i++)
		((volatile char *)pages)[i * PAGE_BYTES] = value;
}

#endif
