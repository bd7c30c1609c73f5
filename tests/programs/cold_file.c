// SPDX-License-Identifier: MIT
/*
 * cold_file FILE N: maps FILE without readahead, after dropping it from the page cache, and reads N
 * pages of it. Prints how many of them were still in memory: each other one is a major fault.
 */
#include <fcntl.h>

#include "program.h"

static FRAME int read_pages(const char *pages, long nr_pages)
{
	int sum = 0;

	for (long i = 0; i < nr_pages; i++)
		sum += ((const volatile char *)pages)[i * PAGE_BYTES];
	return sum;
}

int main(int argc, char **argv)
{
	long nr_pages = number_argument(argc, argv, 2, 100), nr_resident = 0;
	size_t bytes = nr_pages * PAGE_BYTES;
	unsigned char *resident = calloc(nr_pages, 1);
	int file = open(argv[1], O_RDONLY);
	char *pages;

	if (file < 0 || fsync(file) || posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED))
		err(1, "%s", argv[1]);
	pages = mmap(NULL, bytes, PROT_READ, MAP_SHARED, file, 0);
	if (pages == MAP_FAILED || madvise(pages, bytes, MADV_RANDOM) ||
	    mincore(pages, bytes, resident))
		err(1, "mmap");
	for (long i = 0; i < nr_pages; i++)
		nr_resident += resident[i] & 1;
	read_pages(pages, nr_pages);
	printf("%ld\n", nr_resident);
	return 0;
}
