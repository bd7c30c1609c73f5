// SPDX-License-Identifier: MIT
#include "cli/text.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/alloc.h"

bool locale_is_utf8(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

/* The size of the character at `at`, which is not the end, and how wide it is. */
static size_t next_character(const char *at, unsigned int *out_columns)
{
	mbstate_t state = {0};
	wchar_t character;
	size_t left = strnlen(at, MB_CUR_MAX);
	size_t size = mbrtowc(&character, at, left, &state);
	int width;

	*out_columns = 1;
	if (size == 0 || size > left) /* also (size_t)-1 and -2 */
		return 1;
	width = wcwidth(character);
	if (width >= 0)
		*out_columns = (unsigned int)width;
	return size;
}

unsigned int text_columns(const char *text)
{
	unsigned int total = 0, columns;

	for (; *text; total += columns)
		text += next_character(text, &columns);
	return total;
}

/* How many bytes from the start fit into `columns`. */
static size_t head_size(const char *text, unsigned int columns)
{
	const char *at = text;

	while (*at) {
		unsigned int width;
		size_t size = next_character(at, &width);

		if (width > columns)
			break;
		columns -= width;
		at += size;
	}
	return (size_t)(at - text);
}

/* The longest end of the text that fits into `columns`. */
static const char *tail_of(const char *text, unsigned int columns)
{
	unsigned int left = text_columns(text);

	while (left > columns) {
		unsigned int width;

		text += next_character(text, &width);
		left -= width;
	}
	return text;
}

char *text_cut(const char *text, unsigned int columns)
{
	const char *ellipsis = locale_is_utf8() ? "…" : "...";
	unsigned int dots = text_columns(ellipsis), kept;

	if (text_columns(text) <= columns)
		return xstrdup(text);
	if (columns <= dots)
		return xstrndup(text, head_size(text, columns));
	kept = columns - dots;
	/* The end of a name tells more than its start, so the odd column is the end's. */
	return xasprintf("%.*s%s%s", (int)head_size(text, kept / 2), text, ellipsis,
			 tail_of(text, kept - kept / 2));
}

void text_print_wrapped(FILE *out, const char *text, unsigned int column, unsigned int width)
{
	unsigned int at = column;

	while (*text) {
		size_t size = strcspn(text, " \n");
		scoped_free char *word = xstrndup(text, size);
		unsigned int columns = text_columns(word);

		if (at > column && (at + 1 > width || columns > width - at - 1)) {
			fprintf(out, "\n%*s", (int)column, "");
			at = column;
		}
		at += columns + (at > column);
		fprintf(out, "%s%s", at > column + columns ? " " : "", word);
		text += size;
		text += strspn(text, " \n");
	}
	fputc('\n', out);
}
