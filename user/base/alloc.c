// SPDX-License-Identifier: MIT
#include "base/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *or_end(void *memory)
{
	if (memory)
		return memory;
	fputs("prof: out of memory\n", stderr);
	_exit(125);
}

void *xcalloc(size_t count, size_t size)
{
	return or_end(calloc(count ? count : 1, size ? size : 1));
}

void *xrealloc(void *old, size_t count, size_t size)
{
	return or_end(reallocarray(old, count ? count : 1, size ? size : 1));
}

char *xstrdup(const char *text)
{
	return or_end(strdup(text));
}

char *xstrndup(const char *text, size_t size)
{
	return or_end(strndup(text, size));
}

char *xasprintf(const char *fmt, ...)
{
	va_list args;
	char *text = NULL;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	return or_end(text);
}

void scope_end_free(void *pointer_to_pointer)
{
	free(*(void **)pointer_to_pointer);
}

void scope_end_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
