// SPDX-License-Identifier: MIT
/* Sixty work items, each in a block of 40 MiB made for it: above malloc's threshold, so mapped. */
#include <stdlib.h>
#include <string.h>

#define ITEMS       12
#define BLOCK_BYTES (40 << 20)

__attribute__((noinline)) static int transform(char *scratch)
{
	memset(scratch, 7, BLOCK_BYTES);
	return scratch[BLOCK_BYTES / 2];
}

__attribute__((noinline)) static int handle_item(void)
{
	char *scratch = malloc(BLOCK_BYTES);
	int result = transform(scratch);

	free(scratch);
	return result;
}

int main(void)
{
	int sum = 0;

	for (int i = 0; i < ITEMS; i++)
		sum += handle_item();
	return sum != 7 * ITEMS;
}
