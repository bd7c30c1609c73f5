// SPDX-License-Identifier: MIT
/* Programs of a few lines, built in many ways, whose functions and lines are known. */
#include "symbols_workdir.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/auxv.h>

/* Lines matter: `inner` is called in line 5 and `middle` in line 7, the work is done in line 3. */
static const char nested_source[] =
	"volatile int cell;\n"
	"static inline __attribute__((always_inline)) void inner(int x) {\n"
	"	cell = x;\n"
	"}\n"
	"static inline __attribute__((always_inline)) void middle(int x) { inner(x + 1);\n"
	"}\n"
	"__attribute__((noinline)) void outer(int x) { middle(x * 3);\n"
	"}\n"
	"static __attribute__((noinline)) int hidden(int x) { return cell + x; }\n"
	"int visible(int x) { outer(x); return hidden(x) + hidden(x + cell); }\n"
	"#ifndef LIBRARY\n"
	"int main(int argc, char **argv) { (void)argv; return visible(argc); }\n"
	"#endif\n";

struct probe {
	struct symbolizer *symbolizer;
	struct module module;
};

static void probe_init(struct probe *probe, const char *name)
{
	*probe = (struct probe){.symbolizer = symbolizer_new(), .module.path = full_path(name)};
}

static void probe_fini(struct probe *probe)
{
	symbolizer_free(probe->symbolizer);
	free(probe->module.path);
}

static uint32_t look_up(struct probe *probe, uint64_t offset, const struct function_line **out)
{
	return symbolizer_lookup(probe->symbolizer, &probe->module, FIRST_FILE_MODULE, offset, out);
}

/* The name of the function at the symbol's first byte, as told by `name`; NULL when it has none. */
static const char *function_at(struct probe *probe, const char *with_symbols, const char *symbol)
{
	uint64_t size, address = symbol_address(with_symbols, symbol, &size);
	const struct function_line *lines;
	uint32_t nr_lines = look_up(probe, code_offset(with_symbols, address), &lines);

	return nr_lines ? lines[nr_lines - 1].function : NULL;
}

/* Nothing told the name of that function: it is called by its place. */
static void assert_unnamed(struct probe *probe, const char *with_symbols, const char *symbol)
{
	const char *name = function_at(probe, with_symbols, symbol);

	assert_non_null(name);
	assert_non_null(strstr(name, "!fn@0x"));
}

static bool is_the_whole_chain(const struct function_line *lines, uint32_t nr_lines,
			       const char *source)
{
	return nr_lines == 3 && !strcmp(lines[0].function, "inner") && lines[0].line == 3 &&
	       !strcmp(lines[1].function, "middle") && lines[1].line == 5 &&
	       !strcmp(lines[2].function, "outer") && lines[2].line == 7 &&
	       !strcmp(lines[0].file, source) && !strcmp(lines[1].file, source) &&
	       !strcmp(lines[2].file, source);
}

/* Some byte of `outer` belongs to both functions inlined into it, and all belong to `outer`. */
static void assert_chain(const char *program, const char *with_symbols)
{
	uint64_t size, address = symbol_address(with_symbols, "outer", &size);
	scoped_free char *source = full_path("nested.c");
	unsigned int whole = 0;
	struct probe probe;

	probe_init(&probe, program);
	for (uint64_t at = address; at < address + size; at++) {
		const struct function_line *lines;
		uint32_t nr_lines = look_up(&probe, code_offset(with_symbols, at), &lines);

		assert_int_not_equal(nr_lines, 0);
		assert_string_equal(lines[nr_lines - 1].function, "outer");
		whole += is_the_whole_chain(lines, nr_lines, source);
	}
	assert_int_not_equal(whole, 0);
	probe_fini(&probe);
}

static void assert_chain_of_build(const char *compiler, const char *options)
{
	need(compiler);
	write_text("nested.c", nested_source);
	build("%s -O2 %s -o nested ./././/nested.c", compiler, options);
	assert_chain("nested", "nested");
}

static void gcc_dwarf_5(void **state)
{
	(void)state;
	assert_chain_of_build("gcc", "-g -gdwarf-5");
}

static void gcc_dwarf_4_without_pie(void **state)
{
	(void)state;
	assert_chain_of_build("gcc", "-g -gdwarf-4 -no-pie");
}

static void gcc_shared_library(void **state)
{
	(void)state;
	assert_chain_of_build("gcc", "-g -shared -fPIC -DLIBRARY");
}

static void gcc_compressed_sections(void **state)
{
	(void)state;
	assert_chain_of_build("gcc", "-g -gz=zlib");
}

static void gcc_split_dwarf(void **state)
{
	(void)state;
	assert_chain_of_build("gcc", "-g -gsplit-dwarf");
}

static void gcc_split_dwarf_4(void **state)
{
	(void)state;
	assert_chain_of_build("gcc", "-g -gdwarf-4 -gsplit-dwarf");
}

static void gcc_link_time_optimisation(void **state)
{
	(void)state;
	assert_chain_of_build("gcc", "-g -flto");
}

static void clang_without_aranges(void **state)
{
	(void)state;
	assert_chain_of_build("clang", "-g -gdwarf-5");
	assert_chain_of_build("clang", "-g -gdwarf-4 -ffunction-sections -Wl,--gc-sections");
}

static void clang_line_tables_only(void **state)
{
	(void)state;
	assert_chain_of_build("clang", "-gline-tables-only");
}

/* Each function in an executable segment of its own, none at the offset that is its address. */
static void several_executable_segments(void **state)
{
	(void)state;
	need("gcc");
	write_text("nested.c", nested_source);
	write_text("script", "SECTIONS { .text.outer 0x7654000 : { *(.text.outer) } }\n"
			     "INSERT AFTER .bss;\n");
	build("gcc -O2 -g -no-pie -ffunction-sections -Wl,-T,script -o nested nested.c");
	assert_chain("nested", "nested");
}

static void relative_paths_stay_relative(void **state)
{
	const struct function_line *lines;
	struct probe probe;
	uint64_t size, address;

	(void)state;
	need("gcc");
	write_text("nested.c", nested_source);
	build("gcc -O2 -g -fdebug-prefix-map=$PWD=./here -o nested ././nested.c");
	address = symbol_address("nested", "outer", &size);
	probe_init(&probe, "nested");
	assert_int_not_equal(look_up(&probe, code_offset("nested", address), &lines), 0);
	assert_string_equal(lines[0].file, "here/nested.c");
	probe_fini(&probe);
}

/* What the C library does to its own functions: another label, the same name. */
static void names_are_preferred_to_labels(void **state)
{
	struct probe probe;

	(void)state;
	need("gcc");
	write_text("label.c",
		   "int twice(int) __asm__(\"__GI_twice\");\n"
		   "int twice(int x) { return 2 * x; }\n"
		   "int main(int argc, char **argv) { (void)argv; return twice(argc); }\n");
	build("gcc -O0 -g -o label label.c");
	probe_init(&probe, "label");
	assert_string_equal(function_at(&probe, "label", "__GI_twice"), "twice");
	probe_fini(&probe);
}

static void symbols_without_dwarf(void **state)
{
	struct probe probe;

	(void)state;
	need("gcc");
	write_text("nested.c", nested_source);
	build("gcc -O2 -o nested nested.c");
	probe_init(&probe, "nested");
	assert_string_equal(function_at(&probe, "nested", "outer"), "outer");
	assert_string_equal(function_at(&probe, "nested", "hidden"), "hidden");
	probe_fini(&probe);
}

static void stripped_library_names_only_what_it_exports(void **state)
{
	struct probe probe;

	(void)state;
	need("objcopy");
	write_text("nested.c", nested_source);
	build("gcc -O2 -shared -fPIC -DLIBRARY -o whole nested.c");
	build("objcopy --strip-all whole stripped");
	probe_init(&probe, "stripped");
	assert_string_equal(function_at(&probe, "whole", "visible"), "visible");
	assert_string_equal(function_at(&probe, "whole", "outer"), "outer");
	assert_unnamed(&probe, "whole", "hidden");
	probe_fini(&probe);
}

/* Leaves `nested` without and .debug/nested.debug with debug information, linked by name. */
static void build_with_debug_link(const char *options)
{
	need("objcopy");
	write_text("nested.c", nested_source);
	build("gcc -O2 -g %s -o whole nested.c", options);
	build("mkdir -p .debug && objcopy --only-keep-debug whole .debug/nested.debug");
	build("objcopy --strip-all --add-gnu-debuglink=.debug/nested.debug whole nested");
}

static void debug_link_proved_by_build_id(void **state)
{
	struct probe probe;

	(void)state;
	build_with_debug_link("-Wl,--build-id=sha1");
	assert_chain("nested", "whole");
	build("gcc -O2 -g -Wl,--build-id=0x1234 -o other nested.c");
	build("objcopy --only-keep-debug other .debug/nested.debug");
	probe_init(&probe, "nested");
	assert_unnamed(&probe, "whole", "hidden");
	probe_fini(&probe);
}

static void debug_link_proved_by_checksum(void **state)
{
	struct probe probe;

	(void)state;
	build_with_debug_link("-Wl,--build-id=none");
	assert_chain("nested", "whole");
	build("printf x >>.debug/nested.debug");
	probe_init(&probe, "nested");
	assert_unnamed(&probe, "whole", "hidden");
	probe_fini(&probe);
}

static void packed_symbols_complete_the_exported_ones(void **state)
{
	struct probe probe;

	(void)state;
	need("xz");
	need("objcopy");
	write_text("nested.c", nested_source);
	build("gcc -O2 -shared -fPIC -DLIBRARY -o whole nested.c");
	build("echo hidden >keep && objcopy --strip-all --keep-symbols=keep whole packed && xz "
	      "packed");
	build("objcopy --strip-all --add-section .gnu_debugdata=packed.xz whole nested");
	probe_init(&probe, "nested");
	assert_string_equal(function_at(&probe, "whole", "hidden"), "hidden");
	assert_string_equal(function_at(&probe, "whole", "visible"), "visible");
	probe_fini(&probe);
}

static void shared_parts_in_a_file_of_their_own(void **state)
{
	(void)state;
	need("dwz");
	write_text("nested.c", nested_source);
	build("gcc -O2 -g -o nested nested.c && cp nested second && cp nested plain");
	build("dwz -m common nested second");
	build("readelf -SW nested | grep gnu_debugaltlink");
	assert_chain("nested", "plain");
}

static void changed_and_deleted_files_have_no_names(void **state)
{
	uint8_t id[] = {1, 2, 3, 4};
	struct probe probe;

	(void)state;
	need("gcc");
	write_text("nested.c", nested_source);
	build("gcc -O2 -g -Wl,--build-id=0x01020304 -o nested nested.c");
	probe_init(&probe, "nested");
	memcpy(probe.module.build_id, id, probe.module.build_id_size = sizeof id);
	assert_string_equal(function_at(&probe, "nested", "outer"), "outer");
	probe_fini(&probe);

	probe_init(&probe, "nested");
	id[3]++;
	memcpy(probe.module.build_id, id, probe.module.build_id_size = sizeof id);
	assert_null(function_at(&probe, "nested", "outer"));
	probe_fini(&probe);

	build("cp nested 'nested (deleted)'");
	probe_init(&probe, "nested (deleted)");
	assert_null(function_at(&probe, "nested", "outer"));
	probe_fini(&probe);
}

static void whatever_is_no_program_has_no_names(void **state)
{
	static const char *const paths[] = {"/nonexistent", "/", "/etc/passwd", "/dev/zero",
					    "[heap]",       "",  "//anon"};
	struct symbolizer *s = symbolizer_new();
	const struct function_line *lines;

	(void)state;
	for (uint32_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct module module = {.path = (char *)paths[i]};

		assert_int_equal(symbolizer_lookup(s, &module, FIRST_FILE_MODULE + i, 64, &lines),
				 0);
	}
	assert_int_equal(
		symbolizer_lookup(s, &(struct module){.path = "x"}, MODULE_UNKNOWN, 64, &lines), 0);
	symbolizer_free(s);
	symbolizer_free(NULL);
}

static void offsets_outside_of_code_have_no_names(void **state)
{
	static const uint64_t offsets[] = {0, 1 << 30, UINT64_MAX};
	const struct function_line *lines;
	struct probe probe;

	(void)state;
	need("gcc");
	write_text("nested.c", nested_source);
	build("gcc -O2 -g -o nested nested.c");
	probe_init(&probe, "nested");
	for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++)
		assert_int_equal(look_up(&probe, offsets[i], &lines), 0);
	probe_fini(&probe);
}

static void vdso_has_names(void **state)
{
	void *vdso = dlopen("linux-vdso.so.1", RTLD_NOW | RTLD_NOLOAD);
	uint64_t base = getauxval(AT_SYSINFO_EHDR);
	char *code = vdso ? dlsym(vdso, "__vdso_clock_gettime") : NULL;
	struct module module = {.path = "[vdso]"};
	struct symbolizer *s = symbolizer_new();
	const struct function_line *lines;

	(void)state;
	if (!code) {
		print_message("skipped: no vdso here\n");
		symbolizer_free(s);
		skip();
	}
	assert_int_equal(symbolizer_lookup(s, &module, MODULE_VDSO, (uint64_t)code - base, &lines),
			 1);
	assert_non_null(strstr(lines[0].function, "clock_gettime"));
	assert_int_equal(symbolizer_lookup(s, &module, MODULE_VDSO, 8, &lines), 0);
	symbolizer_free(s);
}

static void kernel_places_are_not_known_here(void **state)
{
	struct module module = {.path = "[kernel]"};
	const struct function_line *lines;
	struct symbolizer *s = symbolizer_new();

	(void)state;
	assert_int_equal(symbolizer_lookup(s, &module, MODULE_KERNEL, 0xffffffff81000000, &lines),
			 0);
	symbolizer_free(s);
}

/* A file opened ahead answers for the module that has its build-id, under whatever path. */
static void a_file_opened_ahead_is_used(void **state)
{
	struct module module = {.path = "/moved/away"};
	const struct function_line *lines;
	struct symbolizer *s = symbolizer_new();
	scoped_free char *path = NULL;
	uint64_t offset, size;
	uint32_t nr_lines;

	(void)state;
	need("gcc");
	write_text("nested.c", nested_source);
	build("gcc -O2 -g -Wl,--build-id=0xdeadbeef02 -o ahead nested.c");
	path = full_path("ahead");
	offset = code_offset("ahead", symbol_address("ahead", "outer", &size));
	module.build_id_size = build_id_of_file("ahead", module.build_id);
	symbolizer_open_ahead(s, path);
	nr_lines = symbolizer_lookup(s, &module, 5, offset, &lines);
	assert_int_not_equal(nr_lines, 0);
	assert_string_equal(lines[nr_lines - 1].function, "outer");
	module.build_id[0] ^= 1; /* another build: nothing is known */
	symbolizer_open_ahead(s, path);
	assert_int_equal(symbolizer_lookup(s, &module, 6, offset, &lines), 0);
	symbolizer_free(s);
}

static int open_named(void *path, uint32_t module_id)
{
	return module_id == FIRST_FILE_MODULE ? open(path, O_RDONLY | O_CLOEXEC) : -1;
}

/* The file at the path is of no interest to whoever says which one was mapped. */
static void names_come_from_the_file_that_is_handed_over(void **state)
{
	struct probe probe;
	const struct function_line *lines;

	(void)state;
	need("gcc");
	write_text("nested.c", nested_source);
	build("gcc -O2 -g -Wl,--build-id=none -o mapped nested.c");
	build("gcc -O2 -g -Wl,--build-id=none -Douter=wrong -o other nested.c");
	probe_init(&probe, "other");
	symbolizer_use_files(probe.symbolizer, open_named, "mapped");
	assert_string_equal(function_at(&probe, "mapped", "outer"), "outer");
	assert_int_equal(symbolizer_lookup(probe.symbolizer, &probe.module, FIRST_FILE_MODULE + 1,
					   64, &lines),
			 0);
	probe_fini(&probe);
}

static void build_ids_are_read(void **state)
{
	static const uint8_t expected[] = {0xde, 0xad, 0xbe, 0xef, 0x01};
	uint8_t id[BUILD_ID_BYTES];

	(void)state;
	need("gcc");
	write_text("nested.c", nested_source);
	build("gcc -Wl,--build-id=0xdeadbeef01 -o with nested.c");
	build("gcc -Wl,--build-id=none -o without nested.c");
	assert_int_equal(build_id_of_file("with", id), sizeof expected);
	assert_memory_equal(id, expected, sizeof expected);
	assert_int_equal(build_id_of_file("without", id), 0);
	assert_int_equal(build_id_of_file("nested.c", id), 0);
	assert_int_equal(build_id_of_file("missing", id), 0);
	assert_int_equal(build_id_of_file("/", id), 0);
	build("head -c 100 with >cut");
	assert_int_equal(build_id_of_file("cut", id), 0);
}

#define IN_WORKDIR(test) cmocka_unit_test_setup_teardown(test, workdir_enter, workdir_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORKDIR(gcc_dwarf_5),
		IN_WORKDIR(gcc_dwarf_4_without_pie),
		IN_WORKDIR(gcc_shared_library),
		IN_WORKDIR(gcc_compressed_sections),
		IN_WORKDIR(gcc_split_dwarf),
		IN_WORKDIR(gcc_split_dwarf_4),
		IN_WORKDIR(gcc_link_time_optimisation),
		IN_WORKDIR(clang_without_aranges),
		IN_WORKDIR(clang_line_tables_only),
		IN_WORKDIR(several_executable_segments),
		IN_WORKDIR(relative_paths_stay_relative),
		IN_WORKDIR(names_are_preferred_to_labels),
		IN_WORKDIR(symbols_without_dwarf),
		IN_WORKDIR(stripped_library_names_only_what_it_exports),
		IN_WORKDIR(debug_link_proved_by_build_id),
		IN_WORKDIR(debug_link_proved_by_checksum),
		IN_WORKDIR(packed_symbols_complete_the_exported_ones),
		IN_WORKDIR(shared_parts_in_a_file_of_their_own),
		IN_WORKDIR(changed_and_deleted_files_have_no_names),
		cmocka_unit_test(whatever_is_no_program_has_no_names),
		IN_WORKDIR(offsets_outside_of_code_have_no_names),
		cmocka_unit_test(vdso_has_names),
		cmocka_unit_test(kernel_places_are_not_known_here),
		cmocka_unit_test(a_file_opened_ahead_is_used),
		IN_WORKDIR(names_come_from_the_file_that_is_handed_over),
		IN_WORKDIR(build_ids_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
