/* SPDX-License-Identifier: MIT */
/*
 * What a process has open before anything is known of it, from /proc: of a command that has not
 * begun, or of a process that is attached to.
 */
#ifndef PROF_DESCRIPTORS_SEED_H
#define PROF_DESCRIPTORS_SEED_H

#include <sys/types.h>

#include "descriptors/descriptors.h"

/* Its descriptors and its directory; with `inherited`, only what stays over an exec. */
void descriptors_seed_process(struct descriptors *d, uint32_t task, pid_t pid, bool inherited);

#endif
