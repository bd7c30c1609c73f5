// SPDX-License-Identifier: MIT
#include "stats/axes.h"

#include <math.h>
#include <string.h>

#define SWEEPS 30

struct square {
	double at[POINTS_FEATURES][POINTS_FEATURES];
};

static void find_mean(const struct points *p, struct axes *a)
{
	for (size_t i = 0; i < p->nr; i++) {
		for (unsigned int f = 0; f < p->features; f++)
			a->mean[f] += (double)points_at(p, i)[f * KMEANS_BLOCK];
	}
	for (unsigned int f = 0; f < p->features; f++)
		a->mean[f] /= (double)p->nr;
}

static void find_covariance(const struct points *p, const double *mean, struct square *out)
{
	memset(out, 0, sizeof *out);
	for (size_t i = 0; i < p->nr; i++) {
		const float *x = points_at(p, i);

		for (unsigned int f = 0; f < p->features; f++) {
			const double gap = (double)x[f * KMEANS_BLOCK] - mean[f];

			for (unsigned int g = 0; g <= f; g++)
				out->at[f][g] += gap * ((double)x[g * KMEANS_BLOCK] - mean[g]);
		}
	}
	for (unsigned int f = 0; f < p->features; f++) {
		for (unsigned int g = 0; g < f; g++)
			out->at[g][f] = out->at[f][g];
	}
}

/* Turns the plane of axes i and j so that their covariance vanishes. */
static void rotate(struct square *m, struct axes *a, unsigned int i, unsigned int j)
{
	const double half = (m->at[j][j] - m->at[i][i]) / (2 * m->at[i][j]);
	const double t = copysign(1, half) / (fabs(half) + sqrt(half * half + 1));
	const double c = 1 / sqrt(t * t + 1), s = t * c;

	for (unsigned int f = 0; f < a->features; f++) {
		const double x = m->at[f][i], y = m->at[f][j];

		m->at[f][i] = c * x - s * y;
		m->at[f][j] = s * x + c * y;
	}
	for (unsigned int f = 0; f < a->features; f++) {
		const double x = m->at[i][f], y = m->at[j][f];
		const double u = a->axis[i][f], v = a->axis[j][f];

		m->at[i][f] = c * x - s * y;
		m->at[j][f] = s * x + c * y;
		a->axis[i][f] = c * u - s * v;
		a->axis[j][f] = s * u + c * v;
	}
}

static bool sweep(struct square *m, struct axes *a)
{
	bool any = false;

	for (unsigned int i = 0; i < a->features; i++) {
		for (unsigned int j = i + 1; j < a->features; j++) {
			if (fabs(m->at[i][j]) <= 1e-12 * sqrt(fabs(m->at[i][i] * m->at[j][j])))
				continue;
			rotate(m, a, i, j);
			any = true;
		}
	}
	return any;
}

static void find_extent(const struct points *p, struct axes *a)
{
	for (size_t i = 0; i < p->nr; i++) {
		for (unsigned int axis = 0; axis < a->features; axis++) {
			double place = 0;

			for (unsigned int f = 0; f < a->features; f++)
				place += a->axis[axis][f] *
					 ((double)points_at(p, i)[f * KMEANS_BLOCK] - a->mean[f]);
			a->low[axis] = i ? fmin(a->low[axis], place) : place;
			a->high[axis] = i ? fmax(a->high[axis], place) : place;
		}
	}
}

void axes_find(const struct points *p, struct axes *out)
{
	struct square covariance;

	*out = (struct axes){.features = p->features};
	if (!p->nr)
		return;
	find_mean(p, out);
	find_covariance(p, out->mean, &covariance);
	for (unsigned int f = 0; f < p->features; f++)
		out->axis[f][f] = 1;
	for (int i = 0; i < SWEEPS && sweep(&covariance, out); i++)
		;
	find_extent(p, out);
}
