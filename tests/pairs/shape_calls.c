// SPDX-License-Identifier: MIT
/* Three stages that fill blocks of their own and write a line each, as functions of their own. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef INLINED
#define STAGE       static inline __attribute__((always_inline))
#define fill        populate
#define report      announce
#define stage_one   phase_a
#define stage_two   phase_b
#define stage_three phase_c
#define run_stages  execute
#else
#define STAGE __attribute__((noinline)) static
#endif

__attribute__((noinline)) static char *fill(size_t bytes)
{
	char *block = malloc(bytes);

	return memset(block, 1, bytes);
}

__attribute__((noinline)) static void report(int times)
{
	for (int i = 0; i < times; i++)
		if (write(STDERR_FILENO, "", 0))
			abort();
}

STAGE char *stage_one(void)
{
	report(40);
	return fill(8 << 20);
}

STAGE char *stage_two(void)
{
	report(80);
	return fill(16 << 20);
}

STAGE char *stage_three(void)
{
	report(120);
	return fill(24 << 20);
}

__attribute__((noinline)) static int run_stages(void)
{
	return *stage_one() + *stage_two() + *stage_three();
}

int main(void)
{
	return run_stages() != 3;
}
