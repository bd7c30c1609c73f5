// SPDX-License-Identifier: MIT
#include "advice/allocator.h"

#include <string.h>

const char *const allocator_names[NR_ALLOCATORS] = {
	[ALLOCATOR_NONE] = "none",         [ALLOCATOR_GLIBC] = "glibc",
	[ALLOCATOR_MUSL] = "musl",         [ALLOCATOR_JEMALLOC] = "jemalloc",
	[ALLOCATOR_TCMALLOC] = "tcmalloc", [ALLOCATOR_MIMALLOC] = "mimalloc",
};

struct mark {
	const char *text; /* what the name begins with */
	enum allocator allocator;
};

/* Files that are an allocator and nothing else. */
static const struct mark libraries[] = {
	{"libjemalloc", ALLOCATOR_JEMALLOC},
	{"libtcmalloc", ALLOCATOR_TCMALLOC},
	{"libmimalloc", ALLOCATOR_MIMALLOC},
	{0},
};

/* Functions that only one allocator has, wherever it is linked to. */
static const struct mark prefixes[] = {
	{"je_", ALLOCATOR_JEMALLOC},        {"_rjem_", ALLOCATOR_JEMALLOC},
	{"tcmalloc::", ALLOCATOR_TCMALLOC}, {"mi_", ALLOCATOR_MIMALLOC},
	{"_mi_", ALLOCATOR_MIMALLOC},       {0},
};

/* Of glibc's malloc, static ones too, without underscores and "libc_" in front. */
static const char *const glibc_functions[] = {
	"int_malloc",
	"int_free",
	"int_realloc",
	"int_memalign",
	"sysmalloc",
	"systrim",
	"sysmalloc_mmap",
	"heap_trim",
	"shrink_heap",
	"grow_heap",
	"new_heap",
	"munmap_chunk",
	"mremap_chunk",
	"mtrim",
	"arena_get2",
	"mid_memalign",
	"malloc_consolidate",
	"int_free_merge_chunk",
	NULL,
};

static const char *const entries[] = {
	"malloc",         "calloc",       "realloc",         "reallocarray",
	"free",           "cfree",        "aligned_alloc",   "memalign",
	"posix_memalign", "valloc",       "pvalloc",         "malloc_trim",
	"mallocx",        "sdallocx",     "dallocx",         "rallocx",
	"free_sized",     "mi_malloc",    "mi_free",         "mi_realloc",
	"mi_calloc",      "operator new", "operator delete", NULL,
};

static bool begins(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

static bool is_among(const char *const *names, const char *name, size_t size)
{
	for (; *names; names++) {
		if (strlen(*names) == size && !memcmp(*names, name, size))
			return true;
	}
	return false;
}

const char *allocator_entry_name(const char *function)
{
	while (*function == '_')
		function++;
	for (const char *const *prefix = (const char *const[]){"GI_", "libc_", NULL}; *prefix;
	     prefix++) {
		if (begins(function, *prefix))
			function += strlen(*prefix);
		while (*function == '_')
			function++;
	}
	return function;
}

static enum allocator by_mark(const struct mark *mark, const char *text)
{
	for (; mark->text; mark++) {
		if (begins(text, mark->text))
			return mark->allocator;
	}
	return ALLOCATOR_NONE;
}

/* A compiler's clones have a suffix: systrim.constprop.0. */
static bool is_glibc_function(const char *function)
{
	const char *name = allocator_entry_name(function);

	return is_among(glibc_functions, name, strcspn(name, "."));
}

bool is_allocator_entry(const char *function)
{
	const char *name = allocator_entry_name(function);

	return is_among(entries, name, strcspn(name, ".(["));
}

/* musl's loader and library are one file, which Debian calls libc.so; glibc's is libc.so.6. */
static bool is_musl(const char *module)
{
	return begins(module, "ld-musl") || begins(module, "libc.musl") ||
	       !strcmp(module, "libc.so");
}

enum allocator allocator_of(const char *module, const char *function)
{
	enum allocator allocator = by_mark(libraries, module);

	if (!allocator)
		allocator = by_mark(prefixes, function);
	if (allocator)
		return allocator;
	if (is_musl(module))
		return is_allocator_entry(function) ? ALLOCATOR_MUSL : ALLOCATOR_NONE;
	if (is_glibc_function(function))
		return ALLOCATOR_GLIBC;
	if (begins(module, "libc.so") || begins(module, "libc-2."))
		return is_allocator_entry(function) ? ALLOCATOR_GLIBC : ALLOCATOR_NONE;
	return ALLOCATOR_NONE;
}
