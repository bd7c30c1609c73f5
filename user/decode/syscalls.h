/* SPDX-License-Identifier: MIT */
/*
 * The system calls by name: number, arity and classes; and sets of them as users write them.
 *
 * One table per architecture, user/decode/syscall_table_*.h, feeds the names, arities and classes.
 */
#ifndef PROF_DECODE_SYSCALLS_H
#define PROF_DECODE_SYSCALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/nearest.h"

#define NR_SYSCALLS 512 /* numbers below this have a bit of their own in sets */

/* The name of a native system call, or NULL when this build does not know it. */
const char *syscall_name(uint64_t nr);
/* From here on the number is known by this name, unless it is by another: the running kernel says
 * so, or a recording. Before anything is decoded. */
void syscall_learn(uint64_t nr, const char *name, unsigned int arity);
/* The name of a call that was learned; NULL: it was not. */
const char *syscall_learned(uint64_t nr);
/* The same, written into `buffer` as syscall_NNN when unknown. Returns what to print. */
const char *syscall_label(uint64_t nr, char buffer[32]);
/* -1 when there is none of that name. */
int syscall_number(const char *name);
/* How many arguments it takes, 0..6; 6 when unknown. */
unsigned int syscall_arity(uint64_t nr);

/* ENOENT and the like, also ERESTARTSYS (512) and its kin; NULL when unknown. `error` is positive.
 */
const char *errno_name(int error);

struct syscall_set {
	uint64_t bits[NR_SYSCALLS / 64];
};

static inline bool syscall_set_has(const struct syscall_set *set, uint64_t nr)
{
	return nr < NR_SYSCALLS && set->bits[nr / 64] >> (nr % 64) & 1;
}

/* Those that are in both. */
static inline struct syscall_set syscall_set_common(const struct syscall_set *a,
						    const struct syscall_set *b)
{
	struct syscall_set common;

	for (size_t i = 0; i < NR_SYSCALLS / 64; i++)
		common.bits[i] = a->bits[i] & b->bits[i];
	return common;
}

/* What a system call deals with, classified as strace does, so that counts of a class agree. */
enum syscall_class {
	CLASS_FILE = 1,    /* takes the name of a file */
	CLASS_DESC = 2,    /* takes or returns a descriptor, except for the calls on sockets */
	CLASS_NETWORK = 4, /* sockets */
	CLASS_PROCESS = 8, /* makes, ends, awaits or signals processes */
	CLASS_MEMORY = 16, /* maps memory or governs mappings */
	CLASS_SIGNAL = 32,
	CLASS_IPC = 64, /* System V semaphores, queues and shared memory */
};

/* The classes it is in, an OR of the above. */
unsigned int syscall_classes(uint64_t nr);

/*
 * Parses a comma-separated list of names, classes (%file or file; desc, network or net, process,
 * memory, signal, ipc, creds, clock, pure, and with their % the stat and statfs families), /regex/
 * (POSIX extended, anywhere in the name; the second slash may be left out where no comma is in it),
 * numbers, `all` and `none`. A name wins over an equal class word. Behind a `?` it need not exist.
 * A leading `!` makes it the complement of the whole list; `!` before a later element takes that
 * element away, wherever it stands: `file,!/at$/`. Spaces are not allowed. 0 or -EINVAL, reported,
 * naming the nearest known word.
 */
int syscall_set_parse(const char *spec, struct syscall_set *out);

#endif
