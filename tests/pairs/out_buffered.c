// SPDX-License-Identifier: MIT
/* 20,000 short lines through stdio's buffer. */
#include <stdio.h>

__attribute__((noinline)) static void print_line(FILE *file, int i)
{
	fprintf(file, "line %08d of the log\n", i);
}

int main(int argc, char **argv)
{
	FILE *file = fopen(argc > 1 ? argv[1] : "out.log", "w");

	if (!file)
		return 1;
	for (int i = 0; i < 20000; i++)
		print_line(file, i);
	return fclose(file);
}
