/* SPDX-License-Identifier: MIT */
/*
 * The last so many durations of a stream, and how far the next one is from them.
 *
 * The scale is that of the histogram's index: linear below 2^HISTOGRAM_BITS ns, logarithmic above,
 * 512 steps to the octave. Marks on it are small integers, so sums over the window are exact
 * however long the stream is, and a step costs the same for any window. What is judged is not yet
 * in the window, so it cannot hide itself.
 */
#ifndef PROF_STATS_WINDOW_H
#define PROF_STATS_WINDOW_H

#include <stddef.h>
#include <stdint.h>

#define WINDOW_LEAST 10         /* values before anything is judged */
#define WINDOW_MAX   (1U << 20) /* values */

struct window {
	uint32_t size, nr, next;
	uint16_t *marks;
	uint64_t sum, squares;
};

void window_init(struct window *w,
		 uint32_t size); /* WINDOW_LEAST to WINDOW_MAX, or the nearer one */
void window_fini(struct window *w);
void window_push(struct window *w, uint64_t value);

/*
 * Deviations of `value` from the mean of the window; 0 while it holds too few. A deviation counts
 * as at least 1/16 octave, lest steady values make every other one an anomaly.
 */
double window_score(const struct window *w, uint64_t value);

/* The value in the middle of the window's scale, as a baseline to show; 0 when it is empty. */
uint64_t window_baseline(const struct window *w);

#endif
