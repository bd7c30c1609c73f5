/* SPDX-License-Identifier: MIT */
/*
 * Recordings made by hand, so that tests know every number that must come out of them.
 */
#ifndef PROF_TESTS_MADE_RECORDING_H
#define PROF_TESTS_MADE_RECORDING_H

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "recording/reader.h"
#include "recording/writer.h"

struct maker {
	struct writer *w;
	char path[32];
};

static inline void maker_start(struct maker *m)
{
	strcpy(m->path, "/tmp/prof-made.XXXXXX");
	if (writer_new(mkstemp(m->path), m->path, &m->w) < 0)
		abort();
}

/* Finishes the file, as a killed recorder does not, and opens it. */
static inline struct recording *maker_open(struct maker *m, bool finish)
{
	struct recording *r;

	if (finish ? writer_finish(m->w) : writer_flush(m->w))
		abort();
	writer_free(m->w);
	if (recording_open(m->path, &r) < 0)
		abort();
	unlink(m->path);
	return r;
}

static inline void make_syscall(struct maker *m, const uint64_t row[NR_SYSCALL_COLUMNS])
{
	writer_row(m->w, BLOCK_SYSCALLS, row);
}

/* A COUNT that is left out is 1. */
static inline void make_fault(struct maker *m, const uint64_t row[NR_FAULT_COLUMNS])
{
	uint64_t cells[NR_FAULT_COLUMNS];

	memcpy(cells, row, sizeof cells);
	cells[FAULT_COUNT] += !cells[FAULT_COUNT];
	writer_row(m->w, BLOCK_FAULTS, cells);
}

/* Rows in which every column that is not named is zero. */
#define MAKE_SYSCALL(m, ...) make_syscall(m, (const uint64_t[NR_SYSCALL_COLUMNS]){__VA_ARGS__})
#define MAKE_FAULT(m, ...)   make_fault(m, (const uint64_t[NR_FAULT_COLUMNS]){__VA_ARGS__})

static inline void make_event(struct maker *m, const struct task_event *event)
{
	struct task_event e = *event;

	if (!e.text)
		e.text = (char *)"";
	writer_task_event(m->w, &e);
}

#define MAKE_EVENT(m, ...) make_event(m, &(const struct task_event){__VA_ARGS__})

/* Task 1, the command: pid and tid 100. */
static inline void make_root(struct maker *m, const char *comm, uint64_t faults_before)
{
	MAKE_EVENT(m, .time_ns = 1000, .task = 1, .type = TASK_START,
		   .value = {1, 100, 100, faults_before}, .text = (char *)comm);
}

/* A frame of a file module with the functions at it, innermost first, ending with NULL. */
static inline uint32_t make_frame(struct maker *m, uint32_t parent, uint32_t module,
				  uint64_t offset, const char *const *functions)
{
	struct function_line lines[8] = {0};
	struct location location = {.module = module, .offset = offset, .lines = lines};

	for (; functions && functions[location.nr_lines]; location.nr_lines++)
		lines[location.nr_lines].function = (char *)functions[location.nr_lines];
	if (location.nr_lines)
		writer_location(m->w, &location);
	return writer_frame(m->w, parent, module, offset);
}

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

static inline void make_stack(struct maker *m, uint32_t id, uint32_t frame)
{
	writer_stack(m->w, id, &(struct stack){frame, STACK_FRAME_POINTER});
}

static inline uint32_t make_module(struct maker *m, const char *path)
{
	return writer_module(m->w, &(struct module){.path = (char *)path});
}

/* Reproducible numbers that look random. */
static inline uint64_t random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static inline int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

#endif
