// SPDX-License-Identifier: MIT
#include "decode/quote.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static bool needs_hex(const uint8_t *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (text[i] > 0x7e || text[i] < '\t' || (text[i] > '\r' && text[i] < ' '))
			return true;
	}
	return false;
}

/* An octal escape is as short as the digit that follows allows. */
static void append_octal(struct bytes *out, uint8_t byte, bool digit_follows)
{
	char escape[5];
	int size = snprintf(escape, sizeof escape, digit_follows ? "\\%03o" : "\\%o", byte);

	bytes_append(out, escape, (size_t)size);
}

static void append_escaped(struct bytes *out, uint8_t byte, bool digit_follows)
{
	static const char named[] = "\t\n\v\f\r\"\\", letters[] = "tnvfr\"\\";
	const char *name = byte ? strchr(named, byte) : NULL;

	if (name) {
		bytes_u8(out, '\\');
		bytes_u8(out, (uint8_t)letters[name - named]);
	} else if (byte >= ' ' && byte <= 0x7e) {
		bytes_u8(out, byte);
	} else {
		append_octal(out, byte, digit_follows);
	}
}

void quote_text(struct bytes *out, const uint8_t *text, size_t size, enum emit_hex hex)
{
	bool all_hex = hex == HEX_ALWAYS || (hex == HEX_UNPRINTABLE && needs_hex(text, size));

	bytes_u8(out, '"');
	for (size_t i = 0; i < size; i++) {
		char escape[5];

		if (all_hex) {
			snprintf(escape, sizeof escape, "\\x%02x", text[i]);
			bytes_append(out, escape, 4);
		} else {
			append_escaped(out, text[i],
				       i + 1 < size && text[i + 1] >= '0' && text[i + 1] <= '7');
		}
	}
	bytes_u8(out, '"');
}

void quote_json(struct bytes *out, const uint8_t *text, size_t size)
{
	for (size_t i = 0; i < size;) {
		size_t step = utf8_size(text + i, size - i);

		if (!step || text[i] < ' ' || text[i] == 0x7f) {
			char escape[7];

			snprintf(escape, sizeof escape, "\\u%04x", text[i]);
			bytes_append(out, escape, 6);
			step = 1;
		} else {
			if (text[i] == '"' || text[i] == '\\')
				bytes_u8(out, '\\');
			bytes_append(out, text + i, step);
		}
		i += step;
	}
}
