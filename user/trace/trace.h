/* SPDX-License-Identifier: MIT */
/*
 * A command's events as lines of text while they happen.
 */
#ifndef PROF_TRACE_H
#define PROF_TRACE_H

#include <stdbool.h>
#include <stdint.h>

struct trace_options {
	const char *output;   /* NULL: standard error */
	uint32_t fault_kinds; /* bits of enum wire_fault_kind */
	uint32_t max_frames;  /* below each line; 0: none */
	uint64_t max_events;  /* then the command runs on untraced; 0: no end */
	bool as_root;
	uint64_t ring_bytes; /* per CPU; 0: the default */
};

/* Traces the command `argv` (ends with NULL). Returns prof's exit status, as record_run() does. */
int trace_run(const struct trace_options *options, char **argv);

#endif
