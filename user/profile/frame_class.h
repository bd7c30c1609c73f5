/* SPDX-License-Identifier: MIT */
/*
 * What kind of thing a frame is: whose code, or what happened below it. Graphs colour by it.
 *
 * A file is known by its name alone, as a recording is read where its files are not: what is called
 * `.so` is a library, two of which are told apart, and everything else that is mapped is a program.
 */
#ifndef PROF_PROFILE_FRAME_CLASS_H
#define PROF_PROFILE_FRAME_CLASS_H

#include <stdbool.h>

#include "memory/causes.h"
#include "recording/reader.h"

enum frame_class {
	FRAME_OTHER, /* nobody said, or code that belongs to no file */
	FRAME_COMMAND,
	FRAME_PROGRAM,
	FRAME_INLINED, /* into whatever is below it */
	FRAME_LIBRARY,
	FRAME_LIBC,
	FRAME_LOADER,
	FRAME_KERNEL,
	FRAME_SYSCALL,
	FRAME_MINOR_FAULT,
	FRAME_MAJOR_FAULT,
	FRAME_FAILED_FAULT,
	/* In graphs of a difference: what became of a frame. */
	FRAME_GONE,
	FRAME_MUCH_LESS,
	FRAME_LESS,
	FRAME_SAME,
	FRAME_MORE,
	FRAME_MUCH_MORE,
	FRAME_APPEARED,
	/* What faults came from, in the place of their kinds; unknown causes are FRAME_OTHER. */
	FRAME_FIRST_TOUCH,
	FRAME_GROWTH,
	FRAME_CHURN,
	FRAME_REFAULT,
	FRAME_COPY,
	FRAME_PROTECTED,
	FRAME_FILE,
	FRAME_DISK,
	FRAME_FILE_WRITE,
	FRAME_SHARED,
	FRAME_START,
	FRAME_CODE, /* whose it is does not matter */
	NR_FRAME_CLASSES
};

extern const char *const frame_class_names[NR_FRAME_CLASSES];

enum frame_class frame_class_of_cause(enum fault_cause cause);
/* Is it code, or the command, and not what happened below? */
bool frame_class_is_code(enum frame_class class);
enum frame_class frame_class_of_module(const struct recording *r, uint32_t module);

#endif
