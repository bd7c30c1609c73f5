/* SPDX-License-Identifier: MIT */
/*
 * Binary search, in whatever is in order.
 *
 * The condition is an expression in a variable that the search brings along, so that it reads like
 * the loop that it stands for: `search_first(i, 0, nr, rows[i].start >= address)`.
 */
#ifndef PROF_BASE_SEARCH_H
#define PROF_BASE_SEARCH_H

#include <stddef.h>

/* The first `i` in [first, end) of which the condition holds, `end` if it holds of none. If it
 * holds of one, it must hold of all behind that. */
#define search_first(i, first, end, condition)                                                     \
	({                                                                                         \
		size_t low_ = (first), high_ = (end);                                              \
		while (low_ < high_) {                                                             \
			size_t i = low_ + (high_ - low_) / 2;                                      \
			if (condition)                                                             \
				high_ = i;                                                         \
			else                                                                       \
				low_ = i + 1;                                                      \
		}                                                                                  \
		low_;                                                                              \
	})

#endif
