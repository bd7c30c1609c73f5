// SPDX-License-Identifier: MIT
// Fills fresh mappings; with -DPOPULATED the kernel brings their pages in beforehand.
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>

#ifdef POPULATED
#define HOW (MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE)
#else
#define HOW (MAP_PRIVATE | MAP_ANONYMOUS)
#endif

enum { SIZE = 8 << 20 };

int main(void)
{
	for (int i = 0; i < 5; i++) {
		char *room = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, HOW, -1, 0);

		memset(room, i, SIZE);
		munmap(room, SIZE);
	}
	return 0;
}
