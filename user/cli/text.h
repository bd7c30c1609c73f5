/* SPDX-License-Identifier: MIT */
/*
 * Text in columns of a terminal, whatever its encoding.
 *
 * Names come from files and may hold anything: a byte that is no character of the locale, or one
 * that is not printable, counts as one column.
 */
#ifndef PROF_CLI_TEXT_H
#define PROF_CLI_TEXT_H

#include <stdbool.h>
#include <stdio.h>

bool locale_is_utf8(void);

unsigned int text_columns(const char *text);

/* A copy that is at most `columns` wide: the middle of a longer text gives way to an ellipsis. */
char *text_cut(const char *text, unsigned int columns);

/*
 * Prints words from `column` on, where the line is at, breaking lines before `width` and indenting
 * those that follow.
 */
void text_print_wrapped(FILE *out, const char *text, unsigned int column, unsigned int width);

#endif
