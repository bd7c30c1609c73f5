// SPDX-License-Identifier: MIT
/* The kernels of one instruction set. */
#include "stats/kernels/kernels.h"

#define TEXT_OF(isa) #isa
#define NAME_OF(isa) TEXT_OF(isa)

const struct kernels KERNEL(kernels) = {
	.name = NAME_OF(PROF_ISA),
	.count = KERNEL(count),
	.filter = KERNEL(filter),
	.below = KERNEL(below),
	.sums = KERNEL(sums),
	.assign = KERNEL(assign),
};
