// SPDX-License-Identifier: MIT
/*
 * A process to attach to, of known counts. It prints its pid, waits for a line on standard input,
 * does what its mode says, prints "done", waits for another line, and exits with status 42.
 *
 * work:   8 threads that were there touch 100 new pages each, twice, with a give-back between, and
 *         call getppid() 50 times; then 4 new threads touch 10 pages and call it 5 times; then a
 *         child touches 20 of the pages that were there and calls it 7 times, and another one
 *         executes this program's mode "child", which touches 30 pages and calls it 11 times.
 * spawn:  makes threads, one a millisecond, from before the first line on; each makes one that ends
 *         at once. At the line all that are there call getppid() 10 times. Prints "threads N".
 * blocked: threads in read, poll and nanosleep, which end when the first line has come.
 */
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE        4096
#define NR_WORKERS  8
#define NR_PAGES    100
#define MAX_THREADS 2000

static pthread_barrier_t begin, end;
static char *blocks[NR_WORKERS];

static __attribute__((noinline)) void touch(char *memory, long nr_pages)
{
	for (long i = 0; i < nr_pages; i++)
		((volatile char *)memory)[i * PAGE] = 1;
}

static __attribute__((noinline)) void call(long times)
{
	while (times--)
		getppid();
}

static char *map_pages(long nr_pages)
{
	char *memory = mmap(NULL, nr_pages * PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		abort();
	return memory;
}

static void await_line(void)
{
	char byte = 0;

	while (byte != '\n')
		if (read(STDIN_FILENO, &byte, 1) != 1)
			_exit(3);
}

static void say(const char *word)
{
	printf("%s\n", word);
	fflush(stdout);
}

static __attribute__((noinline)) void give_back(char *memory)
{
	madvise(memory, NR_PAGES * PAGE, MADV_DONTNEED);
}

static void *worker(void *block)
{
	pthread_barrier_wait(&begin);
	touch(block, NR_PAGES);
	give_back(block);
	touch(block, NR_PAGES);
	call(50);
	pthread_barrier_wait(&end);
	return NULL;
}

static void *newcomer(void *block)
{
	touch(block, 10);
	call(5);
	return NULL;
}

static void run_newcomers(void)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, newcomer, map_pages(10));
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}

static void run_children(char *program)
{
	int status;

	if (fork() == 0) {
		touch(blocks[0], 20);
		call(7);
		_exit(0);
	}
	wait(&status);
	if (fork() == 0) {
		execl(program, program, "child", NULL);
		_exit(4);
	}
	wait(&status);
}

static int work(char *program)
{
	pthread_t threads[NR_WORKERS];

	pthread_barrier_init(&begin, NULL, NR_WORKERS + 1);
	pthread_barrier_init(&end, NULL, NR_WORKERS + 1);
	for (int i = 0; i < NR_WORKERS; i++) {
		blocks[i] = map_pages(NR_PAGES);
		pthread_create(&threads[i], NULL, worker, blocks[i]);
	}
	await_line();
	pthread_barrier_wait(&begin);
	pthread_barrier_wait(&end);
	for (int i = 0; i < NR_WORKERS; i++)
		pthread_join(threads[i], NULL);
	run_newcomers();
	run_children(program);
	return 0;
}

static int child(void)
{
	touch(map_pages(30), 30);
	call(11);
	return 0;
}

static int release[2];

static void *short_lived(void *unused)
{
	return unused;
}

static void *waiter(void *unused)
{
	pthread_t thread;
	char byte;

	if (pthread_create(&thread, NULL, short_lived, NULL) == 0)
		pthread_join(thread, NULL);
	if (read(release[0], &byte, 1) == 0) /* everybody's end of file */
		call(10);
	return unused;
}

static bool has_input(void)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&input, 1, 1) > 0;
}

static int spawn(void)
{
	static pthread_t threads[MAX_THREADS];
	pthread_attr_t attributes;
	int nr = 0;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 64 << 10);
	if (pipe(release))
		return 5;
	while (nr < MAX_THREADS && !has_input())
		nr += pthread_create(&threads[nr], &attributes, waiter, NULL) == 0;
	await_line();
	close(release[1]);
	for (int i = 0; i < nr; i++)
		pthread_join(threads[i], NULL);
	printf("threads %d\n", nr);
	return 0;
}

static void *in_read(void *unused)
{
	char byte;

	return read(release[0], &byte, 1) == 0 ? unused : NULL;
}

static void *in_poll(void *unused)
{
	poll(&(struct pollfd){.fd = release[0], .events = POLLIN}, 1, -1);
	return unused;
}

static void *in_nanosleep(void *unused)
{
	nanosleep(&(struct timespec){.tv_sec = 1, .tv_nsec = 500000000}, NULL);
	return unused;
}

static int blocked(void)
{
	void *(*const functions[])(void *) = {in_read, in_poll, in_nanosleep};
	pthread_t threads[3];

	if (pipe(release))
		return 5;
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, functions[i], NULL);
	await_line();
	close(release[1]);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	int status = 2;

	if (!strcmp(mode, "child"))
		return child();
	printf("%d\n", getpid());
	fflush(stdout);
	if (!strcmp(mode, "work"))
		status = work(argv[0]);
	else if (!strcmp(mode, "spawn"))
		status = spawn();
	else if (!strcmp(mode, "blocked"))
		status = blocked();
	if (status)
		return status;
	say("done");
	await_line();
	return 42;
}
