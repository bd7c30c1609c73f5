// SPDX-License-Identifier: MIT
/*
 * lost_files MODE [ARGUMENTS]: N page faults in touch(), below code of a file that its path does
 * not lead to, or not any more.
 *
 *     touch N                   below the program itself
 *     unlink N                  below the program itself, which has no path any more
 *     replace OTHER N           below the program itself, whose path now is that of OTHER
 *     load PLUGIN N             below a library
 *     load-late PLUGIN N        the same, called two seconds after it was loaded
 *     load-unlink PLUGIN N      below a library that is unlinked once it is mapped
 *     load-replace PLUGIN OTHER N   below a library over which OTHER is renamed
 *     load-memfd PLUGIN N       below a library that was copied into memory
 *     exec-memfd MODE [...]     does MODE in a copy of this program that is in memory only
 *
 * A plug-in's plugin_call(f, x) calls f(x). Built with optimization and without frame pointers.
 */
#include "program.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/sendfile.h>

#define CALLED __attribute__((noinline, noclone, noipa))

typedef void (*call_function)(void (*)(long), long);

/* The recorder looks every few milliseconds, so the files stay mapped for long enough. */
static void linger(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 400000000}, NULL);
}

static CALLED void touch(long nr_pages)
{
	volatile char *pages = map_pages(nr_pages);

	for (long i = 0; i < nr_pages; i++)
		pages[i * PAGE_BYTES] = 1;
	asm volatile("" ::: "memory");
}

static CALLED void work(const char *nr_pages)
{
	touch(atol(nr_pages));
	linger();
}

static CALLED void plug(call_function call, const char *nr_pages)
{
	call(touch, atol(nr_pages));
	linger();
}

static call_function plugin_load(const char *path)
{
	void *library = dlopen(path, RTLD_NOW);
	call_function call = library ? (call_function)dlsym(library, "plugin_call") : NULL;

	if (!call)
		errx(1, "%s", dlerror());
	return call;
}

static int memory_copy(const char *path)
{
	int from = open(path, O_RDONLY | O_CLOEXEC), to = memfd_create("copy", 0);

	if (from < 0 || to < 0)
		err(1, "%s", path);
	while (sendfile(to, from, NULL, 1 << 20) > 0)
		;
	return to;
}

static void load_memfd(const char *path, const char *nr_pages)
{
	char link[64];

	snprintf(link, sizeof link, "/proc/self/fd/%d", memory_copy(path));
	plug(plugin_load(link), nr_pages);
}

static void exec_memfd(char **argv)
{
	int fd = memory_copy("/proc/self/exe");

	fexecve(fd, argv, environ);
	err(1, "fexecve");
}

int main(int argc, char **argv)
{
	const char *mode = argc > 2 ? argv[1] : "";
	call_function call;

	if (!strcmp(mode, "touch")) {
		work(argv[2]);
	} else if (!strcmp(mode, "unlink") && !unlink(argv[0])) {
		work(argv[2]);
	} else if (!strcmp(mode, "replace") && !rename(argv[2], argv[0])) {
		work(argv[3]);
	} else if (!strcmp(mode, "load")) {
		plug(plugin_load(argv[2]), argv[3]);
	} else if (!strcmp(mode, "load-late")) {
		call = plugin_load(argv[2]);
		sleep(2);
		plug(call, argv[3]);
	} else if (!strcmp(mode, "load-unlink")) {
		call = plugin_load(argv[2]);
		if (unlink(argv[2]))
			err(1, "%s", argv[2]);
		plug(call, argv[3]);
	} else if (!strcmp(mode, "load-replace")) {
		call = plugin_load(argv[2]);
		if (rename(argv[3], argv[2]))
			err(1, "%s", argv[2]);
		plug(call, argv[4]);
	} else if (!strcmp(mode, "load-memfd")) {
		load_memfd(argv[2], argv[3]);
	} else if (!strcmp(mode, "exec-memfd")) {
		exec_memfd(argv + 1);
	} else {
		return 2;
	}
	asm volatile("" ::: "memory");
	return 0;
}
