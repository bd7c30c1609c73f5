// SPDX-License-Identifier: MIT
/*
 * Events as perf's text: to the byte, and folded by a reader of that text to the lines of
 * `prof report --folded`, whatever names there are.
 */
#include "output/event_output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "output/folded.h"
#include "profile/event_paths.h"
#include "tests/unit/made_recording.h"

static char *print(struct recording *r, enum event_kind kind)
{
	struct timeline *t = timeline_new(r, 1U << kind);
	struct event_writer writer;
	struct event event;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	event_writer_init(&writer, out, r, false);
	while (timeline_next(t, &event))
		event_perf.write(&writer, &event);
	event_writer_fini(&writer);
	timeline_free(t);
	fclose(out);
	return text;
}

static char *fold(struct recording *r, const struct path_choice *choice)
{
	struct path_tree tree;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	event_paths_build(r, choice, 0, &tree);
	folded_write(out, &tree, choice->weight);
	fclose(out);
	path_tree_fini(&tree);
	return text;
}

/* ---- The layout ---- */

static struct recording *planted(void)
{
	struct maker m;
	uint32_t module, deleted, frame;

	maker_start(&m);
	writer_meta_text(m.w, "start_monotonic_ns", "1000");
	make_root(&m, "my prog", 0);
	module = make_module(&m, "/bin/prog");
	deleted = make_module(&m, "/tmp/a b (deleted)");
	make_frame(&m, 0, MODULE_KERNEL, 0xffffffff81000010, NAMES("copy_to_user"));
	frame = make_frame(&m, 0, module, 0x10, NAMES("inner", "std::f(int)::operator->", "main"));
	frame = make_frame(&m, frame, deleted, 0x20, NULL);
	make_stack(&m, 1, make_frame(&m, frame, MODULE_UNKNOWN, 0x7f0000001234, NULL));
	MAKE_FAULT(&m, [FAULT_START_NS] = 2500, [FAULT_SPAN_NS] = 3000001000, [FAULT_COUNT] = 2,
		   [FAULT_TASK] = 1, [FAULT_CPU] = 3, [FAULT_STACK] = 1);
	MAKE_FAULT(&m, [FAULT_START_NS] = 4000000000, [FAULT_TASK] = 1,
		   [FAULT_FLAGS] = FAULT_KERNEL, [FAULT_IP] = 0xffffffff81000010);
	MAKE_FAULT(&m, [FAULT_START_NS] = 4000002000, [FAULT_TASK] = 1,
		   [FAULT_FLAGS] = FAULT_KERNEL, [FAULT_IP] = 0xffffffff82000020);
	MAKE_SYSCALL(&m, [SYSCALL_START_NS] = 5000, [SYSCALL_NR] = 1, [SYSCALL_TASK] = 1,
		     [SYSCALL_STACK] = 1);
	return maker_open(&m, true);
}

#define WHO "my_prog     100/100     "
#define STACK                                                                                      \
	"\t    7f0000001234 [unknown] ([unknown])\n"                                               \
	"\t              20 [unknown] (/tmp/a_b_{deleted})\n"                                      \
	"\t              10 inner (inlined)\n"                                                     \
	"\t              10 std::f{int}::operator=> (inlined)\n"                                   \
	"\t              10 main (/bin/prog)\n"

static void records_are_these(void **state)
{
	struct recording *r = planted();
	scoped_free char *faults = print(r, EVENT_FAULT);
	scoped_free char *calls = print(r, EVENT_SYSCALL);

	(void)state;
	assert_string_equal(faults,
			    WHO "[003]     0.000001:          1 page-faults: \n" STACK "\n" WHO
				"[003]     3.000002:          1 page-faults: \n" STACK "\n" WHO
				"[000]     3.999999:          1 page-faults: \n"
				"\tffffffff81000010 copy_to_user_[k] (kernel)\n"
				"\n" WHO "[000]     4.000001:          1 page-faults: \n"
				"\tffffffff82000020 [kernel]_[k] (kernel)\n"
				"\n");
	assert_string_equal(calls, WHO "[000]     0.000004:          1 raw_syscalls:sys_enter: \n"
				       "\t               0 write_[k] (kernel)\n" STACK "\n");
	recording_close(r);
}

/* Readers ask for two characters. */
static void short_commands_are_made_longer(void **state)
{
	struct recording *r;
	scoped_free char *text = NULL;
	struct maker m;

	(void)state;
	maker_start(&m);
	make_root(&m, "x", 0);
	MAKE_FAULT(&m, [FAULT_TASK] = 1);
	r = maker_open(&m, true);
	text = print(r, EVENT_FAULT);
	assert_memory_equal(text, "x_     100/100 ", 15);
	recording_close(r);
}

static void unnamed_code_folds_to_its_module(void **state)
{
	struct recording *r = planted();
	scoped_free char *text = fold(r, &path_choices[0]);

	(void)state;
	assert_string_equal(text, "my_prog;[kernel]_[k] 1\n"
				  "my_prog;copy_to_user_[k] 1\n"
				  "my_prog;main;std::f(int)::operator->;inner;[a b (deleted)];"
				  "[unknown] 2\n");
	recording_close(r);
}

/* ---- A reader of that text ---- */

/* The name as stackcollapse-perf.pl takes it; false when it drops the frame. */
static bool take_name(char *name)
{
	char *offset = strstr(name, "+0x"), *bracket;

	for (char *next = offset; next; next = strstr(next + 1, "+0x"))
		offset = next;
	if (offset && offset[3] && strspn(offset + 3, "0123456789abcdef") == strlen(offset + 3))
		*offset = '\0';
	if (*name == '(')
		return false;
	assert_null(strstr(name, "->"));
	bracket = strchr(name, '(');
	if (bracket)
		*bracket = '\0';
	assert_null(strpbrk(name, "\"';"));
	return true;
}

/* One record becomes a path of the tree; frames come innermost first. */
static void take_record(char *record, struct path_tree *tree)
{
	char *lines[64], *comm_end;
	size_t nr = 0;
	uint32_t node;

	for (char *line; (line = strsep(&record, "\n"));)
		lines[nr++] = line;
	assert_true(nr && lines[0][0] != ' ' && lines[0][0] != '#');
	comm_end = strchr(lines[0] + 2, ' ');
	assert_string_equal(lines[0] + strlen(lines[0]) - strlen(" page-faults: "),
			    " page-faults: ");
	*comm_end = '\0';
	node = path_tree_child(tree, 0, names_intern(&tree->names, lines[0]));
	while (--nr) {
		char *name = lines[nr] + strspn(lines[nr], "\t "), *module = NULL;

		name = strchr(name, ' ') + 1;
		for (char *at = strstr(name, " ("); at; at = strstr(at + 1, " ("))
			module = at;
		assert_non_null(module);
		*module = '\0';
		module += 2;
		assert_int_equal(strcspn(module, " \t)"), strlen(module) - 1);
		if (take_name(name))
			node = path_tree_child(tree, node, names_intern(&tree->names, name));
	}
	path_tree_add(tree, node, (uint64_t[NR_WEIGHTS]){1});
}

static char *fold_records(char *text)
{
	struct path_tree tree;
	char *folded = NULL, *end;
	size_t size;
	FILE *out = open_memstream(&folded, &size);

	path_tree_init(&tree);
	for (; (end = strstr(text, "\n\n")); text = end + 2) {
		*end = '\0';
		take_record(text, &tree);
	}
	assert_string_equal(text, "");
	path_tree_finish(&tree, WEIGHT_COUNT);
	folded_write(out, &tree, WEIGHT_COUNT);
	fclose(out);
	path_tree_fini(&tree);
	return folded;
}

/* What only perf's text replaces, in all but the commands. */
static void replace(char *text)
{
	bool in_command = true;

	for (char *at = text; *at; at++) {
		in_command = *at == '\n' || (in_command && *at != ';');
		if (in_command)
			continue;
		if (at[0] == '-' && at[1] == '>')
			*at = '=';
		*at = *at == '(' ? '{' : *at == ')' ? '}' : *at == '"' || *at == '\'' ? '`' : *at;
	}
}

static const char *random_name(uint64_t *seed, char name[16])
{
	static const char *const parts[] = {
		"a",    "f", ";",  " ",  "(", ")",   "->",   "+0x1f",    "+0x",
		"\"",   "'", "\n", "\t", "3", ".7",  "\xff", "\xc3\xa9", "_[k]",
		"_[i]", "#", "::", "<",  ">", "[x]", "\x7f",
	};

	*name = '\0';
	for (uint64_t i = 1 + random_next(seed) % 4; i; i--) {
		const char *part = parts[random_next(seed) % (sizeof parts / sizeof *parts)];

		if (strlen(name) + strlen(part) < 16)
			strcat(name, part);
	}
	return name;
}

/* Lines that have become equal are one, in order. */
static char *merge_lines(const char *lines)
{
	scoped_free char *copy = xstrdup(lines);
	struct path_tree tree;
	char *rest = copy, *line, *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	path_tree_init(&tree);
	while ((line = strsep(&rest, "\n")) && *line) {
		char *count = strrchr(line, ' ');
		uint32_t node = 0;

		*count = '\0';
		for (char *name; (name = strsep(&line, ";"));)
			node = path_tree_child(&tree, node, names_intern(&tree.names, name));
		path_tree_add(&tree, node, (uint64_t[NR_WEIGHTS]){strtoull(count + 1, NULL, 10)});
	}
	path_tree_finish(&tree, WEIGHT_COUNT);
	folded_write(out, &tree, WEIGHT_COUNT);
	fclose(out);
	path_tree_fini(&tree);
	return text;
}

static struct recording *random_recording(uint64_t *seed)
{
	char comm[16], path[24] = "/", names[3][16];
	uint32_t frame = 0, module;
	struct maker m;

	maker_start(&m);
	random_name(seed, comm);
	make_root(&m, comm[1] ? comm : "xy", 0);
	random_name(seed, path + 1);
	module = make_module(&m, path);
	for (uint32_t id = 1; id < 20; id++) {
		frame = make_frame(&m, random_next(seed) % 4 ? frame : 0, module, id,
				   NAMES(random_name(seed, names[0]), random_name(seed, names[1]),
					 random_name(seed, names[2])));
		make_stack(&m, id, frame);
		MAKE_FAULT(&m, [FAULT_START_NS] = id, [FAULT_TASK] = 1, [FAULT_STACK] = id);
	}
	return maker_open(&m, true);
}

static void hostile_names_fold_alike(void **state)
{
	uint64_t seed = 20201;

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct recording *r = random_recording(&seed);
		scoped_free char *perf = print(r, EVENT_FAULT);
		scoped_free char *folded = fold(r, &path_choices[0]);
		scoped_free char *from_perf = fold_records(perf);
		scoped_free char *expected = NULL;

		replace(folded);
		expected = merge_lines(folded);
		assert_string_equal(from_perf, expected);
		recording_close(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_these),
		cmocka_unit_test(short_commands_are_made_longer),
		cmocka_unit_test(unnamed_code_folds_to_its_module),
		cmocka_unit_test(hostile_names_fold_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
