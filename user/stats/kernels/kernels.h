/* SPDX-License-Identifier: MIT */
/* What the kernels of one instruction set are called. What they do is said in stats/kernels.h. */
#ifndef PROF_STATS_KERNELS_KERNELS_H
#define PROF_STATS_KERNELS_KERNELS_H

#include "stats/kernels.h"
#include "stats/kernels/lanes.h"

count_kernel KERNEL(count);
filter_kernel KERNEL(filter);
below_kernel KERNEL(below);
sums_kernel KERNEL(sums);
assign_kernel KERNEL(assign);

extern const struct kernels KERNEL(kernels);

#endif
