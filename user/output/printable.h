/* SPDX-License-Identifier: MIT */
/*
 * Text from a recording made fit for where it goes. Names in it come from programs and files and
 * may hold anything: what would move a cursor, break a line or a JSON string becomes \xNN.
 */
#ifndef PROF_OUTPUT_PRINTABLE_H
#define PROF_OUTPUT_PRINTABLE_H

/* For a terminal or a line of text. The caller frees it. */
char *printable(const char *text);

/* The same as a word of a shell command: quoted where the shell would not take it as one word. */
char *shell_word(const char *text);

/* Only what is not UTF-8 is escaped. */
char *valid_utf8(const char *text);

#endif
