/* SPDX-License-Identifier: MIT */
/*
 * Ratios of system calls: how many looks at metadata and reads an open file is worth, how many
 * calls a second, how many bytes a call, and how often the same bytes are read.
 */
#ifndef PROF_ANALYSIS_RATIOS_H
#define PROF_ANALYSIS_RATIOS_H

#include "analysis/read_ranges.h"

enum call_family { FAMILY_STAT, FAMILY_READ, FAMILY_OPEN, FAMILY_CLOSE, NR_CALL_FAMILIES };
extern const char *const call_family_names[NR_CALL_FAMILIES];

/* Bytes of the calls of one direction that succeeded. */
struct byte_ratio {
	uint64_t calls, bytes;
	/* Of those calls whose argument says how much may be moved. */
	uint64_t sized_calls, sized_bytes, asked_bytes;
};

struct ratios {
	const struct recording *recording;
	uint64_t run_ns;
	uint64_t calls;
	uint64_t families[NR_CALL_FAMILIES];
	struct byte_ratio reads, writes;
	bool has_ranges; /* it is known which files are behind descriptors */
	struct read_ranges ranges;
};

void ratios_build(struct recording *r, struct ratios *out);
void ratios_fini(struct ratios *ratios);

#endif
