// SPDX-License-Identifier: MIT
/*
 * places N FILE: faults of N pages in each kind of mapping: heap() in the heap, stack() in the
 * stack, file() in a private mapping of FILE from its page 2 on (FILE has N + 2 pages), and
 * anonymous() in one of no file. Prints where each begins.
 */
#include "program.h"

#include <alloca.h>
#include <fcntl.h>

static FRAME void heap(long nr_pages)
{
	char *end = sbrk(0);
	char *pages = (char *)(((unsigned long)end + PAGE_BYTES - 1) & -PAGE_BYTES);

	if (sbrk(nr_pages * PAGE_BYTES + (pages - end)) == (void *)-1)
		err(1, "sbrk");
	printf("heap %p\n", pages);
	write_pages(pages, nr_pages, 1);
}

static FRAME void stack(long nr_pages)
{
	char *pages = alloca(nr_pages * PAGE_BYTES);

	printf("stack %p\n", pages);
	write_pages(pages, nr_pages, 1);
}

static FRAME void file(const char *path, long nr_pages)
{
	int fd = open(path, O_RDONLY);
	char *pages = mmap(NULL, nr_pages * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd,
			   2 * PAGE_BYTES);

	if (pages == MAP_FAILED)
		err(1, "%s", path);
	printf("file %p\n", pages);
	write_pages(pages, nr_pages, 1);
}

static FRAME void anonymous(long nr_pages)
{
	char *pages = map_pages(nr_pages);

	printf("anonymous %p\n", pages);
	write_pages(pages, nr_pages, 1);
}

int main(int argc, char **argv)
{
	long nr_pages = number_argument(argc, argv, 1, 10);

	if (argc < 3)
		errx(2, "usage: places N FILE");
	heap(nr_pages);
	stack(nr_pages);
	file(argv[2], nr_pages);
	anonymous(nr_pages);
	return 0;
}
