/* SPDX-License-Identifier: MIT */
/*
 * The regions of an address space: what was mapped, by which call, and what became of it.
 *
 * A region is what one call made, whatever the kernel merges it with. Parts of it (extents) may be
 * cut out, overlaid, moved, or get other attributes and another owner; it ends when its last byte
 * goes. After fork, parent and child have extents of the same region.
 */
#ifndef PROF_MEMORY_REGIONS_H
#define PROF_MEMORY_REGIONS_H

#include "memory/call_totals.h"
#include "memory/interval_map.h"
#include "memory/lives.h"

struct region {
	enum region_kind kind;
	uint32_t owner; /* id of the call that made it */
	uint64_t birth_ns;
	uint64_t bytes;      /* at its largest */
	uint64_t live_bytes; /* of all its extents, in all spaces; 0: free for another */
};

/* All regions of all spaces. */
struct region_pool {
	VEC(struct region) items; /* [0] is none */
	VEC(uint32_t) free;
	struct lives lives;
	struct call_totals_table calls;
};

void region_pool_init(struct region_pool *pool);
void region_pool_fini(struct region_pool *pool);

enum extent_flag {
	EXTENT_READ = 1,
	EXTENT_WRITE = 2,
	EXTENT_EXEC = 4,
	EXTENT_SHARED = 8,
	EXTENT_FILE = 16,
	EXTENT_REPROTECTED = 32, /* since it was made */
	EXTENT_HUGE = 64,        /* huge pages were asked for */
	EXTENT_NO_HUGE = 128,
	EXTENT_NOT_FORKED = 256, /* a child does not get it */
	EXTENT_WIPED = 512,      /* a child gets it empty */
	EXTENT_HUGETLB = 1024,
	EXTENT_INHERITED = 2048, /* by a child: its growth is the parent's */
	EXTENT_BEFORE = 4096, /* nobody told what had happened to its pages until recording began */
};
#define EXTENT_PROTECTION (EXTENT_READ | EXTENT_WRITE | EXTENT_EXEC)

struct extent {
	uint64_t start, end;
	uint32_t region, owner; /* owner: of the call that made this part usable */
	uint32_t flags;         /* enum extent_flag */
	uint32_t module;        /* its file */
};

struct regions {
	struct region_pool *pool;
	struct interval_map map;
};

void regions_fini(struct regions *regions, uint64_t time_ns);

/* The first extent that reaches into [start, end), as it is, or cut to it. */
bool regions_find(struct regions *regions, uint64_t start, uint64_t end, struct extent *out);
bool regions_cut(struct regions *regions, uint64_t start, uint64_t end, struct extent *out);

/* Puts a new region where nothing is; returns its id. */
uint32_t regions_add(struct regions *regions, const struct extent *extent, enum region_kind kind,
		     uint64_t time_ns);
/* Puts an extent of a known region where nothing is. */
void regions_extend(struct regions *regions, const struct extent *extent);
/* Gives a known part other attributes; the region stays the same. */
void regions_change(struct regions *regions, const struct extent *extent);
/* The same for the call that changes what may be done there, and so perhaps makes it usable. */
void regions_protect(struct regions *regions, const struct extent *old, const struct extent *now,
		     uint32_t call);
/* The call `returner` (0: none is known) takes away whatever is there. */
void regions_remove(struct regions *regions, uint64_t start, uint64_t end, uint32_t returner,
		    uint64_t time_ns);
void regions_fork(struct regions *regions, struct regions *child);
void regions_move(struct regions *from, uint64_t start, uint64_t end, struct regions *to,
		  uint64_t shift);

#endif
