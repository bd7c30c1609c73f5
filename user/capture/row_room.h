/* SPDX-License-Identifier: MIT */
/*
 * Room for unwinding rows, which grows while the programs read them.
 *
 * Each of the kernel's arrays has its size and all of its memory from the start. So a first array
 * has what most commands need, and others follow in chunks when that runs out; a map of maps leads
 * the programs to these (stack.bpf.h). Here they all lie behind one another in one reserved range
 * of addresses, so whoever stores rows sees a single array.
 */
#ifndef PROF_CAPTURE_ROW_ROOM_H
#define PROF_CAPTURE_ROW_ROOM_H

#include <stddef.h>

#include "unwind.h"

struct row_room {
	struct unwind_row *rows; /* NULL: none */
	size_t nr_first, nr_chunks;
	int chunks_fd;
};

/* How large the first array is to be for so many rows. */
size_t row_room_first(size_t nr_rows);

/* Over the descriptors of both maps, which stay the caller's. 0 or -errno, reported. */
int row_room_init(struct row_room *room, int first_fd, size_t nr_first, int chunks_fd);
void row_room_fini(struct row_room *room);

/* Adds some chunks; the kernel may take tens of milliseconds to do so. How many rows there is room
 * for then: as before when that is as many as there can be. Silent. */
size_t row_room_grow(struct row_room *room);

#endif
