/* SPDX-License-Identifier: MIT */
/*
 * What descriptors stand for while the events of a recording go by, in order of time: from what was
 * open at its start, and from what calls did.
 */
#ifndef PROF_TRACE_KNOWN_DESCRIPTORS_H
#define PROF_TRACE_KNOWN_DESCRIPTORS_H

#include "decode/decode.h"
#include "recording/reader.h"

struct known_descriptors;

/* `detail`: 1, paths; 2, also addresses of sockets and numbers of devices. */
struct known_descriptors *known_descriptors_new(const struct recording *r, unsigned int detail);
void known_descriptors_free(struct known_descriptors *k); /* NULL is fine */

/* Has decoding with these options tell what descriptors are to the task that is in `task` then. */
void known_descriptors_lend(struct known_descriptors *k, const uint32_t *task,
			    struct decode_options *out);

/* A call of `task` begins: what it will have made. */
void known_descriptors_before(struct known_descriptors *k, uint32_t task,
			      const struct piece *pieces, uint32_t nr_pieces);
/* And is over: what it did. */
void known_descriptors_after(struct known_descriptors *k, uint32_t task, struct call *call);

void known_descriptors_task_event(struct known_descriptors *k, const struct task_event *event);

#endif
