/* SPDX-License-Identifier: MIT */
/* What `prof info` says of a file: its header and its integrity, as text and as JSON. */
#ifndef PROF_OUTPUT_INFO_OUTPUT_H
#define PROF_OUTPUT_INFO_OUTPUT_H

#include <stdio.h>

#include "profile/inventory.h"

struct info {
	const char *path;
	const struct recording *recording;
	struct inventory inventory;
	bool is_whole; /* finished, and nothing damaged */
};

void info_text(FILE *out, const struct info *info);
void info_json(FILE *out, const struct info *info);

#endif
