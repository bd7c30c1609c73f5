/* SPDX-License-Identifier: MIT */
/*
 * The loader's cache of where libraries are, /etc/ld.so.cache, in glibc's format since 2.2.
 */
#ifndef PROF_UNWIND_LIBRARY_CACHE_H
#define PROF_UNWIND_LIBRARY_CACHE_H

#include <stddef.h>
#include <stdint.h>

struct library_cache {
	const uint8_t *data; /* NULL: there is none */
	size_t size;
};

void library_cache_open(const char *path, struct library_cache *out);
void library_cache_close(struct library_cache *cache);

/* The path of a 64-bit library, valid until the cache is closed; NULL when it is not there. */
const char *library_cache_find(const struct library_cache *cache, const char *name);

#endif
