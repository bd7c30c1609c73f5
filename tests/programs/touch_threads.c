// SPDX-License-Identifier: MIT
/* touch_threads N M: N threads at the same time, each of which writes M fresh pages. */
#include <pthread.h>

#include "program.h"

static long nr_pages;
static pthread_barrier_t all_ready;

static FRAME void touch_own(char *pages)
{
	write_pages(pages, nr_pages, 1);
	asm volatile("");
}

static void *run(void *unused)
{
	char *pages = map_pages(nr_pages);

	pthread_barrier_wait(&all_ready);
	touch_own(pages);
	return unused;
}

int main(int argc, char **argv)
{
	long nr_threads = number_argument(argc, argv, 1, 4);
	pthread_t *threads = calloc(nr_threads, sizeof *threads);

	nr_pages = number_argument(argc, argv, 2, 1000);
	pthread_barrier_init(&all_ready, NULL, nr_threads);
	for (long i = 0; i < nr_threads; i++)
		if (pthread_create(&threads[i], NULL, run, NULL))
			errx(1, "pthread_create");
	for (long i = 0; i < nr_threads; i++)
		pthread_join(threads[i], NULL);
	free(threads);
	return 0;
}
