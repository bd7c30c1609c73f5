// SPDX-License-Identifier: MIT
/* threads N M: N threads at a time, each with M calls of getppid. */
#include <pthread.h>

#include "program.h"

static void *run(void *nr_calls)
{
	for (long i = 0; i < (long)nr_calls; i++)
		syscall(SYS_getppid);
	return NULL;
}

int main(int argc, char **argv)
{
	long nr_threads = number_argument(argc, argv, 1, 50);
	long nr_calls = number_argument(argc, argv, 2, 1000);
	pthread_t *threads = calloc(nr_threads + 1, sizeof *threads);

	for (long i = 0; i < nr_threads; i++)
		if (pthread_create(&threads[i], NULL, run, (void *)nr_calls))
			errx(1, "pthread_create");
	for (long i = 0; i < nr_threads; i++)
		pthread_join(threads[i], NULL);
	free(threads);
	return 0;
}
