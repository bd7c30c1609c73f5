/* SPDX-License-Identifier: MIT */
/*
 * Sorting that keeps equal items in the order they had, as qsort() need not: results that depend on
 * nothing but the file. Costs one pass when the items are in order already, as they mostly are.
 */
#ifndef PROF_RECORDING_STABLE_SORT_H
#define PROF_RECORDING_STABLE_SORT_H

#include <stddef.h>

void stable_sort(void *items, size_t nr, size_t item_bytes,
		 int (*compare)(const void *left, const void *right));

#endif
