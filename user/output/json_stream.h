/* SPDX-License-Identifier: MIT */
/*
 * One JSON object written member by member, so that only one element of it is ever in memory.
 *
 * Each member, and each element of an array that is opened, takes a line of its own. Objects and
 * arrays that are opened may hold more of them.
 */
#ifndef PROF_OUTPUT_JSON_STREAM_H
#define PROF_OUTPUT_JSON_STREAM_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#define JSON_STREAM_DEPTH 6

struct json_stream {
	FILE *out;
	unsigned int depth;
	bool has_more[JSON_STREAM_DEPTH]; /* at each depth: something has been written there */
};

void json_stream_begin(struct json_stream *s, FILE *out);
void json_stream_end(struct json_stream *s);

/* Both take the value over. */
void json_stream_member(struct json_stream *s, const char *key, json_t *value);
void json_stream_element(struct json_stream *s, json_t *value);

void json_stream_array_begin(struct json_stream *s, const char *key);
void json_stream_array_end(struct json_stream *s);

/* `key` NULL: an element. */
void json_stream_object_begin(struct json_stream *s, const char *key);
void json_stream_object_end(struct json_stream *s);

#endif
