/* SPDX-License-Identifier: MIT */
/*
 * Names of functions as they can be compared between builds and between languages.
 *
 * What compilers add says nothing about the code: hashes, clones, generic and template arguments,
 * parameters, closures, ABI tags. What is left is compared by the words in it, so that snake_case,
 * camelCase and namespaces of different depth meet.
 */
#ifndef PROF_DIFF_FUNCTION_NAME_H
#define PROF_DIFF_FUNCTION_NAME_H

#include <stdbool.h>

/* "app::encode_item" of "<app::Encoder<T> as X>::encode_item::h0123456789abcdef". To be freed. */
char *function_name_plain(const char *name);

/* False for the places of code that nobody named: "app!fn@0x1080", "[libfoo.so]". */
bool function_has_name(const char *name);

/* Frames that lead from a language's run-time to the program's code, or around it, and do nothing
 * themselves. `plain` is a plain name. */
bool function_is_glue(const char *plain);
/* Of a language's standard library: mostly generic code around what the program does. */
bool function_is_standard(const char *plain);

/*
 * How alike two plain names are, from 0 to 1, by their words; those of the function itself count
 * more than those of its scopes.
 */
double function_names_alike(const char *a, const char *b);

#endif
