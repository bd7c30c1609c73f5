// SPDX-License-Identifier: MIT
/* /proc/PID/maps: names that are the target's to choose, and lines that are none. */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "capture/process_maps.h"
#include "capture/target.h"

#include <cmocka.h>

static void a_file(void **state)
{
	struct process_map map;

	(void)state;
	assert_true(
		process_map_parse("7f01-7f0a r-xp 00002000 fd:1a 131 /usr/lib/libc.so.6\n", &map));
	assert_int_equal(map.start, 0x7f01);
	assert_int_equal(map.end, 0x7f0a);
	assert_int_equal(map.offset, 0x2000);
	assert_int_equal(map.device_major, 0xfd);
	assert_int_equal(map.device_minor, 0x1a);
	assert_int_equal(map.inode, 131);
	assert_true(map.is_code);
	assert_false(map.is_deleted);
	assert_string_equal(map.path, "/usr/lib/libc.so.6");
	process_map_fini(&map);
}

static void names(void **state)
{
	static const struct {
		const char *text, *path;
		bool is_deleted;
	} cases[] = {
		{"", NULL, false},
		{"                          ", NULL, false},
		{"[heap]", NULL, false},
		{"[anon: /not/a/file]", NULL, false},
		{"  /with blanks  and tab\t", "/with blanks  and tab\t", false},
		{"/two\\012lines", "/two\nlines", false},
		{"/\\012", "/\n", false},
		{"/back\\slash\\01", "/back\\slash\\01", false},
		{"/gone (deleted)", "/gone", true},
		{"/gone\\012 (deleted)", "/gone\n", true},
		{"/not (deleted) yet", "/not (deleted) yet", false},
		{"/memfd:code (deleted)", "/memfd:code", true},
		{"/\xff\xfe", "/\xff\xfe", false},
		{" (deleted)", NULL, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct process_map map;
		char line[128];

		snprintf(line, sizeof line, "1000-2000 rw-p 00000000 00:00 0 %s\n", cases[i].text);
		assert_true(process_map_parse(line, &map));
		assert_int_equal(map.is_deleted, cases[i].is_deleted);
		assert_false(map.is_code);
		if (cases[i].path)
			assert_string_equal(map.path, cases[i].path);
		else
			assert_null(map.path);
		process_map_fini(&map);
	}
}

static void no_lines(void **state)
{
	static const char *const lines[] = {
		"",
		"\n",
		"1000-2000",
		"1000-2000 rw-p 0 00:00",
		"2000-1000 rw-p 00000000 00:00 0",
		"1000-1000 rw-p 00000000 00:00 0",
		"1000 2000 rw-p 00000000 00:00 0",
		"1000-2000 rw 00000000 00:00 0",
		"/only/a/name",
	};
	struct process_map map;

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		assert_false(process_map_parse(lines[i], &map));
		assert_null(map.path);
	}
}

/* This process, with a deleted file of a hostile name. */
static void own_maps(void **state)
{
	char path[] = "/tmp/a\nb (deleted) XXXXXX";
	int fd = mkstemp(path), found = 0;
	struct process_maps maps;
	struct stat status;
	void *memory;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 4096), 0);
	assert_int_equal(fstat(fd, &status), 0);
	memory = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	assert_ptr_not_equal(memory, MAP_FAILED);
	unlink(path);
	assert_int_equal(process_maps_read(getpid(), &maps), 0);
	vec_each (&maps.items, map) {
		if (map->start != (uintptr_t)memory)
			continue;
		found++;
		assert_string_equal(map->path, path);
		assert_true(map->is_deleted);
		assert_int_equal(map->inode, status.st_ino);
	}
	assert_int_equal(found, 1);
	process_maps_fini(&maps);
	munmap(memory, 4096);
	close(fd);
	assert_int_equal(process_maps_read(0x7ffffff, &maps), -ENOENT);
}

/* Each file once, by a path that leads to it. */
static void code_files(void **state)
{
	struct target self = {.pid = getpid(), .pidfd = -1};
	struct paths paths = {0};
	struct stat exe, status;
	int nr_exe = 0;

	(void)state;
	assert_int_equal(stat("/proc/self/exe", &exe), 0);
	target_code_files(&self, &paths);
	vec_each (&paths, path) {
		assert_int_equal(stat(*path, &status), 0);
		nr_exe += status.st_ino == exe.st_ino && status.st_dev == exe.st_dev;
	}
	assert_int_equal(nr_exe, 1);
	assert_true(paths.size >= 3); /* the C library and the loader, too */
	paths_fini(&paths);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file),     cmocka_unit_test(names),
		cmocka_unit_test(no_lines),   cmocka_unit_test(own_maps),
		cmocka_unit_test(code_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
