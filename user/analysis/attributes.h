/* SPDX-License-Identifier: MIT */
/*
 * What can be said of a single call beside its time: where it came from, what it was about, how it
 * ended, what its thread had done just before. Slow calls are explained by what they have in
 * common (contrast.h).
 */
#ifndef PROF_ANALYSIS_ATTRIBUTES_H
#define PROF_ANALYSIS_ATTRIBUTES_H

#include "analysis/callers.h"
#include "analysis/grouping.h"
#include "decode/syscalls.h"

enum attribute {
	ATTRIBUTE_SITE,
	ATTRIBUTE_THREAD,
	ATTRIBUTE_DESCRIPTOR, /* argument 0, of calls that take one, and the file behind it */
	ATTRIBUTE_FILE,       /* of calls that name one */
	ATTRIBUTE_SIZE,       /* asked for: the octave of argument 2 */
	ATTRIBUTE_MOVED,      /* the octave of the bytes moved */
	ATTRIBUTE_ERRNO,
	ATTRIBUTE_BEFORE,    /* the thread's call before this one; NO_CALL at its begin */
	ATTRIBUTE_POPULATED, /* pages came into being inside: 1 */
	ATTRIBUTE_CALLER,    /* counted: the id of its stack; told: a function on it */
	ATTRIBUTE_TIME,      /* counted: a part of the run; told: TIME_SPAN() */
	NR_ATTRIBUTES
};

/* The run's parts, and from one to another of them, both inclusive. */
#define TIME_PARTS             64
#define TIME_SPAN(first, last) ((uint64_t)(first) << 8 | (last))

/* A call that has no such attribute has no value of it. */
#define NO_VALUE UINT64_MAX
#define NO_CALL  (UINT64_MAX - 1)

struct attributes {
	const struct recording *recording;
	struct grouping sites; /* by site alone */
	struct callers callers;
	uint64_t start_ns, part_ns;  /* of the run, of each of its parts */
	uint64_t *calls_before;      /* by task */
	struct syscall_set sized;    /* calls whose argument 2 is a size, and whose result, too */
	struct syscall_set on_files; /* calls whose argument 0 is a descriptor */
	struct call_files files;
	uint32_t *row_files;         /* of the block that is being read; NULL: not known */
	struct pair_map descriptors; /* with their files */
};

void attributes_init(struct attributes *a, const struct recording *r);
void attributes_fini(struct attributes *a);

/* A block begins whose rows are asked for next; `c` has attribute_columns(). */
uint32_t attribute_columns(const struct attributes *a);
void attributes_block(struct attributes *a, struct recording *r, const struct block *block,
		      const struct columns *c);

/* Rows of one thread have to come in their order. */
void attributes_of(struct attributes *a, const struct columns *c, uint32_t row,
		   uint64_t out[NR_ATTRIBUTES]);

/* "at parse (parser.c:42)", "of 4 KiB", "after fsync": to be read behind the name of the call. The
 * caller frees it. */
char *attribute_label(const struct attributes *a, enum attribute attribute, uint64_t value);

#endif
