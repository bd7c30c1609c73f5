// SPDX-License-Identifier: MIT
/*
 * Two counts behind each path, as difffolded.pl and inferno's take them: BASE, then NEW, neither
 * scaled. flamegraph.pl draws such lines as they are.
 */
#include <inttypes.h>

#include "base/bytes.h"
#include "output/diff_output.h"
#include "output/folded.h"

struct line {
	char *path;
	uint64_t base, new;
};

static char *path_of(const struct path_tree *paths, uint32_t node)
{
	scoped_free char *name = folded_name(path_tree_name(paths, node), false);
	uint32_t parent = path_tree_node(paths, node)->parent;
	scoped_free char *callers = parent ? path_of(paths, parent) : NULL;

	return callers ? xasprintf("%s;%s", callers, name) : xstrdup(name);
}

static int by_path(const void *left, const void *right)
{
	return strcmp(((const struct line *)left)->path, ((const struct line *)right)->path);
}

void diff_folded(FILE *out, const struct path_tree *paths)
{
	VEC(struct line) lines = {0};

	for (uint32_t node = 0; node < paths->nodes.size; node++) {
		const uint64_t *self = path_tree_node(paths, node)->self;

		if (self[ALIGNED_BASE] || self[ALIGNED_NEW])
			*vec_push(&lines) =
				(struct line){node ? path_of(paths, node) : xstrdup("[no stack]"),
					      self[ALIGNED_BASE], self[ALIGNED_NEW]};
	}
	if (lines.size)
		qsort(lines.items, lines.size, sizeof *lines.items, by_path);
	for (size_t i = 0; i < lines.size; i++) {
		struct line *line = &lines.items[i];

		/* Names that became alike are one path. */
		if (i + 1 < lines.size && !strcmp(line->path, line[1].path)) {
			line[1].base += line->base;
			line[1].new += line->new;
		} else {
			fprintf(out, "%s %" PRIu64 " %" PRIu64 "\n", line->path, line->base,
				line->new);
		}
		free(line->path);
	}
	vec_free(&lines);
}
