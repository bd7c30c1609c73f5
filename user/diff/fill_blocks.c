// SPDX-License-Identifier: MIT
#include "diff/fill_blocks.h"

#include "diff/function_name.h"

/* "malloc in parse": lines differ between versions of a program, functions seldom do. */
static char *block_label(struct alignment *alignment, enum side side,
			 const struct block_table *blocks, const struct block_row *row)
{
	const char *function = names_text(&blocks->names, row->function);
	scoped_free char *entry = function_name_plain(names_text(&blocks->names, row->entry));

	if (!*entry)
		return xstrdup("[no stack]");
	return *function ? xasprintf("%s in %s", entry, alignment_name(alignment, side, function))
			 : xstrdup(entry);
}

void blocks_fill(struct diff_table *table, struct alignment *alignment, enum side side,
		 uint32_t number, const struct run *run)
{
	const struct block_table *blocks = &run->report->blocks;

	vec_each (&blocks->rows, row) {
		const struct block_totals *totals = &row->totals;
		scoped_free char *name = block_label(alignment, side, blocks, row);
		const uint64_t amounts[NR_AMOUNTS] = {
			[AMOUNT_COUNT] = totals->blocks,
			[AMOUNT_NS] = totals->life_ns,
			[AMOUNT_BYTES] = totals->bytes,
			[AMOUNT_UNTOUCHED] = totals->untouched_bytes,
		};

		if (totals->blocks)
			diff_table_add(table, side, number, name, amounts);
	}
}
