/* SPDX-License-Identifier: MIT */
/*
 * Which bytes of which files a run has read, and so how many of them more than once.
 *
 * Where a read begins is an argument, or where the descriptor stands: that is followed from its
 * open on, through reads, writes and seeks. Where it is not known (a descriptor that was inherited,
 * or copied, which makes two of one place) the bytes are counted as that.
 */
#ifndef PROF_ANALYSIS_READ_RANGES_H
#define PROF_ANALYSIS_READ_RANGES_H

#include "profile/call_files.h"

struct interval_map;

struct read_file {
	uint32_t name; /* in names */
	uint64_t bytes, distinct;
	struct interval_map *ranges;
};

struct place {
	bool is_known, appends;
	uint64_t offset;
};

struct read_ranges {
	struct call_files files;
	struct pair_map places; /* of process and descriptor */
	VEC(struct place) place_of;
	VEC(struct read_file) read; /* by id of the name; `bytes` 0: none */
	uint64_t bytes, distinct;   /* of files, as far as it is known where */
	uint64_t unplaced;          /* of files, and it is not known where */
};

/* False where nothing is known of files. */
bool read_ranges_build(struct recording *r, struct read_ranges *out);
void read_ranges_fini(struct read_ranges *ranges);

#endif
