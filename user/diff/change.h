/* SPDX-License-Identifier: MIT */
/*
 * Whether two sides differ, and how sure that is.
 *
 * Counts of recordings that miss nothing are nearly exact: what varies from run to run are a few
 * pages of address randomisation, not the square root of their number. So a single run on each side
 * is judged by the size of the change alone. With several runs there are ranges, a permutation test
 * and control of false discoveries; and of times, which no single run tells, intervals by
 * bootstrap.
 */
#ifndef PROF_DIFF_CHANGE_H
#define PROF_DIFF_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Changes up to `least`, or up to `part` of the greater side, are noise. */
struct noise {
	double least, part;
};

struct range {
	double mean, low, high;
};

struct change {
	struct range base, new;
	double p;        /* of the permutation test; 1 where there was nothing to permute */
	double p_floor;  /* the least that this many runs can give */
	bool is_large;   /* more than noise */
	bool is_apart;   /* the ranges do not meet */
	bool is_claimed; /* after changes_control(): the sides differ */
};

/* Of `nr_base` and `nr_new` runs, at least one each. */
void change_measure(const uint64_t *base, size_t nr_base, const uint64_t *new, size_t nr_new,
		    const struct noise *noise, struct change *out);

/*
 * Claims those of the changes that stand together, so that of what is claimed at most the part
 * `rate` is there by chance (Benjamini and Hochberg 1995).
 */
void changes_control(struct change *const *changes, size_t nr, double rate);

static inline double change_delta(const struct change *c)
{
	return c->new.mean - c->base.mean;
}

/* An interval of 95 % for NEW / BASE. */
struct interval {
	bool is_known;
	double low, high;
};

/* Of sums: each of `nr` parts of either side is drawn as often as there are parts. */
struct interval ratio_interval(const uint64_t *base, size_t nr_base, const uint64_t *new,
			       size_t nr_new);

#endif
