// SPDX-License-Identifier: MIT
/*
 * stats_peers nth_element|qsort|vqsort FILE: ms for the seven quantiles of a column, by what others
 * use; the best of three, by the processor's time, the copy that they spoil not counted.
 */
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <string>
#include <sys/mman.h>
#include <vector>

#ifdef HAS_VQSORT
#include <hwy/contrib/sort/vqsort.h>
#endif

using column = std::vector<uint64_t>;

static double now_ms()
{
	timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/* On huge pages, before the first value is there. */
static void reserve(column &values, size_t nr)
{
	const uintptr_t page = 4096;

	values.reserve(nr);
	auto begin = (reinterpret_cast<uintptr_t>(values.data()) + page - 1) / page * page;
	madvise(reinterpret_cast<void *>(begin), nr * sizeof values[0] / page * page,
		MADV_HUGEPAGE);
}

static const uint64_t ppm[] = {500000, 750000, 900000, 950000, 990000, 999000, 999900};

static int compare(const void *a, const void *b)
{
	const uint64_t x = *static_cast<const uint64_t *>(a), y = *static_cast<const uint64_t *>(b);

	return (x > y) - (x < y);
}

/* Rank by rank, each among what the one before has left above it. */
static void nth_elements(column &values)
{
	auto from = values.begin();

	for (uint64_t p : ppm) {
		auto nth = values.begin() + static_cast<long>(values.size() * p / 1000000) - 1;

		if (nth < from)
			continue;
		std::nth_element(from, nth, values.end());
		from = nth + 1;
	}
}

static bool answer(const std::string &arm, column &values)
{
	if (arm == "nth_element")
		nth_elements(values);
	else if (arm == "qsort")
		qsort(values.data(), values.size(), sizeof values[0], compare);
#ifdef HAS_VQSORT
	else if (arm == "vqsort")
		hwy::Sorter()(values.data(), values.size(), hwy::SortAscending());
#endif
	else
		return false;
	return true;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	std::ifstream file(argv[2], std::ios::binary | std::ios::ate);
	const size_t nr = static_cast<size_t>(file.tellg()) / sizeof(uint64_t);
	column values, copy;
	double best = 1e18;

	reserve(values, nr);
	reserve(copy, nr);
	values.resize(nr);
	file.seekg(0);
	file.read(reinterpret_cast<char *>(values.data()),
		  static_cast<std::streamsize>(values.size() * sizeof values[0]));
	for (int i = 0; i < (argc > 3 ? atoi(argv[3]) : 3); i++) {
		copy = values;
		double begin = now_ms();
		if (!answer(argv[1], copy))
			return 1;
		best = std::min(best, now_ms() - begin);
	}
	for (uint64_t p : ppm)
		fprintf(stderr, "%llu ",
			static_cast<unsigned long long>(copy[values.size() * p / 1000000 - 1]));
	fprintf(stderr, "\n");
	printf("%.4f\n", best);
}
