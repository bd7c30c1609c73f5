// SPDX-License-Identifier: MIT
/*
 * Finding a constant in its set.
 */
#include "decode/constants.h"

const char *constant_name(const struct constant_set *set, uint64_t value)
{
	for (size_t i = 0; i < set->nr; i++) {
		if (set->items[i].value == value) {
			return set->items[i].name;
		}
	}
	return NULL;
}
