/* SPDX-License-Identifier: MIT */
/*
 * Growable arrays of any type: `VEC(struct span) spans = {0}; *vec_push(&spans) = span;`.
 *
 * A zeroed vector is an empty one. Pushing may move the items, so hold indexes, not pointers.
 */
#ifndef PROF_BASE_VEC_H
#define PROF_BASE_VEC_H

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define VEC(type)                                                                                  \
	struct {                                                                                   \
		type *items;                                                                       \
		size_t size, capacity;                                                             \
	}

/* Makes room for one more zeroed item and returns its address. */
#define vec_push(vec)                                                                              \
	({                                                                                         \
		__auto_type vec_ = (vec);                                                          \
		vec_reserve(vec_, vec_->size + 1);                                                 \
		memset(&vec_->items[vec_->size], 0, sizeof *vec_->items);                          \
		&vec_->items[vec_->size++];                                                        \
	})

#define vec_reserve(vec, wanted)                                                                   \
	do {                                                                                       \
		if ((vec)->capacity < (size_t)(wanted)) {                                          \
			size_t more_ = (vec)->capacity ? 2 * (vec)->capacity : 8;                  \
			(vec)->capacity = more_ < (size_t)(wanted) ? (size_t)(wanted) : more_;     \
			(vec)->items =                                                             \
				xrealloc((vec)->items, (vec)->capacity, sizeof *(vec)->items);     \
		}                                                                                  \
	} while (0)

/* Makes the vector at least `wanted` long; new items are zero. */
#define vec_extend(vec, wanted)                                                                    \
	do {                                                                                       \
		size_t wanted_ = (wanted);                                                         \
		if ((vec)->size < wanted_) {                                                       \
			vec_reserve(vec, wanted_);                                                 \
			memset(&(vec)->items[(vec)->size], 0,                                      \
			       (wanted_ - (vec)->size) * sizeof *(vec)->items);                    \
			(vec)->size = wanted_;                                                     \
		}                                                                                  \
	} while (0)

#define vec_each(vec, it)                                                                          \
	for (__typeof__(*(vec)->items) *it = (vec)->items; it && it < (vec)->items + (vec)->size;  \
	     it++)

#define vec_free(vec)                                                                              \
	do {                                                                                       \
		free((vec)->items);                                                                \
		memset((vec), 0, sizeof *(vec));                                                   \
	} while (0)

#endif
