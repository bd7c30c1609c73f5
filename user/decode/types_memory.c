// SPDX-License-Identifier: MIT
/*
 * The types of mappings: protection, flags, offset.
 */
#include "decode/types.h"

#include <sys/mman.h>

#include "decode/constants.h"

#define HUGE_SHIFT 26
#define HUGE_MASK  0x3fU

/* A type, flags, and the logarithm of a page's size. */
static PRINT_FUNCTION(map_flags_print)
{
	uint32_t flags = (uint32_t)value & ~(uint32_t)MAP_TYPE;
	uint32_t huge = flags & MAP_HUGETLB ? flags >> HUGE_SHIFT & HUGE_MASK : 0;

	(void)arg;
	emit_open(d->e, EMIT_FLAGS);
	emit_flag_choice(d->e, &map_types, value & MAP_TYPE);
	emit_flag_names(d->e, &map_flags, flags & ~(huge << HUGE_SHIFT));
	if (huge)
		emit_wordf(d->e, "%u<<MAP_HUGE_SHIFT", huge);
	emit_close(d->e);
}

const struct arg_type type_protection = FLAGS_TYPE(4, protections);
const struct arg_type type_map_flags = {.print = map_flags_print};
const struct arg_type type_map_offset = INTEGER_TYPE(hex_print, 8);
