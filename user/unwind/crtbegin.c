// SPDX-License-Identifier: MIT
#include "unwind/crtbegin.h"

#include <dwarf.h>
#include <string.h>

#include "unwind/frame_state.h"

#define MAX_DUMMY_BYTES 64 /* how far behind the first frame `frame_dummy` ends */

enum { PUSH_RBP = 0x55, POP_RBP = 0x5d, RET = 0xc3, JMP = 0xe9, JE = 0x74, JNE = 0x75 };

/* cmpb $0,completed(%rip) */
static bool is_comparison(const uint8_t *code)
{
	return code[0] == 0x80 && code[1] == 0x3d && code[6] == 0;
}

/* Looks for a frame from *at on; leaves *at behind its pop. */
static bool find_frame(const struct loaded_bytes *gap, uint8_t branch, uint8_t last, size_t *at,
		       size_t *pushed)
{
	const uint8_t *code = gap->data;
	size_t i = *at;

	while (i + 3 < gap->size && (code[i] != branch || code[i + 2] != PUSH_RBP))
		i++;
	*pushed = i + 3;
	for (i = *pushed; i + 1 < gap->size; i++) {
		if (code[i] != POP_RBP || code[i + 1] != last)
			continue;
		*at = i + 1;
		return true;
	}
	return false;
}

static void add_frame(struct crtbegin *out, size_t from, size_t pushed, size_t popped)
{
	const uint8_t instructions[] = {
		DW_CFA_advance_loc2,
		(pushed - from) & 0xff,
		(pushed - from) >> 8,
		DW_CFA_def_cfa_offset,
		16,
		DW_CFA_offset | DWARF_RBP,
		2,
		DW_CFA_advance_loc2,
		(popped - pushed) & 0xff,
		(popped - pushed) >> 8,
		DW_CFA_def_cfa_offset,
		8,
		DW_CFA_restore | DWARF_RBP,
	};

	memcpy(out->instructions + out->instructions_size, instructions, sizeof instructions);
	out->instructions_size += sizeof instructions;
}

/* `frame_dummy` ends with jumps back to `register_tm_clones`. */
static size_t find_end(const struct loaded_bytes *gap, size_t from)
{
	size_t end = from;

	for (size_t i = from; i + 5 <= gap->size && i < from + MAX_DUMMY_BYTES; i++) {
		int32_t distance;

		memcpy(&distance, gap->data + i + 1, sizeof distance);
		if (gap->data[i] == JMP && distance < 0 && -(int64_t)distance <= (int64_t)i + 5)
			end = i + 5;
	}
	return end;
}

bool crtbegin_find(const struct loaded_bytes *gap, struct crtbegin *out)
{
	size_t at = 0, pushed, first, second;

	*out = (struct crtbegin){0};
	while (at + 10 <= gap->size && !is_comparison(gap->data + at))
		at++;
	if (at + 10 > gap->size || gap->data[at + 7] != JNE || gap->data[at + 9] != PUSH_RBP ||
	    !find_frame(gap, JNE, RET, &at, &pushed))
		return false;
	add_frame(out, 0, pushed, at);
	first = at;
	out->size = find_end(gap, at);
	second = at;
	if (find_frame(gap, JE, JMP, &second, &pushed) && second < out->size)
		add_frame(out, first, pushed, second);
	return true;
}
