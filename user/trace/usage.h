/* SPDX-License-Identifier: MIT */
/*
 * What a command used, as the kernel accounts for it: the figures of time -v.
 */
#ifndef PROF_TRACE_USAGE_H
#define PROF_TRACE_USAGE_H

#include <stdint.h>
#include <sys/resource.h>

#include "base/bytes.h"

void usage_write(const struct rusage *usage, uint64_t wall_ns, struct bytes *out);

#endif
