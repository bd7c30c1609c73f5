/* SPDX-License-Identifier: MIT */
/*
 * Libraries whose work needs a context that is dear to make and cheap to use again.
 */
#ifndef PROF_ADVICE_CONTEXTS_H
#define PROF_ADVICE_CONTEXTS_H

struct context_kind {
	const char *prefix; /* of the functions that make one */
	const char *name;
	const char *reuse; /* what to do instead */
};

/* The kind that a function makes, or NULL. */
const struct context_kind *context_kind_of(const char *function);

#endif
