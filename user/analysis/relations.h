/* SPDX-License-Identifier: MIT */
/*
 * What goes together in the windows of a run: pairs of series whose ranks are correlated beyond
 * chance.
 *
 * That a program does more of everything in some windows, because it has the processor then, says
 * nothing about two of its calls. So where numbers of calls are concerned it is the correlation
 * that is left when the number of all other calls is held fixed (a partial correlation of ranks).
 */
#ifndef PROF_ANALYSIS_RELATIONS_H
#define PROF_ANALYSIS_RELATIONS_H

#include "analysis/course.h"

/* Fills in the matrix, the relations and the number of windows that they are about. */
void relations_find(struct course *course);

#endif
