// SPDX-License-Identifier: MIT
/*
 * fault_classes HOW N [FILE]: N page faults of one class, in touch(); what made the memory is
 * make(), and what gave it back give_back(), so that those who report can be asked for the names.
 */
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/shm.h>
#include <sys/wait.h>

#include "program.h"

#define HUGE_BYTES (2UL << 20)

static long nr_pages;
static const char *path;

static void check(int failed, const char *what)
{
	if (failed)
		err(1, "%s", what);
}

/* ---- Those who are named ---- */

static FRAME void touch(char *pages, long nr)
{
	for (long i = 0; i < nr; i++)
		((volatile char *)pages)[i * PAGE_BYTES] = 1;
	asm volatile("");
}

static FRAME void look(const char *pages, long nr)
{
	for (long i = 0; i < nr; i++)
		(void)((volatile const char *)pages)[i * PAGE_BYTES];
	asm volatile("");
}

static FRAME char *make(void *at, long nr, int flags)
{
	int fixed = at ? MAP_FIXED : 0;
	char *pages = mmap(at, nr * PAGE_BYTES, PROT_READ | PROT_WRITE,
			   MAP_ANONYMOUS | flags | fixed, -1, 0);

	check(pages == MAP_FAILED, "mmap");
	return pages;
}

static FRAME void give_back(char *pages, long nr)
{
	check(munmap(pages, nr * PAGE_BYTES), "munmap");
}

static FRAME void give_back_pages(char *pages, long nr)
{
	check(madvise(pages, nr * PAGE_BYTES, MADV_DONTNEED), "madvise");
}

static FRAME void give_back_tail(char *pages, long from, long to)
{
	check(mremap(pages, from * PAGE_BYTES, to * PAGE_BYTES, 0) != pages, "mremap");
}

static FRAME void give_back_heap(long nr)
{
	check(sbrk(-nr * (long)PAGE_BYTES) == (void *)-1, "sbrk");
}

/* Free space above, so that what is given back is not merged, and what is made finds its place. */
static FRAME char *reserve(long nr)
{
	char *pages = mmap(NULL, nr * PAGE_BYTES, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	check(pages == MAP_FAILED, "mmap");
	return pages;
}

static char *make_small(long nr)
{
	char *pages = make(NULL, nr, MAP_PRIVATE);

	madvise(pages, nr * PAGE_BYTES, MADV_NOHUGEPAGE);
	return pages;
}

static FRAME char *make_heap(long nr)
{
	char *end = sbrk(0);
	long rest = -(long)end & (PAGE_BYTES - 1);

	check(sbrk(rest + nr * PAGE_BYTES) == (void *)-1, "sbrk");
	return end + rest;
}

static FRAME char *map_file(int flags, int prot)
{
	int fd = open(path, O_RDWR);
	char *pages;

	check(fd < 0, path);
	pages = mmap(NULL, nr_pages * PAGE_BYTES, prot, flags, fd, 0);
	check(pages == MAP_FAILED, "mmap");
	close(fd);
	return pages;
}

static void in_child(void (*what)(char *), char *pages)
{
	pid_t child = fork();

	check(child < 0, "fork");
	if (!child) {
		what(pages);
		_exit(0);
	}
	check(waitpid(child, NULL, 0) != child, "waitpid");
}

/* ---- Classes ---- */

static void first_write(void)
{
	touch(make_small(nr_pages), nr_pages);
}

static void first_read(void)
{
	look(make_small(nr_pages), nr_pages);
}

static void upgrade(void)
{
	char *pages = make_small(nr_pages);

	look(pages, nr_pages);
	touch(pages, nr_pages);
}

static void backwards(void)
{
	char *pages = make_small(nr_pages);

	for (long i = nr_pages; i-- > 0;)
		touch(pages + i * PAGE_BYTES, 1);
}

static void heap(void)
{
	touch(make_heap(nr_pages), nr_pages);
}

static void heap_cycle(void)
{
	touch(make_heap(nr_pages), nr_pages);
	give_back_heap(nr_pages);
	touch(make_heap(nr_pages), nr_pages);
}

static FRAME void go_down(long nr)
{
	volatile char page[PAGE_BYTES];

	page[0] = 1;
	if (nr > 1)
		go_down(nr - 1);
	page[1] = page[0];
}

static void stack(void)
{
	go_down(nr_pages);
}

static void *stack_of_thread(void *unused)
{
	go_down(nr_pages);
	return unused;
}

static void thread_stack(void)
{
	pthread_t thread;

	check(pthread_create(&thread, NULL, stack_of_thread, NULL), "pthread_create");
	pthread_join(thread, NULL);
}

static void *arena_of_thread(void *unused)
{
	char *pages;

	mallopt(M_MMAP_THRESHOLD, 1 << 30);
	pages = malloc(nr_pages * PAGE_BYTES);
	touch(pages, nr_pages);
	free(pages);
	return unused;
}

static void arena(void)
{
	pthread_t thread;

	check(pthread_create(&thread, NULL, arena_of_thread, NULL), "pthread_create");
	pthread_join(thread, NULL);
}

static void touch_all(char *pages)
{
	touch(pages, nr_pages);
}

static void cow_in_child(void)
{
	char *pages = make_small(nr_pages);

	write_pages(pages, nr_pages, 2);
	in_child(touch_all, pages);
}

static void wait_a_moment(char *pages)
{
	(void)pages;
	usleep(200000);
}

static void cow_in_parent(void)
{
	char *pages = make_small(nr_pages);
	pid_t child;

	write_pages(pages, nr_pages, 2);
	child = fork();
	check(child < 0, "fork");
	if (!child) {
		wait_a_moment(pages);
		_exit(0);
	}
	touch(pages, nr_pages);
	check(waitpid(child, NULL, 0) != child, "waitpid");
}

static void file_private(void)
{
	touch(map_file(MAP_PRIVATE, PROT_READ | PROT_WRITE), nr_pages);
}

static void file_private_read_first(void)
{
	char *pages = map_file(MAP_PRIVATE, PROT_READ | PROT_WRITE);

	look(pages, nr_pages);
	touch(pages, nr_pages);
}

static void file_shared(void)
{
	touch(map_file(MAP_SHARED, PROT_READ | PROT_WRITE), nr_pages);
}

static void file_read(void)
{
	look(map_file(MAP_PRIVATE, PROT_READ), nr_pages);
}

static void shared(void)
{
	touch(make(NULL, nr_pages, MAP_SHARED), nr_pages);
}

static FRAME char *attach(int id)
{
	char *pages = shmat(id, NULL, 0);

	check(pages == (void *)-1, "shmat");
	return pages;
}

static FRAME void detach(char *pages)
{
	check(shmdt(pages), "shmdt");
}

static void system_v(void)
{
	int id = shmget(IPC_PRIVATE, nr_pages * PAGE_BYTES, IPC_CREAT | 0600);
	char *pages;

	check(id < 0, "shmget");
	pages = attach(id);
	check(shmctl(id, IPC_RMID, NULL), "shmctl");
	touch(pages, nr_pages);
	detach(pages);
}

static void cycle(void)
{
	char *pages = make_small(nr_pages);

	touch(pages, nr_pages);
	give_back(pages, nr_pages);
	touch(make(pages, nr_pages, MAP_PRIVATE), nr_pages);
}

static void dontneed(void)
{
	char *pages = make_small(nr_pages);

	touch(pages, nr_pages);
	give_back_pages(pages, nr_pages);
	touch(pages, nr_pages);
}

static void shrink(void)
{
	char *pages = reserve(2 * nr_pages);

	pages = make(pages, 2 * nr_pages, MAP_PRIVATE);
	madvise(pages, 2 * nr_pages * PAGE_BYTES, MADV_NOHUGEPAGE);
	touch(pages, 2 * nr_pages);
	give_back_tail(pages, 2 * nr_pages, nr_pages);
	touch(make(pages + nr_pages * PAGE_BYTES, nr_pages, MAP_PRIVATE), nr_pages);
}

static void overlay(void)
{
	char *pages = make_small(2 * nr_pages);

	touch(pages, 2 * nr_pages);
	touch(make(pages, nr_pages, MAP_PRIVATE), 2 * nr_pages);
}

/* What moves stays what it is; only the part that is new is touched for the first time. */
static FRAME char *enlarge(char *pages, long from, long to)
{
	char *moved = mremap(pages, from * PAGE_BYTES, to * PAGE_BYTES, MREMAP_MAYMOVE);

	check(moved == MAP_FAILED, "mremap");
	return moved;
}

static void move(void)
{
	char *pages = make_small(3 * nr_pages), *moved;

	write_pages(pages, nr_pages, 2);
	make(pages + nr_pages * PAGE_BYTES, nr_pages, MAP_SHARED); /* it cannot grow in place */
	moved = enlarge(pages, nr_pages, 2 * nr_pages);
	touch(moved, 2 * nr_pages);
}

static FRAME void protect(char *pages, int prot)
{
	check(mprotect(pages, nr_pages * PAGE_BYTES, prot), "mprotect");
}

/* Pages that were written once stay writable: this is no fault at all. */
static void protection(void)
{
	char *pages = make_small(nr_pages);

	write_pages(pages, nr_pages, 2);
	protect(pages, PROT_READ);
	protect(pages, PROT_READ | PROT_WRITE);
	touch(pages, nr_pages);
}

/* The owner of what was reserved before is who made it usable. */
static FRAME void commit(char *pages)
{
	check(mprotect(pages, nr_pages * PAGE_BYTES, PROT_READ | PROT_WRITE), "mprotect");
}

static void reserved(void)
{
	char *pages = reserve(nr_pages);

	madvise(pages, nr_pages * PAGE_BYTES, MADV_NOHUGEPAGE);
	commit(pages);
	touch(pages, nr_pages);
}

static FRAME void read_into(char *pages)
{
	int fd = open("/dev/zero", O_RDONLY);

	check(read(fd, pages, nr_pages * PAGE_BYTES) != (ssize_t)(nr_pages * PAGE_BYTES), "read");
	close(fd);
}

static void kernel(void)
{
	read_into(make_small(nr_pages));
}

static FRAME char *make_huge(void)
{
	char *pages = make(NULL, (nr_pages + 1) * 512, MAP_PRIVATE);

	pages = (char *)(((unsigned long)pages + HUGE_BYTES - 1) & ~(HUGE_BYTES - 1));
	check(madvise(pages, nr_pages * HUGE_BYTES, MADV_HUGEPAGE), "madvise");
	return pages;
}

static FRAME void touch_huge(char *pages)
{
	for (long i = 0; i < nr_pages; i++)
		((volatile char *)pages)[i * HUGE_BYTES] = 1;
	asm volatile("");
}

static void huge(void)
{
	touch_huge(make_huge());
}

static void huge_cycle(void)
{
	char *pages = make_huge();

	touch_huge(pages);
	give_back_pages(pages, nr_pages * 512);
	touch_huge(pages);
}

/* A heap that malloc trims whenever it is freed: N pages touched, and again. */
static FRAME void work_on_item(void)
{
	char *pages = malloc(nr_pages * PAGE_BYTES);

	touch(pages, nr_pages);
	free(pages);
}

static void trim(void)
{
	mallopt(M_MMAP_THRESHOLD, 1 << 30);
	mallopt(M_TRIM_THRESHOLD, 4096);
	for (int i = 0; i < 10; i++)
		work_on_item();
}

/* Pages that the loader writes before the program begins. */
#define POINTERS_A_PAGE (PAGE_BYTES / sizeof(void *))
static const char target;
static const void *volatile pointers[64 * POINTERS_A_PAGE]
	__attribute__((aligned(4096))) = {[0 ... 64 * POINTERS_A_PAGE - 1] = &target};

static void relocation(void)
{
	check(pointers[nr_pages] != &target, "relocation");
}

static const struct {
	const char *name;
	void (*run)(void);
} classes[] = {
	{"first_write", first_write},
	{"first_read", first_read},
	{"upgrade", upgrade},
	{"backwards", backwards},
	{"heap", heap},
	{"heap_cycle", heap_cycle},
	{"stack", stack},
	{"thread_stack", thread_stack},
	{"arena", arena},
	{"cow_in_child", cow_in_child},
	{"cow_in_parent", cow_in_parent},
	{"file_private", file_private},
	{"file_private_read_first", file_private_read_first},
	{"file_shared", file_shared},
	{"file_read", file_read},
	{"shared", shared},
	{"system_v", system_v},
	{"cycle", cycle},
	{"dontneed", dontneed},
	{"shrink", shrink},
	{"overlay", overlay},
	{"move", move},
	{"protection", protection},
	{"reserved", reserved},
	{"kernel", kernel},
	{"huge", huge},
	{"huge_cycle", huge_cycle},
	{"trim", trim},
	{"relocation", relocation},
};

int main(int argc, char **argv)
{
	nr_pages = number_argument(argc, argv, 2, 100);
	path = argc > 3 ? argv[3] : NULL;
	for (size_t i = 0; argc > 1 && i < sizeof classes / sizeof *classes; i++) {
		if (strcmp(argv[1], classes[i].name))
			continue;
		classes[i].run();
		return 0;
	}
	errx(2, "which class?");
}
