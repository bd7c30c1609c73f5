// SPDX-License-Identifier: MIT
/*
 * tables FILE: what it costs to make a file's unwinding table, per row, and to name a place of its
 * code, once its indexes are there, if it has names. One line a figure: name, value, limit, unit.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "symbols/symbols.h"
#include "unwind/table.h"

#define ROUNDS 5
#define PLACES 20000

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

static double build_ns(int fd, struct unwind_table *out)
{
	double best = 1e18;

	for (int i = 0; i < ROUNDS; i++) {
		double begin = now_ns(), took;

		if (i)
			unwind_table_fini(out);
		if (unwind_table_build(fd, out))
			errx(1, "no call-frame information");
		took = now_ns() - begin;
		best = took < best ? took : best;
	}
	return best;
}

/* Rows lie where code does. Returns how many of the places have names. */
static uint32_t look_up(struct symbolizer *symbolizer, const struct module *module,
			const struct unwind_table *table)
{
	const struct function_line *lines;
	uint32_t named = 0;

	for (uint32_t i = 0; i < PLACES; i++) {
		uint64_t offset = table->rows[(uint64_t)i * table->nr_rows / PLACES].offset;

		named += symbolizer_lookup(symbolizer, module, FIRST_FILE_MODULE, offset, &lines) >
			 0;
	}
	return named;
}

/* The first time around the indexes are made. */
static double lookup_ns(const char *path, const struct unwind_table *table, uint32_t *named)
{
	struct symbolizer *symbolizer = symbolizer_new();
	struct module module = {.path = realpath(path, NULL)};
	double begin;

	module.build_id_size = build_id_of_file(path, module.build_id);
	look_up(symbolizer, &module, table);
	begin = now_ns();
	*named = look_up(symbolizer, &module, table);
	begin = now_ns() - begin;
	symbolizer_free(symbolizer);
	free(module.path);
	return begin / PLACES;
}

int main(int argc, char **argv)
{
	int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	struct unwind_table table;
	uint32_t named = 0;
	double build, lookup;

	if (fd < 0)
		errx(2, "usage: tables FILE");
	build = build_ns(fd, &table);
	lookup = lookup_ns(argv[1], &table, &named);
	printf("a_row_of_%zu %.1f 80 ns\n", table.nr_rows, build / table.nr_rows);
	if (named)
		printf("a_place_of_%u_named %.3f 2 us\n", named, lookup / 1000);
	unwind_table_fini(&table);
	close(fd);
	return 0;
}
