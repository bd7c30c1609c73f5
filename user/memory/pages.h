/* SPDX-License-Identifier: MIT */
/*
 * What is known of each page of an address space: the history that a fault is judged by.
 *
 * Pages that were never seen have no entry. What was given back stays on record, with the call that
 * did it, until the page is touched again: this is how a later fault finds who caused it.
 */
#ifndef PROF_MEMORY_PAGES_H
#define PROF_MEMORY_PAGES_H

#include "memory/interval_map.h"

enum page_state {
	PAGE_NEVER,     /* nothing is known */
	PAGE_ZERO,      /* read before it was written: the kernel's page of zeros */
	PAGE_FILE,      /* of a file, mapped */
	PAGE_COMMON,    /* of shared memory, mapped */
	PAGE_OWN,       /* memory of its own */
	PAGE_SHARED,    /* the same, but a child got to see it by fork */
	PAGE_INHERITED, /* got from the parent by fork */
	PAGE_AHEAD,     /* its own, written when it was there already; its first touch may follow */
	PAGE_HUGE,      /* its own, supposing that a fault brought the whole huge page */
	PAGE_OFFERED,   /* its own, but the kernel may take it at any time: it was told so */
	PAGE_GONE,      /* was its own, and was given back */
	PAGE_DOUBTFUL,  /* was given back; nobody knows whether anything was there. Without a
			   returner:  most likely not */
};

/* A range of pages alike. */
struct page_range {
	uint64_t start, end;
	enum page_state state;
	uint32_t returner; /* of PAGE_OFFERED, PAGE_GONE and PAGE_DOUBTFUL, and of what PAGE_HUGE
			      was before; a call's id */
};

struct pages {
	struct interval_map map;
	uint64_t own_bytes; /* in OWN, SHARED, AHEAD, HUGE and OFFERED */
};

void pages_fini(struct pages *pages);

/* The first range at `start`, cut to end before `end`: of pages that were never seen, too. */
struct page_range pages_at(struct pages *pages, uint64_t start, uint64_t end);
void pages_set(struct pages *pages, uint64_t start, uint64_t end, enum page_state state,
	       uint32_t returner);

/* A call gave the range back: what was there is gone by it, files are as if never seen. */
void pages_give_back(struct pages *pages, uint64_t start, uint64_t end, uint32_t returner);

/* A call lets the kernel take the range when memory is short: what is its own is there until then.
 */
void pages_offer(struct pages *pages, uint64_t start, uint64_t end, uint32_t returner);

/* The same as giving back, of what may have been there without anybody's telling. */
void pages_doubt(struct pages *pages, uint64_t start, uint64_t end, uint32_t returner);

/* A child is born: it gets *child, and both see from now on which pages they share. */
void pages_fork(struct pages *pages, struct pages *child);

/* Takes what is known of [start, end) out of `from` and puts it into `to`, `shift` bytes further.
 */
void pages_move(struct pages *from, uint64_t start, uint64_t end, struct pages *to, uint64_t shift);

#endif
