/* SPDX-License-Identifier: MIT */
/*
 * What a recording says about itself: where and how it was made, and what the kernel side counted.
 */
#ifndef PROF_RECORD_METADATA_H
#define PROF_RECORD_METADATA_H

#include <sys/resource.h>

#include "capture/allocators.h"
#include "capture/capture.h"
#include "capture/target.h"
#include "record/event_sets.h"
#include "record/session.h"
#include "recording/writer.h"

/* Of a command, or of processes that are attached to: their command lines one after the other. */
void metadata_write(struct writer *w, const struct record_options *options, char *const *argv,
		    const struct targets *targets);

/* Totals that the programs kept beside the stream, of faults and of the chosen system calls; and
 * every loss by kind and reason. */
void totals_write(struct writer *w, const struct session *s, const struct event_sets *sets);
/* What the command finds open, which it will not have made itself. */
void descriptors_write(struct writer *w, pid_t pid);
void allocator_counters_write(struct writer *w, const struct allocator_counts *counts);
void deep_counters_write(struct writer *w, const struct deep_counts *counts);
void losses_write(struct writer *w, const struct rings *rings);

#endif
