/* SPDX-License-Identifier: MIT */
/*
 * System calls by the file that they are about (profile/call_files.h), under names that two runs
 * share: without pids, and numbers of pipes.
 */
#ifndef PROF_DIFF_FILE_SCAN_H
#define PROF_DIFF_FILE_SCAN_H

#include "profile/names.h"
#include "recording/reader.h"
#include "stats/spread.h"

struct file_use {
	uint32_t name;
	uint64_t calls, errors, ns;
	uint64_t read_bytes, written_bytes;
	struct spread times;
};

struct file_scan {
	bool is_known;
	struct names names;
	VEC(struct file_use) items; /* by name - 1 */
};

void file_scan_take(struct recording *r, struct file_scan *out);
void file_scan_fini(struct file_scan *scan);

/* What programs read for the sake of their run-time, not of their work. */
bool file_is_systems(const char *path);

#endif
