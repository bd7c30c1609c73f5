/* SPDX-License-Identifier: MIT */
/* Memory for the many small things of a recording, all given back at once. */
#ifndef PROF_RECORDING_ARENA_H
#define PROF_RECORDING_ARENA_H

#include <stddef.h>

struct arena_piece;

struct arena {
	struct arena_piece *pieces; /* the one being filled first */
	size_t used, capacity;      /* of that one */
};

void *arena_take(struct arena *a, size_t size); /* zeroed, aligned for any type of the recording */
char *arena_text(struct arena *a, const void *text, size_t size); /* a NUL-terminated copy */
void arena_fini(struct arena *a);

#endif
