// SPDX-License-Identifier: MIT
/*
 * stats make KIND N FILE      writes a column of numbers
 * stats ARM FILE              what the arm takes over it, in ms: read, moments, select, footers
 * stats points D N FILE       writes points of D features, row by row
 * stats kmeans D K N FILE     ms for a round of clustering; the digest of the labels
 * stats fma                   the peak of the widest unit, in Gflop/s
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stats/moments.h"
#include "stats/quantiles.h"
#include "stats/random.h"
#include "stats/selection.h"
#include "tests/unit/stats_data.h"

#define NR_RANKS 7

static const unsigned int ppm[NR_RANKS] = {500000, 750000, 900000, 950000, 990000, 999000, 999900};

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static void *load(const char *path, size_t *bytes)
{
	FILE *f = fopen(path, "rb");
	void *data;

	if (!f || fseek(f, 0, SEEK_END))
		err(1, "%s", path);
	*bytes = (size_t)ftell(f);
	rewind(f);
	data = xcalloc(1, *bytes + 64);
	if (fread(data, 1, *bytes, f) != *bytes)
		err(1, "%s", path);
	fclose(f);
	return data;
}

static void make(const char *kind, size_t nr, const char *path)
{
	static const char *const kinds[] = {"mixed", "uniform", "-",      "eight",      "constant",
					    "-",     "sorted",  "-",      "neighbours", "-",
					    "gaps",  NULL};
	FILE *f = fopen(path, "wb");
	int k = 0;

	while (kinds[k] && strcmp(kinds[k], kind))
		k++;
	if (!kinds[k] || !f)
		errx(1, "%s: unknown", kind);
	for (size_t i = 0; i < nr; i++) {
		uint64_t v = value_of_kind(k, i, nr);

		fwrite(&v, sizeof v, 1, f);
	}
	if (fclose(f))
		err(1, "%s", path);
}

static void pass(struct selection *s, const uint64_t *values, size_t nr)
{
	for (int i = 0; i < NR_RANKS; i++) {
		uint64_t rank = (uint64_t)((unsigned __int128)nr * ppm[i] / 1000000);

		selection_ask(s, rank ? rank : 1);
	}
	while (selection_again(s))
		selection_pass(s, values, nr);
}

static double time_select(const uint64_t *values, size_t nr, bool is_known)
{
	struct selection *s = selection_new();
	struct histogram known;
	double begin = now_ms(), took;

	if (is_known) {
		histogram_init(&known, HISTOGRAM_BITS);
		selection_scan(s, values, nr);
		histogram_merge(&known, selection_histogram(s));
		selection_restart(s);
		begin = now_ms();
		selection_know(s, &known);
	} else {
		selection_scan(s, values, nr);
	}
	pass(s, values, nr);
	took = now_ms() - begin;
	for (unsigned int i = 0; i < NR_RANKS; i++)
		fprintf(stderr, "%llu ", (unsigned long long)selection_value(s, i, NULL));
	fprintf(stderr, "\n");
	selection_free(s);
	return took;
}

static double time_moments(const uint64_t *values, size_t nr)
{
	struct moments m = {0};
	double begin = now_ms();

	moments_add(&m, values, nr);
	begin = now_ms() - begin;
	fprintf(stderr, "%.17g\n", moments_deviation(&m));
	return begin;
}

/* What memory gives: eight independent sums. */
__attribute__((target("avx2"), optimize("O3"))) static double time_read(const uint64_t *values,
									 size_t nr)
{
	uint64_t sums[32] = {0}, all = 0;
	double begin = now_ms();

	for (size_t i = 0; i + 32 <= nr; i += 32) {
		for (int l = 0; l < 32; l++)
			sums[l] ^= values[i + l];
	}
	begin = now_ms() - begin;
	for (int l = 0; l < 32; l++)
		all ^= sums[l];
	fprintf(stderr, "%llx\n", (unsigned long long)all);
	return begin;
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "make")) {
		make(argv[2], strtoul(argv[3], NULL, 10), argv[4]);
	} else if (argc == 3) {
		size_t bytes;
		uint64_t *values = load(argv[2], &bytes);
		size_t nr = bytes / sizeof *values;
		double best = 1e18;

		for (int i = 0; i < 3; i++) {
			double took = !strcmp(argv[1], "read")      ? time_read(values, nr)
				      : !strcmp(argv[1], "moments") ? time_moments(values, nr)
				      : !strcmp(argv[1], "select")  ? time_select(values, nr, false)
								    : time_select(values, nr, true);
			best = took < best ? took : best;
		}
		printf("%.4f\n", best);
		free(values);
	}
	return 0;
}
