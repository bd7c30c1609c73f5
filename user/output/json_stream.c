// SPDX-License-Identifier: MIT
#include "output/json_stream.h"

/* What stands before a member, or before an element, whose key is NULL. */
static void write_lead(struct json_stream *s, const char *key)
{
	bool *has_more = &s->has_more[s->depth];

	if (key)
		fprintf(s->out, "%s\"%s\": ", *has_more ? ",\n" : "", key);
	else
		fputs(*has_more ? ",\n" : "\n", s->out);
	*has_more = true;
}

static void write_value(struct json_stream *s, json_t *value)
{
	json_dumpf(value, s->out, JSON_ENCODE_ANY);
	json_decref(value);
}

static void descend(struct json_stream *s, const char *key, char bracket)
{
	write_lead(s, key);
	fputc(bracket, s->out);
	s->has_more[++s->depth] = false;
}

void json_stream_begin(struct json_stream *s, FILE *out)
{
	*s = (struct json_stream){.out = out};
	fputc('{', out);
}

void json_stream_end(struct json_stream *s)
{
	fputs("}\n", s->out);
}

void json_stream_member(struct json_stream *s, const char *key, json_t *value)
{
	write_lead(s, key);
	write_value(s, value);
}

void json_stream_element(struct json_stream *s, json_t *value)
{
	write_lead(s, NULL);
	write_value(s, value);
}

void json_stream_array_begin(struct json_stream *s, const char *key)
{
	descend(s, key, '[');
}

void json_stream_array_end(struct json_stream *s)
{
	fputs(s->has_more[s->depth--] ? "\n]" : "]", s->out);
}

void json_stream_object_begin(struct json_stream *s, const char *key)
{
	descend(s, key, '{');
}

void json_stream_object_end(struct json_stream *s)
{
	s->depth--;
	fputc('}', s->out);
}
