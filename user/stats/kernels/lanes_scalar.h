/* SPDX-License-Identifier: MIT */
/* Vectors of one lane: what every other instruction set must agree with, bit by bit. */
#ifndef PROF_STATS_KERNELS_LANES_SCALAR_H
#define PROF_STATS_KERNELS_LANES_SCALAR_H

#define U64_LANES 1
#define F32_LANES 1

typedef uint64_t u64_lanes;
typedef float f32_lanes;
typedef uint32_t u32_lanes;

lane_inline u64_lanes u64_load(const uint64_t *from)
{
	return *from;
}

lane_inline void u64_store(uint64_t *to, u64_lanes v)
{
	*to = v;
}

lane_inline u64_lanes u64_all(uint64_t value)
{
	return value;
}

lane_inline u64_lanes u64_add(u64_lanes a, u64_lanes b)
{
	return a + b;
}

lane_inline u64_lanes u64_sub(u64_lanes a, u64_lanes b)
{
	return a - b;
}

lane_inline u64_lanes u64_and(u64_lanes a, u64_lanes b)
{
	return a & b;
}

lane_inline u64_lanes u64_or(u64_lanes a, u64_lanes b)
{
	return a | b;
}

lane_inline u64_lanes u64_right(u64_lanes a, int bits)
{
	return a >> bits;
}

lane_inline u64_lanes u64_left(u64_lanes a, int bits)
{
	return a << bits;
}

/* Each lane by as many bits as that of `bits` says. */
lane_inline u64_lanes u64_right_by(u64_lanes a, u64_lanes bits)
{
	return a >> bits;
}

/* Of lanes that are not 0. */
lane_inline u64_lanes u64_leading_zeros(u64_lanes a)
{
	return (uint64_t)__builtin_clzll(a);
}

/* The low halves, side by side. */
lane_inline void u64_store_low(uint32_t *to, u64_lanes v)
{
	*to = (uint32_t)v;
}

/* The product of the low halves. */
lane_inline u64_lanes u64_product(u64_lanes a, u64_lanes b)
{
	return (a & UINT32_MAX) * (b & UINT32_MAX);
}

/* Of values below 2^63. */
lane_inline u64_lanes u64_min(u64_lanes a, u64_lanes b)
{
	return a < b ? a : b;
}

lane_inline u64_lanes u64_max(u64_lanes a, u64_lanes b)
{
	return a > b ? a : b;
}

/* One bit a lane. */
lane_inline unsigned int u64_is_at_most(u64_lanes a, u64_lanes b)
{
	return a <= b;
}

lane_inline u64_lanes u64_count_less(u64_lanes counts, u64_lanes a, u64_lanes b)
{
	return counts + (a < b);
}

/* Stores the lanes of the mask side by side, and what it likes behind them, up to U64_LANES. */
lane_inline size_t u64_compress(uint64_t *to, unsigned int mask, u64_lanes v)
{
	*to = v;
	return mask;
}

lane_inline f32_lanes f32_load(const float *from)
{
	return *from;
}

lane_inline f32_lanes f32_all(float value)
{
	return value;
}

/* c - a * b, rounded once */
lane_inline f32_lanes f32_minus_product(f32_lanes c, f32_lanes a, f32_lanes b)
{
	return __builtin_fmaf(-a, b, c);
}

/* Where a < *least: *least = a, *label = own. */
lane_inline void f32_keep_less(f32_lanes a, u32_lanes own, f32_lanes *least, u32_lanes *label)
{
	*label = a < *least ? own : *label;
	*least = a < *least ? a : *least;
}

lane_inline u32_lanes u32_all(uint32_t value)
{
	return value;
}

lane_inline u32_lanes u32_add(u32_lanes a, u32_lanes b)
{
	return a + b;
}

lane_inline void u32_store(uint32_t *to, u32_lanes v)
{
	*to = v;
}

#endif
