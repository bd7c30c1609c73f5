/* SPDX-License-Identifier: MIT */
/*
 * One line for a stack: the code that somebody wrote and, behind it, the function where it
 * happened.
 *
 * "encode_item > memset": the innermost frame outside of the C library and the loader, and the
 * leaf.
 */
#ifndef PROF_PROFILE_PLACE_NAME_H
#define PROF_PROFILE_PLACE_NAME_H

#include "recording/reader.h"

/* The caller frees it; NULL when there is no stack. */
char *place_name(const struct recording *r, uint32_t stack);

#endif
