/* SPDX-License-Identifier: MIT */
/*
 * By what system calls are told apart: which call, who made it, from where, how it ended.
 *
 * Up to three aspects make a group. Groups are numbered as they appear, so whatever is added up for
 * them lies in plain arrays; what they are called is only asked for those that are shown.
 */
#ifndef PROF_ANALYSIS_GROUPING_H
#define PROF_ANALYSIS_GROUPING_H

#include "profile/call_files.h"
#include "profile/names.h"
#include "profile/pair_map.h"
#include "recording/reader.h"

enum aspect {
	ASPECT_SYSCALL,
	ASPECT_PROCESS,
	ASPECT_THREAD,
	ASPECT_COMMAND, /* the name of the thread */
	ASPECT_SITE,    /* the innermost code outside of libraries that everybody uses */
	ASPECT_ERRNO,
	ASPECT_FILE,  /* behind the descriptor, or named */
	ASPECT_CLASS, /* what the call deals with: files, memory, network, ... */
	NR_ASPECTS
};

extern const char *const aspect_names[NR_ASPECTS + 1]; /* ends with NULL */

#define MAX_ASPECTS 3

struct grouping {
	const struct recording *recording;
	unsigned int nr_aspects;
	enum aspect aspects[MAX_ASPECTS];
	struct names texts;   /* of sites and commands */
	uint32_t *site_texts; /* by id of a stack: text + 1; 0: not looked up yet */
	struct pair_map numbers[MAX_ASPECTS];
	struct call_files files; /* if it takes them, and: */
	uint32_t *row_files;     /* of the rows of the block that is being read */
};

void grouping_init(struct grouping *g, const struct recording *r, const enum aspect *aspects,
		   unsigned int nr_aspects);
void grouping_fini(struct grouping *g);

uint32_t grouping_columns(const struct grouping *g); /* those that it takes to tell groups apart */

/* Blocks are read from the first one on, again and again; the numbers stay. */
void grouping_restart(struct grouping *g);
void grouping_block(struct grouping *g, struct recording *r, const struct block *block,
		    const struct columns *c);
uint32_t grouping_number(struct grouping *g, const struct columns *c, uint32_t row);
uint32_t grouping_size(const struct grouping *g); /* groups so far */

/* What aspect `i` of a group is called. The caller frees it. */
char *grouping_label(const struct grouping *g, uint32_t group, unsigned int i);

/*
 * Parses "syscall,thread". 0, or -EINVAL, reported, for a word that is none or comes twice, and for
 * too many.
 */
int aspects_parse(const char *words, enum aspect out[MAX_ASPECTS], unsigned int *nr);

#endif
