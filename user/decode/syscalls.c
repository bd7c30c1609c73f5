// SPDX-License-Identifier: MIT
#include "decode/syscalls.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

struct syscall_row {
	const char *name;
	uint8_t arity, classes;
};

/* A build that knows none from that number on, as of the time before they were made. */
#ifndef FIRST_UNKNOWN_SYSCALL
#define FIRST_UNKNOWN_SYSCALL NR_SYSCALLS
#endif

#define SYSCALL(nr, name, arity, classes)                                                          \
	[nr] = {(nr) < FIRST_UNKNOWN_SYSCALL ? #name : NULL, arity, classes},

static const struct syscall_row rows[NR_SYSCALLS] = {
#if defined(__x86_64__)
#include "decode/syscall_table_x86_64.h"
#elif defined(__aarch64__)
#include "decode/syscall_table_aarch64.h"
#else
#error "this architecture has no table of system calls yet"
#endif
};

/* What was learned: the one thing here that is not known when prof is built. */
static struct syscall_row learned[NR_SYSCALLS];

static const struct syscall_row *row_of(uint64_t nr)
{
	if (nr >= NR_SYSCALLS)
		return NULL;
	return rows[nr].name ? &rows[nr] : learned[nr].name ? &learned[nr] : NULL;
}

void syscall_learn(uint64_t nr, const char *name, unsigned int arity)
{
	if (nr < NR_SYSCALLS && !row_of(nr))
		learned[nr] = (struct syscall_row){.name = xstrdup(name), .arity = (uint8_t)arity};
}

const char *syscall_learned(uint64_t nr)
{
	return nr < NR_SYSCALLS && !rows[nr].name ? learned[nr].name : NULL;
}

const char *syscall_name(uint64_t nr)
{
	const struct syscall_row *row = row_of(nr);

	return row ? row->name : NULL;
}

const char *syscall_label(uint64_t nr, char buffer[32])
{
	const char *name = syscall_name(nr);

	if (name)
		return name;
	snprintf(buffer, 32, "syscall_%" PRIu64, nr);
	return buffer;
}

int syscall_number(const char *name)
{
	for (int nr = 0; nr < NR_SYSCALLS; nr++) {
		const struct syscall_row *row = row_of((uint64_t)nr);

		if (row && !strcmp(row->name, name))
			return nr;
	}
	return -1;
}

unsigned int syscall_arity(uint64_t nr)
{
	const struct syscall_row *row = row_of(nr);

	return row ? row->arity : 6;
}

unsigned int syscall_classes(uint64_t nr)
{
	const struct syscall_row *row = row_of(nr);

	return row ? row->classes : 0;
}
