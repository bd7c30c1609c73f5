// SPDX-License-Identifier: MIT
#include "decode/ioctl_names.h"

#include "base/search.h"

#define IOCTL(request, name) {request, #name},
static const struct ioctl_name table[] = {
#include "decode/ioctl_table.h"
};
#undef IOCTL

#define NR_NAMES (sizeof table / sizeof *table)

size_t ioctl_names(uint32_t request, const struct ioctl_name **out)
{
	size_t first = search_first(i, 0, NR_NAMES, table[i].request >= request), nr = 0;

	*out = &table[first];
	while (first + nr < NR_NAMES && table[first + nr].request == request)
		nr++;
	return nr;
}
