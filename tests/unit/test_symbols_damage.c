// SPDX-License-Identifier: MIT
/*
 * Files that were cut short or had bytes changed: whatever they name, nothing crashes or hangs.
 *
 * The changes are the same in every run. PROF_TEST_ROUNDS asks for more of them.
 */
#include "symbols_workdir.h"

#include "base/cut_files.h"

struct file_bytes {
	uint8_t *data;
	size_t size;
};

static struct file_bytes read_bytes(const char *path)
{
	FILE *file = fopen(path, "r");
	struct file_bytes bytes = {0};

	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	bytes.size = ftell(file);
	rewind(file);
	bytes.data = xcalloc(bytes.size, 1);
	assert_int_equal(fread(bytes.data, 1, bytes.size, file), bytes.size);
	fclose(file);
	return bytes;
}

static void write_bytes(const char *path, const uint8_t *data, size_t size)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static int nr_rounds(int usual)
{
	const char *wanted = getenv("PROF_TEST_ROUNDS");

	return wanted ? atoi(wanted) : usual;
}

/* How many places all over the file have a function's name. */
static unsigned int count_names(const char *path, size_t file_size)
{
	scoped_free char *whole = full_path(path);
	struct module module = {.path = whole};
	struct symbolizer *s = symbolizer_new();
	const struct function_line *lines;
	unsigned int named = 0;
	uint8_t id[BUILD_ID_BYTES];

	build_id_of_file(whole, id);
	for (uint64_t offset = 0; offset < file_size; offset += 29) {
		uint32_t nr_lines =
			symbolizer_lookup(s, &module, FIRST_FILE_MODULE, offset, &lines);

		assert_in_range(nr_lines, 0, 1000);
		named += nr_lines && lines[nr_lines - 1].function;
	}
	symbolizer_free(s);
	return named;
}

static uint32_t draw(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return ((uint64_t)*seed * below) >> 32;
}

/* Changes a few bytes, half of them within [from, to). */
static void damage(struct file_bytes *bytes, size_t from, size_t to, uint32_t *seed)
{
	uint32_t changes = 1 + draw(seed, 12);

	for (uint32_t i = 0; i < changes; i++) {
		size_t at = i % 2 ? draw(seed, bytes->size) : from + draw(seed, to - from);

		switch (draw(seed, 3)) {
		case 0:
			bytes->data[at] ^= 1 << draw(seed, 8);
			break;
		case 1:
			bytes->data[at] = 0xff;
			break;
		default:
			bytes->data[at] = draw(seed, 256);
		}
	}
}

static void build_program(const char *options)
{
	need("gcc");
	write_text(
		"program.c",
		"volatile int cell;\n"
		"static inline __attribute__((always_inline)) void in(int x) { cell = x; }\n"
		"static inline __attribute__((always_inline)) void mid(int x) { in(x); in(3); }\n"
		"__attribute__((noinline)) void out(int x) { mid(x); for (; x; x--) in(x); }\n"
		"int main(int argc, char **argv) { (void)argv; out(argc); return cell; }\n");
	build("gcc -O2 %s -o program program.c", options);
}

static void damage_section(const char *name, int rounds)
{
	struct file_bytes whole = read_bytes("program");
	struct file_bytes copy = {.data = xcalloc(whole.size, 1), .size = whole.size};
	struct elf_file file;
	GElf_Shdr header;
	uint32_t seed = 1;

	assert_int_equal(elf_file_open("program", &file), 0);
	assert_non_null(elf_file_section(&file, name, &header));
	elf_file_close(&file);
	assert_int_not_equal(count_names("program", whole.size), 0);
	for (int i = 0; i < rounds; i++) {
		memcpy(copy.data, whole.data, whole.size);
		damage(&copy, header.sh_offset, header.sh_offset + header.sh_size, &seed);
		write_bytes("damaged", copy.data, copy.size);
		count_names("damaged", copy.size);
	}
	free(whole.data);
	free(copy.data);
}

static void damaged_dwarf(void **state)
{
	static const char *const sections[] = {".debug_info",     ".debug_abbrev", ".debug_line",
					       ".debug_rnglists", ".debug_str",    ".symtab",
					       ".strtab"};

	(void)state;
	build_program("-g -gdwarf-5");
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		damage_section(sections[i], nr_rounds(60));
}

static void damaged_compressed_dwarf(void **state)
{
	(void)state;
	build_program("-g -gdwarf-5 -gz");
	damage_section(".debug_info", nr_rounds(60));
}

static void damaged_unwind_information(void **state)
{
	(void)state;
	build_program("-s");
	damage_section(".eh_frame_hdr", nr_rounds(300));
	damage_section(".eh_frame", nr_rounds(300));
}

static void damaged_headers(void **state)
{
	struct file_bytes whole, copy;
	uint32_t seed = 2;

	(void)state;
	build_program("-g");
	whole = read_bytes("program");
	copy = (struct file_bytes){.data = xcalloc(whole.size, 1), .size = whole.size};
	for (int i = 0; i < nr_rounds(300); i++) {
		memcpy(copy.data, whole.data, whole.size);
		damage(&copy, 0, 1024, &seed);
		damage(&copy, whole.size - 2500, whole.size, &seed); /* the section headers */
		write_bytes("damaged", copy.data, copy.size);
		count_names("damaged", copy.size);
	}
	free(whole.data);
	free(copy.data);
}

static void cut_files(void **state)
{
	struct file_bytes whole;

	(void)state;
	build_program("-g");
	whole = read_bytes("program");
	for (size_t size = 0; size < whole.size; size += 97) {
		write_bytes("cut", whole.data, size);
		count_names("cut", whole.size);
	}
	free(whole.data);
}

/* Reading what is no longer there ends a process, unless it sees to that. */
static void files_cut_while_they_are_read(void **state)
{
	struct symbolizer *s = symbolizer_new();
	const struct function_line *lines;
	struct module module = {0};
	struct file_bytes whole;

	(void)state;
	cut_files_survive();
	build_program("-g");
	whole = read_bytes("program");
	module.path = full_path("program");
	module.build_id_size = build_id_of_file(module.path, module.build_id);
	assert_int_equal(symbolizer_lookup(s, &module, FIRST_FILE_MODULE, 0, &lines), 0);
	assert_int_equal(truncate("program", 4096), 0);
	for (uint64_t offset = 0; offset < whole.size; offset += 29)
		symbolizer_lookup(s, &module, FIRST_FILE_MODULE, offset, &lines);
	symbolizer_free(s);
	free(module.path);
	free(whole.data);
}

#define IN_WORKDIR(test) cmocka_unit_test_setup_teardown(test, workdir_enter, workdir_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORKDIR(damaged_dwarf),
		IN_WORKDIR(damaged_compressed_dwarf),
		IN_WORKDIR(damaged_unwind_information),
		IN_WORKDIR(damaged_headers),
		IN_WORKDIR(cut_files),
		IN_WORKDIR(files_cut_while_they_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
