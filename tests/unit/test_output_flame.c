// SPDX-License-Identifier: MIT
/* Flame graphs: boxes at computed places, the packed tree, and names that no parser may obey. */
#include "output/flame.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "output/flame_data.h"
#include "output/flame_layout.h"
#include "output/markup.h"
#include "tests/unit/made_recording.h"

struct path {
	const char *names[4];
	uint64_t weights[NR_WEIGHTS];
};

static void plant(struct path_tree *tree, const struct path *paths)
{
	path_tree_init(tree);
	for (; paths->names[0]; paths++) {
		uint32_t node = 0;

		for (int i = 0; i < 4 && paths->names[i]; i++) {
			const struct path_frame frame = {
				.name = names_intern(&tree->names, paths->names[i]),
				.class = i ? FRAME_PROGRAM : FRAME_COMMAND,
			};

			node = path_tree_child_frame(tree, node, &frame);
		}
		path_tree_add(tree, node, paths->weights);
	}
	path_tree_finish_by_name(tree);
}

/* ---- Layout ---- */

static void assert_box(const struct path_tree *tree, const struct flame_box *box, const char *name,
		       double x, double width)
{
	assert_string_equal(path_tree_name(tree, box->node), name);
	assert_float_equal(box->x, x, 1e-9);
	assert_float_equal(box->width, width, 1e-9);
}

static void boxes_are_as_wide_as_their_weight(void **state)
{
	struct flame_layout layout;
	struct path_tree tree;

	(void)state;
	plant(&tree, (const struct path[]){
			     {{"b", "x"}, {30, 0, 0}},
			     {{"b", "y"}, {10, 0, 0}},
			     {{"b"}, {20, 0, 0}},
			     {{"a", "z", "deep"}, {40, 7, 0}},
			     {{"c"}, {0, 5, 0}},
			     {{0}},
		     });
	flame_layout_init(&layout, &tree, WEIGHT_COUNT, 500);
	assert_int_equal(layout.boxes.size, 7);
	assert_box(&tree, &layout.boxes.items[0], "", 0, 500);
	assert_box(&tree, &layout.boxes.items[1], "a", 0, 200);
	assert_box(&tree, &layout.boxes.items[2], "z", 0, 200);
	assert_box(&tree, &layout.boxes.items[3], "deep", 0, 200);
	assert_box(&tree, &layout.boxes.items[4], "b", 200, 300);
	assert_box(&tree, &layout.boxes.items[5], "x", 200, 150);
	assert_box(&tree, &layout.boxes.items[6], "y", 350, 50);
	assert_int_equal(layout.rows, 4);
	assert_int_equal(layout.drawn, 6);
	assert_int_equal(layout.hidden, 0); /* c has no such weight */
	flame_layout_fini(&layout);
	flame_layout_init(&layout, &tree, WEIGHT_NS, 1200);
	assert_box(&tree, &layout.boxes.items[1], "a", 0, 700);
	assert_box(&tree, &layout.boxes.items[4], "c", 700, 500);
	flame_layout_fini(&layout);
	path_tree_fini(&tree);
}

static void what_cannot_be_seen_is_counted(void **state)
{
	struct flame_layout layout;
	struct path_tree tree;

	(void)state;
	plant(&tree, (const struct path[]){
			     {{"thin", "in", "it"}, {1, 0, 0}},
			     {{"wide"}, {1998, 0, 0}},
			     {{"x"}, {1, 0, 0}},
			     {{0}},
		     });
	flame_layout_init(&layout, &tree, WEIGHT_COUNT, 1000); /* 1 is exactly the least width */
	assert_int_equal(layout.drawn, 5);
	assert_int_equal(layout.hidden, 0);
	flame_layout_fini(&layout);
	flame_layout_init(&layout, &tree, WEIGHT_COUNT, 999);
	assert_int_equal(layout.drawn, 1);
	assert_int_equal(layout.hidden, 4);
	assert_int_equal(layout.rows, 2);
	assert_box(&tree, &layout.boxes.items[1], "wide", 0.4995, 1998 * 0.4995);
	flame_layout_fini(&layout);
	path_tree_fini(&tree);
}

static void sums_that_wrap_stay_inside(void **state)
{
	struct flame_layout layout;
	struct path_tree tree;

	(void)state;
	plant(&tree, (const struct path[]){
			     {{"a", "b"}, {UINT64_MAX, 0, 0}},
			     {{"c"}, {UINT64_MAX - 3, 0, 0}},
			     {{"d"}, {9, 0, 0}},
			     {{0}},
		     });
	flame_layout_init(&layout, &tree, WEIGHT_COUNT, 100);
	vec_each (&layout.boxes, box)
		assert_true(box->x >= 0 && box->x + box->width <= 100.001);
	flame_layout_fini(&layout);
	path_tree_fini(&tree);
}

/* ---- The packed tree ---- */

static void assert_next_string(struct cursor *c, const char *expected)
{
	scoped_free char *text = cursor_string(c);

	assert_string_equal(text, expected);
}

static void assert_numbers(struct cursor *c, const uint64_t *expected, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(cursor_varint(c), expected[i]);
}

static void the_tree_is_packed_in_preorder(void **state)
{
	struct path_tree tree;
	struct bytes data = {0};
	struct cursor c;
	uint64_t root = FRAME_OTHER * FLAME_SHADES + flame_shade("");
	uint64_t command = FRAME_COMMAND * FLAME_SHADES, program = FRAME_PROGRAM * FLAME_SHADES;

	(void)state;
	plant(&tree, (const struct path[]){
			     {{"q", "f"}, {300, 0, 5}},
			     {{"p", "f\x1b"}, {7, 8, 9}},
			     {{0}},
		     });
	flame_data_pack(&data, &tree);
	c = cursor_over(data.data, data.size);
	assert_int_equal(cursor_varint(&c), 5);
	assert_next_string(&c, "");
	assert_next_string(&c, "q");
	assert_next_string(&c, "f");
	assert_next_string(&c, "p");
	assert_next_string(&c, "f\\x1b");
	assert_numbers(&c,
		       (const uint64_t[]){5,
					  /* name, module, line, look */
					  0, 0, 0, root,                       /**/
					  1, 0, 0, command + flame_shade("q"), /**/
					  2, 0, 0, program + flame_shade("f"), /**/
					  3, 0, 0, command + flame_shade("p"), /**/
					  4, 0, 0, program + flame_shade("f\x1b")},
		       21);
	assert_numbers(&c,
		       (const uint64_t[]){5,
					  /* levels * 2 + has weights, frame, weights */
					  0, 0,          /* all */
					  0, 3,          /* p */
					  1, 4, 7, 8, 9, /* f below it */
					  4, 1,          /* q, two levels up */
					  1, 2, 300, 0, 5},
		       17);
	assert_true(cursor_done(&c));
	bytes_fini(&data);
	path_tree_fini(&tree);
}

/* ---- Text ---- */

static char *written(void (*write)(FILE *out, const char *text), const char *text)
{
	char *result = NULL;
	size_t size;
	FILE *out = open_memstream(&result, &size);

	write(out, text);
	fclose(out);
	return result;
}

static void write_base64(FILE *out, const char *text)
{
	markup_base64(out, text, strlen(text));
}

static void text_is_only_text(void **state)
{
	static const struct {
		const char *text, *markup;
	} cases[] = {
		{"plain_[k]", "plain_[k]"},
		{"a<b>&\"c'", "a&lt;b&gt;&amp;&quot;c&#39;"},
		{"</script>]]>", "&lt;/script&gt;]]&gt;"},
		{"\x01\n\x7f", "\\x01\\x0a\\x7f"},
		{"\xff\xc3", "\\xff\\xc3"},
		{"\xc3\xa9\xe2\x82\xac", "\xc3\xa9\xe2\x82\xac"},
		{"\xe2\x80\xae"
		 "cod",
		 "\\xe2\\x80\\xaecod"}, /* right to left */
		{"\xe2\x81\xa6", "\\xe2\\x81\\xa6"},
		{"\xe2\x80\xa8", "\\xe2\\x80\\xa8"}, /* end of a line, to JavaScript */
		{"\xef\xbf\xbe\xef\xbf\xbf", "\\xef\\xbf\\xbe\\xef\\xbf\\xbf"}, /* not in XML */
		{"\xed\xa0\x80", "\\xed\\xa0\\x80"},                            /* a surrogate */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		scoped_free char *text = written(markup_text, cases[i].text);

		assert_string_equal(text, cases[i].markup);
	}
}

static void base64_is_that_of_others(void **state)
{
	static const char *const cases[][2] = {
		{"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
		{"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xff\xfe\xfd\xfb", "//79+w=="}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		scoped_free char *text = written(write_base64, cases[i][0]);

		assert_string_equal(text, cases[i][1]);
	}
}

static void assert_label(const char *text, unsigned int columns, const char *expected)
{
	scoped_free char *label = markup_label(text, columns);

	if (expected)
		assert_string_equal(label, expected);
	else
		assert_null(label);
}

static void labels_fit(void **state)
{
	(void)state;
	assert_label("main", 4, "main");
	assert_label("main", 3, "ma\xe2\x80\xa6");
	assert_label("main", 2, NULL);
	assert_label("main", 0, NULL);
	assert_label("f", 1, "f");
	assert_label("\xc3\xa9t\xc3\xa9s", 4, "\xc3\xa9t\xc3\xa9s");
	assert_label("\xe6\xbc\xa2\xe5\xad\x97x", 5, "\xe6\xbc\xa2\xe5\xad\x97x");
	assert_label("\xe6\xbc\xa2\xe5\xad\x97x", 4, "\xe6\xbc\xa2\xe2\x80\xa6");
}

/* ---- The whole picture ---- */

static char *drawn(const struct path_tree *tree, void (*write)(FILE *, const struct flame *),
		   const char *about)
{
	const struct flame flame = {
		.paths = tree,
		.weights = {{"faults", "Page faults"}, {"time", "Time", WEIGHT_NS}},
		.about = about,
		.caveat = about,
	};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	write(out, &flame);
	fclose(out);
	return text;
}

/* Steps over "<tag ...>" or "</tag>" and keeps account of what is open. */
static const char *step_over_tag(const char *at, char open[16][16], int *depth)
{
	bool ends = at[1] == '/';
	const char *name = at + 1 + ends;
	size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
	const char *end = strpbrk(name, "<>");

	assert_in_range(size, 1, 15);
	assert_true(end && *end == '>');
	if (ends) {
		assert_true(*depth > 0 && strlen(open[*depth - 1]) == size);
		assert_memory_equal(open[--*depth], name, size);
	} else if (end[-1] != '/') {
		assert_true(*depth < 16);
		snprintf(open[(*depth)++], 16, "%.*s", (int)size, name);
	}
	return end + 1;
}

/* Well-formed XML of the plain kind that prof writes. */
static void assert_well_formed(const char *text)
{
	char open[16][16];
	int depth = 0;

	for (const char *at = text; *at;) {
		if (!strncmp(at, "<![CDATA[", 9)) {
			at = strstr(at, "]]>");
			assert_non_null(at);
			at += 3;
		} else if (*at == '<') {
			at = step_over_tag(at, open, &depth);
		} else if (*at == '&') {
			at += strcspn(at, "; ");
			assert_true(*at == ';');
		} else {
			assert_true((unsigned char)*at >= 0x20 || *at == '\n');
			at++;
		}
	}
	assert_int_equal(depth, 0);
}

static void hostile_names_stay_text(void **state)
{
	const char *hostile = "</title></svg><script>alert('x')</script>&\"]]>\x1b\xff\xe2\x80\xae";
	struct path_tree tree;
	char *svg, *html;

	(void)state;
	plant(&tree, (const struct path[]){
			     {{hostile, "-->", hostile, "<svg onload=alert(1)>"}, {3, 4, 5}},
			     {{"", "\n"}, {1, 2, 3}},
			     {{0}},
		     });
	svg = drawn(&tree, flame_svg, hostile);
	assert_well_formed(svg);
	assert_null(strstr(svg, "<script>alert"));
	assert_null(strstr(svg, "onload=alert(1)>"));
	assert_null(strchr(svg, '\x1b'));
	assert_non_null(strstr(svg, "&lt;script&gt;alert(&#39;x&#39;)"));
	html = drawn(&tree, flame_html, hostile);
	assert_null(strstr(html, "<script>alert"));
	assert_non_null(strstr(html, "default-src 'none'"));
	free(html);
	free(svg);
	path_tree_fini(&tree);
}

static char *random_name(uint64_t *seed, char buffer[8])
{
	static const char bytes[] = "ab<>&'\"/]-!\n\x01\xe2\x80\xae\xff";
	size_t size = random_next(seed) % 8;

	for (size_t i = 0; i < size; i++)
		buffer[i] = bytes[random_next(seed) % (sizeof bytes - 1)];
	buffer[size] = '\0';
	return buffer;
}

static void random_trees_are_well_formed(void **state)
{
	uint64_t seed = 4711;

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct path paths[9] = {0};
		char names[8][4][8], about[8];
		struct path_tree tree;
		char *svg;

		for (int i = 0; i < 8; i++) {
			for (int d = 0; d < 4; d++)
				paths[i].names[d] = random_name(&seed, names[i][d]);
			for (int w = 0; w < NR_WEIGHTS; w++)
				paths[i].weights[w] = random_next(&seed) >> random_next(&seed) % 64;
		}
		plant(&tree, paths);
		svg = drawn(&tree, flame_svg, random_name(&seed, about));
		assert_well_formed(svg);
		free(svg);
		path_tree_fini(&tree);
	}
}

/* Where paths are the same their boxes are in the same order and of the same look. */
static void order_does_not_depend_on_weights(void **state)
{
	struct path paths[] = {
		{{"p", "delta"}, {1, 0, 0}},
		{{"p", "alpha"}, {9, 0, 0}},
		{{"p", "gamma"}, {5, 0, 0}},
		{{"p", "beta"}, {5, 0, 0}},
		{{0}},
	};
	const char *const order[] = {"", "p", "alpha", "beta", "delta", "gamma"};

	(void)state;
	for (int turn = 0; turn < 4; turn++) {
		struct flame_layout layout;
		struct path_tree tree;

		for (int i = 0; i < 4; i++)
			paths[i].weights[WEIGHT_COUNT] = 1 + (uint64_t)((i + turn) % 4) * 7;
		plant(&tree, paths);
		flame_layout_init(&layout, &tree, WEIGHT_COUNT, 1000);
		assert_int_equal(layout.boxes.size, 6);
		for (size_t i = 0; i < 6; i++)
			assert_string_equal(path_tree_name(&tree, layout.boxes.items[i].node),
					    order[i]);
		flame_layout_fini(&layout);
		path_tree_fini(&tree);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boxes_are_as_wide_as_their_weight),
		cmocka_unit_test(what_cannot_be_seen_is_counted),
		cmocka_unit_test(sums_that_wrap_stay_inside),
		cmocka_unit_test(the_tree_is_packed_in_preorder),
		cmocka_unit_test(text_is_only_text),
		cmocka_unit_test(base64_is_that_of_others),
		cmocka_unit_test(labels_fit),
		cmocka_unit_test(hostile_names_stay_text),
		cmocka_unit_test(random_trees_are_well_formed),
		cmocka_unit_test(order_does_not_depend_on_weights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
