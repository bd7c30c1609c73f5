/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID/maps, line by line.
 *
 * The names in it are the target's to choose: the kernel writes a newline as \012, so a line is a
 * line, but leaves backslashes alone, so a name may be ambiguous. Whoever opens one has to make
 * sure that it is the file; the numbers in front can be relied upon.
 */
#ifndef PROF_CAPTURE_PROCESS_MAPS_H
#define PROF_CAPTURE_PROCESS_MAPS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/vec.h"

struct process_map {
	uint64_t start, end, offset, inode;
	uint32_t device_major, device_minor;
	bool is_code;
	bool is_deleted; /* as the kernel says, or as it is called */
	char *path;      /* of a file; NULL: none, or [heap] and the like */
};

struct process_maps {
	VEC(struct process_map) items;
};

/* One line, with or without its newline. False: it is none, and *out is empty. */
bool process_map_parse(const char *line, struct process_map *out);
void process_map_fini(struct process_map *map);

/* 0 or -errno, silent. */
int process_maps_read(pid_t pid, struct process_maps *out);
void process_maps_fini(struct process_maps *maps);

#endif
