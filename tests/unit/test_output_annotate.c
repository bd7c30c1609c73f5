// SPDX-License-Identifier: MIT
/* Annotated source: text to the byte, JSON read back, with and without the source files. */
#include "output/annotate_output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <jansson.h>
#include <cmocka.h>

#include "cli/terminal.h"
#include "output/source_file.h"
#include "tests/unit/made_source.h"

/* A directory with main.c of 40 lines, "line 1" to "line 40", the tenth with a tab in front. */
static int enter_directory(void **state)
{
	char *path = xstrdup("/tmp/prof-test-annotate-XXXXXX");
	scoped_free char *main_c = NULL;
	FILE *file;

	if (!mkdtemp(path))
		return -1;
	main_c = xasprintf("%s/main.c", path);
	file = fopen(main_c, "w");
	for (int i = 1; file && i <= 40; i++)
		fprintf(file, i == 10 ? "\tline %d\n" : "line %d\n", i);
	*state = path;
	return file ? fclose(file) : -1;
}

static int leave_directory(void **state)
{
	scoped_free char *path = *state;
	scoped_free char *command = xasprintf("rm -rf '%s'", path);

	return system(command);
}

static char *annotate(const char *directory, const char *word, unsigned int width,
		      void (*write)(FILE *, const struct annotation *))
{
	struct recording *r = recording_with_lines(directory);
	struct line_target target;
	struct line_table table;
	const struct annotation annotation = {r, &target, &table, false, width, 2};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(line_target_find(r, word, &target), 0);
	line_table_build(r, &target, &table);
	write(out, &annotation);
	fclose(out);
	line_table_fini(&table);
	line_target_fini(&target);
	recording_close(r);
	return text;
}

/* From the line with the columns' titles on. */
static const char *body(const char *text)
{
	const char *titles = strstr(text, "self%");

	assert_non_null(titles);
	return strchr(titles, '\n') + 1;
}

#define NO_NUMBERS "                                                                          "

static void source_stands_beside_its_events(void **state)
{
	scoped_free char *text = annotate(*state, "main.c", WIDTH_UNLIMITED, annotate_text);

	assert_non_null(strstr(text, "page faults:  18 of 20 (90.0%), 495 ns\n"));
	assert_non_null(strstr(text, "system calls: 4 of 4 (100.0%), 117 ns\n"));
	assert_string_equal(
		body(text), NO_NUMBERS
		"       8  line 8\n" NO_NUMBERS "       9  line 9\n"
		"    0.00   20.00           0           4       0.000         3       0.000      10"
		"          line 10\n" NO_NUMBERS "      11  line 11\n"
		"    0.00   70.00           0          14       0.000         1       0.000      12"
		"  line 12\n" NO_NUMBERS "      13  line 13\n" NO_NUMBERS
		"      14  line 14\n" NO_NUMBERS "     ...\n" NO_NUMBERS
		"      28  line 28\n" NO_NUMBERS "      29  line 29\n"
		"    0.00   20.00           0           4       0.000         0       0.000      30"
		"  line 30\n" NO_NUMBERS "      31  line 31\n" NO_NUMBERS "      32  line 32\n");
}

static void narrow_terminals_get_fewer_columns(void **state)
{
	scoped_free char *text = annotate(*state, "main", 80, annotate_text);

	assert_non_null(
		strstr(text, "    0.00   20.00       0.000         3      10          line 10\n"));
}

static void a_missing_file_is_told(void **state)
{
	scoped_free char *text = annotate(*state, "load", WIDTH_UNLIMITED, annotate_text);

	assert_non_null(strstr(text, "/load.c\n  this file is not here"));
	assert_string_equal(body(text), "   30.00   70.00           6          14       0.000     "
					"    4       0.000       5\n"
					"   40.00   40.00           8           8       0.000     "
					"    1       0.000       7\n");
}

static void json_has_the_same_numbers(void **state)
{
	scoped_free char *text = annotate(*state, "load.c", 0, annotate_json);
	scoped_free char *here = annotate(*state, "main", 0, annotate_json);
	json_t *load = json_loads(text, 0, NULL), *main_c = json_loads(here, 0, NULL);
	json_int_t line, self, self_ns, faults, fault_ns, syscalls, syscall_ns;
	const char *schema, *source;
	int is_here;

	assert_int_equal(json_unpack(load,
				     "{s:s, s:n, s:[{s:b, s:[{s:n, s:I, s:I, s:I, s:I, s:I, s:I, "
				     "s:I}, {}]}]}",
				     "schema", &schema, "function", "files", "is_here", &is_here,
				     "lines", "source", "line", &line, "self_faults", &self,
				     "self_fault_ns", &self_ns, "faults", &faults, "fault_ns",
				     &fault_ns, "syscalls", &syscalls, "syscall_ns", &syscall_ns),
			 0);
	assert_string_equal(schema, "prof.annotate/1");
	assert_false(is_here);
	assert_int_equal(line, 5);
	assert_int_equal(self, 6);
	assert_int_equal(self_ns, 410);
	assert_int_equal(faults, 14);
	assert_int_equal(fault_ns, 490);
	assert_int_equal(syscalls, 4);
	assert_int_equal(syscall_ns, 117);
	assert_int_equal(json_unpack(main_c, "{s:n, s:[{s:b, s:[{s:s}, {}]}], s:{s:I}}", "file",
				     "files", "is_here", &is_here, "lines", "source", &source,
				     "all", "faults", &faults),
			 0);
	assert_true(is_here);
	assert_string_equal(source, "\tline 10");
	assert_int_equal(faults, 20);
	json_decref(load);
	json_decref(main_c);
}

static void what_is_no_plain_file_is_not_read(void **state)
{
	static const char *const paths[] = {"/dev/zero", "/dev/stdin", "/", "", "/nonexistent"};
	scoped_free char *fifo = xasprintf("%s/fifo", (char *)*state);
	struct source_file file;

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		source_file_read(&file, paths[i], 0);
		assert_false(file.is_here);
		assert_null(source_file_line(&file, 1));
		source_file_fini(&file);
	}
	assert_int_equal(mkfifo(fifo, 0600), 0);
	source_file_read(&file, fifo, 0);
	assert_false(file.is_here);
	source_file_fini(&file);
}

static void lines_are_numbered_from_one_and_end(void **state)
{
	scoped_free char *path = xasprintf("%s/main.c", (char *)*state);
	struct source_file file;

	source_file_read(&file, path, 1);
	assert_true(file.is_here);
	assert_true(file.is_newer);
	assert_null(source_file_line(&file, 0));
	assert_string_equal(source_file_line(&file, 1), "line 1");
	assert_string_equal(source_file_line(&file, 40), "line 40");
	assert_null(source_file_line(&file, 41));
	source_file_fini(&file);
	source_file_read(&file, path, UINT64_MAX);
	assert_false(file.is_newer);
	source_file_fini(&file);
}

#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, enter_directory, leave_directory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(source_stands_beside_its_events),
		IN_DIRECTORY(narrow_terminals_get_fewer_columns),
		IN_DIRECTORY(a_missing_file_is_told),
		IN_DIRECTORY(json_has_the_same_numbers),
		IN_DIRECTORY(what_is_no_plain_file_is_not_read),
		IN_DIRECTORY(lines_are_numbered_from_one_and_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
