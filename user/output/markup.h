/* SPDX-License-Identifier: MIT */
/*
 * Text from a recording inside XML and HTML.
 *
 * What such text may not contain, or what would act instead of being read (control characters, the
 * ones that turn the direction of writing), has become \xNN before; the five characters that mean
 * something to a parser become references.
 */
#ifndef PROF_OUTPUT_MARKUP_H
#define PROF_OUTPUT_MARKUP_H

#include <stddef.h>
#include <stdio.h>

/* As the content of an element or the value of a quoted attribute. */
void markup_text(FILE *out, const char *text);

/* Bytes as base64, which holds nothing that any parser would look at. */
void markup_base64(FILE *out, const void *data, size_t size);

/*
 * The text, or its beginning and an ellipsis, in that many columns; NULL where that would say
 * nothing. Characters from U+1100 on count as two. The text must be printable(). The caller frees
 * the label.
 */
char *markup_label(const char *text, unsigned int columns);

#endif
