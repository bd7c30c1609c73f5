// SPDX-License-Identifier: MIT
/*
 * map_threads NR_THREADS NR_ROUNDS: threads that all map this program's code anew at the same time,
 * touch a fresh page by a function in the new mapping, and unmap it, in every round.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>

#include "program.h"

extern char __executable_start[]; /* the linker's */

static long nr_rounds;
static int file;

FRAME void touch_one(volatile char *page)
{
	*page = 1;
}

/* The file's page of the function, and the next, in which it may end. */
static void touch_by_mapping(char *page)
{
	uintptr_t offset = (uintptr_t)touch_one - (uintptr_t)__executable_start;
	uintptr_t start = offset & ~(PAGE_BYTES - 1);
	char *code = mmap(NULL, 2 * PAGE_BYTES, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, start);

	if (code == MAP_FAILED)
		err(1, "mmap");
	((void (*)(volatile char *))(uintptr_t)(code + (offset - start)))(page);
	munmap(code, 2 * PAGE_BYTES);
}

static void *map_rounds(void *unused)
{
	char *pages = map_pages(nr_rounds);

	(void)unused;
	for (long i = 0; i < nr_rounds; i++)
		touch_by_mapping(pages + i * PAGE_BYTES);
	return NULL;
}

int main(int argc, char **argv)
{
	long nr_threads = number_argument(argc, argv, 1, 4);
	pthread_t *threads = calloc(nr_threads + 1, sizeof *threads);

	nr_rounds = number_argument(argc, argv, 2, 1000);
	file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	for (long i = 0; i < nr_threads; i++)
		if (pthread_create(&threads[i], NULL, map_rounds, NULL))
			errx(1, "pthread_create");
	for (long i = 0; i < nr_threads; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
