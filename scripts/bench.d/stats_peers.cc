// SPDX-License-Identifier: MIT
/*
 * stats_peers nth_element|qsort|vqsort FILE: ms for the seven quantiles of a column, by what others
 * use; the best of three, the copy that they spoil not counted.
 */
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#ifdef HAS_VQSORT
#include <hwy/contrib/sort/vqsort.h>
#endif

using column = std::vector<uint64_t>;

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
	column values(static_cast<size_t>(file.tellg()) / sizeof(uint64_t)), copy;
	double best = 1e18;

	file.seekg(0);
	file.read(reinterpret_cast<char *>(values.data()),
		  static_cast<std::streamsize>(values.size() * sizeof values[0]));
	for (int i = 0; i < (argc > 3 ? atoi(argv[3]) : 3); i++) {
		copy = values;
		auto begin = std::chrono::steady_clock::now();
		if (!answer(argv[1], copy))
			return 1;
		std::chrono::duration<double, std::milli> took =
			std::chrono::steady_clock::now() - begin;
		best = std::min(best, took.count());
	}
	for (uint64_t p : ppm)
		fprintf(stderr, "%llu ",
			static_cast<unsigned long long>(copy[values.size() * p / 1000000 - 1]));
	fprintf(stderr, "\n");
	printf("%.4f\n", best);
}
