/* SPDX-License-Identifier: MIT */
/*
 * The system calls by name: number, arity and classes; and sets of them as users write them.
 *
 * One table, user/decode/syscall_table.h, feeds the names, the classes and the help text.
 */
#ifndef PROF_DECODE_SYSCALLS_H
#define PROF_DECODE_SYSCALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NR_SYSCALLS 512 /* numbers below this have a bit of their own in sets */

/* The name of a native system call, or NULL when this build does not know it. */
const char *syscall_name(uint64_t nr);
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

/*
 * Parses strace's grammar: comma-separated names, classes (%file or file; desc, network or net,
 * process, memory, signal, ipc), /regex/ (POSIX extended, anywhere in the name), `all`, `none`; a
 * leading
 * `!` takes the complement of the whole list. 0 or -EINVAL, reported, naming the nearest known
 * word.
 */
int syscall_set_parse(const char *spec, struct syscall_set *out);

/* The word of `words` (a NULL-terminated list) nearest to `typed`, or NULL if none is near. */
const char *nearest_word(const char *typed, const char *const *words);

#endif
