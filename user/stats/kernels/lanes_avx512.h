/* SPDX-License-Identifier: MIT */
/* Vectors of 64 bytes. What each function means is said in lanes_scalar.h. */
#ifndef PROF_STATS_KERNELS_LANES_AVX512_H
#define PROF_STATS_KERNELS_LANES_AVX512_H

#include <immintrin.h>

#define U64_LANES 8
#define F32_LANES 16

typedef __m512i u64_lanes;
typedef __m512 f32_lanes;
typedef __m512i u32_lanes;

lane_inline u64_lanes u64_load(const uint64_t *from)
{
	return _mm512_loadu_si512(from);
}

lane_inline void u64_store(uint64_t *to, u64_lanes v)
{
	_mm512_storeu_si512(to, v);
}

lane_inline u64_lanes u64_all(uint64_t value)
{
	return _mm512_set1_epi64((long long)value);
}

lane_inline u64_lanes u64_add(u64_lanes a, u64_lanes b)
{
	return _mm512_add_epi64(a, b);
}

lane_inline u64_lanes u64_sub(u64_lanes a, u64_lanes b)
{
	return _mm512_sub_epi64(a, b);
}

lane_inline u64_lanes u64_and(u64_lanes a, u64_lanes b)
{
	return _mm512_and_si512(a, b);
}

lane_inline u64_lanes u64_or(u64_lanes a, u64_lanes b)
{
	return _mm512_or_si512(a, b);
}

lane_inline u64_lanes u64_right(u64_lanes a, int bits)
{
	return _mm512_srli_epi64(a, (unsigned int)bits);
}

lane_inline u64_lanes u64_left(u64_lanes a, int bits)
{
	return _mm512_slli_epi64(a, (unsigned int)bits);
}

lane_inline u64_lanes u64_right_by(u64_lanes a, u64_lanes bits)
{
	return _mm512_srlv_epi64(a, bits);
}

lane_inline u64_lanes u64_leading_zeros(u64_lanes a)
{
	return _mm512_lzcnt_epi64(a);
}

lane_inline void u64_store_low(uint32_t *to, u64_lanes v)
{
	_mm256_storeu_si256((__m256i *)to, _mm512_cvtepi64_epi32(v));
}

lane_inline u64_lanes u64_product(u64_lanes a, u64_lanes b)
{
	return _mm512_mul_epu32(a, b);
}

lane_inline u64_lanes u64_min(u64_lanes a, u64_lanes b)
{
	return _mm512_min_epu64(a, b);
}

lane_inline u64_lanes u64_max(u64_lanes a, u64_lanes b)
{
	return _mm512_max_epu64(a, b);
}

lane_inline unsigned int u64_is_at_most(u64_lanes a, u64_lanes b)
{
	return _mm512_cmple_epu64_mask(a, b);
}

lane_inline u64_lanes u64_count_less(u64_lanes counts, u64_lanes a, u64_lanes b)
{
	return _mm512_mask_add_epi64(counts, _mm512_cmplt_epu64_mask(a, b), counts, u64_all(1));
}

/* In a register first: compressing straight into memory takes some processors 140 cycles. */
lane_inline size_t u64_compress(uint64_t *to, unsigned int mask, u64_lanes v)
{
	u64_store(to, _mm512_maskz_compress_epi64((__mmask8)mask, v));
	return (size_t)__builtin_popcount(mask);
}

lane_inline f32_lanes f32_load(const float *from)
{
	return _mm512_loadu_ps(from);
}

lane_inline f32_lanes f32_all(float value)
{
	return _mm512_set1_ps(value);
}

lane_inline f32_lanes f32_minus_product(f32_lanes c, f32_lanes a, f32_lanes b)
{
	return _mm512_fnmadd_ps(a, b, c);
}

lane_inline void f32_keep_less(f32_lanes a, u32_lanes own, f32_lanes *least, u32_lanes *label)
{
	*label = _mm512_mask_mov_epi32(*label, _mm512_cmp_ps_mask(a, *least, _CMP_LT_OQ), own);
	*least = _mm512_min_ps(a, *least);
}

lane_inline u32_lanes u32_all(uint32_t value)
{
	return _mm512_set1_epi32((int)value);
}

lane_inline u32_lanes u32_add(u32_lanes a, u32_lanes b)
{
	return _mm512_add_epi32(a, b);
}

lane_inline void u32_store(uint32_t *to, u32_lanes v)
{
	_mm512_storeu_si512(to, v);
}

#endif
