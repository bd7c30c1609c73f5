// SPDX-License-Identifier: MIT
/* Maps of code made at run time, as their makers write them and as nobody should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "symbols/perf_map.h"

static int map_of(const char *text, size_t size)
{
	int fd = memfd_create("map", 0);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, size), size);
	return fd;
}

/* What the place is called; the caller frees it. */
static char *name_of(const char *text, uint64_t address)
{
	struct named_place place = {.address = address};
	int fd = map_of(text, strlen(text));

	perf_map_name(fd, &place, 1);
	close(fd);
	return place.name;
}

static void assert_name(const char *text, uint64_t address, const char *wanted)
{
	char *name = name_of(text, address);

	if (wanted) {
		assert_non_null(name);
		assert_string_equal(name, wanted);
	} else {
		assert_null(name);
	}
	free(name);
}

static void a_line_covers_its_range(void **state)
{
	static const char map[] = "7f00 20 first\n7f20 10 second function\n";

	(void)state;
	assert_name(map, 0x7eff, NULL);
	assert_name(map, 0x7f00, "first");
	assert_name(map, 0x7f1f, "first");
	assert_name(map, 0x7f20, "second function");
	assert_name(map, 0x7f2f, "second function");
	assert_name(map, 0x7f30, NULL);
}

static void forms_that_makers_use(void **state)
{
	(void)state;
	assert_name("0x7F00 0xA name\n", 0x7f09, "name");
	assert_name("7f00\t10\tname\r\n", 0x7f00, "name");
	assert_name("ffffffffffffff00 ffffffff name\n", 0xfffffffffffffff0, "name");
	assert_name("7f00 10 LazyCompile:*f /a b/c.js:1:2\n", 0x7f00,
		    "LazyCompile:*f /a b/c.js:1:2");
	assert_name("7f00 10 _ZN1a1bEv\n", 0x7f00, "a::b");
}

static void what_is_no_line_names_nothing(void **state)
{
	static const char *const maps[] = {
		"",
		"\n\n",
		"7f00\n",
		"7f00 100\n",
		"7f00 100 \n",
		"7f00 0 name\n",
		" 7f00 100 name\n",
		"-7f00 100 name\n",
		"7f00 100name\n",
		"7g00 100 name\n",
		"00000000000007f00 100 name\n",
		"7f00 100 half a lin",
	};

	(void)state;
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		assert_name(maps[i], 0x7f00, NULL);
	assert_name("rubbish\n7f00 100 name\nrubbish", 0x7f00, "name");
}

static void later_lines_replace_earlier_ones(void **state)
{
	static const char map[] = "1000 100 old\n1040 20 inside\n0 10 far\n10f0 20 over the end\n";

	(void)state;
	assert_name(map, 0x1000, "old");
	assert_name(map, 0x1050, "inside");
	assert_name(map, 0x1060, "old");
	assert_name(map, 0x10f0, "over the end");
	assert_name("1000 10 small\n0 ffffffffffffffff all\n", 0x1008, "all");
}

/* Many places and lines: the winner as a plain search finds it. */
static void every_place_has_its_last_line(void **state)
{
	enum { NR_PLACES = 77, NR_LINES = 3000 };
	static struct named_place places[NR_PLACES];
	static char text[NR_LINES * 40];
	uint32_t starts[NR_LINES], sizes[NR_LINES], random = 12345;
	size_t size = 0;
	int fd;

	(void)state;
	for (size_t i = 0; i < NR_LINES; i++) {
		random = random * 1664525 + 1013904223;
		starts[i] = random >> 20;
		sizes[i] = 1 + (random >> 8) % 50;
		size += sprintf(text + size, "%x %x f%zu\n", starts[i], sizes[i], i);
	}
	for (size_t i = 0; i < NR_PLACES; i++)
		places[i].address = i * 54;
	fd = map_of(text, size);
	perf_map_name(fd, places, NR_PLACES);
	close(fd);
	for (size_t i = 0; i < NR_PLACES; i++) {
		char wanted[16] = "";

		for (size_t j = 0; j < NR_LINES; j++)
			if (places[i].address >= starts[j] &&
			    places[i].address < starts[j] + sizes[j])
				sprintf(wanted, "f%zu", j);
		assert_string_equal(places[i].name ? places[i].name : "", wanted);
		free(places[i].name);
	}
}

/* Longer than whatever is read at once: the line is skipped, or its name cut, the next one holds.
 */
static void long_lines(void **state)
{
	enum { LONG = 200000 };
	scoped_free char *text = xcalloc(1, LONG + 10000);
	struct named_place places[] = {
		{.address = 0x1000}, {.address = 0x2000}, {.address = 0x3000}};
	int fd;

	(void)state;
	strcpy(text, "3000 10 ");
	memset(text + 8, 'x', LONG);
	memcpy(text + 65536, "3000 10 in the middle of a name", 31);
	strcpy(text + 8 + LONG, "\n1000 10 ");
	memset(text + strlen(text), 'y', 5000);
	strcat(text, "\n2000 10 name\n");
	fd = map_of(text, strlen(text));
	perf_map_name(fd, places, 3);
	close(fd);
	assert_non_null(places[0].name);
	assert_int_equal(strspn(places[0].name, "y"), strlen(places[0].name));
	assert_int_equal(strlen(places[0].name), 2048 - strlen("1000 10 "));
	assert_string_equal(places[1].name, "name");
	assert_null(places[2].name);
	for (size_t i = 0; i < 3; i++)
		free(places[i].name);
}

static void what_is_no_file_names_nothing(void **state)
{
	struct named_place place = {.address = 1};
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	perf_map_name(fds[0], &place, 1);
	perf_map_name(-1, &place, 1);
	perf_map_name(fds[0], NULL, 0);
	assert_null(place.name);
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_covers_its_range),
		cmocka_unit_test(forms_that_makers_use),
		cmocka_unit_test(what_is_no_line_names_nothing),
		cmocka_unit_test(later_lines_replace_earlier_ones),
		cmocka_unit_test(every_place_has_its_last_line),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(what_is_no_file_names_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
