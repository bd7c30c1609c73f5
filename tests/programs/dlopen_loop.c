// SPDX-License-Identifier: MIT
/*
 * dlopen_loop N [LIBRARY]...: loads and unloads libraries in turn, N times in all, calling into
 * each.
 *
 * Without a name, cbrt() in the mathematical library; else plugin_call(), which is to call touch(),
 * which makes one page fault.
 */
#include <dlfcn.h>

#include "program.h"

static FRAME void touch(void)
{
	char *page = map_pages(1);

	*(volatile char *)page = 1;
	munmap(page, PAGE_BYTES);
}

static void *find(void *library, const char *name)
{
	void *function = library ? dlsym(library, name) : NULL;

	if (!function)
		errx(1, "%s", dlerror());
	return function;
}

static void call_plugin(const char *path)
{
	void *library = dlopen(path, RTLD_NOW);
	void (*function)(void (*)(void));

	*(void **)&function = find(library, "plugin_call");
	function(touch);
	dlclose(library);
}

static void call_cbrt(void)
{
	void *library = dlopen("libm.so.6", RTLD_NOW);
	double (*function)(double);

	*(void **)&function = find(library, "cbrt");
	if (function(27) < 2)
		errx(1, "wrong result");
	dlclose(library);
}

int main(int argc, char **argv)
{
	long times = number_argument(argc, argv, 1, 50);

	for (long i = 0; i < times; i++) {
		if (argc > 2)
			call_plugin(argv[2 + i % (argc - 2)]);
		else
			call_cbrt();
	}
	return 0;
}
