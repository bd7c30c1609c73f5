/* SPDX-License-Identifier: MIT */
/*
 * Events that no row tells of, as paths below [lost], so that paths add up to all events.
 *
 * How many they were is known from the totals that the kernel side keeps beside the stream.
 */
#ifndef PROF_PROFILE_LOST_PATHS_H
#define PROF_PROFILE_LOST_PATHS_H

#include "profile/paths.h"
#include "profile/scan.h"

/* After scan_add_lost_faults(). */
void lost_faults_add(struct path_tree *tree, const struct recording *r, const struct scan *scan);

/* Calls stand below [lost] by their names. Leaves of `rows`, all that there are, are syscalls. */
void lost_syscalls_add(struct path_tree *tree, const struct recording *r, const struct tally *rows);

#endif
