/* SPDX-License-Identifier: MIT */
/*
 * Strings kept once each and known by a small number, so that names compare as integers.
 */
#ifndef PROF_PROFILE_NAMES_H
#define PROF_PROFILE_NAMES_H

#include <stdint.h>

#include "base/vec.h"

struct names {
	VEC(char *) texts; /* by id; [0] is "" */
	uint32_t *slots;   /* id + 1, 0 = free */
	uint32_t mask;
};

/* A zeroed set is an empty one. */
void names_fini(struct names *names);
uint32_t names_intern(struct names *names, const char *text);
const char *names_text(const struct names *names, uint32_t id);

#endif
