// SPDX-License-Identifier: MIT
#include "unwind/restorer.h"

#include <dwarf.h>
#include <string.h>

#define MAX_SEARCHED_BYTES (4 << 20) /* of a segment: musl's code takes less than one of these */

/* mov $15,%rax (rt_sigreturn); syscall */
static const uint8_t restorer[] = {0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00, 0x0f, 0x05};

bool is_restorer(const struct elf_code *code, uint64_t address)
{
	struct loaded_bytes bytes = elf_code_read(code, address, sizeof restorer);

	return bytes.size == sizeof restorer && !memcmp(bytes.data, restorer, sizeof restorer);
}

uint32_t restorer_add_cie(struct frames *frames)
{
	static const uint8_t rsp[] = {DW_OP_breg7, 0xa0, 0x01, DW_OP_deref};
	struct cie *cie = vec_push(&frames->cies);

	cie->offset = UINT64_MAX;
	cie->code_alignment = 1;
	cie->is_signal = true;
	frame_state_set_cfa_expression(&cie->initial, cursor_over(rsp, sizeof rsp), -1);
	return cie - frames->cies.items;
}

static bool is_mostly_undescribed(const struct frames *frames, const struct elf_code *code)
{
	uint64_t described = 0, all = 0;

	vec_each (&frames->fdes, fde)
		described += fde->end - fde->start;
	vec_each (&code->segments, segment)
		all += segment->size;
	return described < all / 2;
}

static void add_first(struct frames *frames, const struct code_segment *segment,
		      const struct elf_code *code)
{
	size_t nr_sorted = frames->fdes.size;
	uint64_t size = segment->size < MAX_SEARCHED_BYTES ? segment->size : MAX_SEARCHED_BYTES;
	struct loaded_bytes bytes = elf_code_read(code, segment->address, size);
	const uint8_t *found =
		bytes.size ? memmem(bytes.data, bytes.size, restorer, sizeof restorer) : NULL;
	struct fde fde = {.instructions = restorer}; /* none of them */

	if (!found || found == bytes.data)
		return;
	fde.address = segment->address + (uint64_t)(found - bytes.data) - 1;
	fde.start = segment->offset + (uint64_t)(found - bytes.data) - 1;
	fde.end = fde.start + 1 + sizeof restorer;
	if (frames_cover(frames, nr_sorted, &fde))
		return;
	fde.cie = restorer_add_cie(frames);
	*vec_push(&frames->fdes) = fde;
}

void restorers_add(struct frames *frames, const struct elf_code *code)
{
	if (!is_mostly_undescribed(frames, code))
		return;
	vec_each (&code->segments, segment) {
		add_first(frames, segment, code);
		frames_sort(frames);
	}
}
