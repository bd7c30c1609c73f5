/* SPDX-License-Identifier: MIT */
/*
 * The maps that processes write for perf of the code that they make at run time, opened in time.
 *
 * A map is /tmp/perf-PID.map, where both /tmp and PID are the process's own: of its root directory
 * and of its pid namespace. It must belong to the process's user or to root, as perf asks, and must
 * have been written to since the recording began (since the process did, if it was there before),
 * or it is of an earlier process. As an address space ends, by exit or exec, its map is kept or
 * copied: another program may write the next one over it, and a container's /tmp goes away.
 */
#ifndef PROF_CAPTURE_PERF_MAPS_H
#define PROF_CAPTURE_PERF_MAPS_H

#include <sys/types.h>

#include "capture/keeper.h"
#include "event.h"

struct perf_maps;

/* `uid`: whose the processes are that end before anybody can ask. */
struct perf_maps *perf_maps_new(struct keeper *keeper, uid_t uid);
void perf_maps_free(struct perf_maps *maps); /* NULL is fine */

/* Executable memory of no file appeared, a program is executed, a process ended. */
void perf_maps_mapping(struct perf_maps *maps, const struct mapping_event *event);
void perf_maps_exec(struct perf_maps *maps, const struct exec_event *event);
void perf_maps_exit(struct perf_maps *maps, const struct exit_event *event);

/* A descriptor to the map of an address space, the caller's to close; -1: there is none. */
int perf_map_open(struct perf_maps *maps, uint32_t space);

#endif
