/* SPDX-License-Identifier: MIT */
/*
 * A pattern: which faults it may explain, how they are grouped, what must hold of a group, and how
 * that is told. Patterns are rows of tables, one table for each file, tried in their order.
 */
#ifndef PROF_ADVICE_PATTERN_H
#define PROF_ADVICE_PATTERN_H

#include "advice/diagnosis.h"
#include "advice/group.h"

#define GLIBC_HEAP_BYTES (64ULL << 20) /* what a thread's heap can hold, HEAP_MAX_SIZE */

struct pattern {
	const char *id;
	bool (*wants)(const struct situation *s, const struct flow *flow);
	/* Flows of different keys are different groups; NULL: all are one. */
	const char *(*key)(const struct situation *s, const struct flow *flow);
	bool (*holds)(const struct group *g);
	uint64_t (*cost)(const struct group *g); /* in faults: what is done for nothing */
	/* Title, remedy, attempt; saved_* where that is not the cost. */
	void (*explain)(const struct group *g, struct diagnosis *out);
};

/* Each ends with a row without an id. */
extern const struct pattern use_patterns[];     /* of how memory is used */
extern const struct pattern glibc_patterns[];   /* of glibc's malloc */
extern const struct pattern library_patterns[]; /* of other allocators */
extern const struct pattern own_patterns[];     /* of the program's own system calls */
extern const struct pattern pass_patterns[];    /* of memory that is touched once */

/* ---- What they share ---- */

static inline const struct site *flow_owner(const struct situation *s, const struct flow *flow)
{
	return &s->sites.items[flow->owner];
}

static inline const struct site *flow_returner(const struct situation *s, const struct flow *flow)
{
	return &s->sites.items[flow->returner];
}

/* Heaps and mapped blocks: where programs put what they make. */
bool flow_is_own_memory(const struct flow *flow);
/* The function that asked for the memory. */
const char *key_by_owner(const struct situation *s, const struct flow *flow);

/* "12.0 MiB", "1.00 to 8.00 MiB": of the regions; the caller frees it. */
char *group_sizes(const struct group *g);
/* What can be set so that the allocator of the group keeps what is freed, or NULL. */
const struct remedy *group_keeper(const struct group *g);
/* Whether most of it happens in threads beside the main one. */
bool group_in_threads(const struct group *g);

#endif
