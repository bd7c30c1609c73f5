// SPDX-License-Identifier: MIT
#include "unwind/table.h"

#include <errno.h>
#include <stdlib.h>

#include "base/search.h"
#include "unwind/index.h"
#include "unwind/rule_set.h"

static int build_all(int err, struct unwind_index *index, struct unwind_table *out)
{
	*out = (struct unwind_table){0};
	if (err)
		return err;
	unwind_index_rows(index, 0, UINT64_MAX, out);
	unwind_index_free(index);
	return out->nr_rows ? 0 : -ENODATA;
}

int unwind_table_build(int fd, struct unwind_table *out)
{
	struct unwind_index *index;
	int err = unwind_index_open(fd, &index);

	return build_all(err, index, out);
}

int unwind_table_build_image(const void *image, size_t size, struct unwind_table *out)
{
	struct unwind_index *index;
	int err = unwind_index_open_image(image, size, &index);

	return build_all(err, index, out);
}

void unwind_table_fini(struct unwind_table *table)
{
	free(table->rows);
	free(table->rules);
	*table = (struct unwind_table){0};
}

const struct unwind_rule *unwind_table_find(const struct unwind_table *table, uint64_t offset)
{
	size_t behind = search_first(i, 0, table->nr_rows, table->rows[i].offset > offset);

	if (!behind || table->rows[behind - 1].rule == RULE_NONE)
		return NULL;
	return &table->rules[table->rows[behind - 1].rule];
}
