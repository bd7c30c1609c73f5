// SPDX-License-Identifier: MIT
#include "analysis/heat.h"

#include <math.h>

static uint32_t row_of(uint64_t duration_ns)
{
	return (uint32_t)(log2((double)duration_ns + 1) * HEAT_OF_OCTAVE);
}

static bool is_wanted(const struct heat *heat, uint32_t key)
{
	return heat->key == HEAT_ALL_CALLS || heat->key == key;
}

static void choose_time(const struct recording *r, struct heat *heat)
{
	uint64_t end_ns = 0;

	heat->start_ns = UINT64_MAX;
	vec_each (&r->blocks, block) {
		for (uint32_t k = 0; block->kind == BLOCK_SYSCALLS && k < block->nr_keys; k++) {
			if (!is_wanted(heat, block->keys[k].key))
				continue;
			if (block->start_min_ns < heat->start_ns)
				heat->start_ns = block->start_min_ns;
			if (block->end_max_ns > end_ns)
				end_ns = block->end_max_ns;
		}
	}
	heat->width_ns = end_ns > heat->start_ns ? (end_ns - heat->start_ns) / HEAT_COLUMNS + 1 : 1;
}

/* A call is where it ended: that is when its time was known. */
static void add_rows(struct heat *heat, const struct columns *c)
{
	for (uint32_t i = 0; i < c->rows; i++) {
		uint64_t flags = c->at[SYSCALL_FLAGS][i];
		uint64_t duration_ns = c->at[SYSCALL_DURATION_NS][i], column;
		uint64_t end_ns = c->at[SYSCALL_START_NS][i] + duration_ns;

		if (!is_wanted(heat, syscall_key(c->at[SYSCALL_NR][i], flags)) ||
		    flags & SYSCALL_UNTIMED)
			continue;
		column = end_ns < heat->start_ns ? 0 : (end_ns - heat->start_ns) / heat->width_ns;
		if (column >= HEAT_COLUMNS)
			column = HEAT_COLUMNS - 1;
		heat->cells[row_of(duration_ns) * HEAT_COLUMNS + column]++;
		heat->calls++;
	}
}

static bool row_is_empty(const struct heat *heat, uint32_t row)
{
	for (uint32_t column = 0; column < HEAT_COLUMNS; column++) {
		if (heat->cells[row * HEAT_COLUMNS + column])
			return false;
	}
	return true;
}

static void cut(struct heat *heat)
{
	uint32_t end = HEAT_MOST_ROWS + 1;

	while (end && row_is_empty(heat, end - 1))
		end--;
	while (heat->first_row < end && row_is_empty(heat, heat->first_row))
		heat->first_row++;
	heat->nr_rows = end - heat->first_row;
	for (size_t i = 0; i < (size_t)end * HEAT_COLUMNS; i++) {
		if (heat->cells[i] > heat->most)
			heat->most = heat->cells[i];
	}
}

void heat_build(struct recording *r, uint32_t key, struct heat *out)
{
	const uint32_t mask = COLUMN(SYSCALL_NR) | COLUMN(SYSCALL_FLAGS) |
			      COLUMN(SYSCALL_START_NS) | COLUMN(SYSCALL_DURATION_NS);

	*out = (struct heat){
		.key = key,
		.cells = xcalloc((HEAT_MOST_ROWS + 1) * HEAT_COLUMNS, sizeof *out->cells),
	};
	choose_time(r, out);
	vec_each (&r->blocks, block) {
		struct columns c;

		if (block->kind != BLOCK_SYSCALLS || block_columns(r, block, mask, &c) < 0)
			continue;
		add_rows(out, &c);
		columns_fini(&c);
	}
	cut(out);
}

void heat_fini(struct heat *heat)
{
	free(heat->cells);
	*heat = (struct heat){0};
}

uint64_t heat_row_ns(const struct heat *heat, uint32_t row)
{
	double ns = exp2((double)(heat->first_row + row) / HEAT_OF_OCTAVE) - 1;

	return ns < 18e18 ? (uint64_t)ns : UINT64_MAX;
}

uint64_t heat_at(const struct heat *heat, uint32_t row, uint32_t column)
{
	return heat->cells[(heat->first_row + row) * HEAT_COLUMNS + column];
}
