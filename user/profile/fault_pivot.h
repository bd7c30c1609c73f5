/* SPDX-License-Identifier: MIT */
/*
 * Page faults added up by whatever is asked for: process, thread, cause, kind of memory, size of
 * its region, mapping; or by several of these together. It refers to the memory report.
 */
#ifndef PROF_PROFILE_FAULT_PIVOT_H
#define PROF_PROFILE_FAULT_PIVOT_H

#include "profile/memory_report.h"
#include "profile/path_tree.h"

enum pivot_key {
	PIVOT_PROCESS,
	PIVOT_THREAD,
	PIVOT_CAUSE,
	PIVOT_KIND,
	PIVOT_SIZE,
	PIVOT_VMA, /* the file, or what kind of memory it is and who made it */
	NR_PIVOT_KEYS
};
extern const char *const pivot_key_names[NR_PIVOT_KEYS + 1]; /* ends with NULL */

struct pivot_row {
	uint32_t values[NR_PIVOT_KEYS]; /* texts in names, in the order of the keys */
	uint64_t faults, service_ns, bytes;
	uint64_t populated_pages; /* without a fault; their bytes are among the others */
	/* By cause alone: the times of single faults; NULL: not known. */
	const struct cause_total *times;
};

struct fault_pivot {
	enum pivot_key keys[NR_PIVOT_KEYS];
	unsigned int nr_keys;
	struct names names;
	VEC(struct pivot_row) rows; /* the heaviest first */
	struct pivot_row all;       /* with what was lost, which is in no row */
};

/* By `keys`, of which there is at least one. */
void fault_pivot_build(const struct recording *r, const struct memory_report *memory,
		       const enum pivot_key *keys, unsigned int nr_keys, enum weight weight,
		       struct fault_pivot *out);
void fault_pivot_fini(struct fault_pivot *pivot);

#endif
