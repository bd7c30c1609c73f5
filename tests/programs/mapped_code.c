// SPDX-License-Identifier: MIT
/*
 * mapped_code MODE [N]: calls code at places where it was mapped, moved, cut and covered by hand.
 *
 * The code is page_0() to page_3(), each of which fills a page of this very file, so that any of
 * the pages can lie anywhere. Each call makes one page fault, in touch().
 */
#include "program.h"

#include <elf.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>

#define CALLED   __attribute__((noinline, noclone, noipa))
#define NR_PAGES 4

typedef void call_page(void (*)(void));

/* Alone on its page, with a frame that only the call-frame information tells of. */
#define PAGE(name)                                                                                 \
	static CALLED __attribute__((used, aligned(4096))) void name(void (*call)(void))           \
	{                                                                                          \
		call();                                                                            \
		asm volatile("" ::: "memory");                                                     \
	}

PAGE(page_0)
PAGE(page_1)
PAGE(page_2)
PAGE(page_3)

/* Nothing else lies behind the last one on its page, but for padding. */
static CALLED __attribute__((aligned(4096))) void touch(void)
{
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*(volatile char *)page = 1;
	munmap(page, 4096);
}

extern const Elf64_Ehdr __ehdr_start;

/* Where in the file page_0() begins. */
static off_t code_offset(void)
{
	const Elf64_Phdr *segment =
		(const void *)((const char *)&__ehdr_start + __ehdr_start.e_phoff);
	Elf64_Addr address = (char *)page_0 - (char *)&__ehdr_start;

	if ((char *)page_3 - (char *)page_0 != 3 * 4096)
		errx(1, "the pages are not in order");
	for (int i = 0; i < __ehdr_start.e_phnum; i++, segment++)
		if (segment->p_type == PT_LOAD && address - segment->p_vaddr < segment->p_filesz)
			return address - segment->p_vaddr + segment->p_offset;
	errx(1, "there is no segment of code");
}

static int open_self(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		err(1, "/proc/self/exe");
	return fd;
}

/* Room for twice the pages, at whose end is nothing. */
static char *reserve(void)
{
	char *at = mmap(NULL, 2 * NR_PAGES * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		err(1, "mmap");
	return at;
}

/* Puts `count` of the pages from `first` on at an address. */
static char *map_code(char *at, int first, int count)
{
	int fd = open_self();

	if (mmap(at, count * 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd,
		 code_offset() + first * 4096) == MAP_FAILED)
		err(1, "mmap");
	close(fd);
	return at;
}

static CALLED void call_at(char *base, int place)
{
	((call_page *)(base + place * 4096))(touch);
	asm volatile("" ::: "memory");
}

static CALLED void call_all(char *base)
{
	for (int place = 0; place < NR_PAGES; place++)
		call_at(base, place);
}

static char *remap(char *from, int pages, int new_pages, int flags, char *to)
{
	char *at = mremap(from, pages * 4096L, new_pages * 4096L, flags, to);

	if (at == MAP_FAILED)
		err(1, "mremap");
	return at;
}

static void move(void)
{
	char *from = map_code(reserve(), 0, NR_PAGES);

	call_all(remap(from, NR_PAGES, NR_PAGES, MREMAP_MAYMOVE | MREMAP_FIXED, reserve()));
}

/* Behind what is left comes other code. */
static void shrink(void)
{
	char *code = map_code(reserve(), 0, NR_PAGES);

	remap(code, NR_PAGES, 2, 0, NULL);
	call_at(code, 0);
	call_at(code, 1);
	map_code(code + 2 * 4096, 0, 1);
	call_at(code, 2);
}

static void grow(void)
{
	char *code = map_code(reserve(), 0, 2);

	call_all(remap(code, 2, NR_PAGES, MREMAP_MAYMOVE | MREMAP_FIXED, reserve()));
}

/* The first two pages become the last two. */
static void move_over(void)
{
	char *code = map_code(reserve(), 0, NR_PAGES), *other = map_code(reserve(), 2, 2);

	call_all(remap(other, 2, 2, MREMAP_MAYMOVE | MREMAP_FIXED, code));
}

static void move_and_stay(void)
{
	char *code = map_code(reserve(), 0, NR_PAGES);

	call_all(remap(code, NR_PAGES, NR_PAGES, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL));
	call_all(code);
}

/* An old size of nothing: the memory is there twice. */
static void duplicate(void)
{
	int fd = open_self();
	char *code =
		mmap(NULL, NR_PAGES * 4096, PROT_READ | PROT_EXEC, MAP_SHARED, fd, code_offset());

	call_all(remap(code, 0, NR_PAGES, MREMAP_MAYMOVE, NULL));
	call_all(code);
}

static void cover(void)
{
	char *code = map_code(reserve(), 0, NR_PAGES);

	map_code(code + 2 * 4096, 0, 1);
	call_all(code);
}

static void cut(void)
{
	char *code = map_code(reserve(), 0, NR_PAGES);

	munmap(code + 4096, 4096);
	call_at(code, 0);
	call_at(code, 2);
	call_at(code, 3);
	map_code(code + 4096, 3, 1);
	call_all(code);
}

static void protect(void)
{
	char *code = map_code(reserve(), 0, NR_PAGES);

	mprotect(code + 4096, 2 * 4096, PROT_READ);
	call_at(code, 0);
	call_at(code, 3);
	mprotect(code + 4096, 2 * 4096, PROT_READ | PROT_EXEC);
	call_all(code);
	mprotect(code, NR_PAGES * 4096, PROT_NONE);
	mprotect(code, 4096, PROT_READ | PROT_EXEC);
	call_at(code, 0);
}

static void twice(void)
{
	char *one = map_code(reserve(), 0, NR_PAGES), *other = map_code(reserve(), 1, 3);

	call_all(one);
	call_at(other, 0);
	call_at(other, 1);
	call_at(other, 2);
}

/* As a loader that is in doubt does it: first all of the file, then each page on its own. */
static void piecewise(void)
{
	char *code = map_code(reserve(), 0, NR_PAGES);

	for (int place = 0; place < NR_PAGES; place++)
		map_code(code + place * 4096, NR_PAGES - 1 - place, 1);
	call_all(code);
}

/* Other code at the same place each time, with the same calls from the same frames. */
static void change(long times)
{
	char *code = reserve();

	for (long i = 0; i < times; i++) {
		map_code(code, i % NR_PAGES, 1);
		call_at(code, 0);
	}
}

static void toggle(long times)
{
	char *code = map_code(reserve(), 0, NR_PAGES);

	for (long i = 0; i < times; i++) {
		mprotect(code, NR_PAGES * 4096, PROT_READ | PROT_WRITE);
		mprotect(code, NR_PAGES * 4096, PROT_READ | PROT_EXEC);
	}
	call_all(code);
}

static void map_and_call(long times)
{
	for (long i = 0; i < times; i++) {
		char *code = map_code(reserve(), 0, NR_PAGES);

		call_all(code);
		munmap(code, 2 * NR_PAGES * 4096);
	}
}

static CALLED void *thread_main(void *times)
{
	map_and_call((long)times);
	asm volatile("" ::: "memory");
	return NULL;
}

static void start_threads(long times, pthread_t *threads, int count)
{
	for (int i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, thread_main, (void *)times))
			errx(1, "pthread_create");
}

static void join_threads(pthread_t *threads, int count)
{
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
}

static void in_threads(long times)
{
	pthread_t threads[4];

	start_threads(times, threads, 4);
	join_threads(threads, 4);
}

static void await(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		errx(1, "a child failed");
}

/* What the child changes is not what its parent has. */
static void forked(void)
{
	char *code = map_code(reserve(), 0, NR_PAGES);
	pid_t pid = fork();

	if (pid == 0) {
		call_all(code);
		map_code(code, 3, 1);
		call_at(code, 0);
		_exit(0);
	}
	await(pid);
	call_all(code);
}

/* Children are made while others map. What the child has is as of its birth. */
static void forked_among_threads(long times)
{
	char *code = map_code(reserve(), 0, NR_PAGES);
	pthread_t threads[2];

	start_threads(times, threads, 2);
	for (long i = 0; i < times; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			call_at(code, 0);
			_exit(0);
		}
		await(pid);
	}
	join_threads(threads, 2);
}

/* The memory is shared: what the child maps is its parent's, too. */
static void vforked(void)
{
	char *code = reserve();
	pid_t pid = vfork();

	if (pid == 0) {
		map_code(code, 0, NR_PAGES);
		call_at(code, 1);
		_exit(0);
	}
	await(pid);
	call_at(code, 2);
}

static char *own_path;

static CALLED void *exec_thread(void *unused)
{
	execl(own_path, own_path, "move", NULL);
	err(1, "%s", own_path);
	return unused;
}

static void exec_in_thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, exec_thread, NULL))
		errx(1, "pthread_create");
	pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
		void (*repeat)(long times);
	} modes[] = {
		{"move", .run = move},
		{"shrink", .run = shrink},
		{"grow", .run = grow},
		{"move_over", .run = move_over},
		{"move_and_stay", .run = move_and_stay},
		{"duplicate", .run = duplicate},
		{"cover", .run = cover},
		{"cut", .run = cut},
		{"protect", .run = protect},
		{"twice", .run = twice},
		{"piecewise", .run = piecewise},
		{"forked", .run = forked},
		{"vforked", .run = vforked},
		{"exec_in_thread", .run = exec_in_thread},
		{"change", .repeat = change},
		{"toggle", .repeat = toggle},
		{"in_threads", .repeat = in_threads},
		{"forked_among_threads", .repeat = forked_among_threads},
	};
	const char *mode = argc > 1 ? argv[1] : "";

	own_path = argv[0];
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		if (strcmp(mode, modes[i].name))
			continue;
		if (modes[i].run)
			modes[i].run();
		else
			modes[i].repeat(number_argument(argc, argv, 2, 100));
		return 0;
	}
	return 2;
}
