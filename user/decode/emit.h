/* SPDX-License-Identifier: MIT */
/*
 * What decoders write with: one sequence of calls, two notations.
 *
 *     emit_open(e, EMIT_STRUCT);
 *     emit_name(e, "st_mode"), emit_octal(e, 0644);
 *     emit_more(e);
 *     emit_close(e);
 *
 * gives {st_mode=0644, ...} as text, in the syntax of strace, and {"st_mode":"0644"} as JSON. The
 * separators come by themselves. Whatever is emitted as JSON is valid UTF-8.
 */
#ifndef PROF_DECODE_EMIT_H
#define PROF_DECODE_EMIT_H

#include "base/bytes.h"
#include "decode/constants.h"

#define EMIT_DEPTH 24

/* -x and -xx. */
enum emit_hex { HEX_NEVER, HEX_UNPRINTABLE, HEX_ALWAYS };

struct emit_level {
	const char *separator, *end;
	bool has_any, is_object;
};

struct emit {
	struct bytes *out;
	bool json;
	enum emit_hex hex_strings;
	bool named; /* a name has just been written: its value needs no separator */
	unsigned int depth;
	struct emit_level levels[EMIT_DEPTH];
};

enum emit_bracket {
	EMIT_STRUCT, /* {a=1, b=2}           {"a":1,"b":2} */
	EMIT_ARRAY,  /* [1, 2]               [1,2] */
	EMIT_SET,    /* [1 2]                [1,2] */
	EMIT_FLAGS,  /* A|B                  ["A","B"] */
	EMIT_CHANGE, /* [1 => 2]             [1,2]: before the call and after it */
};

void emit_init(struct emit *e, struct bytes *out, bool json);
void emit_open(struct emit *e, enum emit_bracket bracket);
void emit_close(struct emit *e);
/* The same with a text of one's own; in JSON an array, or an object. */
void emit_open_as(struct emit *e, const char *begin, const char *separator, const char *end,
		  bool is_object);

/* A member's name; an argument's name, which text does not show. A value has to follow. */
void emit_name(struct emit *e, const char *name);
void emit_label(struct emit *e, const char *name);
void emit_title(struct emit *e, const char *name); /* of what a result says: left {...} */

/* A word, bare as text: AT_FDCWD, htons(80). */
void emit_word(struct emit *e, const char *word);
void emit_wordf(struct emit *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void emit_int(struct emit *e, int64_t value);
void emit_uint(struct emit *e, uint64_t value);
void emit_hex(struct emit *e, uint64_t value);     /* 0x1f; 0 is 0 */
void emit_octal(struct emit *e, uint64_t value);   /* at least three digits: 0644, 000 */
void emit_pointer(struct emit *e, uint64_t value); /* NULL for 0 */
/* Bytes in quotes; `more`: the dots behind them. */
void emit_string(struct emit *e, const void *bytes, size_t size, bool more);
/* Bits by name; what has no name stays a number, with a comment if it is all there is. */
void emit_flags(struct emit *e, const struct constant_set *set, uint64_t value);
/* The same within an open EMIT_FLAGS, without a comment. Returns the bits that have no name. */
uint64_t emit_flag_names(struct emit *e, const struct constant_set *set, uint64_t value);
/* A choice among flags, within an open EMIT_FLAGS. */
void emit_flag_choice(struct emit *e, const struct constant_set *set, uint64_t value);
/* One of them by name; else a number, with a comment. */
void emit_choice(struct emit *e, const struct constant_set *set, uint64_t value);

/* A member and its value. */
static inline void emit_member_int(struct emit *e, const char *name, int64_t value)
{
	emit_name(e, name);
	emit_int(e, value);
}

static inline void emit_member_uint(struct emit *e, const char *name, uint64_t value)
{
	emit_name(e, name);
	emit_uint(e, value);
}

static inline void emit_member_hex(struct emit *e, const char *name, uint64_t value)
{
	emit_name(e, name);
	emit_hex(e, value);
}

static inline void emit_member_pointer(struct emit *e, const char *name, uint64_t value)
{
	emit_name(e, name);
	emit_pointer(e, value);
}

static inline void emit_member_flags(struct emit *e, const char *name,
				     const struct constant_set *set, uint64_t value)
{
	emit_name(e, name);
	emit_flags(e, set, value);
}

static inline void emit_member_choice(struct emit *e, const char *name,
				      const struct constant_set *set, uint64_t value)
{
	emit_name(e, name);
	emit_choice(e, set, value);
}

/* Three dots: there are more elements or members. */
void emit_more(struct emit *e);
/* A comment, which JSON has not. It has no separator. */
void emit_comment(struct emit *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* What the last value has become: the arrow of text, a member of JSON. A value has to follow. */
void emit_arrow(struct emit *e, const char *name);
/* Text that JSON has not, as it is. */
void emit_raw(struct emit *e, const char *text);

#endif
