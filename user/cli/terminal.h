/* SPDX-License-Identifier: MIT */
/*
 * What standard output is, and so how it may be written to.
 *
 * Only a terminal gets colours and cut names: what goes into a pipe or a file is whole and plain
 * unless somebody asked for something else.
 */
#ifndef PROF_CLI_TERMINAL_H
#define PROF_CLI_TERMINAL_H

#include <limits.h>
#include <stdbool.h>

#define WIDTH_UNLIMITED UINT_MAX

/* Columns of the terminal, WIDTH_UNLIMITED where there is none. */
unsigned int terminal_width(void);

enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* auto, always or never. 0 or -EINVAL, reported. */
int color_mode_parse(const char *text, enum color_mode *out);

/* Whether to colour standard output. NO_COLOR, CLICOLOR_FORCE and TERM=dumb decide for COLOR_AUTO.
 */
bool color_wanted(enum color_mode mode);

#endif
