/* SPDX-License-Identifier: MIT */
/*
 * Where a subcommand's answer goes: to a file, or to standard output and there through the pager.
 */
#ifndef PROF_CMD_ANSWER_H
#define PROF_CMD_ANSWER_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/pager.h"

struct answer {
	FILE *out;
	const char *path; /* NULL: standard output */
	struct pager pager;
};

/* `path` NULL means standard output. 0 or -errno, reported. */
int answer_open(struct answer *a, const char *path, bool want_pager);
/* Whether somebody still takes it; an endless answer asks now and then. */
bool answer_is_wanted(const struct answer *a);
/* 0 or -errno, reported, when not everything arrived. A reader who left early is no error. */
int answer_close(struct answer *a);

/* Whether a file's name, which decides on the form of an answer, has that ending. NULL has none. */
bool path_ends_in(const char *path, const char *ending);

#endif
