/* SPDX-License-Identifier: MIT */
/*
 * Allocation that cannot fail, and clean-up at the end of a scope.
 *
 * An exhausted heap is the one error that nobody can handle better than by ending the program, so
 * it ends here; sizes that come from a file are bounded before they reach these functions.
 */
#ifndef PROF_BASE_ALLOC_H
#define PROF_BASE_ALLOC_H

#include <stddef.h>

void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t count, size_t size);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t size);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#define xnew(type) ((type *)xcalloc(1, sizeof(type)))

void scope_end_free(void *pointer_to_pointer);
void scope_end_close(int *fd);

/* The variable is freed (closed, when it is a descriptor >= 0) where its scope ends. */
#define scoped_free __attribute__((cleanup(scope_end_free)))
#define scoped_fd   __attribute__((cleanup(scope_end_close)))

#endif
