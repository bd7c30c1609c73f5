/* SPDX-License-Identifier: MIT */
/*
 * How lines look: what users choose with strace's -t, -r, -T, -a, -n, -s, -x and -v.
 */
#ifndef PROF_TRACE_STYLE_H
#define PROF_TRACE_STYLE_H

#include <stdbool.h>
#include <stdint.h>

#include "decode/syscalls.h"

enum time_form {
	TIME_NONE,
	TIME_OF_DAY, /* HH:MM:SS */
	TIME_UNIX,   /* seconds since 1970 */
};

struct line_style {
	unsigned int result_column; /* results are aligned to it */
	enum time_form time;
	unsigned int time_digits; /* of the fraction of a second: 0, 3, 6 or 9 */
	bool since_last;          /* the time since the line before, too */
	unsigned int since_last_digits;
	bool durations;
	unsigned int duration_digits;
	bool numbers; /* of the system calls */

	uint32_t max_string_bytes;
	unsigned int hex_strings; /* enum emit_hex */
	bool verbose;
	struct syscall_set raw; /* whose arguments are shown as bare numbers */
	unsigned int fd_detail; /* 1: descriptors with their paths, 2: and all else about them */
};

#define DEFAULT_LINE_STYLE                                                                         \
	{                                                                                          \
		.result_column = 40, .since_last_digits = 6, .duration_digits = 6,                 \
		.max_string_bytes = 32,                                                            \
	}

#endif
