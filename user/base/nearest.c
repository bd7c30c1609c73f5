// SPDX-License-Identifier: MIT
#include "base/nearest.h"

#include <stddef.h>
#include <string.h>

#include "base/error.h"

#define LONGEST_WORD 64

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/*
 * How many slips of the fingers turn one word into the other: a letter too many, too few or wrong,
 * or two neighbours swapped. Three rows of the usual matrix are enough for the swaps.
 */
static unsigned int count_slips(const char *a, size_t a_size, const char *b, size_t b_size)
{
	unsigned int rows[3][LONGEST_WORD + 1];
	unsigned int *before = rows[0], *above = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b_size; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_size; i++) {
		unsigned int *oldest = before;

		before = above;
		above = row;
		row = oldest;
		row[0] = i;
		for (size_t j = 1; j <= b_size; j++) {
			row[j] = least(above[j], row[j - 1]) + 1;
			row[j] = least(row[j], above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return row[b_size];
}

const char *nearest_word(const char *typed, const char *const *words)
{
	size_t size = strlen(typed);
	unsigned int fewest = 1 + size / 4 + 1;
	const char *nearest = NULL;

	if (!size || size > LONGEST_WORD)
		return NULL;
	for (; *words; words++) {
		size_t word_size = strlen(*words);
		unsigned int slips;

		if (word_size > LONGEST_WORD)
			continue;
		slips = count_slips(typed, size, *words, word_size);
		/* A word of which no letter is right is not what was meant. */
		if (slips < fewest && slips < word_size) {
			fewest = slips;
			nearest = *words;
		}
	}
	return nearest;
}

void hint_nearest(const char *typed, const char *const *words, const char *choose)
{
	const char *nearest = nearest_word(typed, words);

	if (nearest)
		hint("did you mean '%s'?", nearest);
	else if (choose)
		hint("%s", choose);
}
