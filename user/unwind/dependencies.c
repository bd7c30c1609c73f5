// SPDX-License-Identifier: MIT
#include "unwind/dependencies.h"

#include <fcntl.h>
#include <gelf.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unwind/library_cache.h"

#define MAX_PATHS 1024

struct search {
	struct paths *paths;
	struct library_cache cache;
};

/* What the dynamic section of one file says. */
struct dynamic {
	char *strings;
	size_t strings_size;
	const char *search_path; /* RUNPATH or RPATH; NULL: none */
	VEC(const char *) needed;
};

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* Takes the path. */
static void add_path(struct paths *paths, char *path)
{
	bool is_new = paths->size < MAX_PATHS;

	vec_each (paths, known)
		is_new = is_new && strcmp(*known, path);
	if (is_new)
		*vec_push(paths) = path;
	else
		free(path);
}

static bool try_directory(struct paths *paths, const char *dir, int dir_size, const char *name)
{
	char *path = xasprintf("%.*s/%s", dir_size, dir, name);

	if (!is_file(path)) {
		free(path);
		return false;
	}
	add_path(paths, path);
	return true;
}

/* `dirs` separated by colons; $ORIGIN at a start is the directory of `file`. */
static bool try_directories(struct paths *paths, const char *dirs, const char *file,
			    const char *name)
{
	const char *slash = strrchr(file, '/');
	int origin_size = slash ? (int)(slash - file) : 0;

	for (const char *dir = dirs, *end; dir; dir = *end ? end + 1 : NULL) {
		size_t skip = !strncmp(dir, "$ORIGIN", 7)     ? 7
			      : !strncmp(dir, "${ORIGIN}", 9) ? 9
							      : 0;
		scoped_free char *full = NULL;

		end = strchrnul(dir, ':');
		full = xasprintf("%.*s%.*s", skip ? origin_size : 0, file,
				 (int)(end - dir - (ptrdiff_t)skip), dir + skip);
		if (*full && try_directory(paths, full, (int)strlen(full), name))
			return true;
	}
	return false;
}

static void add_library(struct search *search, const struct dynamic *dynamic, const char *file,
			const char *name)
{
	static const char standard[] = "/lib64:/usr/lib64:/lib:/usr/lib";
	const char *chosen = getenv("LD_LIBRARY_PATH"), *cached;

	if (strchr(name, '/')) {
		add_path(search->paths, xstrdup(name));
		return;
	}
	if (dynamic->search_path &&
	    try_directories(search->paths, dynamic->search_path, file, name))
		return;
	if (chosen && try_directories(search->paths, chosen, file, name))
		return;
	cached = library_cache_find(&search->cache, name);
	if (cached)
		add_path(search->paths, xstrdup(cached));
	else
		try_directories(search->paths, standard, file, name);
}

/* Where in the file the byte at a virtual address lies; -1: nowhere. */
static int64_t file_offset(Elf *elf, uint64_t address)
{
	size_t nr_segments = 0;
	GElf_Phdr segment;

	elf_getphdrnum(elf, &nr_segments);
	for (size_t i = 0; i < nr_segments; i++)
		if (gelf_getphdr(elf, i, &segment) && segment.p_type == PT_LOAD &&
		    address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz)
			return address - segment.p_vaddr + segment.p_offset;
	return -1;
}

static void strings_read(Elf *elf, uint64_t address, uint64_t size, struct dynamic *out)
{
	int64_t offset = file_offset(elf, address);
	Elf_Data *data = offset < 0 ? NULL : elf_getdata_rawchunk(elf, offset, size, ELF_T_BYTE);

	if (!data || !data->d_buf)
		return;
	out->strings = xstrndup("", 0);
	out->strings = xrealloc(out->strings, 1, data->d_size + 1);
	memcpy(out->strings, data->d_buf, data->d_size);
	out->strings[data->d_size] = '\0';
	out->strings_size = data->d_size;
}

static const char *string_at(const struct dynamic *dynamic, uint64_t offset)
{
	return offset < dynamic->strings_size ? dynamic->strings + offset : "";
}

static uint64_t dynamic_value(Elf_Data *data, int64_t tag)
{
	GElf_Dyn entry;

	for (int i = 0; gelf_getdyn(data, i, &entry) && entry.d_tag != DT_NULL; i++)
		if (entry.d_tag == tag)
			return entry.d_un.d_val;
	return 0;
}

static void dynamic_read(Elf *elf, const GElf_Phdr *segment, struct dynamic *out)
{
	Elf_Data *data = elf_getdata_rawchunk(elf, segment->p_offset, segment->p_filesz, ELF_T_DYN);
	GElf_Dyn entry;

	if (!data)
		return;
	strings_read(elf, dynamic_value(data, DT_STRTAB), dynamic_value(data, DT_STRSZ), out);
	for (int i = 0; gelf_getdyn(data, i, &entry) && entry.d_tag != DT_NULL; i++) {
		if (entry.d_tag == DT_NEEDED && *string_at(out, entry.d_un.d_val))
			*vec_push(&out->needed) = string_at(out, entry.d_un.d_val);
		if (entry.d_tag == DT_RPATH || entry.d_tag == DT_RUNPATH)
			out->search_path = string_at(out, entry.d_un.d_val);
	}
}

static void add_interpreter(Elf *elf, const GElf_Phdr *segment, struct paths *paths)
{
	Elf_Data *data =
		elf_getdata_rawchunk(elf, segment->p_offset, segment->p_filesz, ELF_T_BYTE);
	char *path;

	if (!data || !data->d_buf || data->d_size > PATH_MAX)
		return;
	path = xstrndup(data->d_buf, data->d_size);
	if (is_file(path))
		add_path(paths, path);
	else
		free(path);
}

static void follow_elf(struct search *search, Elf *elf, const char *file)
{
	struct dynamic dynamic = {0};
	size_t nr_segments = 0;
	GElf_Phdr segment;

	elf_getphdrnum(elf, &nr_segments);
	for (size_t i = 0; i < nr_segments; i++) {
		if (!gelf_getphdr(elf, i, &segment))
			break;
		if (segment.p_type == PT_INTERP)
			add_interpreter(elf, &segment, search->paths);
		if (segment.p_type == PT_DYNAMIC && !dynamic.strings)
			dynamic_read(elf, &segment, &dynamic);
	}
	vec_each (&dynamic.needed, name)
		add_library(search, &dynamic, file, *name);
	vec_free(&dynamic.needed);
	free(dynamic.strings);
}

/* "#!/bin/sh -e": the file that the kernel runs in a script's place. */
static void follow_script(struct search *search, int fd)
{
	char line[256] = "", *path = line + 2;

	if (pread(fd, line, sizeof line - 1, 0) < 3 || line[0] != '#' || line[1] != '!')
		return;
	path += strspn(path, " \t");
	path[strcspn(path, " \t\r\n")] = '\0';
	if (is_file(path))
		add_path(search->paths, xstrdup(path));
}

static void follow(struct search *search, const char *file)
{
	scoped_fd int fd = open(file, O_RDONLY | O_CLOEXEC);
	Elf *elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ_MMAP, NULL);

	if (elf && elf_kind(elf) == ELF_K_ELF)
		follow_elf(search, elf, file);
	else if (fd >= 0)
		follow_script(search, fd);
	elf_end(elf);
}

/* Names with blanks or colons between them. */
static void add_preloaded(struct search *search, const char *program)
{
	const struct dynamic none = {0};
	const char *preloaded = getenv("LD_PRELOAD");
	scoped_free char *names = xstrdup(preloaded ? preloaded : "");
	char *rest = names, *name;

	while ((name = strsep(&rest, ": ")))
		if (*name)
			add_library(search, &none, program, name);
}

void dependencies_find(const char *program, struct paths *out)
{
	struct search search = {.paths = out};

	*out = (struct paths){0};
	elf_version(EV_CURRENT);
	library_cache_open("/etc/ld.so.cache", &search.cache);
	add_path(out, xstrdup(program));
	add_preloaded(&search, program);
	for (size_t i = 0; i < out->size; i++) {
		scoped_free char *file = xstrdup(out->items[i]); /* the list may move */

		follow(&search, file);
	}
	library_cache_close(&search.cache);
}

void paths_fini(struct paths *paths)
{
	vec_each (paths, path)
		free(*path);
	vec_free(paths);
}
