/* SPDX-License-Identifier: MIT */
/*
 * All paths as a file for speedscope: a profile for each weight (page faults, their time and bytes,
 * system calls, their time), of all threads and of each thread that has any.
 *
 * Samples are paths, not moments: the view by time shows them in order of weight. The frames they
 * refer to stand at the end, so that nothing but frames is kept while profiles are written.
 */
#ifndef PROF_OUTPUT_SPEEDSCOPE_H
#define PROF_OUTPUT_SPEEDSCOPE_H

#include <stdio.h>

#include "profile/event_paths.h"

/* `detail` has bits of enum path_detail; frames have their files, and with PATH_LINES lines. */
void speedscope_write(FILE *out, struct recording *r, unsigned int detail);

#endif
