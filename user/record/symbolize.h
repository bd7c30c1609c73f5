/* SPDX-License-Identifier: MIT */
/*
 * Puts the names of all recorded places into the recording, while the files are still there.
 */
#ifndef PROF_RECORD_SYMBOLIZE_H
#define PROF_RECORD_SYMBOLIZE_H

#include <stdbool.h>

#include "capture/capture.h"
#include "capture/mapped_files.h"
#include "capture/perf_maps.h"
#include "correlate/correlate.h"
#include "recording/writer.h"

struct symbolization;

/*
 * Begins, in a thread, to open the debug information of the files that nearly every program maps
 * (the C library and the loader, as this process has them): it takes as long as loading the BPF
 * programs, which goes on meanwhile.
 * Lives until the process ends: giving back debug information piece by piece takes milliseconds.
 */
struct symbolization *symbolization_new(void);

/* Asked between two places; true ends the work early, and what has no name yet goes without. */
typedef bool symbolization_stop(void *arg);

/* Where the names are. */
struct symbol_sources {
	const struct correlator *correlator;
	const struct mapped_files *files;
	struct perf_maps *perf_maps;
	struct capture *capture;
};

void symbolization_write(struct symbolization *s, struct writer *w,
			 const struct symbol_sources *sources, bool show_progress,
			 symbolization_stop *stop, void *arg);

#endif
