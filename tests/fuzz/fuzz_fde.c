// SPDX-License-Identifier: MIT
/*
 * Any bytes as a program: its functions by their unwind information must be found, or not, without
 * a crash or a hang, and cover the addresses that they were asked for.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "symbols/fde_table.h"

#define MAX_QUESTIONS 512

/* Asks for the places around the beginning and the end of whatever there is. */
static void ask(const struct fde_table *table, uint64_t address)
{
	struct code_range range;

	if (fde_table_find(table, address, &range) &&
	    (address < range.start || address >= range.end))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_free uint8_t *copy = xcalloc(size + 1, 1);
	struct elf_file file = ELF_FILE_CLOSED;
	struct fde_table table;

	memcpy(copy, data, size);
	elf_version(EV_CURRENT);
	file.elf = elf_memory((char *)copy, size);
	if (!file.elf)
		return 0;
	fde_table_init(&table, &file);
	vec_each (&table.segments, segment) {
		for (size_t i = 0; i < MAX_QUESTIONS; i++)
			ask(&table, segment->address + i * (1 + segment->size / MAX_QUESTIONS));
	}
	ask(&table, 0);
	ask(&table, UINT64_MAX);
	fde_table_fini(&table);
	elf_file_close(&file);
	return 0;
}
