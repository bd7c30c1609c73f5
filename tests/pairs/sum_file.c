// SPDX-License-Identifier: MIT
// sum_file FILE: the sum of a file's bytes, read in pieces of 64 KiB; with -DMAPPED it is mapped.
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned long sum_of(const unsigned char *bytes, long nr)
{
	unsigned long sum = 0;

	for (long i = 0; i < nr; i++)
		sum += bytes[i];
	return sum;
}

#ifdef MAPPED
static unsigned long sum_file(int file)
{
	struct stat stat;

	fstat(file, &stat);
	return sum_of(mmap(NULL, stat.st_size, PROT_READ, MAP_PRIVATE, file, 0), stat.st_size);
}
#else
static unsigned long sum_file(int file)
{
	static unsigned char piece[65536];
	unsigned long sum = 0;
	long nr;

	while ((nr = read(file, piece, sizeof piece)) > 0)
		sum += sum_of(piece, nr);
	return sum;
}
#endif

int main(int argc, char **argv)
{
	int file = open(argc > 1 ? argv[1] : "", O_RDONLY);

	if (file < 0)
		return 1;
	printf("%lu\n", sum_file(file));
	return 0;
}
