// SPDX-License-Identifier: MIT
#include "decode/emit.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "decode/quote.h"

static void put(struct emit *e, const char *text)
{
	bytes_append(e->out, text, strlen(text));
}

__attribute__((format(printf, 2, 3))) static void putf(struct emit *e, const char *fmt, ...)
{
	char text[64];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	put(e, text);
}

void emit_init(struct emit *e, struct bytes *out, bool json)
{
	*e = (struct emit){.out = out, .json = json};
}

static void separate(struct emit *e)
{
	struct emit_level *level = &e->levels[e->depth];

	if (!e->named && e->depth && level->has_any)
		put(e, e->json ? "," : level->separator);
	level->has_any = true;
	e->named = false;
}

void emit_open_as(struct emit *e, const char *begin, const char *separator, const char *end,
		  bool is_object)
{
	separate(e);
	if (e->depth + 1 == EMIT_DEPTH)
		BUG("values nested too deeply");
	e->levels[++e->depth] = (struct emit_level){separator, end, .is_object = is_object};
	if (e->json)
		put(e, is_object ? "{" : "[");
	else
		put(e, begin);
}

void emit_open(struct emit *e, enum emit_bracket bracket)
{
	static const struct {
		const char *begin, *separator, *end;
	} brackets[] = {
		[EMIT_STRUCT] = {"{", ", ", "}"},   [EMIT_ARRAY] = {"[", ", ", "]"},
		[EMIT_SET] = {"[", " ", "]"},       [EMIT_FLAGS] = {"", "|", ""},
		[EMIT_CHANGE] = {"[", " => ", "]"},
	};

	emit_open_as(e, brackets[bracket].begin, brackets[bracket].separator, brackets[bracket].end,
		     bracket == EMIT_STRUCT);
}

void emit_close(struct emit *e)
{
	const struct emit_level *level = &e->levels[e->depth--];

	if (e->json)
		put(e, level->is_object ? "}" : "]");
	else
		put(e, level->end);
}

static void put_json_string(struct emit *e, const void *text, size_t size, bool more)
{
	put(e, "\"");
	quote_json(e->out, text, size);
	put(e, more ? "...\"" : "\"");
}

static void name_value(struct emit *e, const char *name, const char *text_suffix)
{
	separate(e);
	if (e->json) {
		put_json_string(e, name, strlen(name), false);
		put(e, ":");
	} else if (text_suffix) {
		put(e, name);
		put(e, text_suffix);
	}
	e->named = true;
}

void emit_name(struct emit *e, const char *name)
{
	name_value(e, name, "=");
}

void emit_label(struct emit *e, const char *name)
{
	name_value(e, name, NULL);
}

void emit_title(struct emit *e, const char *name)
{
	name_value(e, name, " ");
}

void emit_arrow(struct emit *e, const char *name)
{
	if (e->json)
		emit_name(e, name);
	else
		put(e, " => ");
	e->named = true;
}

void emit_word(struct emit *e, const char *word)
{
	separate(e);
	if (e->json)
		put_json_string(e, word, strlen(word), false);
	else
		put(e, word);
}

void emit_wordf(struct emit *e, const char *fmt, ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	emit_word(e, text);
}

void emit_int(struct emit *e, int64_t value)
{
	separate(e);
	putf(e, "%" PRId64, value);
}

/* JSON's readers know signed integers: what exceeds them is text. */
static void put_number(struct emit *e, uint64_t value)
{
	putf(e, e->json && value > INT64_MAX ? "\"%" PRIu64 "\"" : "%" PRIu64, value);
}

void emit_uint(struct emit *e, uint64_t value)
{
	separate(e);
	put_number(e, value);
}

void emit_hex(struct emit *e, uint64_t value)
{
	separate(e);
	if (e->json)
		put_number(e, value);
	else
		putf(e, "%#" PRIx64, value);
}

void emit_octal(struct emit *e, uint64_t value)
{
	emit_wordf(e, "%#03" PRIo64, value);
}

void emit_pointer(struct emit *e, uint64_t value)
{
	if (value) {
		emit_wordf(e, "%#" PRIx64, value);
	} else {
		separate(e);
		put(e, e->json ? "null" : "NULL");
	}
}

void emit_string(struct emit *e, const void *bytes, size_t size, bool more)
{
	separate(e);
	if (e->json) {
		put_json_string(e, bytes, size, more);
	} else {
		quote_text(e->out, bytes, size, e->hex_strings);
		if (more)
			put(e, "...");
	}
}

static void comment_unknown(struct emit *e, const struct constant_set *set)
{
	if (set->unknown)
		emit_comment(e, "%s", set->unknown);
}

static bool all_have_names(const struct constant_set *set, uint64_t value)
{
	for (size_t i = 0; i < set->nr && value; i++) {
		if ((value & set->items[i].value) == set->items[i].value)
			value &= ~set->items[i].value;
	}
	return !value;
}

uint64_t emit_flag_names(struct emit *e, const struct constant_set *set, uint64_t value)
{
	bool with_newer = all_have_names(set, value);

	for (size_t i = 0; i < set->nr && value; i++) {
		const struct constant *item = &set->items[i];

		if (item->is_newer && !with_newer)
			continue;
		if (item->value && (value & item->value) == item->value) {
			emit_word(e, item->name);
			value &= ~item->value;
		}
	}
	if (value)
		emit_wordf(e, "%#" PRIx64, value);
	return value;
}

void emit_flags(struct emit *e, const struct constant_set *set, uint64_t value)
{
	const char *zero = value ? NULL : constant_name(set, 0);

	emit_open(e, EMIT_FLAGS);
	if (zero)
		emit_word(e, zero);
	else if (!value)
		emit_raw(e, "0");
	else if (emit_flag_names(e, set, value) == value)
		comment_unknown(e, set);
	emit_close(e);
}

void emit_flag_choice(struct emit *e, const struct constant_set *set, uint64_t value)
{
	const char *name = constant_name(set, value);

	if (name) {
		emit_word(e, name);
	} else {
		emit_wordf(e, "%#" PRIx64, value);
		comment_unknown(e, set);
	}
}

void emit_choice(struct emit *e, const struct constant_set *set, uint64_t value)
{
	const char *name = constant_name(set, value);

	if (name) {
		emit_word(e, name);
	} else {
		emit_hex(e, value);
		comment_unknown(e, set);
	}
}

void emit_more(struct emit *e)
{
	if (!e->json || !e->levels[e->depth].is_object)
		emit_word(e, "...");
}

void emit_comment(struct emit *e, const char *fmt, ...)
{
	char text[256];
	va_list args;

	if (e->json)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	put(e, " /* ");
	put(e, text);
	put(e, " */");
}

void emit_raw(struct emit *e, const char *text)
{
	if (!e->json)
		put(e, text);
}
