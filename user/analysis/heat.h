/* SPDX-License-Identifier: MIT */
/*
 * How many calls took how long at what time: a grid of time and latency.
 *
 * Rows are quarters of octaves of the duration, so what is a mode of a distribution is a band here,
 * and a band that bends, splits or begins says when and how the mode came about.
 */
#ifndef PROF_ANALYSIS_HEAT_H
#define PROF_ANALYSIS_HEAT_H

#include "recording/reader.h"

#define HEAT_COLUMNS   240
#define HEAT_OF_OCTAVE 4
#define HEAT_MOST_ROWS (64 * HEAT_OF_OCTAVE)
#define HEAT_ALL_CALLS UINT32_MAX

struct heat {
	uint32_t key;                /* syscall_key(), or HEAT_ALL_CALLS */
	uint64_t calls, most;        /* all that are in the grid; in one cell at most */
	uint64_t start_ns, width_ns; /* of the first column, of each */
	uint32_t first_row, nr_rows; /* those that are not empty; 0: no calls */
	uint64_t *cells;             /* [row][HEAT_COLUMNS], the shortest durations first */
};

void heat_build(struct recording *r, uint32_t key, struct heat *out);
void heat_fini(struct heat *heat);

/* The shortest duration of a row (0 to nr_rows). */
uint64_t heat_row_ns(const struct heat *heat, uint32_t row);
uint64_t heat_at(const struct heat *heat, uint32_t row, uint32_t column);

#endif
