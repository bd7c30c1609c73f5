// SPDX-License-Identifier: MIT
#include "output/markup.h"

#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "output/printable.h"

#define ELLIPSIS "\xe2\x80\xa6"

static const char *reference_of(char character)
{
	switch (character) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void markup_text(FILE *out, const char *text)
{
	scoped_free char *clean = printable(text);

	for (const char *at = clean; *at; at++) {
		const char *reference = reference_of(*at);

		if (reference)
			fputs(reference, out);
		else
			fputc(*at, out);
	}
}

void markup_base64(FILE *out, const void *data, size_t size)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *bytes = data;

	for (size_t i = 0; i < size; i += 3) {
		size_t left = size - i;
		uint32_t group = (uint32_t)bytes[i] << 16 |
				 (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
				 (left > 2 ? bytes[i + 2] : 0);

		fputc(digits[group >> 18], out);
		fputc(digits[group >> 12 & 63], out);
		fputc(left > 1 ? digits[group >> 6 & 63] : '=', out);
		fputc(left > 2 ? digits[group & 63] : '=', out);
	}
}

/* The columns that the character at `text` takes, and its size in bytes. */
static unsigned int character_columns(const char *text, size_t *out_size)
{
	unsigned char lead = (unsigned char)*text;

	*out_size = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	return lead > 0xe1 || (lead == 0xe1 && (unsigned char)text[1] >= 0x84) ? 2 : 1;
}

char *markup_label(const char *text, unsigned int columns)
{
	unsigned int used = 0;
	size_t at = 0, size, whole = 0; /* whole: as much as leaves room for an ellipsis */

	while (text[at]) {
		used += character_columns(text + at, &size);
		if (used > columns)
			break;
		at += size;
		if (used < columns)
			whole = at;
	}
	if (!text[at])
		return columns ? xstrdup(text) : NULL;
	return columns < 3 ? NULL : xasprintf("%.*s" ELLIPSIS, (int)whole, text);
}
