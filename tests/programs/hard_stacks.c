// SPDX-License-Identifier: MIT
/*
 * hard_stacks MODE [ARGUMENT] ...: for each mode one page fault in touch(), on a stack that is hard
 * to walk.
 *
 * Built with optimization and without frame pointers. Every function does something after the call
 * that it makes, so that none is a tail call and all are on the stack.
 */
#include "program.h"

#include <alloca.h>
#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <ucontext.h>

#define CALLED __attribute__((noinline, noclone, noipa))

static CALLED void touch(void)
{
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*(volatile char *)page = 1;
	asm volatile("" ::: "memory");
}

static CALLED long recurse(long depth)
{
	long result = depth;

	if (depth == 0)
		touch();
	else
		result += recurse(depth - 1);
	asm volatile("" : "+r"(result));
	return result;
}

static int nr_compared;

static CALLED int compare(const void *left, const void *right)
{
	if (nr_compared++ == 0)
		touch();
	return *(const int *)left - *(const int *)right;
}

static CALLED void sort(void)
{
	int numbers[] = {3, 1, 2};

	qsort(numbers, 3, sizeof *numbers, compare);
	asm volatile("" ::"r"(numbers) : "memory");
}

static CALLED void handle(int number)
{
	(void)number;
	touch();
	asm volatile("" ::: "memory");
}

/* The signal comes in the middle of the function, with registers pushed and the stack grown. */
static CALLED void trap(void)
{
	char *room = alloca(nr_compared * 8 + 100);

	room[0] = 1;
	asm volatile("push %%rbx\n\tint3\n\tpop %%rbx" ::"r"(room) : "memory");
}

static CALLED void outer(void)
{
	trap();
	asm volatile("" ::: "memory");
}

static void catch_trap(int flags)
{
	static char stack[65536];

	sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
	sigaction(SIGTRAP, &(struct sigaction){.sa_handler = handle, .sa_flags = flags}, NULL);
}

static CALLED void *thread_main(void *unused)
{
	touch();
	asm volatile("" ::: "memory");
	return unused;
}

static CALLED void start_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, thread_main, NULL);
	pthread_join(thread, NULL);
}

static jmp_buf place;

static CALLED void leap(long depth)
{
	if (depth == 0)
		longjmp(place, 1);
	if (depth > 0)
		leap(depth - 1);
	asm volatile("" ::: "memory");
}

static CALLED void land(void)
{
	if (setjmp(place) == 0)
		leap(20);
	touch();
	asm volatile("" ::: "memory");
}

/* A child that shares its parent's memory, and then becomes another program. */
static CALLED void spawn(char *self)
{
	pid_t pid = vfork();

	if (pid == 0) {
		touch();
		execl(self, self, "sort", NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

/* Aligned to more than the ABI does: rbp, r10 and an address of its own lead back. */
static CALLED void align(void)
{
	__attribute__((aligned(64))) char buffer[64];

	asm volatile("" ::"r"(buffer) : "memory");
	touch();
	asm volatile("" ::"r"(buffer) : "memory");
}

static CALLED void huge(void)
{
	char buffer[300000];

	buffer[0] = 1;
	asm volatile("" ::"r"(buffer) : "memory");
	touch();
	asm volatile("" ::"r"(buffer) : "memory");
}

static ucontext_t back, other;

static CALLED void coroutine(void)
{
	touch();
	asm volatile("" ::: "memory");
}

static CALLED void switch_stacks(void)
{
	static char stack[65536];

	getcontext(&other);
	other.uc_stack = (stack_t){.ss_sp = stack, .ss_size = sizeof stack};
	other.uc_link = &back;
	makecontext(&other, coroutine, 0);
	swapcontext(&back, &other);
}

static CALLED void load(const char *path)
{
	void *library = dlopen(path, RTLD_LAZY);
	void (*call)(void (*)(void)) = library ? dlsym(library, "plugin_call") : NULL;

	if (!call)
		exit(1);
	call(touch);
	asm volatile("" ::: "memory");
}

static CALLED void load_removed(const char *path)
{
	void *library = dlopen(path, RTLD_LAZY);
	void (*call)(void (*)(void)) = library ? dlsym(library, "plugin_call") : NULL;

	if (!call || unlink(path))
		exit(1);
	call(touch);
	asm volatile("" ::: "memory");
}

/* False when there is no such mode. */
static CALLED bool run(const char *mode, char *argument, char *self)
{
	if (!strcmp(mode, "recurse"))
		recurse(atol(argument));
	else if (!strcmp(mode, "sort"))
		sort();
	else if (!strcmp(mode, "signal"))
		catch_trap(0), outer();
	else if (!strcmp(mode, "altstack"))
		catch_trap(SA_ONSTACK), outer();
	else if (!strcmp(mode, "thread"))
		start_thread();
	else if (!strcmp(mode, "longjmp"))
		land();
	else if (!strcmp(mode, "vfork"))
		spawn(self);
	else if (!strcmp(mode, "align"))
		align();
	else if (!strcmp(mode, "huge"))
		huge();
	else if (!strcmp(mode, "coroutine"))
		switch_stacks();
	else if (!strcmp(mode, "load"))
		load(argument);
	else if (!strcmp(mode, "remove"))
		load_removed(argument);
	else
		return false;
	asm volatile("" ::: "memory");
	return true;
}

static bool has_argument(const char *mode)
{
	return !strcmp(mode, "recurse") || !strcmp(mode, "load") || !strcmp(mode, "remove");
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		char *mode = argv[i];

		if (has_argument(mode) && i + 1 < argc)
			i++;
		if (!run(mode, argv[i], argv[0]))
			return 2;
		asm volatile("" ::: "memory");
	}
	return argc < 2 ? 2 : 0;
}
