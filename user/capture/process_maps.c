// SPDX-License-Identifier: MIT
#include "capture/process_maps.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#define DELETED " (deleted)"

/* Octal escapes of newlines alone, which is all that the kernel makes. */
static char *unescape(const char *text, size_t size)
{
	char *path = xstrndup(text, size), *to = path;

	for (const char *from = path; *from; from++) {
		bool is_newline = !strncmp(from, "\\012", 4);

		*to++ = is_newline ? '\n' : *from;
		from += is_newline ? 3 : 0;
	}
	*to = '\0';
	return path;
}

static void take_path(struct process_map *map, const char *text)
{
	size_t size = strcspn(text, "\n"), suffix = strlen(DELETED);

	if (*text != '/')
		return;
	map->is_deleted = size > suffix && !strncmp(text + size - suffix, DELETED, suffix);
	map->path = unescape(text, map->is_deleted ? size - suffix : size);
}

bool process_map_parse(const char *line, struct process_map *out)
{
	struct process_map map = {0};
	char access[5] = "";
	int at = 0;

	*out = map;
	if (sscanf(line,
		   "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %" SCNx32 ":%" SCNx32 " %" SCNu64 "%n",
		   &map.start, &map.end, access, &map.offset, &map.device_major, &map.device_minor,
		   &map.inode, &at) != 7 ||
	    strlen(access) != 4 || map.start >= map.end)
		return false;
	map.is_code = access[2] == 'x';
	take_path(&map, line + at + strspn(line + at, " "));
	*out = map;
	return true;
}

void process_map_fini(struct process_map *map)
{
	free(map->path);
	map->path = NULL;
}

int process_maps_read(pid_t pid, struct process_maps *out)
{
	char path[32], *line = NULL;
	size_t capacity = 0;
	FILE *file;
	int err;

	*out = (struct process_maps){0};
	snprintf(path, sizeof path, "/proc/%d/maps", pid);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	while (getline(&line, &capacity, file) > 0) {
		struct process_map map;

		if (process_map_parse(line, &map))
			*vec_push(&out->items) = map;
	}
	err = ferror(file) ? -EIO : 0;
	free(line);
	fclose(file);
	return err;
}

void process_maps_fini(struct process_maps *maps)
{
	vec_each (&maps->items, map)
		process_map_fini(map);
	vec_free(&maps->items);
}
