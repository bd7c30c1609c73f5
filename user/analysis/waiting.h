/* SPDX-License-Identifier: MIT */
/*
 * System calls that are made in order to wait: for time, for children, for other threads, for
 * descriptors to become ready. That they take long says that there was nothing to do yet; the cause
 * is with what they wait for.
 */
#ifndef PROF_ANALYSIS_WAITING_H
#define PROF_ANALYSIS_WAITING_H

#include "decode/syscalls.h"

void waiting_calls(struct syscall_set *out);

#endif
