// SPDX-License-Identifier: MIT
#include "decode/ioctl_names.h"

#define IOCTL(request, name) {request, #name},
static const struct ioctl_name table[] = {
#include "decode/ioctl_table.h"
};
#undef IOCTL

#define NR_NAMES (sizeof table / sizeof *table)

size_t ioctl_names(uint32_t request, const struct ioctl_name **out)
{
	size_t first = 0, end = NR_NAMES, nr = 0;

	while (first < end) {
		size_t middle = first + (end - first) / 2;

		if (table[middle].request < request)
			first = middle + 1;
		else
			end = middle;
	}
	*out = &table[first];
	while (first + nr < NR_NAMES && table[first + nr].request == request)
		nr++;
	return nr;
}
