// SPDX-License-Identifier: MIT
#include "base/utf8.h"

#include <stdint.h>

size_t utf8_size(const void *at, size_t left)
{
	const uint8_t *byte = at;
	size_t size;

	if (!left || *byte > 0xf4)
		return 0;
	size = *byte < 0x80 ? 1 : *byte < 0xc2 ? 0 : *byte < 0xe0 ? 2 : *byte < 0xf0 ? 3 : 4;
	if (size > left)
		return 0;
	for (size_t i = 1; i < size; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((*byte == 0xe0 && byte[1] < 0xa0) || (*byte == 0xf0 && byte[1] < 0x90) || /* longer */
	    (*byte == 0xed && byte[1] > 0x9f) || /* surrogate */
	    (*byte == 0xf4 && byte[1] > 0x8f))   /* too great */
		return 0;
	return size;
}
