// SPDX-License-Identifier: MIT
/*
 * jit_calls MODE N: page faults in touch(), below code that is made at run time.
 *
 *     calls N       N faults: main run jit_outer jit_inner touch
 *     store N       N faults in jit_store itself: main fill jit_store
 *     traps         a fault in a signal handler each that interrupts jit_at_push, jit_at_move and
 *                   jit_at_return where they have no frame of their own
 *     unmapped N    as calls, without a map for perf
 *     foreign N     as calls, with a map of another user
 *     stale N       as calls, with a map that is older than this process
 *     removed N     as calls, with a map that is removed at the end
 *
 * The map, /tmp/perf-PID.map, has what maps have in real life: lines that are no lines, functions
 * that were replaced by others, names with spaces. Built with optimization and without frame
 * pointers; the code made here keeps them.
 */
#include "program.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#define CALLED __attribute__((noinline, noclone, noipa))

typedef void (*code_function)(void *);

struct code {
	uint8_t *bytes;
	size_t size;
	FILE *map;
	char map_path[64];
};

static CALLED void touch(void *nr_pages)
{
	volatile char *pages = map_pages((intptr_t)nr_pages);

	for (long i = 0; i < (intptr_t)nr_pages; i++)
		pages[i * PAGE_BYTES] = 1;
	asm volatile("" ::: "memory");
}

/* Appends a function to the code, aligned, and tells the map. */
static code_function make(struct code *code, const char *name, const void *bytes, size_t size)
{
	uint8_t *start = code->bytes + code->size;

	memcpy(start, bytes, size);
	code->size += (size + 15) & ~15UL;
	if (code->map)
		fprintf(code->map, "%lx %zx %s\n", (unsigned long)start, size, name);
	return (code_function)(uintptr_t)start;
}

/* push %rbp; mov %rsp,%rbp; movabs $called,%rax; call *%rax; pop %rbp; ret */
static code_function make_call(struct code *code, const char *name, code_function called)
{
	uint8_t bytes[] = {0x55, 0x48, 0x89, 0xe5, 0x48, 0xb8, 0,    0,    0,
			   0,    0,    0,    0,    0,    0xff, 0xd0, 0x5d, 0xc3};
	uintptr_t address = (uintptr_t)called;

	memcpy(bytes + 6, &address, sizeof address);
	return make(code, name, bytes, sizeof bytes);
}

static CALLED void run(code_function function, long nr_pages)
{
	char room[200];

	asm volatile("" ::"r"(room) : "memory");
	function((void *)nr_pages);
	asm volatile("" ::"r"(room) : "memory");
}

static CALLED void fill(code_function store, long nr_pages)
{
	char *pages = map_pages(nr_pages);

	for (long i = 0; i < nr_pages; i++)
		store(pages + i * PAGE_BYTES);
	asm volatile("" ::: "memory");
}

static CALLED void handle(int number)
{
	(void)number;
	touch((void *)1);
	asm volatile("" ::: "memory");
}

/* The one-byte instruction behind which the signal comes is the first, the second, the last but
 * one. rbp has no frame's address meanwhile, to lead astray whoever believes in it. */
static CALLED void traps(struct code *code)
{
	static const uint8_t at_push[] = {0xcc, 0x55, 0x48, 0x89, 0xe5, 0x5d, 0xc3};
	static const uint8_t at_move[] = {0x55, 0xcc, 0x48, 0x89, 0xe5, 0x5d, 0xc3};
	static const uint8_t at_return[] = {0x55, 0x48, 0x89, 0xe5, 0x5d, 0xcc, 0xc3};

	signal(SIGTRAP, handle);
	run(make(code, "jit_at_push", at_push, sizeof at_push), 0);
	run(make(code, "jit_at_move", at_move, sizeof at_move), 0);
	run(make(code, "jit_at_return", at_return, sizeof at_return), 0);
	asm volatile("" ::: "memory");
}

static void code_init(struct code *code, bool has_map)
{
	*code = (struct code){.bytes = mmap(NULL, 65536, PROT_READ | PROT_WRITE | PROT_EXEC,
					    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)};
	if (code->bytes == MAP_FAILED)
		err(1, "mmap");
	snprintf(code->map_path, sizeof code->map_path, "/tmp/perf-%d.map", getpid());
	if (!has_map)
		return;
	code->map = fopen(code->map_path, "w");
	if (!code->map)
		err(1, "%s", code->map_path);
	fprintf(code->map, "\nno line\n%lx\n%lx 10\n%lx 10 \n%lx 0 nothing\nxyz 10 name\n",
		(long)code->bytes, (long)code->bytes, (long)code->bytes, (long)code->bytes);
	fprintf(code->map, "%lx 10000 replaced\n%lx 8 replaced, too\n", (long)code->bytes,
		(long)code->bytes);
}

static void map_spoil(const struct code *code, const char *mode)
{
	static const struct timespec old[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};

	if (!code->map)
		return;
	fprintf(code->map, "ffffffffffffffff ffffffffffffffff nowhere\n%lx 10000 half a line",
		(long)code->bytes);
	fclose(code->map);
	if (!strcmp(mode, "foreign") && chown(code->map_path, 54321, 54321))
		err(1, "%s", code->map_path);
	if (!strcmp(mode, "stale") && utimensat(AT_FDCWD, code->map_path, old, 0))
		err(1, "%s", code->map_path);
}

int main(int argc, char **argv)
{
	/* push %rbp; mov %rsp,%rbp; movb $1,(%rdi); pop %rbp; ret */
	static const uint8_t store[] = {0x55, 0x48, 0x89, 0xe5, 0xc6, 0x07, 0x01, 0x5d, 0xc3};
	const char *mode = argc > 1 ? argv[1] : "";
	long nr_pages = number_argument(argc, argv, 2, 1);
	struct code code;

	code_init(&code, strcmp(mode, "unmapped") != 0);
	if (!strcmp(mode, "traps"))
		traps(&code);
	else if (!strcmp(mode, "store"))
		fill(make(&code, "jit_store", store, sizeof store), nr_pages);
	else
		run(make_call(&code, "jit_outer with spaces", make_call(&code, "jit_inner", touch)),
		    nr_pages);
	map_spoil(&code, mode);
	nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
	if (!strcmp(mode, "removed"))
		unlink(code.map_path);
	asm volatile("" ::: "memory");
	return 0;
}
