/* SPDX-License-Identifier: MIT */
/*
 * Where page faults come from: a model of every address vm, fed with what was recorded.
 *
 * A fault's address lies in memory that some call made (its owner), is touched by some code (the
 * toucher), and may have been there before until some call gave it back (the returner). The model
 * keeps regions and the history of their pages, by ranges, and joins the three.
 *
 * Feed it in order of time. Give-backs take effect when their call begins, and what is made, when
 * its call ends: whatever two threads do at the same time, memory is given back before another one
 * can get it.
 */
#ifndef PROF_MEMORY_MEMORY_H
#define PROF_MEMORY_MEMORY_H

#include "memory/blocks.h"
#include "memory/call_totals.h"
#include "memory/causes.h"
#include "memory/history.h"
#include "memory/lives.h"
#include "recording/recording.h"

/* A place in code that made memory or gave it back: a system call and its stack. */
struct memory_call {
	uint32_t nr;     /* of the system call; MEMORY_CALL_BEFORE: of none */
	uint32_t detail; /* of madvise: the advice; of an execve without a stack: which program;
			    else 0 */
	uint32_t stack;
};

/* Instead of a number: memory that was there before the recording began. */
#define MEMORY_CALL_BEFORE UINT32_MAX

struct memory_options {
	uint64_t page_bytes;
	uint64_t start_ns;
	bool huge_always; /* the kernel gives huge pages without being asked */
	bool huge_never;
	/* Stacks of the same place are told as one; NULL: each stack is a place. */
	uint32_t (*place_of)(void *arg, uint32_t stack);
	void *place_arg;
};

struct memory_totals {
	uint64_t faults, service_ns; /* all that were fed */
	uint64_t populated_pages;
	uint64_t unknown_faults;     /* of CAUSE_UNKNOWN */
	uint64_t unsure_faults;      /* that are likely only */
	uint64_t confirmed_upgrades; /* rows say likely, but the first touch was told of later */
	uint64_t made_bytes;         /* anonymous memory that was brought in, again and again */
	uint64_t most_bytes;         /* of it there at the same time */
	uint64_t calls;              /* by mmap and brk, that made memory */
};

/* What a mapping's file is. */
enum file_nature {
	FILE_ON_DISK,
	FILE_IN_MEMORY,
	FILE_OF_ZEROS, /* /dev/zero: private, its memory is as anonymous as any */
};

struct memory;

struct memory *memory_new(const struct memory_options *options);
void memory_free(struct memory *m); /* NULL is fine */

/* Whether the model wants to see calls of that number; of others, those that populated pages. */
bool memory_wants_call(uint64_t nr);

/* Rows are cells by column, as in the recording. Texts of events must outlive the model. */
void memory_take_task_event(struct memory *m, const struct task_event *event);
void memory_take_mapping(struct memory *m, const struct task_mapping *mapping,
			 enum file_nature file);
void memory_take_syscall(struct memory *m, const uint64_t *row);
void memory_take_fault(struct memory *m, const uint64_t *row);
void memory_take_alloc(struct memory *m, const uint64_t *row);

/* The end: regions that are left have lived until then. */
void memory_finish(struct memory *m, uint64_t time_ns);

/* Results, after memory_finish(). */
const struct memory_totals *memory_totals(const struct memory *m);
const struct causes *memory_causes(const struct memory *m);
const struct lives *memory_lives(const struct memory *m);
const struct history *memory_history(const struct memory *m);
const struct blocks *memory_blocks(const struct memory *m);
uint32_t memory_nr_calls(const struct memory *m);                              /* ids are below */
const struct memory_call *memory_call_of(const struct memory *m, uint32_t id); /* 0: none */
/* The path of the program of an execve without a stack; NULL: of no such call. */
const char *memory_call_program(const struct memory *m, uint32_t id);
/* What the place of a call amounts to, with all calls from there; 0: of no call. */
uint32_t memory_nr_places(const struct memory *m);
uint32_t memory_place_of_call(const struct memory *m, uint32_t id);
struct call_totals memory_place_totals(const struct memory *m, uint32_t place);

#endif
