// SPDX-License-Identifier: MIT
#include "symbols/symbol_table.h"

#include "symbols/symbols.h"

/*
 * Of several names for one place the last in this order is shown. People know functions by the name
 * in the manual: global, without underscores in front (`malloc`, not `__libc_malloc`), short.
 */
static int compare_names(const struct symbol *a, const struct symbol *b)
{
	size_t size_a = strlen(a->name), size_b = strlen(b->name);
	size_t underscores_a = strspn(a->name, "_"), underscores_b = strspn(b->name, "_");

	if (a->local != b->local)
		return a->local ? -1 : 1;
	if (underscores_a != underscores_b)
		return underscores_a > underscores_b ? -1 : 1;
	if (size_a != size_b)
		return size_a > size_b ? -1 : 1;
	return strcmp(b->name, a->name);
}

static int compare_symbols(const void *left, const void *right)
{
	const struct symbol *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return compare_names(a, b);
}

/* Versions follow an at-sign: memcpy@@GLIBC_2.14. */
static char *readable_name(const char *name)
{
	const char *version = *name ? strchr(name + 1, '@') : NULL;
	scoped_free char *plain = version ? xstrndup(name, version - name) : NULL;

	return demangle(plain ? plain : name);
}

void symbol_table_fini(struct symbol_table *table)
{
	vec_each (&table->symbols, symbol)
		free(symbol->readable);
	vec_free(&table->symbols);
	range_index_fini(&table->sized);
	range_index_fini(&table->unsized);
}

void symbol_table_add(struct symbol_table *table, const struct symbol *symbol)
{
	*vec_push(&table->symbols) = *symbol;
}

void symbol_table_seal(struct symbol_table *table)
{
	struct symbol *symbols = table->symbols.items;
	uint64_t next = UINT64_MAX; /* start of the first symbol that starts later */

	if (table->symbols.size)
		qsort(symbols, table->symbols.size, sizeof *symbols, compare_symbols);
	for (size_t i = table->symbols.size; i-- > 0;) {
		const struct symbol *symbol = &symbols[i];

		if (i + 1 < table->symbols.size && symbols[i + 1].start != symbol->start)
			next = symbols[i + 1].start;
		if (!symbol->size)
			range_index_add(&table->unsized, symbol->start,
					next < symbol->limit ? next : symbol->limit, 0, i + 1);
		else if (symbol->size <= UINT64_MAX - symbol->start)
			range_index_add(&table->sized, symbol->start, symbol->start + symbol->size,
					0, i + 1);
	}
	range_index_seal(&table->sized);
	range_index_seal(&table->unsized);
}

char *symbol_table_find(struct symbol_table *table, uint64_t address, uint64_t start)
{
	uint32_t owner = range_index_find(&table->sized, address);
	struct symbol *symbol;

	if (owner == NO_OWNER)
		owner = range_index_find(&table->unsized, address);
	if (owner == NO_OWNER)
		return NULL;
	symbol = &table->symbols.items[owner - 1];
	if (!symbol->size && symbol->start < start)
		return NULL;
	if (!symbol->readable)
		symbol->readable = readable_name(symbol->name);
	return symbol->readable;
}
