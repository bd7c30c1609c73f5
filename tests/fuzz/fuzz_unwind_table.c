// SPDX-License-Identifier: MIT
/*
 * Any bytes as a program whose unwinding table is wanted: building it must neither crash nor hang,
 * and the rows must be in order.
 *
 * When the first byte of the input is even, what follows is a whole ELF file, else it is the
 * .eh_frame of one, since few changes to ELF headers lead far.
 */
#include "tests/unit/made_frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_free uint8_t *file = NULL;
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
	return 0;
}
