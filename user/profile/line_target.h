/* SPDX-License-Identifier: MIT */
/*
 * The function or source file that somebody means by a word.
 *
 * Names are long (paths, namespaces, templates), so a part will do as long as it is unique: the
 * whole name goes first, then the end of a path or of a qualified name, then any part of it.
 */
#ifndef PROF_PROFILE_LINE_TARGET_H
#define PROF_PROFILE_LINE_TARGET_H

#include "recording/reader.h"

struct line_target {
	char *name;
	bool is_file; /* else a function */
};

/* 0 or -errno, reported: -ENOENT when nothing is called so, -EINVAL when more than one thing is. */
int line_target_find(const struct recording *r, const char *word, struct line_target *out);
void line_target_fini(struct line_target *target);

bool line_target_has(const struct line_target *target, const struct function_line *at);

#endif
