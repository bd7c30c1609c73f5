// SPDX-License-Identifier: MIT
/*
 * The types of mappings, and of what is known of their pages.
 */
#include "decode/types.h"

#include <sys/mman.h>

#include "decode/constants.h"

/* ---- Mapping ---- */

#define HUGE_SHIFT 26

/* A type, flags, and the logarithm of a page's size. */
static PRINT_FUNCTION(map_flags_print)
{
	uint32_t flags = (uint32_t)value & ~(uint32_t)MAP_TYPE, huge = flags >> HUGE_SHIFT;

	(void)arg;
	emit_open(d->e, EMIT_FLAGS);
	emit_flag_choice(d->e, &map_types, value & MAP_TYPE);
	emit_flag_names(d->e, &map_flags, flags & ~(huge << HUGE_SHIFT));
	if (huge)
		emit_wordf(d->e, "%u<<MAP_HUGE_SHIFT", huge);
	emit_close(d->e);
}

static bool remap_has_address(const struct call *call, const struct argument *arg)
{
	uint64_t moves = MREMAP_MAYMOVE | MREMAP_FIXED;

	return (call->args[arg->of] & moves) == moves;
}

/* ---- Which pages are there ---- */

#define PAGE_BYTES 4096

static void resident_element(struct decoder *d, const void *bytes, uint64_t address)
{
	(void)address;
	emit_uint(d->e, *(const uint8_t *)bytes & 1);
}

static PRINT_FUNCTION(residency_print)
{
	uint64_t size = d->call->args[arg->of];

	array_print_at(d, value, size / PAGE_BYTES + !!(size % PAGE_BYTES), 1, resident_element);
}

const struct arg_type type_protection = FLAGS_TYPE(8, protections);
const struct arg_type type_map_flags = {.print = map_flags_print};
const struct arg_type type_map_offset = INTEGER_TYPE(hex_print, 8);
const struct arg_type type_remap_address = {.print = pointer_print, .applies = remap_has_address};
const struct arg_type type_residency = {
	.print = residency_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES, .when = CAPTURE_EXIT, .element_bytes = 64}},
};
