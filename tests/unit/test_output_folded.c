// SPDX-License-Identifier: MIT
/* Folded lines: names that readers cannot misread, byte order, sums. */
#include "output/folded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/unit/made_recording.h"

static void assert_folds(const char *name, bool is_command, const char *expected)
{
	scoped_free char *folded = folded_name(name, is_command);

	assert_string_equal(folded, expected);
}

static void names_cannot_be_misread(void **state)
{
	(void)state;
	assert_folds("plain", false, "plain");
	assert_folds("a;b", false, "a:b");
	assert_folds("a\nb\tc", false, "a b c");
	assert_folds("worker 3", false, "worker_3");
	assert_folds("worker 3.5", false, "worker_3.5");
	assert_folds("worker 3 4", false, "worker 3_4");
	assert_folds("worker3", false, "worker3");
	assert_folds("operator new", false, "operator new");
	assert_folds("Web Content", true, "Web_Content");
	assert_folds("42", false, "42");
	assert_folds("", false, "[unknown]");
	assert_folds(" a ", false, "_a_");
	assert_folds(" ", false, "_");
	assert_folds("a\x7f\x01z", false, "a  z");
	assert_folds("\xc3\xa9\xff", false, "\xc3\xa9\\xff");
	assert_folds("#x", false, "#x");
	assert_folds("#x", true, "_x");
	assert_folds("read_[k]", false, "read_[k]");
	assert_folds("f_[i] 2", false, "f_[i]_2");
}

struct path {
	const char *names[4];
	uint64_t weight;
};

static char *fold(const struct path *paths)
{
	struct path_tree tree;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	path_tree_init(&tree);
	for (; paths->names[0]; paths++) {
		uint32_t node = 0;

		for (int i = 0; i < 4 && paths->names[i]; i++)
			node = path_tree_child(&tree, node,
					       names_intern(&tree.names, paths->names[i]));
		path_tree_add(&tree, node, (uint64_t[NR_WEIGHTS]){paths->weight, 0, 0});
	}
	path_tree_finish(&tree, WEIGHT_COUNT);
	folded_write(out, &tree, WEIGHT_COUNT);
	fclose(out);
	path_tree_fini(&tree);
	return text;
}

static void lines_are_merged_and_in_byte_order(void **state)
{
	scoped_free char *text = fold((const struct path[]){
		{{"my prog", "f", "g"}, 3},
		{{"my prog", "f"}, 1},
		{{"my prog", "f.cold", "g"}, 4},
		{{"my prog", "f.cold"}, 6},
		{{"my prog", "a;b"}, 5},
		{{"my prog", "a:b"}, 7},
		{{"my prog", "nothing"}, 0},
		{{"B"}, 9},
		{{0}, 0},
	});

	(void)state;
	assert_string_equal(text, "B 9\n"
				  "my_prog;a:b 12\n"
				  "my_prog;f 1\n"
				  "my_prog;f.cold 6\n"
				  "my_prog;f.cold;g 4\n"
				  "my_prog;f;g 3\n");
}

/* What a reader makes of a line: names between `;`, then a blank, then digits to the end. */
static void assert_reads_back(const char *line, const char *const names[3], uint64_t count)
{
	scoped_free char *copy = xstrdup(line);
	char *rest = copy, *number = strrchr(copy, ' ');

	assert_int_equal(strspn(number + 1, "0123456789"), strlen(number + 1));
	assert_int_equal(strtoull(number + 1, NULL, 10), count);
	*number = '\0';
	for (int i = 0; i < 3; i++)
		assert_string_equal(strsep(&rest, ";"), names[i]);
	assert_null(rest);
	/* flamegraph.pl would take one more number for the other side of a difference */
	number = strrchr(copy, ' ');
	assert_true(!number || number[1 + strspn(number + 1, "0123456789.")] != '\0');
	assert_true(*copy != '#');
	for (const char *at = copy; *at; at++)
		assert_true((unsigned char)*at >= ' ' && *at != 0x7f);
}

static void names_of_any_bytes_read_back(void **state)
{
	static const char bytes[] = "ab;; \n\t\r\x01\x7f 019._[k]_[i]#()->\xff\xc3\xa9\"'";
	uint64_t seed = 4711;

	(void)state;
	for (int round = 0; round < 5000; round++) {
		char names[3][16];
		struct path path[2] = {{.weight = 1 + random_next(&seed) % 1000}};
		char *folded[3], *text;

		for (int i = 0; i < 3; i++) {
			size_t size = random_next(&seed) % 15;

			for (size_t b = 0; b < size; b++)
				names[i][b] = bytes[random_next(&seed) % (sizeof bytes - 1)];
			names[i][size] = '\0';
			path[0].names[i] = names[i];
			folded[i] = folded_name(names[i], i == 0);
		}
		text = fold(path);
		text[strlen(text) - 1] = '\0';
		assert_null(strchr(text, '\n'));
		assert_reads_back(text, (const char *const *)folded, path[0].weight);
		free(text);
		for (int i = 0; i < 3; i++)
			free(folded[i]);
	}
}

/* Random trees over names that sort awkwardly: order holds and no weight gets lost. */
static void random_trees_keep_order_and_sum(void **state)
{
	static const char *const names[] = {"f", "f 1", "f.x", "f-", "f!", "f;", "f:", "g", " "};
	enum { PATHS = 60, NAMES_NR = sizeof names / sizeof *names };
	uint64_t seed = 11;

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct path paths[PATHS + 1] = {0};
		uint64_t planted = 0, sum = 0;
		char *text, *line, *rest, *last = NULL;

		for (int i = 0; i < PATHS; i++) {
			uint64_t depth = 1 + random_next(&seed) % 4;

			for (uint64_t d = 0; d < depth; d++)
				paths[i].names[d] = names[random_next(&seed) % NAMES_NR];
			paths[i].weight = random_next(&seed) % 12;
			planted += paths[i].weight;
		}
		text = fold(paths);
		for (rest = text; (line = strsep(&rest, "\n")) && *line; last = line) {
			assert_true(!last || strcmp(last, line) < 0);
			sum += strtoull(strrchr(line, ' '), NULL, 10);
		}
		assert_int_equal(sum, planted);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_cannot_be_misread),
		cmocka_unit_test(lines_are_merged_and_in_byte_order),
		cmocka_unit_test(names_of_any_bytes_read_back),
		cmocka_unit_test(random_trees_keep_order_and_sum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
