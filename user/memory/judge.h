/* SPDX-License-Identifier: MIT */
/*
 * What caused a fault, from what the processor said and what is known of the page: the rules alone,
 * in one place.
 *
 * The processor tells a page that is absent from one that is there but protected; the page's
 * history tells the rest. Faults of two runs that march together (a page is read, then written)
 * come run by run, so a page may be written before its first touch is told.
 */
#ifndef PROF_MEMORY_JUDGE_H
#define PROF_MEMORY_JUDGE_H

#include "memory/causes.h"
#include "memory/pages.h"
#include "memory/regions.h"

/* The processor's error code. */
enum { ERROR_PRESENT = 1, ERROR_WRITE = 2, ERROR_FETCH = 16 };

struct fault_facts {
	uint32_t error;  /* the processor's error code */
	bool is_major;   /* it waited for a disk */
	bool by_loader;  /* taken by an instruction of the loader */
	bool has_forked; /* the address vm, or its parent to make it */
	uint32_t flags;  /* enum extent_flag */
	enum region_kind region_kind;
	enum page_state page;
	bool has_returner; /* somebody gave the page back, as far as is known */
};

struct verdict {
	enum fault_cause cause;
	enum certainty certainty;
	enum page_state page; /* what it is from now on */
	bool makes_memory;    /* and does not only map what is there */
	bool by_returner;     /* of the page */
};

struct verdict judge(const struct fault_facts *facts);

#endif
