/* SPDX-License-Identifier: MIT */
/*
 * Where the page faults come from, as a report tells it: classes, causes by the names of those who
 * touched, owned and gave back, and what the model says beside.
 */
#ifndef PROF_PROFILE_MEMORY_REPORT_H
#define PROF_PROFILE_MEMORY_REPORT_H

#include "memory/memory.h"
#include "profile/names.h"
#include "profile/scan.h"
#include "profile/stack_reading.h"

#define NR_CAUSE_QUANTILES 3
extern const unsigned int cause_quantile_percent[NR_CAUSE_QUANTILES]; /* 50, 90, 99 */

struct cause_total {
	uint64_t pages, service_ns, bytes; /* pages: as in cause_row */
	uint64_t huge, likely, in_kernel;  /* of the pages */
	uint64_t major;
	uint64_t timed; /* faults whose time is known */
	/* Of those, to within 0.4 %; of a run of faults that took one row, all but the fastest and
	 * the slowest count with their mean. */
	uint64_t quantile_ns[NR_CAUSE_QUANTILES];
};

/* Rows of causes that people cannot tell apart, by the names of the places. */
struct finding {
	enum fault_cause cause;
	enum region_kind region_kind;
	uint32_t toucher, owner, returner; /* names, ids in memory_report.names; 0: none */
	uint32_t owner_call; /* of the largest part: a row of the lives has the same owner */
	uint64_t most_pages; /* of that part */
	uint32_t size_class; /* of that part */
	uint64_t pages, service_ns, bytes;
};

/* The same rows by task and kind of memory. */
struct fault_group {
	uint32_t task;
	enum fault_cause cause;
	enum region_kind region_kind;
	uint32_t size_class;
	uint64_t pages, service_ns, bytes;
};

struct memory_report {
	struct memory *model;
	struct stack_readings readings;
	struct cause_total causes[NR_FAULT_CAUSES];
	VEC(struct finding) findings;   /* the most expensive first */
	VEC(struct fault_group) groups; /* by task, then in order of the first fault */
	struct names names;
	uint32_t *call_names; /* by id of a call, ids in names */
	uint64_t lost_faults;
	bool lacks_calls; /* the memory's system calls were not recorded */
};

void memory_report_build(struct recording *r, const struct scan *scan, struct memory_report *out);
void memory_report_fini(struct memory_report *report);

/* Times that all anonymous memory was brought in, on average; 0: not known. In thousandths. */
uint64_t memory_churn_milli(const struct memory_report *report);

/* "munmap in free_block", "brk in parse > systrim": id of a name, 0 for no call. */
uint32_t memory_report_call_name(const struct memory_report *report, uint32_t call);

#endif
