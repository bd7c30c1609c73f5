// SPDX-License-Identifier: MIT
/*
 * alloc_patterns MODE N: N times one habit of using memory that costs page faults, or that does
 * not although it looks like one.
 */
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/wait.h>
#include <zlib.h>
#include <zstd.h>

#include "program.h"

#define KIB 1024UL
#define MIB (1024 * KIB)

static void touch(char *block, size_t bytes)
{
	write_pages(block, bytes / PAGE_BYTES, 1);
}

/* ---- malloc and free ---- */

FRAME void work_on_small_blocks(size_t bytes, int nr_blocks)
{
	char *blocks[64];

	for (int i = 0; i < nr_blocks; i++) {
		blocks[i] = malloc(bytes);
		touch(blocks[i], bytes);
	}
	for (int i = nr_blocks; i--;)
		free(blocks[i]);
}

FRAME void work_on_block(size_t bytes)
{
	char *block = malloc(bytes);

	touch(block, bytes);
	free(block);
}

/* Blocks below the mmap threshold, on top of the heap, which free gives back each time. */
static void trim_heap(long n)
{
	for (long i = 0; i < n; i++)
		work_on_small_blocks(100 * KIB, 10);
}

static void malloc_1_mib(long n)
{
	for (long i = 0; i < n; i++)
		work_on_block(MIB);
}

static void malloc_40_mib(long n)
{
	for (long i = 0; i < n; i++)
		work_on_block(40 * MIB);
}

static void malloc_80_mib(long n)
{
	for (long i = 0; i < n; i++)
		work_on_block(80 * MIB);
}

static void *arg_of(long n)
{
	return (void *)n;
}

static void *trim_heap_body(void *n)
{
	trim_heap((long)n);
	return NULL;
}

static void *malloc_1_mib_body(void *n)
{
	malloc_1_mib((long)n);
	return NULL;
}

static void *malloc_40_mib_body(void *n)
{
	malloc_40_mib((long)n);
	return NULL;
}

static void *malloc_80_mib_body(void *n)
{
	malloc_80_mib((long)n);
	return NULL;
}

static void in_thread(void *(*body)(void *), long n)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, body, arg_of(n)))
		errx(1, "pthread_create");
	pthread_join(thread, NULL);
}

static void trim_arena(long n)
{
	in_thread(trim_heap_body, n);
}

static void thread_1_mib(long n)
{
	in_thread(malloc_1_mib_body, n);
}

static void thread_40_mib(long n)
{
	in_thread(malloc_40_mib_body, n);
}

static void thread_80_mib(long n)
{
	in_thread(malloc_80_mib_body, n);
}

/* ---- Contexts ---- */

FRAME void compress_zlib(const unsigned char *in, size_t bytes)
{
	static unsigned char out[128 * KIB];
	z_stream stream = {.next_in = (unsigned char *)in, .avail_in = bytes};

	deflateInit(&stream, 6);
	stream.next_out = out;
	stream.avail_out = sizeof out;
	deflate(&stream, Z_FINISH);
	deflateEnd(&stream);
}

FRAME void compress_zstd(const unsigned char *in, size_t bytes)
{
	static unsigned char out[128 * KIB];
	ZSTD_CCtx *context = ZSTD_createCCtx();

	ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 19);
	ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 21);
	ZSTD_compress2(context, out, sizeof out, in, bytes);
	ZSTD_freeCCtx(context);
}

static void zlib_contexts(long n)
{
	static unsigned char in[64 * KIB];

	for (long i = 0; i < n; i++)
		compress_zlib(in, sizeof in);
}

static void zstd_contexts(long n)
{
	static unsigned char in[64 * KIB];

	for (long i = 0; i < n; i++)
		compress_zstd(in, sizeof in);
}

/* ---- Copies, reads, forks ---- */

FRAME char *grow(char *old, size_t bytes)
{
	char *new = malloc(2 * bytes);

	memcpy(new, old, bytes);
	free(old);
	return new;
}

/* N: up to so many MiB, by doubling. */
static void grow_by_copy(long n)
{
	size_t bytes = 256 * KIB;
	char *block = malloc(bytes);

	touch(block, bytes);
	for (; bytes < n * MIB; bytes *= 2) {
		block = grow(block, bytes);
		touch(block + bytes, bytes);
	}
	free(block);
}

FRAME void read_item(int fd, size_t bytes)
{
	char *buffer = map_pages(bytes / PAGE_BYTES);

	if (read(fd, buffer, bytes) != (ssize_t)bytes)
		err(1, "read");
	munmap(buffer, bytes);
}

static void read_fresh(long n)
{
	int fd = open("/dev/zero", O_RDONLY);

	for (long i = 0; i < n; i++)
		read_item(fd, MIB);
	close(fd);
}

FRAME void change_state(char *state, size_t bytes)
{
	touch(state, bytes);
}

/* A child that looks at a snapshot of the state while the parent goes on writing to it. */
static void snapshot(long n)
{
	char *state = map_pages(64 * MIB / PAGE_BYTES), go;
	int gate[2];

	touch(state, 64 * MIB);
	for (long i = 0; i < n; i++) {
		if (pipe(gate))
			err(1, "pipe");
		if (!fork()) {
			close(gate[1]);
			_exit(read(gate[0], &go, 1));
		}
		change_state(state, 64 * MIB);
		close(gate[0]);
		close(gate[1]);
		wait(NULL);
	}
	munmap(state, 64 * MIB);
}

/* ---- No harm ---- */

FRAME void work_on_sparse_block(void)
{
	char *block = calloc(40, MIB);

	for (int i = 0; i < 4; i++)
		((volatile char *)block)[i * 10 * MIB] = 1;
	free(block);
}

static void sparse(long n)
{
	for (long i = 0; i < n; i++)
		work_on_sparse_block();
}

FRAME void fill(char *block, size_t bytes)
{
	touch(block, bytes);
}

static void one_pass(long n)
{
	char *block = malloc(n * MIB);

	fill(block, n * MIB);
	free(block);
}

/* One block, made once, for all items. */
static void reuse(long n)
{
	char *block = malloc(12 * MIB);

	for (long i = 0; i < n; i++)
		fill(block, 12 * MIB);
	free(block);
}

static const struct {
	const char *name;
	void (*run)(long n);
} modes[] = {
	{"trim_heap", trim_heap},         {"trim_arena", trim_arena},
	{"malloc_1_mib", malloc_1_mib},   {"malloc_40_mib", malloc_40_mib},
	{"malloc_80_mib", malloc_80_mib}, {"thread_1_mib", thread_1_mib},
	{"thread_40_mib", thread_40_mib}, {"thread_80_mib", thread_80_mib},
	{"zlib_contexts", zlib_contexts}, {"zstd_contexts", zstd_contexts},
	{"grow_by_copy", grow_by_copy},   {"read_fresh", read_fresh},
	{"snapshot", snapshot},           {"sparse", sparse},
	{"one_pass", one_pass},           {"reuse", reuse},
};

int main(int argc, char **argv)
{
	long n = number_argument(argc, argv, 2, 100);

	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		if (argc > 1 && !strcmp(argv[1], modes[i].name)) {
			modes[i].run(n);
			return 0;
		}
	}
	errx(2, "usage: alloc_patterns MODE N");
}
