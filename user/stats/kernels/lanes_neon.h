/* SPDX-License-Identifier: MIT */
/* Vectors of 16 bytes, on aarch64. What each function means is said in lanes_scalar.h. */
#ifndef PROF_STATS_KERNELS_LANES_NEON_H
#define PROF_STATS_KERNELS_LANES_NEON_H

#include <arm_neon.h>

#define U64_LANES 2
#define F32_LANES 4

typedef uint64x2_t u64_lanes;
typedef float32x4_t f32_lanes;
typedef uint32x4_t u32_lanes;

lane_inline u64_lanes u64_load(const uint64_t *from)
{
	return vld1q_u64(from);
}

lane_inline void u64_store(uint64_t *to, u64_lanes v)
{
	vst1q_u64(to, v);
}

lane_inline u64_lanes u64_all(uint64_t value)
{
	return vdupq_n_u64(value);
}

lane_inline u64_lanes u64_add(u64_lanes a, u64_lanes b)
{
	return vaddq_u64(a, b);
}

lane_inline u64_lanes u64_sub(u64_lanes a, u64_lanes b)
{
	return vsubq_u64(a, b);
}

lane_inline u64_lanes u64_and(u64_lanes a, u64_lanes b)
{
	return vandq_u64(a, b);
}

lane_inline u64_lanes u64_or(u64_lanes a, u64_lanes b)
{
	return vorrq_u64(a, b);
}

lane_inline u64_lanes u64_right(u64_lanes a, int bits)
{
	return vshlq_u64(a, vdupq_n_s64(-bits));
}

lane_inline u64_lanes u64_left(u64_lanes a, int bits)
{
	return vshlq_u64(a, vdupq_n_s64(bits));
}

lane_inline u64_lanes u64_right_by(u64_lanes a, u64_lanes bits)
{
	return vshlq_u64(a, vnegq_s64(vreinterpretq_s64_u64(bits)));
}

lane_inline u64_lanes u64_leading_zeros(u64_lanes a)
{
	const u64_lanes halves = vreinterpretq_u64_u32(vclzq_u32(vreinterpretq_u32_u64(a)));
	const u64_lanes high = vshrq_n_u64(halves, 32);
	const u64_lanes low = vandq_u64(halves, vdupq_n_u64(UINT32_MAX));

	return vaddq_u64(high, vandq_u64(vceqq_u64(high, vdupq_n_u64(32)), low));
}

lane_inline void u64_store_low(uint32_t *to, u64_lanes v)
{
	vst1_u32(to, vmovn_u64(v));
}

lane_inline u64_lanes u64_product(u64_lanes a, u64_lanes b)
{
	return vmull_u32(vmovn_u64(a), vmovn_u64(b));
}

lane_inline u64_lanes u64_min(u64_lanes a, u64_lanes b)
{
	return vbslq_u64(vcltq_u64(a, b), a, b);
}

lane_inline u64_lanes u64_max(u64_lanes a, u64_lanes b)
{
	return vbslq_u64(vcgtq_u64(a, b), a, b);
}

lane_inline unsigned int u64_is_at_most(u64_lanes a, u64_lanes b)
{
	const u64_lanes mask = vcleq_u64(a, b);

	return (unsigned int)(vgetq_lane_u64(mask, 0) & 1) |
	       (unsigned int)(vgetq_lane_u64(mask, 1) & 2);
}

lane_inline u64_lanes u64_count_less(u64_lanes counts, u64_lanes a, u64_lanes b)
{
	return vsubq_u64(counts, vcltq_u64(a, b));
}

lane_inline size_t u64_compress(uint64_t *to, unsigned int mask, u64_lanes v)
{
	to[0] = vgetq_lane_u64(v, 0);
	to[mask & 1] = vgetq_lane_u64(v, 1);
	return (mask & 1) + (mask >> 1);
}

lane_inline f32_lanes f32_load(const float *from)
{
	return vld1q_f32(from);
}

lane_inline f32_lanes f32_all(float value)
{
	return vdupq_n_f32(value);
}

lane_inline f32_lanes f32_minus_product(f32_lanes c, f32_lanes a, f32_lanes b)
{
	return vfmsq_f32(c, a, b);
}

lane_inline void f32_keep_less(f32_lanes a, u32_lanes own, f32_lanes *least, u32_lanes *label)
{
	const uint32x4_t less = vcltq_f32(a, *least);

	*label = vbslq_u32(less, own, *label);
	*least = vbslq_f32(less, a, *least);
}

lane_inline u32_lanes u32_all(uint32_t value)
{
	return vdupq_n_u32(value);
}

lane_inline u32_lanes u32_add(u32_lanes a, u32_lanes b)
{
	return vaddq_u32(a, b);
}

lane_inline void u32_store(uint32_t *to, u32_lanes v)
{
	vst1q_u32(to, v);
}

#endif
