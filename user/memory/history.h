/* SPDX-License-Identifier: MIT */
/*
 * Faults and memory over time, in a fixed number of moments that grow as time goes on.
 */
#ifndef PROF_MEMORY_HISTORY_H
#define PROF_MEMORY_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#define MOST_MOMENTS 120 /* even */

struct moment {
	uint64_t faults, service_ns;
	uint64_t most_bytes; /* of anonymous memory */
	uint64_t last_bytes;
	bool is_noted; /* the amounts are; else as in the moment before */
};

struct history {
	uint64_t start_ns, width_ns; /* of a moment */
	uint32_t nr;
	struct moment moments[MOST_MOMENTS];
};

void history_init(struct history *h, uint64_t start_ns);
void history_add_faults(struct history *h, uint64_t time_ns, uint64_t faults, uint64_t service_ns);
void history_note_bytes(struct history *h, uint64_t time_ns, uint64_t bytes);
/* Moments without a note get the amount of the one before. */
void history_finish(struct history *h);

#endif
