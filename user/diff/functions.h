/* SPDX-License-Identifier: MIT */
/*
 * The functions of one side by their plain names, and what each of them is known by: the memory,
 * the system calls and the shared code below it (its anchors), and who calls whom.
 *
 * Anchors mean the same in any two programs, whatever these call their own functions.
 */
#ifndef PROF_DIFF_FUNCTIONS_H
#define PROF_DIFF_FUNCTIONS_H

#include "diff/run.h"

enum event_kind_of_path { PATH_FAULTS, PATH_CALLS, NR_PATH_EVENTS };

struct anchor {
	uint32_t name; /* in the names of anchors, which both sides share */
	double weight;
};

struct function {
	uint32_t name; /* plain, in functions.names */
	enum frame_class class;
	uint64_t total[NR_PATH_EVENTS];
	uint64_t own; /* events of which it is the innermost function of the program */
	VEC(struct anchor) anchors; /* by name; weights add up to 1 */
	VEC(uint32_t) neighbours;   /* functions that call it, or that it calls: each once */
};

struct functions {
	struct names names, raw_names;
	struct names *anchor_names;
	uint32_t *by_raw; /* by id of a raw name: its function's number + 1 */
	size_t nr_raw;
	VEC(struct function) items;
	struct pair_map numbers; /* by name */
};

void functions_collect(struct run *const *runs, uint32_t nr, struct names *anchor_names,
		       struct functions *out);
void functions_fini(struct functions *f);

/* The number of the function that frames of that name are of; UINT32_MAX for none. */
uint32_t functions_find(struct functions *f, const char *raw_name);
const char *function_text(const struct functions *f, uint32_t number);

/* Whose name is not the program's own choice: libraries, the kernel, standard code. */
bool function_is_shared(const struct functions *f, uint32_t number);

#endif
