/* SPDX-License-Identifier: MIT */
/*
 * A sample of a stream whose length is not known: one random value of every stretch of equal
 * length.
 *
 * When the sample is full, one of each two values goes and stretches become twice as long. Random
 * places keep data that repeat themselves from hiding.
 */
#ifndef PROF_STATS_SAMPLE_H
#define PROF_STATS_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#define SAMPLE_VALUES (1U << 14)

struct sample {
	uint64_t seen, next; /* how many values went by; the place of the next one to take */
	uint64_t stretch;
	uint32_t nr;
	uint64_t values[SAMPLE_VALUES];
};

void sample_start(struct sample *s);
void sample_add(struct sample *s, const uint64_t *values, size_t nr);
void sample_sort(struct sample *s); /* ends the taking */

/* How many values of a sorted sample are less than `limit`, and how many do not exceed `last`. */
uint32_t sample_below(const struct sample *s, uint64_t limit);
uint32_t sample_up_to(const struct sample *s, uint64_t last);

#endif
