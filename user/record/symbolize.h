/* SPDX-License-Identifier: MIT */
/*
 * Puts the names of all recorded places into the recording, while the files are still there.
 */
#ifndef PROF_RECORD_SYMBOLIZE_H
#define PROF_RECORD_SYMBOLIZE_H

#include <stdbool.h>

#include "capture/capture.h"
#include "correlate/correlate.h"
#include "recording/writer.h"

/* Asked between two places; true ends the work early, and what has no name yet goes without. */
typedef bool symbolize_stop(void *arg);

void symbolize(struct writer *w, const struct correlator *correlator, struct capture *capture,
	       bool show_progress, symbolize_stop *stop, void *arg);

#endif
