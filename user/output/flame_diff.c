// SPDX-License-Identifier: MIT
#include "output/flame_diff.h"

#include <math.h>

#include "base/bytes.h"
#include "cli/number.h"
#include "output/printable.h"

#define SAME_PART 0.02

static enum frame_class class_of(uint64_t base, uint64_t new)
{
	double change = ((double)new - (double)base) / (double)(base > new ? base : new);

	if (!base || !new)
		return !new ? FRAME_GONE : FRAME_APPEARED;
	if (fabs(change) <= SAME_PART)
		return FRAME_SAME;
	return change <= -0.5  ? FRAME_MUCH_LESS
	       : change < 0    ? FRAME_LESS
	       : change >= 0.5 ? FRAME_MUCH_MORE
			       : FRAME_MORE;
}

static void classify(struct path_tree *paths)
{
	vec_each (&paths->nodes, node) {
		if (node->total[ALIGNED_BASE] || node->total[ALIGNED_NEW])
			node->frame.class =
				class_of(node->total[ALIGNED_BASE], node->total[ALIGNED_NEW]);
	}
}

static void append_command(struct bytes *text, const struct run *run)
{
	for (uint32_t i = 0; i < run_nr_words(run); i++) {
		scoped_free char *word = shell_word(run_word(run, i));

		bytes_append(text, " ", 1);
		bytes_append(text, word, strlen(word));
	}
}

static char *about_text(const struct aligned_runs *runs)
{
	struct bytes text = {0};

	bytes_append(&text, "BASE:", 5);
	append_command(&text, runs->of[BASE][0]);
	bytes_append(&text, "   NEW:", 7);
	append_command(&text, runs->of[NEW][0]);
	bytes_u8(&text, 0);
	return (char *)text.data;
}

static const char *format(uint64_t amount, enum weight unit, char buffer[NUMBER_SIZE])
{
	return unit == WEIGHT_NS      ? duration_format(amount, buffer)
	       : unit == WEIGHT_BYTES ? size_format(amount, buffer)
				      : count_format(amount, buffer);
}

/* Which way the picture is to be read, for pictures get read backwards. */
static char *title_text(const struct path_tree *paths, enum weight unit, const char *what)
{
	const uint64_t *total = path_tree_node(paths, 0)->total;
	uint64_t base = total[ALIGNED_BASE], new = total[ALIGNED_NEW];
	char amount[NUMBER_SIZE];

	if (base == new)
		return xasprintf("NEW and BASE have as many %s", what);
	return xasprintf("NEW has %s%s %s %s than BASE",
			 format(base > new ? base - new : new - base, unit, amount),
			 unit == WEIGHT_COUNT ? "" : " of", what, base > new ? "less" : "more");
}

/* What speaks against the comparison, in one line; NULL: nothing. */
static char *caveat_text(const struct aligned_runs *runs)
{
	struct bytes text = {0};
	struct caveats caveats;

	caveats_find(runs->of[BASE], runs->nr[BASE], runs->of[NEW], runs->nr[NEW], &caveats);
	vec_each (&caveats.texts, caveat) {
		bytes_append(&text, text.size ? "; " : "Caution: ", text.size ? 2 : 9);
		bytes_append(&text, *caveat, strlen(*caveat));
	}
	caveats_fini(&caveats);
	if (text.size)
		bytes_u8(&text, 0);
	return (char *)text.data;
}

void flame_diff(FILE *out, struct path_tree *paths, const struct aligned_runs *runs,
		enum weight unit, const char *what, bool icicle, bool as_page)
{
	const uint64_t *total = path_tree_node(paths, 0)->total;
	scoped_free char *about = about_text(runs), *title = title_text(paths, unit, what);
	scoped_free char *caveat = caveat_text(runs);
	struct flame flame = {
		.paths = paths,
		.weights = {{"BASE", "BASE", unit},
			    {"NEW", "NEW", unit},
			    {"gained and lost", title, unit}},
		.weight = (enum weight)ALIGNED_APART,
		.about = about,
		.caveat = caveat,
		.icicle = icicle,
		.side_by_side = as_page,
	};

	if (!total[ALIGNED_APART]) { /* nothing to draw: then both are NEW */
		flame.weight = (enum weight)ALIGNED_NEW;
		flame.weights[ALIGNED_NEW].title = title;
	}
	classify(paths);
	(as_page ? flame_html : flame_svg)(out, &flame);
}
