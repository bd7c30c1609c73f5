// SPDX-License-Identifier: MIT
/*
 * kernel_paths N: 2 * N reads of a page each into fresh memory, by one call of one function, in
 * turn from /dev/zero and from a pipe: the same stack of the program leads to two paths in the
 * kernel.
 */
#include <fcntl.h>

#include "program.h"

FRAME void read_page(int file, char *page)
{
	if (read(file, page, PAGE_BYTES) != PAGE_BYTES)
		err(2, "read");
}

int main(int argc, char **argv)
{
	long nr_rounds = number_argument(argc, argv, 1, 100);
	char *pages = map_pages(2 * nr_rounds), full[PAGE_BYTES] = {0};
	int files[2] = {open("/dev/zero", O_RDONLY)}, pipe_ends[2];

	if (files[0] < 0 || pipe(pipe_ends))
		err(2, "open");
	files[1] = pipe_ends[0];
	for (long i = 0; i < 2 * nr_rounds; i++) {
		if (i % 2 && write(pipe_ends[1], full, sizeof full) != sizeof full)
			err(2, "write");
		read_page(files[i % 2], pages + i * PAGE_BYTES);
	}
	return 0;
}
