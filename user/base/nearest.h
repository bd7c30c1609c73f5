/* SPDX-License-Identifier: MIT */
/*
 * The known word that somebody who mistyped one most likely meant.
 */
#ifndef PROF_BASE_NEAREST_H
#define PROF_BASE_NEAREST_H

/*
 * The first of `words` (a NULL-terminated list) that is fewest slips away from `typed`, or NULL if
 * none is near: one slip is allowed, and one more for every four letters typed.
 */
const char *nearest_word(const char *typed, const char *const *words);

/* Hints at that word, or where none is near at what there is to `choose` (NULL: nothing). */
void hint_nearest(const char *typed, const char *const *words, const char *choose);

#endif
