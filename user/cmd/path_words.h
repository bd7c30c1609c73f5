/* SPDX-License-Identifier: MIT */
/* The words by which people choose paths: what they weigh, and whose they are. */
#ifndef PROF_CMD_PATH_WORDS_H
#define PROF_CMD_PATH_WORDS_H

#include "profile/fault_pivot.h"
#include "profile/memory_paths.h"

/* 0 or -EINVAL, reported with the words that there are. */
int path_choice_parse(const char *word, const struct path_choice **out);
/* "process,kind": which of them in which order. 0, or -EINVAL, reported; -ENOENT, silent: it is a
 * word for path_side_parse(). */
int pivot_keys_parse(const char *words, enum pivot_key keys[NR_PIVOT_KEYS], unsigned int *nr);
int path_side_parse(const char *word, enum path_side *out);

#endif
