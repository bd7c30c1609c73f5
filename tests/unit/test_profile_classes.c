// SPDX-License-Identifier: MIT
/* Frames by class, file and kind of fault. */
#include "profile/event_paths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/unit/made_recording.h"

static void assert_class(const char *path, enum frame_class expected)
{
	struct recording *r;
	struct maker m;
	uint32_t module;

	maker_start(&m);
	module = make_module(&m, path);
	r = maker_open(&m, true);
	if (frame_class_of_module(r, module) != expected)
		print_error("%s\n", path);
	assert_int_equal(frame_class_of_module(r, module), expected);
	recording_close(r);
}

static void files_are_known_by_their_names(void **state)
{
	(void)state;
	assert_class("/usr/bin/gzip", FRAME_PROGRAM);
	assert_class("/opt/tool.sound", FRAME_PROGRAM);
	assert_class("/opt/libs.so.d/tool", FRAME_PROGRAM);
	assert_class("/usr/bin/ld-tool", FRAME_PROGRAM);
	assert_class("/usr/lib/libz.so.1.2.13", FRAME_LIBRARY);
	assert_class("/usr/lib/libcrypto.so.3", FRAME_LIBRARY);
	assert_class("_json.cpython-311-x86_64-linux-gnu.so", FRAME_LIBRARY);
	assert_class("/usr/lib/libc.so.6", FRAME_LIBC);
	assert_class("/lib/libc-2.31.so", FRAME_LIBC);
	assert_class("/lib64/ld-linux-x86-64.so.2", FRAME_LOADER);
	assert_class("/lib/ld-musl-x86_64.so.1", FRAME_LOADER);
}

static void modules_without_a_file_have_classes(void **state)
{
	struct recording *r;
	struct maker m;

	(void)state;
	maker_start(&m);
	r = maker_open(&m, true);
	assert_int_equal(frame_class_of_module(r, MODULE_UNKNOWN), FRAME_OTHER);
	assert_int_equal(frame_class_of_module(r, MODULE_KERNEL), FRAME_KERNEL);
	assert_int_equal(frame_class_of_module(r, MODULE_VDSO), FRAME_LIBRARY);
	assert_int_equal(frame_class_of_module(r, 12345), FRAME_OTHER);
	recording_close(r);
}

/* main -> grow inlined into fill, of a program; main -> fill of a library. */
static struct recording *planted(void)
{
	struct maker m;
	uint32_t program, library, main_frame, inlined, other;

	maker_start(&m);
	make_root(&m, "prog", 0);
	program = make_module(&m, "/bin/prog");
	library = make_module(&m, "/lib/libfill.so");
	main_frame = make_frame(&m, 0, program, 0x20, NAMES("main"));
	inlined = make_frame(&m, main_frame, program, 0x40, NAMES("grow", "fill"));
	other = make_frame(&m, main_frame, library, 0x40, NAMES("fill"));
	make_stack(&m, 1, inlined);
	make_stack(&m, 2, other);
	MAKE_FAULT(&m, [FAULT_COUNT] = 4, [FAULT_TASK] = 1, [FAULT_STACK] = 1);
	MAKE_FAULT(&m, [FAULT_COUNT] = 2, [FAULT_TASK] = 1, [FAULT_STACK] = 1,
		   [FAULT_KIND] = FAULT_MAJOR);
	MAKE_FAULT(&m, [FAULT_TASK] = 1, [FAULT_STACK] = 1, [FAULT_KIND] = FAULT_FAILED);
	MAKE_FAULT(&m, [FAULT_TASK] = 1, [FAULT_STACK] = 2, [FAULT_FLAGS] = FAULT_KERNEL,
		   [FAULT_IP] = 0xffffffff81000010);
	return maker_open(&m, true);
}

/* The path's node, or NULL. The class tells siblings of one name apart. */
static const struct path_node *find(const struct path_tree *tree, const char *const *names,
				    enum frame_class class)
{
	for (uint32_t id = 1; id < tree->nodes.size; id++) {
		uint32_t at = id, depth = 0;

		while (names[depth])
			depth++;
		for (; at && depth && !strcmp(path_tree_name(tree, at), names[depth - 1]); depth--)
			at = path_tree_node(tree, at)->parent;
		if (!at && !depth && path_tree_node(tree, id)->frame.class == class)
			return path_tree_node(tree, id);
	}
	return NULL;
}

static void assert_total(const struct path_node *node, uint64_t count)
{
	assert_non_null(node);
	assert_int_equal(node->total[WEIGHT_COUNT], count);
}

static void frames_know_class_and_file(void **state)
{
	struct recording *r = planted();
	const struct path_node *of_program, *of_library;
	struct path_tree tree;

	(void)state;
	event_paths_build(r, &path_choices[0], PATH_MODULES | PATH_INLINE_MARKS, &tree);
	of_program = find(&tree, NAMES("prog", "main", "fill"), FRAME_PROGRAM);
	of_library = find(&tree, NAMES("prog", "main", "fill"), FRAME_LIBRARY);
	assert_total(find(&tree, NAMES("prog"), FRAME_COMMAND), 8);
	assert_total(of_program, 7);
	assert_total(of_library, 1);
	assert_string_equal(path_tree_module(&tree, (uint32_t)(of_program - tree.nodes.items)),
			    "/bin/prog");
	assert_string_equal(path_tree_module(&tree, (uint32_t)(of_library - tree.nodes.items)),
			    "/lib/libfill.so");
	assert_total(find(&tree, NAMES("prog", "main", "fill", "grow_[i]"), FRAME_INLINED), 7);
	assert_total(find(&tree, NAMES("prog", "main", "fill", "[kernel]_[k]"), FRAME_KERNEL), 1);
	path_tree_fini(&tree);
	event_paths_build(r, &path_choices[0], 0, &tree);
	assert_total(find(&tree, NAMES("prog", "main", "fill"), FRAME_PROGRAM), 8); /* merged */
	path_tree_fini(&tree);
	recording_close(r);
}

static void faults_end_in_their_kind(void **state)
{
	struct recording *r = planted();
	struct path_choice choice = path_choices[0];
	struct path_tree tree;

	(void)state;
	event_paths_build(r, &choice, PATH_FAULT_KINDS, &tree);
	assert_total(path_tree_node(&tree, 0), 8);
	assert_total(find(&tree, NAMES("prog", "main", "fill", "grow", "minor fault"),
			  FRAME_MINOR_FAULT),
		     4);
	assert_total(find(&tree, NAMES("prog", "main", "fill", "grow", "major fault"),
			  FRAME_MAJOR_FAULT),
		     2);
	assert_total(find(&tree, NAMES("prog", "main", "fill", "grow", "failed fault"),
			  FRAME_FAILED_FAULT),
		     1);
	assert_total(find(&tree, NAMES("prog", "main", "fill", "[kernel]_[k]", "minor fault"),
			  FRAME_MINOR_FAULT),
		     1);
	path_tree_fini(&tree);
	choice.kinds = 1U << FAULT_MAJOR | 1U << FAULT_FAILED;
	event_paths_build(r, &choice, 0, &tree);
	assert_total(path_tree_node(&tree, 0), 3);
	path_tree_fini(&tree);
	recording_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_known_by_their_names),
		cmocka_unit_test(modules_without_a_file_have_classes),
		cmocka_unit_test(frames_know_class_and_file),
		cmocka_unit_test(faults_end_in_their_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
