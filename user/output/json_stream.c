// SPDX-License-Identifier: MIT
#include "output/json_stream.h"

static void write_key(struct json_stream *s, const char *key)
{
	fprintf(s->out, "%s\"%s\": ", s->has_members ? ",\n" : "", key);
	s->has_members = true;
}

static void write_value(struct json_stream *s, json_t *value)
{
	json_dumpf(value, s->out, JSON_ENCODE_ANY);
	json_decref(value);
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
	write_key(s, key);
	write_value(s, value);
}

void json_stream_element(struct json_stream *s, json_t *value)
{
	fputs(s->has_elements ? ",\n" : "\n", s->out);
	s->has_elements = true;
	write_value(s, value);
}

void json_stream_array_begin(struct json_stream *s, const char *key)
{
	write_key(s, key);
	fputc('[', s->out);
	s->has_elements = false;
}

void json_stream_array_end(struct json_stream *s)
{
	fputs(s->has_elements ? "\n]" : "]", s->out);
}
