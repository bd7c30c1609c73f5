// SPDX-License-Identifier: MIT
/*
 * populate HOW N: N pages that come into being inside one system call.
 * map, mlock, madvise and direct make them without a page fault (direct: an O_DIRECT read of the
 * file named by the third argument). With read, the copying kernel faults once per page.
 */
#include <fcntl.h>

#include "program.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

static void read_file(const char *path, int flags, char *pages, size_t bytes)
{
	int file = open(path, O_RDONLY | flags);

	if (file < 0)
		err(2, "open %s", path);
	if (read(file, pages, bytes) != (ssize_t)bytes)
		err(2, "read %s", path);
	close(file);
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "map";
	long nr_pages = number_argument(argc, argv, 2, 1000);
	size_t bytes = nr_pages * PAGE_BYTES;

	if (nr_pages == 0) {
		return 0;
	} else if (!strcmp(how, "map")) {
		if (mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0) == MAP_FAILED)
			err(1, "mmap");
	} else if (!strcmp(how, "mlock")) {
		if (mlock(map_pages(nr_pages), bytes))
			err(2, "mlock");
	} else if (!strcmp(how, "madvise")) {
		if (madvise(map_pages(nr_pages), bytes, MADV_POPULATE_WRITE))
			err(2, "madvise");
	} else if (!strcmp(how, "direct")) {
		read_file(argc > 3 ? argv[3] : "", O_DIRECT, map_pages(nr_pages), bytes);
	} else {
		read_file("/dev/zero", 0, map_pages(nr_pages), bytes);
	}
	return 0;
}
