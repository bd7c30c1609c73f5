// SPDX-License-Identifier: MIT
#include "unwind/library_cache.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/alloc.h"

/* Strings lie at offsets from the start of the file. */
struct cache_entry {
	int32_t flags;
	uint32_t name, path;
	uint32_t os_version;
	uint64_t hwcap;
};

struct cache_header {
	char magic[20]; /* with the version */
	uint32_t nr_entries, strings_bytes;
	uint32_t unused[5];
};

static const char magic[] = "glibc-ld.so.cache1.1";

#define FLAGS_X86_64 0x0303 /* an ELF library of libc6 for x86-64 */

void library_cache_open(const char *path, struct library_cache *out)
{
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *data;

	*out = (struct library_cache){0};
	if (fd < 0 || fstat(fd, &st) || st.st_size < (off_t)sizeof(struct cache_header))
		return;
	data = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data != MAP_FAILED)
		*out = (struct library_cache){.data = data, .size = st.st_size};
}

void library_cache_close(struct library_cache *cache)
{
	if (cache->data)
		munmap((void *)cache->data, cache->size);
	*cache = (struct library_cache){0};
}

static const char *string_at(const struct library_cache *cache, uint32_t offset)
{
	if (offset >= cache->size || !memchr(cache->data + offset, 0, cache->size - offset))
		return "";
	return (const char *)cache->data + offset;
}

const char *library_cache_find(const struct library_cache *cache, const char *name)
{
	const struct cache_header *header = (const void *)cache->data;
	const struct cache_entry *entries;

	if (!header || memcmp(header->magic, magic, sizeof header->magic))
		return NULL;
	entries = (const void *)(header + 1);
	if (header->nr_entries > (cache->size - sizeof *header) / sizeof *entries)
		return NULL;
	for (uint32_t i = 0; i < header->nr_entries; i++)
		if (entries[i].flags == FLAGS_X86_64 && entries[i].hwcap == 0 &&
		    !strcmp(string_at(cache, entries[i].name), name))
			return string_at(cache, entries[i].path);
	return NULL;
}
