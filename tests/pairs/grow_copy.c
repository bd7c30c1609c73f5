// SPDX-License-Identifier: MIT
/* A table that grows by being copied into a new block. */
#include <stdlib.h>
#include <string.h>

struct table {
	char *rows;
	size_t size, capacity;
};

__attribute__((noinline)) static void table_grow(struct table *t)
{
	size_t capacity = t->capacity ? 2 * t->capacity : 1 << 20;
	char *rows = malloc(capacity);

	if (t->size)
		memcpy(rows, t->rows, t->size);
	free(t->rows);
	t->rows = rows;
	t->capacity = capacity;
}

__attribute__((noinline)) static void table_append(struct table *t, const char *row, size_t size)
{
	if (t->size + size > t->capacity)
		table_grow(t);
	memcpy(t->rows + t->size, row, size);
	t->size += size;
}

int main(void)
{
	struct table t = {0};
	char row[4096];

	memset(row, 3, sizeof row);
	for (int i = 0; i < 12000; i++)
		table_append(&t, row, sizeof row);
	return t.rows[t.size - 1] != 3;
}
