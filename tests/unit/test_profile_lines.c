// SPDX-License-Identifier: MIT
/* Events by line of source: exactly those that were planted, each line once per event. */
#include "profile/line_table.h"

#include "tests/unit/kept_messages.h" /* before cmocka.h, which takes the name fail for itself */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/unit/made_source.h"

static struct line_table lines_of(struct recording *r, const char *word)
{
	struct line_target target;
	struct line_table table;

	assert_int_equal(line_target_find(r, word, &target), 0);
	line_table_build(r, &target, &table);
	line_target_fini(&target);
	return table;
}

struct expected {
	const char *file;
	uint32_t line;
	uint64_t self, self_ns, faults, fault_ns, syscalls, syscall_ns;
};

static void assert_row(const struct line_table *table, size_t i, const struct expected *expected)
{
	const struct line_row *row = &table->rows.items[i];

	assert_true(i < table->rows.size);
	assert_string_equal(line_table_file(table, row), expected->file);
	assert_int_equal(row->line, expected->line);
	assert_int_equal(row->self.count, expected->self);
	assert_int_equal(row->self.ns, expected->self_ns);
	assert_int_equal(row->total[LINE_FAULTS].count, expected->faults);
	assert_int_equal(row->total[LINE_FAULTS].ns, expected->fault_ns);
	assert_int_equal(row->total[LINE_SYSCALLS].count, expected->syscalls);
	assert_int_equal(row->total[LINE_SYSCALLS].ns, expected->syscall_ns);
}

/* `expected` ends with a row without a file. */
static void assert_rows(struct recording *r, const char *word, const struct expected *expected,
			uint64_t faults, uint64_t syscalls)
{
	struct line_table table = lines_of(r, word);
	size_t nr = 0;

	for (; expected[nr].file; nr++)
		assert_row(&table, nr, &expected[nr]);
	assert_int_equal(table.rows.size, nr);
	assert_int_equal(table.target[LINE_FAULTS].count, faults);
	assert_int_equal(table.target[LINE_SYSCALLS].count, syscalls);
	line_table_fini(&table);
}

static void callers_have_totals(void **state)
{
	static const struct expected expected[] = {
		{"/src/main.c", 10, 0, 0, 4, 400, 3, 110},
		{"/src/main.c", 12, 0, 0, 14, 95, 1, 7},
		{0},
	};
	struct recording *r = recording_with_lines("/src");

	(void)state;
	assert_rows(r, "main", expected, 18, 4);
	recording_close(r);
}

static void leaves_have_their_own_faults(void **state)
{
	static const struct expected expected[] = {
		{"/src/load.c", 5, 6, 410, 14, 490, 4, 117},
		{"/src/load.c", 7, 8, 80, 8, 80, 1, 7},
		{0},
	};
	struct recording *r = recording_with_lines("/src");

	(void)state;
	assert_rows(r, "load", expected, 14, 4);
	assert_rows(r, "/src/load.c", expected, 14, 4);
	recording_close(r);
}

/* The fault in kernel mode is below the line; what is inlined is below the line of its call. */
static void kernel_and_inlined_code_is_below(void **state)
{
	static const struct expected grow[] = {{"/src/grow.h", 3, 3, 0, 4, 5, 0, 0}, {0}};
	static const struct expected fill[] = {{"/src/main.c", 30, 0, 0, 4, 5, 0, 0}, {0}};
	struct recording *r = recording_with_lines("/src");

	(void)state;
	assert_rows(r, "grow", grow, 4, 0);
	assert_rows(r, "fill", fill, 4, 0);
	recording_close(r);
}

static void a_file_has_all_its_functions(void **state)
{
	static const struct expected expected[] = {
		{"/src/main.c", 10, 0, 0, 4, 400, 3, 110},
		{"/src/main.c", 12, 0, 0, 14, 95, 1, 7},
		{"/src/main.c", 30, 0, 0, 4, 5, 0, 0},
		{0},
	};
	struct recording *r = recording_with_lines("/src");

	(void)state;
	assert_rows(r, "main.c", expected, 18, 4);
	recording_close(r);
}

static void the_whole_is_that_of_the_recording(void **state)
{
	struct recording *r = recording_with_lines("/src");
	struct line_table table = lines_of(r, "other");

	(void)state;
	assert_int_equal(table.all[LINE_FAULTS].count, 20);
	assert_int_equal(table.all[LINE_FAULTS].ns, 495);
	assert_int_equal(table.all[LINE_SYSCALLS].count, 4);
	assert_int_equal(table.all[LINE_SYSCALLS].ns, 117);
	assert_int_equal(table.target[LINE_FAULTS].count, 2);
	assert_int_equal(table.rows.size, 1); /* where no line is known */
	assert_int_equal(table.rows.items[0].line, 0);
	assert_int_equal(table.rows.items[0].self.count, 2);
	line_table_fini(&table);
	recording_close(r);
}

static void recursion_counts_once(void **state)
{
	static const struct expected expected[] = {
		{"/f.c", 3, 0, 0, 7, 70, 1, 9}, {"/f.c", 4, 7, 70, 7, 70, 1, 9}, {0}};
	struct recording *r;
	struct maker m;
	uint32_t module, frame = 0;

	(void)state;
	maker_start(&m);
	make_root(&m, "prog", 0);
	module = make_module(&m, "/prog");
	for (int i = 0; i < 5; i++)
		frame = make_place(&m, frame, module, 1, PLACE(AT("f", "/f.c", 3)));
	frame = make_place(&m, frame, module, 2, PLACE(AT("f", "/f.c", 4), AT("f", "/f.c", 3)));
	make_stack(&m, 1, frame);
	MAKE_FAULT(&m, [FAULT_COUNT] = 7, [FAULT_SERVICE_NS] = 70, [FAULT_TASK] = 1,
		   [FAULT_STACK] = 1);
	MAKE_SYSCALL(&m, [SYSCALL_TASK] = 1, [SYSCALL_STACK] = 1, [SYSCALL_DURATION_NS] = 9);
	r = maker_open(&m, true);
	assert_rows(r, "f", expected, 7, 1);
	recording_close(r);
}

/* ---- Words ---- */

static struct recording *recording_of_functions(const char *const *functions)
{
	struct maker m;
	uint32_t module;

	maker_start(&m);
	make_root(&m, "prog", 0);
	module = make_module(&m, "/prog");
	for (uint64_t i = 0; functions[i]; i++) {
		scoped_free char *file = xasprintf("/src/dir%d/x%d.cc", (int)i, (int)(i / 2));

		make_place(&m, 0, module, i, PLACE(AT(functions[i], file, 1)));
	}
	return maker_open(&m, true);
}

static void assert_found(const struct recording *r, const char *word, const char *name)
{
	struct line_target target;

	assert_int_equal(line_target_find(r, word, &target), 0);
	assert_string_equal(target.name, name);
	assert_int_equal(target.is_file, *name == '/');
	line_target_fini(&target);
}

static void assert_refused(const struct recording *r, const char *word, int err, const char *hint)
{
	struct line_target target;

	messages_keep();
	assert_int_equal(line_target_find(r, word, &target), err);
	messages_release();
	if (!strstr(messages, hint))
		fail_msg("no '%s' in %s", hint, messages);
	line_target_fini(&target);
}

static void parts_of_names_will_do(void **state)
{
	struct recording *r =
		recording_of_functions(NAMES("zoo::Box<int>::get", "zoo::put", "put",
					     "other::parse_words", "twin::run", "zoo::twin::run"));

	(void)state;
	assert_found(r, "zoo::put", "zoo::put");
	assert_found(r, "put", "put"); /* the whole name goes first */
	assert_found(r, "get", "zoo::Box<int>::get");
	assert_found(r, "parse", "other::parse_words");
	assert_found(r, "twin::run", "twin::run");
	assert_found(r, "dir3/x1.cc", "/src/dir3/x1.cc");
	assert_found(r, "/src/dir0/x0.cc", "/src/dir0/x0.cc");
	assert_found(r, "dir5", "/src/dir5/x2.cc");
	recording_close(r);
}

static void doubt_is_refused_with_the_choice(void **state)
{
	struct recording *r = recording_of_functions(NAMES("a::run", "b::run", "c::runner"));

	(void)state;
	assert_refused(r, "run", -EINVAL, "a::run, b::run\n");
	assert_refused(r, "x0.cc", -EINVAL, "/src/dir0/x0.cc, /src/dir1/x0.cc\n");
	assert_found(r, "runner", "c::runner");
	recording_close(r);
}

static void unknown_words_get_the_nearest(void **state)
{
	struct recording *r = recording_of_functions(NAMES("zoo::parser", "main"));

	(void)state;
	assert_refused(r, "praser", -ENOENT, "did you mean 'parser'?");
	assert_refused(r, "xO.cc", -ENOENT, "did you mean 'x0.cc'?");
	assert_refused(r, "nothing_like_it", -ENOENT, "prof report");
	assert_refused(r, "", -ENOENT, "prof report");
	recording_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(callers_have_totals),
		cmocka_unit_test(leaves_have_their_own_faults),
		cmocka_unit_test(kernel_and_inlined_code_is_below),
		cmocka_unit_test(a_file_has_all_its_functions),
		cmocka_unit_test(the_whole_is_that_of_the_recording),
		cmocka_unit_test(recursion_counts_once),
		cmocka_unit_test(parts_of_names_will_do),
		cmocka_unit_test(doubt_is_refused_with_the_choice),
		cmocka_unit_test(unknown_words_get_the_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
