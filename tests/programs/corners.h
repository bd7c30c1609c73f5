/* SPDX-License-Identifier: MIT */
/*
 * What the programs share that drive system calls into their corners, for two tracers to print.
 *
 * Every call is made by number, with whole registers: bits beyond an int, pointers that lead
 * nowhere, structs at the end of a page that no page follows. What the calls return is nobody's
 * matter.
 */
#ifndef TESTS_CORNERS_H
#define TESTS_CORNERS_H

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ARENA_BYTES 65536UL
#define HIGH        0xdeadbeef00000000UL /* bits that an int does not have */
#define NOWHERE     ((void *)0x1UL)

/* Memory that ends where nothing follows. */
static inline char *arena(void)
{
	static char *memory;

	if (!memory) {
		memory = mmap(NULL, ARENA_BYTES + 4096, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (memory == MAP_FAILED)
			err(1, "mmap");
		munmap(memory + ARENA_BYTES, 4096);
	}
	return memory;
}

/* The last `size` bytes of it, zeroed. */
static inline void *tail(size_t size)
{
	return memset(arena() + ARENA_BYTES - size, 0, size);
}

/* A copy of something there. */
static inline void *tail_copy(const void *from, size_t size)
{
	return memcpy(tail(size), from, size);
}

#define TAIL(...) tail_copy(&(__VA_ARGS__), sizeof(__VA_ARGS__))

#define call syscall

#endif
