/* SPDX-License-Identifier: MIT */
/* The two sides of a comparison. A difference is what NEW has more than BASE. */
#ifndef PROF_DIFF_SIDE_H
#define PROF_DIFF_SIDE_H

enum side { BASE, NEW, NR_SIDES };

static inline const char *side_name(enum side side)
{
	return side == BASE ? "BASE" : "NEW";
}

static inline enum side other_side(enum side side)
{
	return side == BASE ? NEW : BASE;
}

#endif
