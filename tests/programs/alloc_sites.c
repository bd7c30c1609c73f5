// SPDX-License-Identifier: MIT
/*
 * Blocks of malloc and its like, by functions of known numbers, in the way that the arguments name:
 *
 *   sites      one function for each function of the allocator
 *   resize     chains of realloc()
 *   touch      large blocks, touched in part
 *   threads N  N threads make 100 blocks each, which the main thread frees
 *   fork       a child frees its copies of what the parent made, and makes its own
 *   kept N     N blocks of 100 bytes are never freed
 *   fail       too much is asked for
 */
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/wait.h>

#include "program.h"

static void *volatile sink;

/* So that no compiler leaves a pair of malloc and free out. */
static void *seen(void *block)
{
	sink = block;
	return sink;
}

/* ---- sites ---- */

FRAME static void by_malloc(void)
{
	for (int i = 0; i < 10; i++)
		free(seen(malloc(100)));
}

FRAME static void by_calloc(void)
{
	for (int i = 0; i < 7; i++)
		free(seen(calloc(3, 50)));
}

FRAME static void by_aligned(void)
{
	void *block = NULL;

	for (int i = 0; i < 3; i++) {
		if (posix_memalign(&block, 64, 200))
			err(1, "posix_memalign");
		free(seen(block));
	}
}

FRAME static void by_others(void)
{
	free(seen(aligned_alloc(64, 128)));
	free(seen(memalign(32, 320)));
	free(seen(reallocarray(NULL, 5, 60)));
	free(seen(strdup("twelve bytes")));
	free(NULL);
}

/* Two sites in one function. */
FRAME static void by_two(void)
{
	void *first = seen(malloc(1000));
	void *second = seen(malloc(2000));

	free(first);
	free(second);
}

static void sites(void)
{
	by_malloc();
	by_calloc();
	by_aligned();
	by_others();
	by_two();
}

/* ---- resize ---- */

FRAME static void grow(void)
{
	char *block = NULL;

	for (int i = 1; i <= 64; i++)
		block = seen(realloc(block, i * 100)); /* 6,400 bytes, at last */
	free(block);
}

FRAME static void *make_to_shrink(void)
{
	return seen(malloc(5000));
}

FRAME static void shrink(void)
{
	free(seen(realloc(make_to_shrink(), 500)));
}

FRAME static void grow_mapped(void)
{
	char *block = malloc(1 << 20);

	for (int i = 2; i <= 8; i++)
		block = seen(realloc(block, (size_t)i << 20)); /* by mremap */
	free(block);
}

static void resize(void)
{
	grow();
	shrink();
	grow_mapped();
	seen(realloc(malloc(10), 0));
}

/* ---- touch ---- */

/* 100 whole pages, of which every second one is touched. */
FRAME static void touch_half(void)
{
	char *block = seen(malloc(1 << 20));
	char *page = (char *)(((uintptr_t)block + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1));

	for (int i = 1; i < 100; i += 2) /* the header is in the page before the first */
		((volatile char *)page)[i * PAGE_BYTES] = 1;
	free(block);
}

FRAME static void touch_none(void)
{
	for (int i = 0; i < 5; i++)
		free(seen(calloc(1, 1 << 20)));
}

FRAME static void touch_all(void)
{
	char *block = seen(malloc(1 << 20));

	memset(block, 1, 1 << 20);
	free(block);
}

/* The second one lies where the first one was: its pages are there already. */
FRAME static void touch_recycled(void)
{
	char *block = seen(malloc(60000));

	memset(block, 1, 60000);
	free(block);
	free(seen(malloc(60000)));
}

static void touch(void)
{
	mallopt(M_MMAP_THRESHOLD, 1 << 18); /* and so it stays */
	touch_half();
	touch_none();
	touch_all();
	touch_recycled();
}

/* ---- threads ---- */

FRAME static void *make_in_thread(void *blocks)
{
	for (int i = 0; i < 100; i++)
		((void **)blocks)[i] = seen(malloc(48));
	return NULL;
}

static void threads(long nr)
{
	pthread_t ids[64];
	static void *blocks[64][100];

	for (long i = 0; i < nr; i++)
		pthread_create(&ids[i], NULL, make_in_thread, blocks[i]);
	for (long i = 0; i < nr; i++) {
		pthread_join(ids[i], NULL);
		for (int b = 0; b < 100; b++)
			free(blocks[i][b]);
	}
}

/* ---- fork ---- */

FRAME static void *make_before_fork(void)
{
	return seen(malloc(333));
}

FRAME static void make_in_child(void)
{
	for (int i = 0; i < 4; i++)
		free(seen(malloc(77)));
}

static void fork_once(void)
{
	void *blocks[5];
	pid_t child;

	for (int i = 0; i < 5; i++)
		blocks[i] = make_before_fork();
	child = fork();
	if (child == 0)
		make_in_child();
	for (int i = 0; i < 5; i++)
		free(blocks[i]);
	if (child == 0)
		_exit(0);
	waitpid(child, NULL, 0);
}

/* ---- kept, fail ---- */

FRAME static void keep(long nr)
{
	for (long i = 0; i < nr; i++)
		seen(malloc(100));
}

FRAME static void fail(void)
{
	for (int i = 0; i < 3; i++)
		seen(malloc(SIZE_MAX / 4));
}

int main(int argc, char **argv)
{
	const char *way = argc > 1 ? argv[1] : "sites";

	if (!strcmp(way, "sites"))
		sites();
	else if (!strcmp(way, "resize"))
		resize();
	else if (!strcmp(way, "touch"))
		touch();
	else if (!strcmp(way, "threads"))
		threads(number_argument(argc, argv, 2, 4));
	else if (!strcmp(way, "fork"))
		fork_once();
	else if (!strcmp(way, "kept"))
		keep(number_argument(argc, argv, 2, 10));
	else if (!strcmp(way, "fail"))
		fail();
	else
		errx(2, "no such way: %s", way);
	return 0;
}
