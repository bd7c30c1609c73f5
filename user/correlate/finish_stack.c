// SPDX-License-Identifier: MIT
#include "correlate/finish_stack.h"

static bool find_code(void *arg, uint64_t address, struct code_range *out)
{
	const struct stack_moment *moment = arg;
	const struct mapping *mapping =
		space_find(moment->spaces, moment->space, address, moment->time_ns);

	if (!mapping)
		return false;
	*out = (struct code_range){.start = mapping->start,
				   .end = mapping->end,
				   .base = mapping->start - mapping->file_offset_bytes,
				   .file = mapping->file};
	return true;
}

uint32_t stack_finish(const struct stack_moment *moment, const struct unwind_store *store,
		      const struct stack_rest_event *rest, uint64_t *frames, uint32_t nr_frames,
		      uint32_t *flags)
{
	return unwind_finish(store, rest, find_code, (void *)moment, frames, nr_frames, flags);
}
