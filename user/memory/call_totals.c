// SPDX-License-Identifier: MIT
#include "memory/call_totals.h"

void call_totals_fini(struct call_totals_table *table)
{
	vec_free(&table->rows);
}

struct call_totals *call_totals_at(struct call_totals_table *table, uint32_t call)
{
	vec_extend(&table->rows, (size_t)call + 1);
	return &table->rows.items[call];
}

void call_totals_grow(struct call_totals_table *table, uint32_t call, uint64_t bytes)
{
	struct call_totals *row = call_totals_at(table, call);

	row->added_bytes += bytes;
	row->live_bytes += bytes;
	if (row->most_bytes < row->live_bytes)
		row->most_bytes = row->live_bytes;
}

void call_totals_shrink(struct call_totals_table *table, uint32_t call, uint64_t bytes,
			uint32_t returner)
{
	struct call_totals *row = call_totals_at(table, call);

	row->live_bytes -= bytes < row->live_bytes ? bytes : row->live_bytes;
	if (!returner)
		row->kept_bytes += bytes;
}
