/* SPDX-License-Identifier: MIT */
/*
 * The log-linear histogram index, shared by the BPF programs, the recorder and the reports.
 *
 * Values below 2^bits have a bucket each; above, every octave is cut into 2^bits equal buckets, so
 * a bucket is never wider than its lower bound / 2^bits. Histograms of equal `bits` add bucket by
 * bucket.
 */
#ifndef PROF_LOGLINEAR_H
#define PROF_LOGLINEAR_H

#ifdef __bpf__
#include "vmlinux.h"

/* BPF has no count-leading-zeros instruction: halve the range six times. */
static __always_inline __u32 loglinear_log2(__u64 value)
{
	__u32 log = 0;

	for (__u32 half = 32; half; half /= 2) {
		if (value >> half) {
			value >>= half;
			log += half;
		}
	}
	return log;
}
#else
#include <linux/types.h>

static inline __u32 loglinear_log2(__u64 value)
{
	return 63 - (__u32)__builtin_clzll(value);
}
#endif

#define LOGLINEAR_BUCKETS(bits) ((64 - (bits) + 1) << (bits))

static inline __u32 loglinear_index(__u64 value, __u32 bits)
{
	__u32 log;

	if (value >> bits == 0)
		return (__u32)value;
	log = loglinear_log2(value);
	return ((log - bits + 1) << bits) + ((__u32)(value >> (log - bits)) & ((1U << bits) - 1));
}

/* The smallest value that falls into a bucket. */
static inline __u64 loglinear_lower(__u32 index, __u32 bits)
{
	__u32 octave = index >> bits;
	__u64 step = index & ((1U << bits) - 1);

	return octave ? ((1ULL << bits) + step) << (octave - 1) : step;
}

/* How many consecutive values share a bucket. */
static inline __u64 loglinear_width(__u32 index, __u32 bits)
{
	__u32 octave = index >> bits;

	return octave ? 1ULL << (octave - 1) : 1;
}

#endif
