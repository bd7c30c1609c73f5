// SPDX-License-Identifier: MIT
/*
 * item_blocks NR_FAULTS [NR_THREADS [BLOCK_MIB]]: threads that each get a block for every work
 * item, clear it, and give it back, as a compressor does that makes its context anew; some
 * NR_FAULTS page faults in all. Prints the nanoseconds that the work took.
 */
#include <pthread.h>

#include "program.h"

static long block_bytes, items_per_thread;

FRAME char *context_create(void)
{
	char *block =
		mmap(NULL, block_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (block == MAP_FAILED)
		err(1, "mmap");
	madvise(block, block_bytes, MADV_NOHUGEPAGE);
	return block;
}

FRAME void context_destroy(char *block)
{
	munmap(block, block_bytes);
}

FRAME void encode_item(void)
{
	char *block = context_create();

	memset(block, 0, block_bytes);
	context_destroy(block);
}

static void *run_worker(void *unused)
{
	(void)unused;
	for (long i = 0; i < items_per_thread; i++)
		encode_item();
	return NULL;
}

int main(int argc, char **argv)
{
	long nr_faults = number_argument(argc, argv, 1, 20000000);
	long nr_threads = number_argument(argc, argv, 2, 6), begin = clock_ns();
	pthread_t *threads = calloc(nr_threads + 1, sizeof *threads);

	block_bytes = number_argument(argc, argv, 3, 12) << 20;
	items_per_thread = nr_faults / (block_bytes / (long)PAGE_BYTES) / nr_threads;
	for (long i = 0; i < nr_threads; i++)
		if (pthread_create(&threads[i], NULL, run_worker, NULL))
			errx(1, "pthread_create");
	for (long i = 0; i < nr_threads; i++)
		pthread_join(threads[i], NULL);
	printf("%ld\n", clock_ns() - begin);
	return 0;
}
