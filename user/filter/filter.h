/* SPDX-License-Identifier: MIT */
/*
 * Conditions as users write them: name==openat && ret<0 && path~"/usr"
 *
 *     condition  = all { "||" all }
 *     all        = one { "&&" one }
 *     one        = "!" one | "(" condition ")" | FIELD | FIELD operator VALUE
 *     operator   = == (or =) != < <= > >= ~ !~
 *
 * A value is a number, also hexadecimal and with a unit (1.5ms, 64K), a "text", or a word. ~ is a
 * regular expression (POSIX extended, anywhere in the text); a field alone holds when it is there
 * and neither zero nor empty. Which fields there are the caller knows; here they have a name and a
 * type. A field that has several texts fits when one of them does; one that has no value for what
 * is being asked about fits nothing, not even !=.
 */
#ifndef PROF_FILTER_H
#define PROF_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum filter_type {
	FILTER_NUMBER,
	FILTER_DURATION, /* in nanoseconds; a value without a unit is so, too */
	FILTER_TEXT,
};

struct filter_field {
	const char *name; /* NULL ends the list */
	enum filter_type type;
	/* Reads a word that means a number: ENOENT. NULL: there are none. */
	bool (*number_of)(const char *word, int64_t *out);
	const char *help;
};

/* What a field is of the thing being asked about. */
struct filter_texts {
	const char *const *items;
	size_t nr;
};

struct filter_value {
	bool is_known;
	__int128 number;
	struct filter_texts texts; /* FILTER_TEXT */
};

typedef struct filter_value filter_get(void *context, size_t field);

struct filter;

/* 0, or -EINVAL, reported with the place. `fields` outlives the filter. */
int filter_parse(const char *text, const struct filter_field *fields, struct filter **out);
void filter_free(struct filter *f); /* NULL is fine */

bool filter_holds(const struct filter *f, filter_get *get, void *context);

#endif
