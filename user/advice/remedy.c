// SPDX-License-Identifier: MIT
#include "advice/remedy.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* One threshold that is set freezes the others, so all of them are. */
#define GLIBC_KEEPS                                                                                \
	"MALLOC_TRIM_THRESHOLD_=4294967296", "MALLOC_TOP_PAD_=67108864",                           \
		"MALLOC_MMAP_THRESHOLD_=1073741824"
#define JEMALLOC_KEEPS "MALLOC_CONF=dirty_decay_ms:-1,muzzy_decay_ms:-1"

const struct remedy remedies[] = {
	{"glibc-keep", "glibc's malloc keeps what is freed, and takes large blocks from the heap",
	 .settings = {GLIBC_KEEPS}},
	{"glibc-keep-one-arena",
	 "the same with one heap for all threads, which has room for blocks above 64 MiB",
	 .settings = {GLIBC_KEEPS, "MALLOC_ARENA_MAX=1"}},
	{"glibc-huge-pages", "glibc's malloc asks for huge pages (glibc 2.35 or newer)",
	 .settings = {"GLIBC_TUNABLES=glibc.malloc.hugetlb=1"}},
	{"jemalloc-keep", "jemalloc keeps what is freed", .settings = {JEMALLOC_KEEPS}},
	{"tcmalloc-keep", "tcmalloc keeps what is freed", .settings = {"TCMALLOC_RELEASE_RATE=0"}},
	{"jemalloc",
	 "jemalloc, keeping what is freed, in place of the program's malloc",
	 "libjemalloc.so.2",
	 "libjemalloc2",
	 {JEMALLOC_KEEPS}},
	{"tcmalloc", "tcmalloc in place of the program's malloc", "libtcmalloc_minimal.so.4",
	 "libtcmalloc-minimal4", .settings = {NULL}},
	{0},
};

const struct remedy *remedy_find(const char *name)
{
	for (const struct remedy *remedy = remedies; remedy->name; remedy++) {
		if (!strcmp(remedy->name, name))
			return remedy;
	}
	return NULL;
}

char *remedy_settings(const struct remedy *remedy)
{
	char *text = remedy->preload ? xasprintf("LD_PRELOAD=%s", remedy->preload) : xstrdup("");

	for (const char *const *setting = remedy->settings; *setting; setting++) {
		char *longer = xasprintf("%s%s%s", text, *text ? " " : "", *setting);

		free(text);
		text = longer;
	}
	return text;
}
