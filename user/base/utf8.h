/* SPDX-License-Identifier: MIT */
/*
 * What is a UTF-8 character, in bytes that may be anything.
 *
 * As Unicode has it: of several ways to write a character only the shortest counts, and neither
 * surrogates nor what is beyond U+10FFFF are characters.
 */
#ifndef PROF_BASE_UTF8_H
#define PROF_BASE_UTF8_H

#include <stddef.h>

/* How many bytes the character has that begins at `at`, where `left` bytes are; 0 when none does.
 */
size_t utf8_size(const void *at, size_t left);

#endif
