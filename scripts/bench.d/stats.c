// SPDX-License-Identifier: MIT
/*
 * stats make KIND N FILE          writes a column of numbers
 * stats ARM FILE [TIMES]          ms of read, moments, select or footers over it, the best of TIMES
 * stats points D N FILE           writes points of D features, row by row
 * stats kmeans D K FILE LABELS    ms an iteration; writes the labels
 * stats assign D K N              Gflop/s of assignment alone
 * stats peak                      Gflop/s of the widest unit in use
 *
 * Times are the processor's, so that what else runs on the machine counts for less. Columns lie on
 * huge pages where they can be had, as numpy's and those of the other peers do.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "stats/kmeans.h"
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

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static void *pages(size_t bytes)
{
	const size_t huge = 2UL << 20;
	void *data = aligned_alloc(huge, (bytes + huge) / huge * huge);

	if (!data)
		err(1, "%zu bytes", bytes);
	madvise(data, bytes, MADV_HUGEPAGE);
	return data;
}

static void *load(const char *path, size_t *bytes)
{
	FILE *f = fopen(path, "rb");
	void *data;

	if (!f || fseek(f, 0, SEEK_END))
		err(1, "%s", path);
	*bytes = (size_t)ftell(f);
	rewind(f);
	data = pages(*bytes);
	if (fread(data, 1, *bytes, f) != *bytes)
		err(1, "%s", path);
	fclose(f);
	return data;
}

static void make(const char *kind, size_t nr, const char *path)
{
	static const char *const kinds[] = {"mixed", "uniform", "-",    "eight",      "constant",
					    "-",     "sorted",  "-",    "neighbours", "-",
					    "gaps",  "dense",   "half", "sleeps",     NULL};
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

/* d features of n points around 16 corners, as floats, row by row */
static void make_points(unsigned int d, size_t n, const char *path)
{
	FILE *f = fopen(path, "wb");

	if (!f)
		err(1, "%s", path);
	for (size_t i = 0; i < n * d; i++) {
		const size_t row = i / d, feature = i % d;
		const double noise = random_unit(21, 2 * i) + random_unit(21, 2 * i + 1) - 1;
		const float x =
			(float)((double)(random_at(22, row % 16 * 64 + feature) % 8) + 6 * noise);

		fwrite(&x, sizeof x, 1, f);
	}
	if (fclose(f))
		err(1, "%s", path);
}

static double kmeans_ms(const struct points *points, const float *rows, unsigned int k,
			unsigned int iterations, struct kmeans *out)
{
	const struct kmeans_options options = {.max_iterations = iterations};
	double begin = now_ms();

	kmeans_from(points, rows, k, &options, out);
	return now_ms() - begin;
}

/* ms an iteration, from the first k points: what ten more than one take. */
static void time_kmeans(unsigned int d, unsigned int k, const char *path, const char *labels)
{
	size_t bytes, n;
	float *rows = load(path, &bytes);
	struct points points;
	struct kmeans one, eleven;
	FILE *f = fopen(labels, "wb");
	double took;

	n = bytes / sizeof *rows / d;
	if (!f || points_init(&points, rows, n, d))
		errx(1, "%s", path);
	took = -kmeans_ms(&points, rows, k, 1, &one);
	took += kmeans_ms(&points, rows, k, 11, &eleven);
	printf("%.4f\n", took / (eleven.iterations - one.iterations));
	fwrite(eleven.labels, sizeof *eleven.labels, n, f);
	fclose(f);
	kmeans_fini(&one);
	kmeans_fini(&eleven);
	points_fini(&points);
	free(rows);
}

/* Gflop/s of assignment alone, n points of d features, k centroids */
static void time_assign(unsigned int d, unsigned int k, size_t n)
{
	float *blocks = xcalloc(n * d, sizeof *blocks), *groups = xcalloc(k * d, sizeof *groups);
	float *norms = xcalloc(k, sizeof *norms);
	uint32_t *labels = xcalloc(n, sizeof *labels);
	const struct centroids centroids = {d, k / KMEANS_GROUP, groups, norms};
	double best = 1e18;

	for (size_t i = 0; i < n * d; i++)
		blocks[i] = (float)(random_at(3, i) % 1000);
	for (size_t i = 0; i < k * d; i++)
		groups[i] = (float)(random_at(4, i) % 1000);
	for (int i = 0; i < 7; i++) {
		double begin = now_ms();

		kernels()->assign(blocks, n / KMEANS_BLOCK, &centroids, labels);
		begin = now_ms() - begin;
		best = begin < best ? begin : best;
	}
	printf("%.4f\n", 2e-6 * (double)(n * d * k) / best);
}

#if defined(__x86_64__)
#include <immintrin.h>

/* Gflop/s of multiply-adds in twelve independent chains: what the unit gives. */
#define CHAINS(step)                                                                               \
	step(0) step(1) step(2) step(3) step(4) step(5) step(6) step(7) step(8) step(9) step(10)   \
		step(11)
#define PEAK(name, isa, type)                                                                      \
	__attribute__((target(isa))) static double name(void)                                      \
	{                                                                                          \
		CHAINS(type##_CHAIN)                                                               \
		double begin = now_ms();                                                           \
		for (int n = 0; n < PEAK_STEPS; n++) {                                             \
			CHAINS(type##_STEP)                                                        \
		}                                                                                  \
		return PEAK_STEPS * 12. * 2 * (sizeof(type) / sizeof(float)) * 1e-6 /              \
		       (now_ms() - begin);                                                         \
	}
#define PEAK_STEPS      1000000
#define __m512_CHAIN(i) __m512 a##i = _mm512_set1_ps(i);
#define __m512_STEP(i)                                                                             \
	a##i = _mm512_fmadd_ps(a##i, a##i, a##i);                                                  \
	__asm__ volatile("" : "+v"(a##i));
#define __m256_CHAIN(i) __m256 a##i = _mm256_set1_ps(i);
#define __m256_STEP(i)                                                                             \
	a##i = _mm256_fmadd_ps(a##i, a##i, a##i);                                                  \
	__asm__ volatile("" : "+x"(a##i));
PEAK(peak_avx512, "avx512f", __m512)
PEAK(peak_avx2, "avx2,fma", __m256)

static double peak(void)
{
	return !strcmp(kernels()->name, "avx512") ? peak_avx512() : peak_avx2();
}
#else
static double peak(void)
{
	errx(1, "the peak of this processor is not known");
}
#endif

static void time_peak(void)
{
	double best = 0;

	for (int i = 0; i < 5; i++) {
		double rate = peak();

		best = rate > best ? rate : best;
	}
	printf("%.4f\n", best);
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "make")) {
		make(argv[2], strtoul(argv[3], NULL, 10), argv[4]);
	} else if (argc == 5 && !strcmp(argv[1], "points")) {
		make_points(atoi(argv[2]), strtoul(argv[3], NULL, 10), argv[4]);
	} else if (argc == 6 && !strcmp(argv[1], "kmeans")) {
		time_kmeans(atoi(argv[2]), atoi(argv[3]), argv[4], argv[5]);
	} else if (argc == 5 && !strcmp(argv[1], "assign")) {
		time_assign(atoi(argv[2]), atoi(argv[3]), strtoul(argv[4], NULL, 10));
	} else if (argc == 2 && !strcmp(argv[1], "peak")) {
		time_peak();
	} else if (argc == 3 || argc == 4) {
		size_t bytes;
		uint64_t *values = load(argv[2], &bytes);
		size_t nr = bytes / sizeof *values;
		double best = 1e18;

		for (int i = 0; i < (argc > 3 ? atoi(argv[3]) : 3); i++) {
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
