/* SPDX-License-Identifier: MIT */
/* Values of JSON, made from whatever a recording has. */
#ifndef PROF_OUTPUT_JSON_VALUE_H
#define PROF_OUTPUT_JSON_VALUE_H

#include <stdint.h>

#include <jansson.h>

/* A JSON string; bytes that are not UTF-8 become the text \xNN. */
json_t *json_text(const char *text);
json_t *json_text_or_null(const char *text);

/* JSON integers are signed: what exceeds them is said to be the greatest. */
json_t *json_count(uint64_t count);

/* Takes the value over. Its name is short because it begins most lines of those who write objects.
 */
static inline void set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

#endif
