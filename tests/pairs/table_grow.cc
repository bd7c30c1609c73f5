// SPDX-License-Identifier: MIT
// A hash table that grows from nothing; with -DRESERVED it has room for all from the start.
#include <cstdio>
#include <unordered_map>

static std::unordered_map<long, long> table;

__attribute__((noinline)) static void insert_all(long nr)
{
	for (long i = 0; i < nr; i++)
		table[i * 7919] = i;
}

int main()
{
	const long nr = 300000;

#ifdef RESERVED
	table.reserve(nr);
#endif
	insert_all(nr);
	std::printf("%zu\n", table.size());
	return 0;
}
