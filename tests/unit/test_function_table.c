// SPDX-License-Identifier: MIT
/*
 * Functions by self and total, with recursion and filters, and paths turned round: on a tree whose
 * numbers are known.
 */
#include "profile/function_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static uint32_t child(struct path_tree *tree, uint32_t node, const char *name,
		      enum frame_class class)
{
	const struct path_frame frame = {.name = names_intern(&tree->names, name), .class = class};

	return path_tree_child_frame(tree, node, &frame);
}

static uint32_t code(struct path_tree *tree, uint32_t node, const char *name)
{
	return child(tree, node, name, FRAME_PROGRAM);
}

static void add(struct path_tree *tree, uint32_t node, uint64_t count)
{
	const uint64_t weights[NR_WEIGHTS] = {count, 10 * count, 4096 * count};

	path_tree_add(tree, node, weights);
}

/*
 * all: prog -- main 1 -- grow 2 -- memset 4
 *                     |         `- grow 8 -- memset 16
 *                     `- read (a call) 32
 *      main 64, of nobody
 */
static int set_up(void **state)
{
	struct path_tree *tree = xnew(struct path_tree);
	uint32_t main_node, grow, again;

	path_tree_init(tree);
	main_node = code(tree, child(tree, 0, "prog", FRAME_COMMAND), "main");
	add(tree, main_node, 1);
	grow = code(tree, main_node, "grow");
	add(tree, grow, 2);
	add(tree, code(tree, grow, "memset"), 4);
	again = code(tree, grow, "grow");
	add(tree, again, 8);
	add(tree, code(tree, again, "memset"), 16);
	add(tree, child(tree, main_node, "read", FRAME_SYSCALL), 32);
	add(tree, code(tree, 0, "main"), 64);
	path_tree_finish(tree, WEIGHT_COUNT);
	*state = tree;
	return 0;
}

static int tear_down(void **state)
{
	path_tree_fini(*state);
	free(*state);
	return 0;
}

static void assert_row(const struct path_tree *tree, const struct function_table *table, size_t at,
		       const char *name, uint64_t self, uint64_t total)
{
	assert_true(at < table->rows.size);
	assert_string_equal(names_text(&tree->names, table->rows.items[at].name), name);
	assert_int_equal(table->rows.items[at].self[WEIGHT_COUNT], self);
	assert_int_equal(table->rows.items[at].total[WEIGHT_COUNT], total);
	assert_int_equal(table->rows.items[at].total[WEIGHT_NS], 10 * total);
}

static void by_total_each_event_once(void **state)
{
	const struct path_tree *tree = *state;
	struct function_table table;

	function_table_build(tree, NULL, NULL, WEIGHT_COUNT, false, &table);
	assert_int_equal(table.rows.size, 3);
	assert_row(tree, &table, 0, "main", 65, 127);
	assert_row(tree, &table, 1, "grow", 10, 30);
	assert_row(tree, &table, 2, "memset", 20, 20);
	assert_int_equal(table.below[WEIGHT_COUNT], 127);
	function_table_fini(&table);
}

static void by_self(void **state)
{
	const struct path_tree *tree = *state;
	struct function_table table;

	function_table_build(tree, NULL, NULL, WEIGHT_COUNT, true, &table);
	assert_row(tree, &table, 0, "main", 65, 127);
	assert_row(tree, &table, 1, "memset", 20, 20);
	assert_row(tree, &table, 2, "grow", 10, 30);
	function_table_fini(&table);
}

static bool is_named(void *wanted, const char *name)
{
	return strstr(wanted, name);
}

static void of_some_names(void **state)
{
	const struct path_tree *tree = *state;
	struct function_table table;

	function_table_build(tree, is_named, "grow memset read prog", WEIGHT_COUNT, false, &table);
	assert_int_equal(table.rows.size, 2); /* read and prog are no functions */
	assert_row(tree, &table, 0, "grow", 10, 30);
	assert_row(tree, &table, 1, "memset", 20, 20);
	assert_int_equal(table.below[WEIGHT_COUNT], 30); /* not 50 */
	function_table_fini(&table);
	function_table_build(tree, is_named, "nothing", WEIGHT_COUNT, false, &table);
	assert_int_equal(table.rows.size, 0);
	assert_int_equal(table.below[WEIGHT_COUNT], 0);
	function_table_fini(&table);
}

static uint64_t total_of(const struct path_tree *tree, uint32_t node, const char *name,
			 uint32_t *out)
{
	const uint32_t *children = path_tree_children(tree, node);

	for (uint32_t i = 0; i < path_tree_node(tree, node)->nr_children; i++) {
		*out = children[i];
		if (!strcmp(path_tree_name(tree, *out), name))
			return path_tree_node(tree, *out)->total[WEIGHT_COUNT];
	}
	return 0;
}

static void turned_round(void **state)
{
	const struct path_tree *tree = *state;
	struct path_tree inverted;
	uint32_t node;

	path_tree_invert(tree, &inverted);
	path_tree_finish(&inverted, WEIGHT_COUNT);
	assert_int_equal(path_tree_node(&inverted, 0)->total[WEIGHT_COUNT], 127);
	assert_int_equal(total_of(&inverted, 0, "main", &node), 65);
	assert_int_equal(total_of(&inverted, node, "prog", &node), 1);
	assert_int_equal(total_of(&inverted, 0, "memset", &node), 20);
	assert_int_equal(total_of(&inverted, node, "grow", &node), 20);
	assert_int_equal(total_of(&inverted, node, "grow", &node), 16);
	assert_int_equal(total_of(&inverted, node, "main", &node), 16);
	assert_int_equal(total_of(&inverted, 0, "grow", &node), 10);
	assert_int_equal(total_of(&inverted, 0, "prog", &node), 0);
	path_tree_fini(&inverted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(by_total_each_event_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(by_self, set_up, tear_down),
		cmocka_unit_test_setup_teardown(of_some_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(turned_round, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
