/* SPDX-License-Identifier: MIT */
/*
 * One JSON object written member by member, so that only one element of it is ever in memory.
 *
 * Each member, and each element of an array that is opened, takes a line of its own.
 */
#ifndef PROF_OUTPUT_JSON_STREAM_H
#define PROF_OUTPUT_JSON_STREAM_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct json_stream {
	FILE *out;
	bool has_members, has_elements;
};

void json_stream_begin(struct json_stream *s, FILE *out);
void json_stream_end(struct json_stream *s);

/* Both take the value over. */
void json_stream_member(struct json_stream *s, const char *key, json_t *value);
void json_stream_element(struct json_stream *s, json_t *value);

void json_stream_array_begin(struct json_stream *s, const char *key);
void json_stream_array_end(struct json_stream *s);

#endif
