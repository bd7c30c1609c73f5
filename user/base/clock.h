/* SPDX-License-Identifier: MIT */
/* The time of a clock as a number: events have that of CLOCK_MONOTONIC. */
#ifndef PROF_BASE_CLOCK_H
#define PROF_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static inline uint64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

#endif
