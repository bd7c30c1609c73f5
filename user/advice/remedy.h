/* SPDX-License-Identifier: MIT */
/*
 * What can be tried without changing a program: settings of its environment.
 *
 * Each was measured to do what it says, on glibc 2.36, jemalloc 5.3, gperftools 2.10 and mimalloc
 * 2.0.9, and what was measured not to help is not here: trim and mmap thresholds for blocks above
 * 64 MiB in threads, jemalloc's oversize_threshold in a main thread, any option of mimalloc.
 */
#ifndef PROF_ADVICE_REMEDY_H
#define PROF_ADVICE_REMEDY_H

#define MOST_SETTINGS 5

struct remedy {
	const char *name;
	const char *summary;
	const char *preload;                 /* a library to be loaded first, by its file name */
	const char *package;                 /* of Debian, that has it */
	const char *settings[MOST_SETTINGS]; /* NAME=VALUE, ends with NULL */
};

extern const struct remedy remedies[]; /* ends with a row without a name */

const struct remedy *remedy_find(const char *name); /* NULL: there is none */

/* "NAME=VALUE NAME=VALUE", as a shell takes them. The caller frees it. */
char *remedy_settings(const struct remedy *remedy);

#endif
