/* SPDX-License-Identifier: MIT */
/*
 * Vectors of one instruction set, under names that are the same for all of them.
 *
 * A kernel is written once, for vectors of U64_LANES and F32_LANES lanes, and compiled once for
 * each instruction set; on none of them may its result depend on the number of lanes. A vector of
 * one lane is a plain number: that build is the oracle of the others. Fused multiply-add is always
 * meant where it is written, and never where it is not (-ffp-contract=off).
 *
 * The instruction set is PROF_ISA: scalar, avx2, avx512 or neon.
 */
#ifndef PROF_STATS_KERNELS_LANES_H
#define PROF_STATS_KERNELS_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KERNEL_PASTE(name, isa) name##_##isa
#define KERNEL_NAME(name, isa)  KERNEL_PASTE(name, isa)
#define KERNEL(name)            KERNEL_NAME(name, PROF_ISA)
#define lane_inline             static inline __attribute__((always_inline))

#if defined(PROF_ISA_AVX512)
#include "stats/kernels/lanes_avx512.h"
#elif defined(PROF_ISA_AVX2)
#include "stats/kernels/lanes_avx2.h"
#elif defined(PROF_ISA_NEON)
#include "stats/kernels/lanes_neon.h"
#else
#include "stats/kernels/lanes_scalar.h"
#endif

#endif
