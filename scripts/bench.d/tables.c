// SPDX-License-Identifier: MIT
/*
 * tables FILE: what it costs to make a file's unwinding table, per row, and to name a place of its
 * code, once its indexes are there. One line a figure: name, value, limit, unit.
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

/* Rows lie where code does; each place is asked for once, as in a recording. */
static double lookup_ns(const char *path, const struct unwind_table *table, uint32_t *named)
{
	struct symbolizer *symbolizer = symbolizer_new();
	struct module module = {.path = (char *)path};
	const struct function_line *lines;
	double begin = 0;

	module.build_id_size = build_id_of_file(path, module.build_id);
	for (uint32_t i = 0; i <= PLACES; i++) {
		size_t row = (uint64_t)i * (table->nr_rows - 1) / PLACES;

		if (i == 1) /* the first one waits for the indexes */
			begin = now_ns();
		*named += symbolizer_lookup(symbolizer, &module, 1, table->rows[row].offset,
					    &lines) > 0;
	}
	begin = now_ns() - begin;
	symbolizer_free(symbolizer);
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
	printf("a_place_of_%u_named %.3f 2 us\n", named, lookup / 1000);
	unwind_table_fini(&table);
	close(fd);
	return 0;
}
