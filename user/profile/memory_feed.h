/* SPDX-License-Identifier: MIT */
/*
 * What a model of memory wants to see of a recording, in order of time.
 *
 * Runs of faults stay whole, and of the system calls only those that concern memory are kept when a
 * block is read, so that ten million others cost two columns.
 */
#ifndef PROF_PROFILE_MEMORY_FEED_H
#define PROF_PROFILE_MEMORY_FEED_H

#include "recording/reader.h"

enum feed_kind { FEED_TASK_EVENT, FEED_SYSCALL, FEED_MAPPING, FEED_FAULTS, FEED_ALLOCATION };

struct feed_item {
	enum feed_kind kind;
	uint64_t time_ns;
	const struct task_event *event;
	const struct task_mapping *mapping;
	const uint64_t *row; /* cells by column: those that memory.h uses */
};

struct memory_feed;

struct memory_feed *memory_feed_new(struct recording *r);
void memory_feed_free(struct memory_feed *feed); /* NULL is fine */

/* False after the last one. What *out points to is valid until the next call. */
bool memory_feed_next(struct memory_feed *feed, struct feed_item *out);

#endif
