// SPDX-License-Identifier: MIT
/* Stacks become the paths that were planted, with exactly the weights that were planted. */
#include "profile/event_paths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "profile/report.h"
#include "tests/unit/made_recording.h"

/* The child of a node by name; the root when there is none. */
static uint32_t child(const struct path_tree *tree, uint32_t parent, const char *name)
{
	for (uint32_t i = 0; i < path_tree_node(tree, parent)->nr_children; i++) {
		uint32_t id = path_tree_children(tree, parent)[i];

		if (!strcmp(path_tree_name(tree, id), name))
			return id;
	}
	return 0;
}

static const struct path_node *at(const struct path_tree *tree, const char *const *names)
{
	uint32_t node = 0;

	for (; *names; names++) {
		node = child(tree, node, *names);
		assert_int_not_equal(node, 0);
	}
	return path_tree_node(tree, node);
}

static const struct path_choice *choice(const char *name)
{
	const struct path_choice *c = path_choices;

	while (strcmp(c->name, name))
		c++;
	return c;
}

/*
 *  _start -> main -> load  (6 faults: 4 in one call place, 2 in another, the same function)
 *                 -> grow, inlined into fill (3), and a kernel fault below grow (1)
 *  no stack (2), and one failed at a place without a name
 */
static struct recording *planted(void)
{
	struct maker m;
	uint32_t module, start, main1, load, main2, load2, grow, raw;

	maker_start(&m);
	make_root(&m, "prog", 0);
	module = make_module(&m, "/usr/bin/prog");
	start = make_frame(&m, 0, module, 0x10, NAMES("_start"));
	main1 = make_frame(&m, start, module, 0x20, NAMES("main"));
	load = make_frame(&m, main1, module, 0x30, NAMES("load"));
	main2 = make_frame(&m, start, module, 0x24, NAMES("main"));
	load2 = make_frame(&m, main2, module, 0x38, NAMES("load"));
	grow = make_frame(&m, main2, module, 0x40, NAMES("grow", "fill"));
	raw = make_frame(&m, start, module, 0x1234, NULL);
	make_frame(&m, 0, MODULE_KERNEL, 0xffffffff81000010, NAMES("copy_to_user"));
	make_stack(&m, 1, load);
	make_stack(&m, 2, load2);
	make_stack(&m, 3, grow);
	make_stack(&m, 4, raw);
	MAKE_FAULT(&m, [FAULT_COUNT] = 4, [FAULT_SERVICE_NS] = 400, [FAULT_TASK] = 1,
		   [FAULT_STACK] = 1);
	MAKE_FAULT(&m, [FAULT_COUNT] = 2, [FAULT_SERVICE_NS] = 10, [FAULT_TASK] = 1,
		   [FAULT_STACK] = 2);
	MAKE_FAULT(&m, [FAULT_COUNT] = 3, [FAULT_SERVICE_NS] = 7, [FAULT_TASK] = 1,
		   [FAULT_STACK] = 3, [FAULT_FLAGS] = FAULT_UNTIMED);
	MAKE_FAULT(&m, [FAULT_SERVICE_NS] = 5, [FAULT_TASK] = 1, [FAULT_STACK] = 3,
		   [FAULT_FLAGS] = FAULT_KERNEL, [FAULT_IP] = 0xffffffff81000010);
	MAKE_FAULT(&m, [FAULT_COUNT] = 2, [FAULT_TASK] = 1);
	MAKE_FAULT(&m, [FAULT_TASK] = 1, [FAULT_STACK] = 4, [FAULT_KIND] = FAULT_FAILED);
	MAKE_SYSCALL(&m, [SYSCALL_NR] = 0, [SYSCALL_TASK] = 1, [SYSCALL_STACK] = 1,
		     [SYSCALL_DURATION_NS] = 50);
	MAKE_SYSCALL(&m, [SYSCALL_NR] = 0, [SYSCALL_TASK] = 1, [SYSCALL_STACK] = 1,
		     [SYSCALL_DURATION_NS] = 60);
	MAKE_SYSCALL(&m, [SYSCALL_NR] = 231, [SYSCALL_TASK] = 1, [SYSCALL_STACK] = 1,
		     [SYSCALL_FLAGS] = SYSCALL_UNFINISHED, [SYSCALL_DURATION_NS] = 999);
	return maker_open(&m, true);
}

static void paths_have_their_weights(void **state)
{
	struct recording *r = planted();
	struct report *report = report_new(r, 0);
	const struct path_tree *tree = &report->fault_paths;

	(void)state;
	assert_int_equal(path_tree_node(tree, 0)->total[WEIGHT_COUNT], 13);
	assert_int_equal(path_tree_node(tree, 0)->self[WEIGHT_COUNT], 2);
	assert_int_equal(at(tree, NAMES("_start"))->total[WEIGHT_COUNT], 11);
	assert_int_equal(at(tree, NAMES("_start", "main"))->total[WEIGHT_COUNT], 10);
	assert_int_equal(at(tree, NAMES("_start", "main"))->self[WEIGHT_COUNT], 0);
	assert_int_equal(at(tree, NAMES("_start", "main", "load"))->self[WEIGHT_COUNT], 6);
	assert_int_equal(at(tree, NAMES("_start", "main", "load"))->self[WEIGHT_NS], 410);
	assert_int_equal(at(tree, NAMES("_start", "main", "load"))->self[WEIGHT_BYTES], 6 * 4096);
	report_free(report);
	recording_close(r);
}

static void inlined_and_kernel_functions_are_frames(void **state)
{
	struct recording *r = planted();
	struct report *report = report_new(r, 0);
	const struct path_tree *tree = &report->fault_paths;
	const struct path_node *grow = at(tree, NAMES("_start", "main", "fill", "grow"));

	(void)state;
	assert_int_equal(grow->self[WEIGHT_COUNT], 3);
	assert_int_equal(grow->self[WEIGHT_NS], 0); /* untimed */
	assert_int_equal(at(tree, NAMES("_start", "main", "fill", "grow", "copy_to_user_[k]"))
				 ->self[WEIGHT_NS],
			 5);
	report_free(report);
	recording_close(r);
}

static void unnamed_place_is_module_and_offset(void **state)
{
	struct recording *r = planted();
	struct report *report = report_new(r, 0);
	const struct path_node *raw = at(&report->fault_paths, NAMES("_start", "prog+0x1234"));

	(void)state;
	assert_int_equal(raw->self[WEIGHT_COUNT], 1);
	assert_int_equal(raw->self[WEIGHT_BYTES], 0); /* it failed */
	report_free(report);
	recording_close(r);
}

static void unnamed_places_of_a_flame_graph_are_one(void **state)
{
	struct recording *r = planted();
	struct path_tree tree;

	(void)state;
	event_paths_build(r, choice("faults"), 0, &tree);
	assert_int_equal(at(&tree, NAMES("prog", "_start", "[prog]"))->self[WEIGHT_COUNT], 1);
	path_tree_fini(&tree);
	recording_close(r);
}

static uint64_t sum(struct recording *r, const char *name)
{
	const struct path_choice *c = choice(name);
	struct path_tree tree;
	uint64_t total;

	event_paths_build(r, c, 0, &tree);
	total = path_tree_node(&tree, 0)->total[c->weight];
	path_tree_fini(&tree);
	return total;
}

/* The kernel side counted 7 of 2 faults, and 10 and 3 of 4 and 3 calls. */
static void what_was_lost_is_a_path(void **state)
{
	struct recording *r;
	struct path_tree tree;
	struct maker m;

	(void)state;
	maker_start(&m);
	make_root(&m, "prog", 0);
	MAKE_FAULT(&m, [FAULT_COUNT] = 2, [FAULT_SERVICE_NS] = 20, [FAULT_TASK] = 1);
	for (int i = 0; i < 7; i++)
		MAKE_SYSCALL(&m, [SYSCALL_NR] = i < 4 ? 0 : 1, [SYSCALL_TASK] = 1,
			     [SYSCALL_DURATION_NS] = 10);
	writer_counter(m.w, "kernel.faults.minor", 7);
	writer_counter(m.w, "kernel.fault_ns.minor", 100);
	writer_counter(m.w, "lost.faults.ring_full", 5);
	writer_counter(m.w, "lost.syscalls.ring_full", 6);
	writer_syscall_total(m.w,
			     &(struct syscall_total){.nr = 0, .calls = 10, .duration_ns = 500});
	writer_syscall_total(m.w, &(struct syscall_total){.nr = 1, .calls = 3, .duration_ns = 30});
	r = maker_open(&m, true);
	assert_int_equal(sum(r, "faults"), 7);
	assert_int_equal(sum(r, "fault-ns"), 100);
	assert_int_equal(sum(r, "fault-bytes"), 7 * 4096);
	assert_int_equal(sum(r, "syscalls"), 13);
	assert_int_equal(sum(r, "syscall-ns"), 530);
	event_paths_build(r, choice("faults"), 0, &tree);
	assert_int_equal(at(&tree, NAMES("[lost]"))->self[WEIGHT_COUNT], 5);
	path_tree_fini(&tree);
	event_paths_build(r, choice("syscalls"), 0, &tree);
	assert_int_equal(at(&tree, NAMES("[lost]", "read_[k]"))->self[WEIGHT_COUNT], 6);
	assert_int_equal(at(&tree, NAMES("[lost]", "read_[k]"))->self[WEIGHT_NS], 460);
	assert_int_equal(child(&tree, child(&tree, 0, "[lost]"), "write_[k]"), 0);
	path_tree_fini(&tree);
	recording_close(r);
}

static void heaviest_sibling_comes_first(void **state)
{
	struct recording *r = planted();
	struct report *report = report_new(r, 0);
	const struct path_tree *tree = &report->fault_paths;
	uint32_t start = child(tree, 0, "_start");

	(void)state;
	assert_string_equal(path_tree_name(tree, path_tree_children(tree, start)[0]), "main");
	assert_string_equal(path_tree_name(tree, path_tree_children(tree, start)[1]),
			    "prog+0x1234");
	report_free(report);
	recording_close(r);
}

static void syscalls_end_in_the_call(void **state)
{
	struct recording *r = planted();
	struct path_tree tree;

	(void)state;
	event_paths_build(r, choice("syscalls"), 0, &tree);
	assert_int_equal(path_tree_node(&tree, 0)->total[WEIGHT_COUNT], 3);
	assert_int_equal(
		at(&tree, NAMES("prog", "_start", "main", "load", "read_[k]"))->self[WEIGHT_COUNT],
		2);
	assert_int_equal(
		at(&tree, NAMES("prog", "_start", "main", "load", "read_[k]"))->self[WEIGHT_NS],
		110);
	assert_int_equal(at(&tree, NAMES("prog", "_start", "main", "load", "exit_group_[k]"))
				 ->self[WEIGHT_NS],
			 0); /* it never returned */
	path_tree_fini(&tree);
	recording_close(r);
}

/* Of a hundred calls the slowest, by what it took beyond the others; calls without a time are none.
 */
static void the_tail_is_what_is_beyond_it(void **state)
{
	struct path_choice tail = *choice("syscall-ns");
	struct path_tree tree;
	struct recording *r;
	struct maker m;

	(void)state;
	tail.tail_ppm = 990000;
	maker_start(&m);
	make_root(&m, "prog", 0);
	for (uint64_t i = 1; i <= 100; i++)
		MAKE_SYSCALL(&m, [SYSCALL_TASK] = 1, [SYSCALL_DURATION_NS] = i);
	MAKE_SYSCALL(&m, [SYSCALL_TASK] = 1, [SYSCALL_DURATION_NS] = 5000,
		     [SYSCALL_FLAGS] = SYSCALL_ATTACHED);
	r = maker_open(&m, true);
	event_paths_build(r, &tail, 0, &tree);
	assert_int_equal(path_tree_node(&tree, 0)->total[WEIGHT_COUNT], 1);
	assert_int_equal(path_tree_node(&tree, 0)->total[WEIGHT_NS], 1);
	path_tree_fini(&tree);
	recording_close(r);
}

/* Two tasks of one name share their paths, a third has its own. */
static void tasks_are_told_apart_by_name(void **state)
{
	static const char *const comms[] = {"a", "b", "a"};
	struct recording *r;
	struct path_tree tree;
	struct maker m;

	(void)state;
	maker_start(&m);
	for (uint64_t id = 1; id <= 3; id++)
		MAKE_EVENT(&m, .time_ns = id, .task = (uint32_t)id, .type = TASK_START,
			   .value = {id, id, id}, .text = (char *)comms[id - 1]);
	make_stack(&m, 1, make_frame(&m, 0, make_module(&m, "/x"), 1, NAMES("f")));
	for (uint64_t id = 1; id <= 3; id++)
		MAKE_FAULT(&m, [FAULT_COUNT] = 10 * id, [FAULT_TASK] = id, [FAULT_STACK] = 1);
	r = maker_open(&m, true);
	event_paths_build(r, choice("faults"), 0, &tree);
	assert_int_equal(path_tree_node(&tree, 0)->nr_children, 2);
	assert_int_equal(at(&tree, NAMES("a", "f"))->self[WEIGHT_COUNT], 40);
	assert_int_equal(at(&tree, NAMES("b", "f"))->self[WEIGHT_COUNT], 20);
	path_tree_fini(&tree);
	recording_close(r);
}

/* A stack no recorder would walk is cut, and nothing of its weight is lost. */
static void depth_is_bounded(void **state)
{
	enum { DEPTH = 3 * PATH_MAX_DEPTH };
	struct recording *r;
	struct path_tree tree;
	struct maker m;
	uint32_t frame = 0;

	(void)state;
	maker_start(&m);
	make_root(&m, "deep", 0);
	for (uint64_t i = 1; i <= DEPTH; i++)
		frame = writer_frame(m.w, frame, MODULE_UNKNOWN, i);
	make_stack(&m, 1, frame);
	MAKE_FAULT(&m, [FAULT_COUNT] = 5, [FAULT_TASK] = 1, [FAULT_STACK] = 1);
	r = maker_open(&m, true);
	event_paths_build(r, choice("faults"), 0, &tree);
	assert_int_equal(tree.nodes.size, PATH_MAX_DEPTH + 1);
	assert_int_equal(tree.nodes.items[PATH_MAX_DEPTH].self[WEIGHT_COUNT], 5);
	path_tree_fini(&tree);
	recording_close(r);
}

static void pairs_are_numbered_in_order(void **state)
{
	enum { NR = 10000 };
	struct pair_map map = {0};
	uint64_t seed = 7;

	(void)state;
	for (uint32_t i = 0; i < NR; i++)
		assert_int_equal(pair_map_number(&map, random_next(&seed), i), i);
	seed = 7;
	for (uint32_t i = 0; i < NR; i++)
		assert_int_equal(pair_map_number(&map, random_next(&seed), i), i);
	assert_int_equal(pair_map_number(&map, 1, 2), NR);
	assert_int_equal(pair_map_number(&map, 2, 1), NR + 1); /* order within a pair matters */
	pair_map_fini(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_have_their_weights),
		cmocka_unit_test(inlined_and_kernel_functions_are_frames),
		cmocka_unit_test(unnamed_place_is_module_and_offset),
		cmocka_unit_test(unnamed_places_of_a_flame_graph_are_one),
		cmocka_unit_test(what_was_lost_is_a_path),
		cmocka_unit_test(heaviest_sibling_comes_first),
		cmocka_unit_test(syscalls_end_in_the_call),
		cmocka_unit_test(the_tail_is_what_is_beyond_it),
		cmocka_unit_test(tasks_are_told_apart_by_name),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(pairs_are_numbered_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
