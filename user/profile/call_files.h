/* SPDX-License-Identifier: MIT */
/*
 * The file that a system call of a recording is about: the one behind its descriptor, or the one
 * that it names. Only recordings that hold what calls were given tell.
 *
 * Rows are taken in the order in which the recording has them, which is nearly that of time; so a
 * descriptor that is used within microseconds of being another one's may be told as that.
 */
#ifndef PROF_PROFILE_CALL_FILES_H
#define PROF_PROFILE_CALL_FILES_H

#include "profile/names.h"
#include "profile/pair_map.h"
#include "recording/reader.h"

struct call_files {
	const struct recording *recording;
	struct names names;
	struct pair_map numbers; /* (process, descriptor) */
	VEC(uint32_t) by_number; /* a name; 0: not known */
};

#define CALL_FILES_COLUMNS                                                                         \
	(PIECES_COLUMNS | COLUMN(SYSCALL_NR) | COLUMN(SYSCALL_FLAGS) | COLUMN(SYSCALL_TASK))

bool call_files_are_known(const struct recording *r);

void call_files_init(struct call_files *f, const struct recording *r);
void call_files_fini(struct call_files *f);

/* From the first row again; names keep their ids. */
void call_files_restart(struct call_files *f);

/*
 * out[row] is the name's id of each row's file, 0: none, or unknown. Blocks are taken in their
 * order, each once. `c` has CALL_FILES_COLUMNS.
 */
void call_files_of_block(struct call_files *f, struct recording *r, const struct block *block,
			 const struct columns *c, uint32_t *out);

#endif
