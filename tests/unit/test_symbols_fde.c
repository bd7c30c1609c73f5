// SPDX-License-Identifier: MIT
/* Functions that nothing names: told apart by their unwind information, exactly. */
#include "symbols_workdir.h"

#include "base/vec.h"
#include "symbols/fde_table.h"

static const char two_source[] =
	"volatile int cell;\n"
	"static __attribute__((noinline)) int first(int x) {\n"
	"	for (int i = 0; i < x; i++) cell += i;\n"
	"	return cell; }\n"
	"static __attribute__((noinline)) int second(int x) { return cell * first(x + 1) - x; }\n"
	"int main(int argc, char **argv) { (void)argv; return first(argc) + second(argc); }\n";

static void build_stripped(const char *compiler, const char *options)
{
	need(compiler);
	need("objcopy");
	write_text("two.c", two_source);
	build("%s -O2 -falign-functions=64 %s -o whole two.c", compiler, options);
	build("objcopy --strip-all whole stripped");
}

/* The name of the function at an address of `stripped`, NULL when there is none. */
static char *name_at(struct symbolizer *s, uint64_t address)
{
	scoped_free char *path = full_path("stripped");
	struct module module = {.path = path};
	const struct function_line *lines;
	uint32_t nr_lines = symbolizer_lookup(s, &module, FIRST_FILE_MODULE,
					      code_offset("whole", address), &lines);

	assert_in_range(nr_lines, 0, 1);
	return nr_lines ? xstrdup(lines[0].function) : NULL;
}

/* Every byte of the function has one name, made of the file and of where the function begins. */
static uint64_t assert_one_name(struct symbolizer *s, const char *symbol, uint64_t *end)
{
	uint64_t size, start = symbol_address("whole", symbol, &size);
	scoped_free char *expected = xasprintf("stripped!fn@0x%llx", (unsigned long long)start);

	for (uint64_t at = start; at < start + size; at++) {
		scoped_free char *name = name_at(s, at);

		assert_non_null(name);
		assert_string_equal(name, expected);
	}
	*end = start + size;
	return start;
}

static void assert_told_apart(const char *compiler, const char *options)
{
	struct symbolizer *s = symbolizer_new();
	uint64_t first, first_end, second, second_end;

	build_stripped(compiler, options);
	first = assert_one_name(s, "first", &first_end);
	second = assert_one_name(s, "second", &second_end);
	assert_int_not_equal(first, second);
	assert_int_equal(first % 64, 0);
	assert_int_not_equal(first_end % 64, 0);
	assert_null(name_at(s, first_end)); /* what fills the gap is nobody's */
	assert_null(name_at(s, second_end));
	symbolizer_free(s);
}

static void functions_of_a_stripped_program(void **state)
{
	(void)state;
	assert_told_apart("gcc", "");
}

static void functions_of_a_stripped_program_without_pie(void **state)
{
	(void)state;
	assert_told_apart("gcc", "-no-pie");
}

static void functions_of_a_stripped_static_program(void **state)
{
	(void)state;
	assert_told_apart("gcc", "-static");
}

static void functions_of_a_stripped_program_by_clang(void **state)
{
	(void)state;
	assert_told_apart("clang", "");
}

/* What has a name keeps it. */
static void symbols_come_first(void **state)
{
	struct symbolizer *s = symbolizer_new();
	scoped_free char *name = NULL;
	uint64_t size;

	(void)state;
	need("objcopy");
	write_text("two.c", two_source);
	build("gcc -O2 -o whole two.c && objcopy --strip-all --keep-symbol=second whole stripped");
	name = name_at(s, symbol_address("whole", "second", &size));
	assert_string_equal(name, "second");
	free(name);
	name = name_at(s, symbol_address("whole", "first", &size));
	assert_non_null(strstr(name, "stripped!fn@0x"));
	symbolizer_free(s);
}

/* A symbol that does not say where it ends does not reach into the next function. */
static void symbols_end_where_functions_begin(void **state)
{
	struct symbolizer *s = symbolizer_new();
	scoped_free char *name = NULL;
	uint64_t size;

	(void)state;
	need("objcopy");
	write_text("two.c", two_source);
	write_text("open.s", ".text\n.globl open_end\n.type open_end, @function\n"
			     "open_end: nop\nnop\nret\n");
	write_text("exports", "{ global: open_end; local: *; };\n");
	build("gcc -O2 -shared -fPIC -Wl,--version-script=exports -o whole open.s two.c");
	build("objcopy --strip-all whole stripped");
	name = name_at(s, symbol_address("whole", "first", &size));
	assert_non_null(strstr(name, "stripped!fn@0x"));
	symbolizer_free(s);
}

static void functions_without_a_sorted_table(void **state)
{
	(void)state;
	assert_told_apart("gcc", "-Wl,--no-eh-frame-hdr");
}

static void no_unwind_information_no_name(void **state)
{
	struct symbolizer *s = symbolizer_new();
	uint64_t size;

	(void)state;
	build_stripped("gcc", "-fno-asynchronous-unwind-tables");
	assert_null(name_at(s, symbol_address("whole", "first", &size)));
	symbolizer_free(s);
}

/* ---- Against readelf ---- */

struct ranges {
	struct code_range *items;
	size_t size, capacity;
};

static int compare_ranges(const void *left, const void *right)
{
	const struct code_range *a = left, *b = right;

	return a->start < b->start ? -1 : a->start > b->start;
}

static void read_ranges(const char *path, struct ranges *out)
{
	scoped_free char *command = xasprintf("readelf --debug-dump=frames '%s' 2>/dev/null", path);
	FILE *readelf = popen(command, "r");
	char line[4096];

	assert_non_null(readelf);
	while (fgets(line, sizeof line, readelf)) {
		const char *at = strstr(line, " pc=");
		unsigned long long start, end;

		if (at && sscanf(at, " pc=%llx..%llx", &start, &end) == 2 && start < end)
			*vec_push(out) = (struct code_range){start, end};
	}
	pclose(readelf);
	if (out->size)
		qsort(out->items, out->size, sizeof *out->items, compare_ranges);
}

static void assert_covers(const struct fde_table *table, uint64_t address,
			  const struct code_range *range)
{
	struct code_range found = {0};

	assert_true(fde_table_find(table, address, &found));
	assert_int_equal(found.start, range->start);
	assert_int_equal(found.end, range->end);
}

static void assert_agreement(const char *path, size_t at_least)
{
	struct ranges ranges = {0};
	struct code_range none;
	struct fde_table table;
	struct elf_file file;
	uint64_t before = 0;

	read_ranges(path, &ranges);
	assert_int_equal(elf_file_open(path, &file), 0);
	fde_table_init(&table, &file);
	assert_true(ranges.size >= at_least);
	vec_each (&ranges, range) {
		assert_true(range->start >= before);
		if (range->start > before) {
			assert_false(fde_table_find(&table, before, &none));
			assert_false(fde_table_find(&table, range->start - 1, &none));
		}
		assert_covers(&table, range->start, range);
		assert_covers(&table, range->start + (range->end - range->start) / 2, range);
		assert_covers(&table, range->end - 1, range);
		before = range->end;
	}
	assert_false(fde_table_find(&table, before, &none));
	assert_false(fde_table_find(&table, UINT64_MAX, &none));
	print_message("%s: %zu functions\n", path, ranges.size);
	vec_free(&ranges);
	fde_table_fini(&table);
	elf_file_close(&file);
}

static void readelf_sees_the_same(void **state)
{
	(void)state;
	need("readelf");
	build_stripped("gcc", "");
	assert_agreement("stripped", 4);
	build_stripped("gcc", "-static");
	assert_agreement("stripped", 1000);
	build_stripped("gcc", "-m32 -static-pie -nostdlib -Wl,-emain");
	assert_agreement("stripped", 2);
}

static void readelf_sees_the_same_in_installed_files(void **state)
{
	static const char *const paths[] = {"/bin/bash", "/lib64/ld-linux-x86-64.so.2",
					    "/lib/x86_64-linux-gnu/libc.so.6",
					    "/lib/x86_64-linux-gnu/libstdc++.so.6"};

	(void)state;
	need("readelf");
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		if (!access(paths[i], R_OK))
			assert_agreement(paths[i], 100);
}

#define IN_WORKDIR(test) cmocka_unit_test_setup_teardown(test, workdir_enter, workdir_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORKDIR(functions_of_a_stripped_program),
		IN_WORKDIR(functions_of_a_stripped_program_without_pie),
		IN_WORKDIR(functions_of_a_stripped_static_program),
		IN_WORKDIR(functions_of_a_stripped_program_by_clang),
		IN_WORKDIR(symbols_come_first),
		IN_WORKDIR(symbols_end_where_functions_begin),
		IN_WORKDIR(functions_without_a_sorted_table),
		IN_WORKDIR(no_unwind_information_no_name),
		IN_WORKDIR(readelf_sees_the_same),
		IN_WORKDIR(readelf_sees_the_same_in_installed_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
