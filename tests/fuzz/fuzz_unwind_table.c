// SPDX-License-Identifier: MIT
/*
 * Any bytes as a program whose unwinding table is wanted: building it must neither crash nor hang,
 * and the rows must be in order. Nor must steps over the code by all that the bytes say, with
 * registers and a stack that make sense.
 *
 * When the first byte of the input is even, what follows is a whole ELF file, else it is the
 * .eh_frame of one, since few changes to ELF headers lead far.
 */
#include "tests/unit/made_frames.h"
#include "unwind/index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STACK 0x7000ULL

static bool read_stack(void *arg, uint64_t address, void *out, uint32_t size)
{
	(void)arg;
	if (size > sizeof address || address < STACK || address > STACK + 4096)
		return false;
	memcpy(out, &address, size);
	return true;
}

static void step(const struct unwind_index *index, uint64_t offset)
{
	struct frame_registers registers = {.known = 0x1ffff};
	enum exact_step step = EXACT_CALLER;
	struct exact_frame frame;

	for (uint64_t i = 0; i < NR_DWARF_REGISTERS; i++)
		registers.values[i] = STACK + 64 * i;
	for (int depth = 0; depth < 4 && step == EXACT_CALLER; depth++) {
		if (!unwind_index_frame(index, offset, &frame))
			return;
		step = exact_frame_step(&frame, frame.address, read_stack, NULL, &registers);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_free uint8_t *file = NULL;
	struct unwind_index *index;
	struct unwind_table table;

	if (size < 2)
		return 0;
	if (data[0] % 2) {
		file = make_program(data + 1, size - 1);
		size += MADE_FRAMES;
	} else {
		file = xcalloc(size, 1);
		memcpy(file, data + 1, size - 1);
	}
	unwind_table_build_image(file, size - 1, &table);
	table_verify(&table, size - 1);
	for (size_t offset = 0; offset < size; offset += 61)
		unwind_table_find(&table, offset);
	unwind_table_fini(&table);
	if (unwind_index_open_image(file, size - 1, &index))
		return 0;
	for (size_t offset = 0; offset < size; offset += 61)
		step(index, offset);
	unwind_index_free(index);
	return 0;
}
