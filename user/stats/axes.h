/* SPDX-License-Identifier: MIT */
/*
 * The main axes of a cloud of points: the eigenvectors of its covariance, by Jacobi's rotations.
 */
#ifndef PROF_STATS_AXES_H
#define PROF_STATS_AXES_H

#include "stats/points.h"

struct axes {
	unsigned int features;
	double mean[POINTS_FEATURES];
	double axis[POINTS_FEATURES][POINTS_FEATURES];      /* [axis][feature], of length 1 */
	double low[POINTS_FEATURES], high[POINTS_FEATURES]; /* of the points along each axis */
};

void axes_find(const struct points *p, struct axes *out);

#endif
