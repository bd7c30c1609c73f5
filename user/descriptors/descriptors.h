/* SPDX-License-Identifier: MIT */
/*
 * The descriptors of all tasks, and their working directories, kept from what calls do to them.
 *
 * Threads share them, forked processes have copies, and exec closes what is marked for it, all as
 * in the kernel. So nobody has to ask /proc, which would answer for a later moment. What a call
 * makes is told of before the call is over (EVENT_DESCRIPTOR); it is held back until then, since
 * the call's arguments still mean the descriptors of before.
 *
 * Tasks are named by their serial numbers.
 */
#ifndef PROF_DESCRIPTORS_H
#define PROF_DESCRIPTORS_H

#include "base/vec.h"
#include "descriptors/open_file.h"

struct task_descriptor {
	int fd;
	bool is_closed_by_exec;
	struct open_file *file;
};

/* Shared by tasks. */
struct descriptor_table {
	unsigned int references;
	VEC(struct task_descriptor) by_fd; /* in ascending order */
};

struct directory {
	unsigned int references;
	char *path;
};

struct task_view {
	struct descriptor_table *table; /* NULL: nothing is known */
	struct directory *directory;
	VEC(struct task_descriptor) made; /* by the call in progress */
};

struct descriptors {
	VEC(struct task_view) by_task;
};

void descriptors_fini(struct descriptors *d);

/* What a task is known to have at the start; takes the reference. */
void descriptors_seed(struct descriptors *d, uint32_t task, int fd, struct open_file *file);
void directory_set(struct descriptors *d, uint32_t task, const char *path);

/* What its call has made; it counts from descriptors_settle() on. */
void descriptors_make(struct descriptors *d, const struct descriptor_event *event);
void descriptors_settle(struct descriptors *d, uint32_t task);

void descriptors_fork(struct descriptors *d, uint32_t parent, uint32_t child, bool share_table,
		      bool share_directory);
void descriptors_unshare(struct descriptors *d, uint32_t task, bool table, bool directory);
void descriptors_exec(struct descriptors *d, uint32_t task);
void descriptors_end(struct descriptors *d, uint32_t task);
void descriptors_close(struct descriptors *d, uint32_t task, uint32_t first, uint32_t last);
void descriptors_mark(struct descriptors *d, uint32_t task, uint32_t first, uint32_t last,
		      bool is_closed_by_exec);

/* A path has gone, or (`to`) has become another one: so have the open files that it led to. */
void descriptors_rename(struct descriptors *d, const char *from, const char *to);

/* NULL when it is not known. `made`: also what the call in progress has made. */
struct open_file *descriptor_find(const struct descriptors *d, uint32_t task, int fd, bool made);
/* NULL when it is not known. */
const char *directory_of(const struct descriptors *d, uint32_t task);

/* The absolute path that a name means to the task: a new string, or NULL when that is unknown. */
char *path_of_name(const struct descriptors *d, uint32_t task, int dirfd, const char *name);

#endif
