// SPDX-License-Identifier: MIT
#include "memory/region_kind.h"

#include "loglinear.h"

const char *const region_kind_names[NR_REGION_KINDS] = {
	[REGION_UNKNOWN] = "unknown",
	[REGION_HEAP] = "heap",
	[REGION_ARENA] = "thread arena",
	[REGION_BLOCK] = "mapped block",
	[REGION_ZEROED] = "bss",
	[REGION_STACK] = "stack",
	[REGION_THREAD_STACK] = "thread stack",
	[REGION_TEXT] = "file text",
	[REGION_FILE] = "file data",
	[REGION_SHARED_FILE] = "shared file",
	[REGION_SHARED] = "shared memory",
	[REGION_VDSO] = "vdso",
};

uint32_t size_class_of(uint64_t bytes)
{
	return bytes ? loglinear_log2(bytes) : 0;
}

bool region_kind_is_anonymous(enum region_kind kind)
{
	switch (kind) {
	case REGION_HEAP:
	case REGION_ARENA:
	case REGION_BLOCK:
	case REGION_ZEROED:
	case REGION_STACK:
	case REGION_THREAD_STACK:
		return true;
	default:
		return false;
	}
}
