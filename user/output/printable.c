// SPDX-License-Identifier: MIT
#include "output/printable.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/utf8.h"

static bool is_control(unsigned char byte)
{
	return byte < 0x20 || byte == 0x7f;
}

/* The code point of a character of two or three bytes. */
static uint32_t code_point(const unsigned char *at, size_t size)
{
	return size == 2 ? (at[0] & 0x1fU) << 6 | (at[1] & 0x3fU)
			 : (at[0] & 0xfU) << 12 | (at[1] & 0x3fU) << 6 | (at[2] & 0x3fU);
}

/*
 * A character of more than one byte that acts instead of being read: C1 control characters, the
 * ends of lines and paragraphs, what turns the direction of writing so that text reads other than
 * it is, the mark of byte order, and what is no character.
 */
static bool is_acting(const char *text, size_t size)
{
	uint32_t c = size == 2 || size == 3 ? code_point((const unsigned char *)text, size) : ' ';

	return (c >= 0x80 && c < 0xa0) || c == 0x61c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff ||
	       c == 0xfffe || c == 0xffff;
}

static void append_escaped(struct bytes *out, const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		char escape[5];

		snprintf(escape, sizeof escape, "\\x%02x", (unsigned char)bytes[i]);
		bytes_append(out, escape, 4);
	}
}

/* Escapes what is no UTF-8, and control characters too where they would be obeyed. */
static char *escape(const char *text, bool escape_controls)
{
	const char *end = text + strlen(text);
	struct bytes out = {0};

	while (text < end) {
		size_t size = utf8_size(text, (size_t)(end - text)), step = size ? size : 1;

		if (!size || (escape_controls &&
			      (is_control((unsigned char)*text) || is_acting(text, size))))
			append_escaped(&out, text, step);
		else
			bytes_append(&out, text, size);
		text += step;
	}
	bytes_u8(&out, 0);
	return (char *)out.data;
}

char *printable(const char *text)
{
	return escape(text, true);
}

char *valid_utf8(const char *text)
{
	return escape(text, false);
}

char *shell_word(const char *text)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789_-+=./:,@%^";
	scoped_free char *clean = printable(text);
	struct bytes out = {0};

	if (*clean && !clean[strspn(clean, safe)])
		return xstrdup(clean);
	bytes_u8(&out, '\'');
	for (const char *at = clean; *at; at++) {
		if (*at == '\'')
			bytes_append(&out, "'\\''", 4);
		else
			bytes_u8(&out, (uint8_t)*at);
	}
	bytes_append(&out, "'", 2);
	return (char *)out.data;
}
