/* SPDX-License-Identifier: MIT */
/*
 * What to capture of a system call's memory, from the types of its arguments.
 */
#ifndef PROF_DECODE_PLAN_H
#define PROF_DECODE_PLAN_H

#include <stdint.h>

#include "capture_plan.h"

/* `max_string_bytes` is what -s says. A call that nothing is known of has an empty plan. */
void capture_plan_of(uint32_t nr, uint32_t max_string_bytes, struct capture_plan *out);

#endif
