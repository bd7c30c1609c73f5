/* SPDX-License-Identifier: MIT */
/*
 * Which capabilities this process has of those that recording needs.
 *
 * The capability is asked for, never the user id: root in a container may lack it, and a user may
 * have it.
 */
#ifndef PROF_CAPTURE_PRIVILEGES_H
#define PROF_CAPTURE_PRIVILEGES_H

#include <stdbool.h>

#define PRIVILEGE_LIST_SIZE 128

/* May load BPF programs and maps, and so ask the kernel what it supports. */
bool privileged_for_bpf(void);

/* May read performance events whatever perf_event_paranoid says. */
bool privileged_for_events(void);

/* Whether any is missing, and which: "CAP_BPF, CAP_PERFMON", or "" when none is. */
bool privileges_missing(char out[PRIVILEGE_LIST_SIZE]);

/* Reports that BPF programs could not be loaded and, as far as that is why, what to do. Returns
 * err. */
int privileges_fail(int err);

#endif
