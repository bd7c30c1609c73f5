// SPDX-License-Identifier: MIT
#include "stats/moments.h"

#include <math.h>
#include <stdbool.h>

#include "stats/kernels.h"

#define u128 unsigned __int128

static void add_squares(struct moments *m, u128 squares)
{
	m->squares_high += __builtin_add_overflow(m->squares, squares, &m->squares);
}

static void add_extent(struct moments *m, uint64_t count, uint64_t min, uint64_t max)
{
	m->min = !m->count || min < m->min ? min : m->min;
	m->max = max > m->max ? max : m->max;
	m->count += count;
}

static void add_sums(struct moments *m, uint64_t count, const struct sums *sums)
{
	add_extent(m, count, sums->min, sums->max);
	m->sum += sums->sum;
	add_squares(m, sums->low + ((u128)sums->cross << (SUMS_SPLIT + 1)) +
			       ((u128)sums->high << (2 * SUMS_SPLIT)));
}

static void add_large(struct moments *m, const uint64_t *values, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		add_extent(m, 1, values[i], values[i]);
		m->sum += values[i];
		add_squares(m, (u128)values[i] * values[i]);
	}
}

void moments_add(struct moments *m, const uint64_t *values, size_t nr)
{
	while (nr) {
		const size_t part = nr < SUMS_VALUES ? nr : SUMS_VALUES;
		struct sums sums;

		if (kernels()->sums(values, part, &sums))
			add_sums(m, part, &sums);
		else
			add_large(m, values, part);
		values += part;
		nr -= part;
	}
}

void moments_merge(struct moments *into, const struct moments *from)
{
	if (!from->count)
		return;
	add_extent(into, from->count, from->min, from->max);
	into->sum += from->sum;
	into->squares_high += from->squares_high;
	add_squares(into, from->squares);
}

double moments_mean(const struct moments *m)
{
	if (!m->count)
		return 0;
	return (double)(uint64_t)(m->sum / m->count) +
	       (double)(uint64_t)(m->sum % m->count) / (double)m->count;
}

/* 256 bits, least significant first */
struct wide {
	uint64_t limbs[4];
};

static void wide_add_product(struct wide *w, int at, uint64_t a, uint64_t b)
{
	u128 carry = (u128)a * b;

	for (; at < 4 && carry; at++) {
		carry += w->limbs[at];
		w->limbs[at] = (uint64_t)carry;
		carry >>= 64;
	}
}

static struct wide wide_less(struct wide a, const struct wide *b)
{
	uint64_t borrow = 0;

	for (int i = 0; i < 4; i++) {
		const u128 taken = (u128)b->limbs[i] + borrow;

		borrow = a.limbs[i] < taken;
		a.limbs[i] -= (uint64_t)taken;
	}
	return a;
}

static double wide_value(const struct wide *w)
{
	double value = 0;

	for (int i = 3; i >= 0; i--)
		value = value * 0x1p64 + (double)w->limbs[i];
	return value;
}

/* (count * squares - sum^2) / (count * (count - 1)), the dividend exact */
double moments_variance(const struct moments *m)
{
	const uint64_t squares[3] = {(uint64_t)m->squares, (uint64_t)(m->squares >> 64),
				     m->squares_high};
	const uint64_t sum[2] = {(uint64_t)m->sum, (uint64_t)(m->sum >> 64)};
	struct wide left = {0}, right = {0};

	if (m->count < 2)
		return 0;
	for (int i = 0; i < 3; i++)
		wide_add_product(&left, i, m->count, squares[i]);
	for (int i = 0; i < 2; i++) {
		for (int j = 0; j < 2; j++)
			wide_add_product(&right, i + j, sum[i], sum[j]);
	}
	left = wide_less(left, &right);
	return wide_value(&left) / (double)m->count / (double)(m->count - 1);
}

double moments_deviation(const struct moments *m)
{
	return sqrt(moments_variance(m));
}
