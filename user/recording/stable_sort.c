// SPDX-License-Identifier: MIT
#include "recording/stable_sort.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct sorting {
	size_t item_bytes;
	int (*compare)(const void *left, const void *right);
};

static bool in_order(const struct sorting *s, const char *items, size_t nr)
{
	for (size_t i = 1; i < nr; i++, items += s->item_bytes)
		if (s->compare(items, items + s->item_bytes) > 0)
			return false;
	return true;
}

/* Merges two sorted runs that lie side by side into `out`. */
static void merge(const struct sorting *s, const char *left, size_t nr_left, size_t nr_right,
		  char *out)
{
	const char *right = left + nr_left * s->item_bytes;

	while (nr_left && nr_right) {
		bool from_right = s->compare(left, right) > 0;

		memcpy(out, from_right ? right : left, s->item_bytes);
		out += s->item_bytes;
		*(from_right ? &right : &left) += s->item_bytes;
		*(from_right ? &nr_right : &nr_left) -= 1;
	}
	memcpy(out, left, nr_left * s->item_bytes);
	memcpy(out + nr_left * s->item_bytes, right, nr_right * s->item_bytes);
}

void stable_sort(void *items, size_t nr, size_t item_bytes,
		 int (*compare)(const void *left, const void *right))
{
	struct sorting s = {item_bytes, compare};
	char *from = items, *to, *spare;

	if (in_order(&s, items, nr))
		return;
	to = spare = xcalloc(nr, item_bytes);
	for (size_t run = 1; run < nr; run *= 2) {
		char *merged = to;

		for (size_t i = 0; i < nr; i += 2 * run) {
			size_t left = nr - i < run ? nr - i : run;
			size_t right = nr - i - left < run ? nr - i - left : run;

			merge(&s, from + i * item_bytes, left, right, to + i * item_bytes);
		}
		to = from;
		from = merged;
	}
	if (from != items)
		memcpy(items, from, nr * item_bytes);
	free(spare);
}
