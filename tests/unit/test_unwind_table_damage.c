// SPDX-License-Identifier: MIT
/*
 * Files that had bytes changed or were cut short: their tables stay in order, and nothing crashes
 * or hangs, nor takes time or memory out of proportion.
 *
 * The changes are the same in every run. PROF_TEST_ROUNDS asks for more of them.
 */
#include "made_frames.h" /* before cmocka takes the word fail() */
#include "symbols_workdir.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>

#include "base/bytes.h"
#include "unwind/elf_code.h"
#include "unwind/frame_section.h"

struct image {
	uint8_t *data;
	size_t size;
	size_t frames, frames_size; /* where its call-frame information is */
};

static struct image read_image(const char *path)
{
	struct image image = {0};
	struct frame_section section;
	struct elf_code code;
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf *elf;

	assert_true(fd >= 0);
	image.size = lseek(fd, 0, SEEK_END);
	image.data = xcalloc(image.size, 1);
	assert_int_equal(pread(fd, image.data, image.size, 0), image.size);
	elf = elf_memory((char *)image.data, image.size);
	assert_int_equal(elf_code_init(&code, elf, image.size), 0);
	assert_true(frame_section_find_eh(&code, &section) ||
		    frame_section_find_debug(&code, &section));
	image.frames = section.bytes.data - image.data;
	image.frames_size = section.bytes.size;
	elf_code_fini(&code);
	elf_end(elf);
	return image;
}

static uint32_t draw(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return ((uint64_t)*seed * below) >> 32;
}

static void change_byte(uint8_t *at, uint32_t *seed)
{
	static const uint8_t special[] = {0x00, 0x01, 0x7f, 0x80, 0xff, 0x0a, 0x0b, 0x0f};

	switch (draw(seed, 3)) {
	case 0:
		*at ^= 1 << draw(seed, 8);
		break;
	case 1:
		*at = special[draw(seed, sizeof special)];
		break;
	default:
		*at = draw(seed, 256);
	}
}

/* Most changes go where they matter, some into the headers, some anywhere. */
static void damage(uint8_t *data, const struct image *image, uint32_t *seed)
{
	uint32_t changes = 1 + draw(seed, 12);

	for (uint32_t i = 0; i < changes; i++) {
		uint32_t where = draw(seed, 8);
		size_t at = image->frames + draw(seed, image->frames_size);

		if (where == 0)
			at = draw(seed, image->size);
		else if (where == 1)
			at = draw(seed, 0x400);
		change_byte(data + at, seed);
	}
}

static unsigned int nr_rounds(unsigned int usual)
{
	const char *wanted = getenv("PROF_TEST_ROUNDS");

	return wanted ? strtoul(wanted, NULL, 10) : usual;
}

static bool try_image(const uint8_t *data, size_t size)
{
	struct unwind_table table;
	bool built = unwind_table_build_image(data, size, &table) == 0;

	table_verify(&table, size);
	unwind_table_fini(&table);
	return built;
}

/* Each in a copy that ends where it ends, so that one byte too many is noticed. */
static void assert_survives(const char *path, unsigned int rounds)
{
	struct image image = read_image(path);
	unsigned int built = 0;
	uint32_t seed = 1;

	for (unsigned int i = 0; i < rounds; i++) {
		scoped_free uint8_t *copy = xcalloc(image.size, 1);

		memcpy(copy, image.data, image.size);
		damage(copy, &image, &seed);
		built += try_image(copy, image.size);
	}
	free(image.data);
	print_message("%s: %u of %u built\n", path, built, rounds);
	assert_true(built > rounds / 4);
	assert_true(built < rounds);
}

static void build_library(const char *options, const char *path)
{
	need("gcc");
	write_text(
		"library.c",
		"#include <alloca.h>\n"
		"void g(void *, ...);\n"
		"int a(int x) { int v[100]; g(v, x); return v[x]; }\n"
		"int b(int x, int y) { char *p = alloca(x); g(p); return p[y] + a(x) + a(y); }\n"
		"int c(int n) { struct { _Alignas(64) int v[32]; } s; g(&s, n); return s.v[n]; }\n"
		"int d(int n) { return n < 2 ? n : d(n - 1) + b(n, d(n - 2)) * c(n); }\n");
	build("gcc -O2 -fPIC -shared -Wl,-z,noseparate-code %s -o %s library.c", options, path);
}

static void damaged_eh_frame(void **state)
{
	(void)state;
	build_library("", "eh.so");
	assert_survives("eh.so", nr_rounds(20000));
}

static void damaged_debug_frame(void **state)
{
	(void)state;
	build_library("-g -fno-asynchronous-unwind-tables -nostdlib", "debug.so");
	assert_survives("debug.so", nr_rounds(4000));
}

static void cut_files(void **state)
{
	struct image image;

	(void)state;
	build_library("", "eh.so");
	image = read_image("eh.so");
	for (size_t size = 0; size < image.size; size += 13) {
		scoped_free uint8_t *copy = xcalloc(size, 1);
		scoped_fd int fd = memfd_create("cut", MFD_CLOEXEC);
		struct unwind_table table;

		memcpy(copy, image.data, size);
		try_image(copy, size);
		assert_int_equal(write(fd, copy, size), size);
		unwind_table_build(fd, &table);
		table_verify(&table, size);
		unwind_table_fini(&table);
	}
	free(image.data);
}

static const uint8_t cie[] = {20, 0,    0,  0, 0,    0,  0, 0, 1,    'z', 'R', 0,
			      1,  0x78, 16, 1, 0x03, 12, 7, 8, 0x90, 1,   0,   0};

static void add_fde(struct bytes *frames, uint32_t start, uint32_t size, const void *program,
		    uint32_t program_size)
{
	bytes_u32(frames, 4 + 9 + program_size);
	bytes_u32(frames, frames->size);
	bytes_u32(frames, MADE_ADDRESS + start);
	bytes_u32(frames, size);
	bytes_u8(frames, 0);
	bytes_append(frames, program, program_size);
}

static double build_ms(struct bytes *frames, struct unwind_table *out)
{
	scoped_free uint8_t *file = make_program(frames->data, frames->size);
	struct timespec start, end;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
	assert_int_equal(unwind_table_build_image(file, MADE_FRAMES + frames->size, out), 0);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
	table_verify(out, MADE_FRAMES + frames->size);
	return (end.tv_sec - start.tv_sec) * 1e3 + (end.tv_nsec - start.tv_nsec) / 1e6;
}

/* As many entries as fit in some megabytes, in the worst relation to each other. */
static void costly_files(void **state)
{
	static const uint8_t long_way[] = {0x04, 0xff, 0xff, 0xff, 0x7f, 0x0e, 16};
	struct bytes frames = {0};
	struct unwind_table table;

	(void)state;
	/* All overlap, and start in falling order. */
	bytes_append(&frames, cie, sizeof cie);
	for (uint32_t i = 0; i < 200000; i++)
		add_fde(&frames, 0x7000 - i % 0x6000, 0x10000, long_way, sizeof long_way);
	assert_true(build_ms(&frames, &table) < 2000);
	assert_in_range(table.nr_fdes, 0x6000, 0x6001); /* with the entry */
	unwind_table_fini(&table);
	bytes_reset(&frames);
	/* Each has a CIE of its own. */
	for (uint32_t i = 0; i < 100000; i++) {
		bytes_append(&frames, cie, sizeof cie);
		bytes_u32(&frames, 4 + 9);
		bytes_u32(&frames, sizeof cie + 4);
		bytes_u32(&frames, MADE_ADDRESS + 0x1000 + i);
		bytes_u32(&frames, 1);
		bytes_u8(&frames, 0);
	}
	assert_true(build_ms(&frames, &table) < 2000);
	assert_int_equal(table.nr_rows, 2); /* all say the same */
	unwind_table_fini(&table);
	bytes_fini(&frames);
}

/* A file of four bytes of instructions a row has at most that many rows, and never more than that.
 */
static void many_rows(void **state)
{
	struct bytes frames = {0}, program = {0};
	struct unwind_table table;

	(void)state;
	for (uint32_t i = 0; i < 17 << 20; i++) {
		bytes_u8(&program, 0x41);
		bytes_u8(&program, 0x0e);
		bytes_u8(&program, 8 + i % 2 * 8);
	}
	bytes_append(&frames, cie, sizeof cie);
	add_fde(&frames, 0x1000, 17 << 20, program.data, program.size);
	build_ms(&frames, &table);
	assert_in_range(table.nr_rows, 1 << 24, (1 << 24) + 1);
	unwind_table_fini(&table);
	bytes_fini(&frames);
	bytes_fini(&program);
}

#define IN_WORKDIR(test) cmocka_unit_test_setup_teardown(test, workdir_enter, workdir_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORKDIR(damaged_eh_frame), IN_WORKDIR(damaged_debug_frame),
		IN_WORKDIR(cut_files),        cmocka_unit_test(costly_files),
		cmocka_unit_test(many_rows),
	};

	elf_version(EV_CURRENT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
