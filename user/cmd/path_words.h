/* SPDX-License-Identifier: MIT */
/* The words by which people choose paths: what they weigh, and whose they are. */
#ifndef PROF_CMD_PATH_WORDS_H
#define PROF_CMD_PATH_WORDS_H

#include "profile/memory_report.h"

/* 0 or -EINVAL, reported with the words that there are. */
int path_choice_parse(const char *word, const struct path_choice **out);
int path_side_parse(const char *word, enum path_side *out);

#endif
