/* SPDX-License-Identifier: MIT */
/* Vectors of 32 bytes. What each function means is said in lanes_scalar.h. */
#ifndef PROF_STATS_KERNELS_LANES_AVX2_H
#define PROF_STATS_KERNELS_LANES_AVX2_H

#include <immintrin.h>

#define U64_LANES 4
#define F32_LANES 8

typedef __m256i u64_lanes;
typedef __m256 f32_lanes;
typedef __m256i u32_lanes;

lane_inline u64_lanes u64_load(const uint64_t *from)
{
	return _mm256_loadu_si256((const __m256i *)from);
}

lane_inline void u64_store(uint64_t *to, u64_lanes v)
{
	_mm256_storeu_si256((__m256i *)to, v);
}

lane_inline u64_lanes u64_all(uint64_t value)
{
	return _mm256_set1_epi64x((long long)value);
}

lane_inline u64_lanes u64_add(u64_lanes a, u64_lanes b)
{
	return _mm256_add_epi64(a, b);
}

lane_inline u64_lanes u64_sub(u64_lanes a, u64_lanes b)
{
	return _mm256_sub_epi64(a, b);
}

lane_inline u64_lanes u64_and(u64_lanes a, u64_lanes b)
{
	return _mm256_and_si256(a, b);
}

lane_inline u64_lanes u64_or(u64_lanes a, u64_lanes b)
{
	return _mm256_or_si256(a, b);
}

lane_inline u64_lanes u64_right(u64_lanes a, int bits)
{
	return _mm256_srli_epi64(a, bits);
}

lane_inline u64_lanes u64_left(u64_lanes a, int bits)
{
	return _mm256_slli_epi64(a, bits);
}

lane_inline u64_lanes u64_right_by(u64_lanes a, u64_lanes bits)
{
	return _mm256_srlv_epi64(a, bits);
}

/* The exponent of the upper half as a double, or of the lower one where that is 0. */
lane_inline u64_lanes u64_leading_zeros(u64_lanes a)
{
	const __m256d magic = _mm256_set1_pd(0x1p52);
	const u64_lanes high = _mm256_srli_epi64(a, 32);
	const u64_lanes is_low = _mm256_cmpeq_epi64(high, _mm256_setzero_si256());
	const u64_lanes half = _mm256_blend_epi32(_mm256_blendv_epi8(high, a, is_low),
						  _mm256_castpd_si256(magic), 0xaa);
	const __m256d exact = _mm256_sub_pd(_mm256_castsi256_pd(half), magic);
	const u64_lanes exponent = _mm256_srli_epi64(_mm256_castpd_si256(exact), 52);
	const u64_lanes least = u64_add(u64_all(1023 + 31), u64_and(is_low, u64_all(32)));

	return u64_sub(least, exponent);
}

lane_inline void u64_store_low(uint32_t *to, u64_lanes v)
{
	const __m256i even = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);

	_mm_storeu_si128((__m128i *)to,
			 _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(v, even)));
}

lane_inline u64_lanes u64_product(u64_lanes a, u64_lanes b)
{
	return _mm256_mul_epu32(a, b);
}

lane_inline u64_lanes u64_min(u64_lanes a, u64_lanes b)
{
	return _mm256_blendv_epi8(a, b, _mm256_cmpgt_epi64(a, b));
}

lane_inline u64_lanes u64_max(u64_lanes a, u64_lanes b)
{
	return _mm256_blendv_epi8(b, a, _mm256_cmpgt_epi64(a, b));
}

/* There are signed comparisons only: flipping the sign bits makes them unsigned ones. */
lane_inline u64_lanes u64_is_greater(u64_lanes a, u64_lanes b)
{
	const u64_lanes sign = u64_all(1ULL << 63);

	return _mm256_cmpgt_epi64(_mm256_xor_si256(a, sign), _mm256_xor_si256(b, sign));
}

lane_inline unsigned int u64_is_at_most(u64_lanes a, u64_lanes b)
{
	return 15 ^ (unsigned int)_mm256_movemask_pd(_mm256_castsi256_pd(u64_is_greater(a, b)));
}

lane_inline u64_lanes u64_count_less(u64_lanes counts, u64_lanes a, u64_lanes b)
{
	return _mm256_sub_epi64(counts, u64_is_greater(b, a));
}

lane_inline size_t u64_compress(uint64_t *to, unsigned int mask, u64_lanes v)
{
	uint64_t lanes[U64_LANES];
	size_t nr = 0;

	u64_store(lanes, v);
	for (; mask; mask &= mask - 1)
		to[nr++] = lanes[__builtin_ctz(mask)];
	return nr;
}

lane_inline f32_lanes f32_load(const float *from)
{
	return _mm256_loadu_ps(from);
}

lane_inline f32_lanes f32_all(float value)
{
	return _mm256_set1_ps(value);
}

lane_inline f32_lanes f32_minus_product(f32_lanes c, f32_lanes a, f32_lanes b)
{
	return _mm256_fnmadd_ps(a, b, c);
}

lane_inline void f32_keep_less(f32_lanes a, u32_lanes own, f32_lanes *least, u32_lanes *label)
{
	const __m256i less = _mm256_castps_si256(_mm256_cmp_ps(a, *least, _CMP_LT_OQ));

	*label = _mm256_blendv_epi8(*label, own, less);
	*least = _mm256_min_ps(a, *least);
}

lane_inline u32_lanes u32_all(uint32_t value)
{
	return _mm256_set1_epi32((int)value);
}

lane_inline u32_lanes u32_add(u32_lanes a, u32_lanes b)
{
	return _mm256_add_epi32(a, b);
}

lane_inline void u32_store(uint32_t *to, u32_lanes v)
{
	_mm256_storeu_si256((__m256i *)to, v);
}

#endif
