/* SPDX-License-Identifier: MIT */
/*
 * System calls newer than this build, as the kernel describes them: a name, and the names and C
 * types of the arguments, in tracefs at events/syscalls/sys_enter_NAME/format.
 *
 * What the kernel calls an argument says little more than C does: numbers, pointers, descriptors
 * (int or unsigned int named fd or ...fd) and strings (const char * of names and paths).
 */
#ifndef PROF_DECODE_CALL_FORMAT_H
#define PROF_DECODE_CALL_FORMAT_H

#include "decode/types.h"

#define CALL_NAME_BYTES 48

struct call_format {
	char name[CALL_NAME_BYTES];
	char arg_names[6][CALL_NAME_BYTES];
	struct signature signature; /* points into this struct: not to be copied */
};

/*
 * Reads such a description, which may be anything, into `out`, which has to stay where it is. False
 * if it is none. Fields that later kernels add to the arguments, copies of strings, end them.
 */
bool call_format_parse(const char *text, size_t size, struct call_format *out);

#endif
