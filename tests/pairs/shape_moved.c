// SPDX-License-Identifier: MIT
/* A cache that is filled at the start or, with LAZY, by the first who asks. */
#include <stdlib.h>
#include <string.h>

static char *cache;

__attribute__((noinline)) static void load_cache(void)
{
	cache = malloc(20 << 20);
	memset(cache, 2, 20 << 20);
}

__attribute__((noinline)) static void start_up(void)
{
#ifndef LAZY
	load_cache();
#endif
}

__attribute__((noinline)) static int look_up(int i)
{
	if (!cache)
		load_cache();
	return cache[i];
}

__attribute__((noinline)) static int serve(void)
{
	int sum = 0;

	for (int i = 0; i < 100; i++)
		sum += look_up(i * 1000);
	return sum;
}

int main(void)
{
	start_up();
	return serve() != 200;
}
