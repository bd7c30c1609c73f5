// SPDX-License-Identifier: MIT
#include "decode/call_format.h"

#include <string.h>

/* A piece of the text; never beyond it. */
struct span {
	const char *at;
	size_t size;
};

static bool span_starts(struct span span, const char *prefix)
{
	return span.size >= strlen(prefix) && !memcmp(span.at, prefix, strlen(prefix));
}

static bool span_ends(struct span span, const char *suffix)
{
	size_t size = strlen(suffix);

	return span.size >= size && !memcmp(span.at + span.size - size, suffix, size);
}

static bool span_has(struct span span, const char *word)
{
	return memmem(span.at, span.size, word, strlen(word));
}

/* The next line, without its end; false where there is none. */
static bool line_take(struct span *text, struct span *out)
{
	const char *end = memchr(text->at, '\n', text->size);
	size_t size = end ? (size_t)(end - text->at) : text->size;

	if (!text->size)
		return false;
	*out = (struct span){text->at, size};
	size += end != NULL;
	text->at += size;
	text->size -= size;
	return true;
}

/* A declaration between `field:` and `;`: its type and its name. */
static bool declaration_split(struct span line, struct span *type, struct span *name)
{
	static const char mark[] = "field:";
	const char *begin = memmem(line.at, line.size, mark, strlen(mark)), *end;
	size_t size;

	if (!begin)
		return false;
	begin += strlen(mark);
	size = (size_t)(line.at + line.size - begin);
	end = memchr(begin, ';', size);
	if (!end)
		return false;
	size = (size_t)(end - begin);
	end = memrchr(begin, ' ', size);
	if (!end)
		return false;
	*type = (struct span){begin, (size_t)(end - begin)};
	*name = (struct span){end + 1, size - (size_t)(end + 1 - begin)};
	return name->size > 0;
}

static void span_copy(struct span span, char out[CALL_NAME_BYTES])
{
	size_t size = span.size < CALL_NAME_BYTES ? span.size : CALL_NAME_BYTES - 1;

	for (size_t i = 0; i < size; i++)
		out[i] = span.at[i] > ' ' && span.at[i] <= '~' && span.at[i] != '"' ? span.at[i]
										    : '_';
	out[size] = '\0';
}

static bool is_text(struct span type, struct span name)
{
	return span_starts(type, "const char *") &&
	       (span_has(name, "name") || span_has(name, "path"));
}

static const struct arg_type *type_of(struct span type, struct span name)
{
	bool is_signed = !span_starts(type, "unsigned") && !span_has(type, "u32") &&
			 !span_has(type, "u64") && !span_has(type, "size_t");
	bool is_long = span_has(type, "long") || span_has(type, "size_t") || span_has(type, "64") ||
		       span_has(type, "loff_t");

	if (is_text(type, name))
		return &type_path;
	if (span_ends(type, "*"))
		return &type_pointer;
	if (span_ends(name, "dfd") || span_ends(name, "dirfd"))
		return &type_dirfd;
	if (!is_long && span_ends(name, "fd"))
		return &type_fd;
	if (span_has(name, "flags") || span_has(name, "mask"))
		return is_long ? &type_hex_long : &type_hex;
	if (is_long)
		return is_signed ? &type_long : &type_ulong;
	return is_signed ? &type_int : &type_uint;
}

static void argument_add(struct call_format *out, struct span type, struct span name)
{
	unsigned int i = out->signature.nr_args++;

	span_copy(name, out->arg_names[i]);
	out->signature.args[i] =
		(struct argument){.name = out->arg_names[i], .type = type_of(type, name)};
}

bool call_format_parse(const char *text, size_t size, struct call_format *out)
{
	static const char heading[] = "name: sys_enter_";
	struct span rest = {text, size}, line, type, name;
	bool in_arguments = false;

	memset(out, 0, sizeof *out);
	if (!line_take(&rest, &line) || !span_starts(line, heading))
		return false;
	span_copy((struct span){line.at + strlen(heading), line.size - strlen(heading)}, out->name);
	while (line_take(&rest, &line) && out->signature.nr_args < 6) {
		if (!declaration_split(line, &type, &name))
			continue;
		if (!in_arguments)
			in_arguments = span_ends(name, "__syscall_nr");
		else if (span_starts(type, "__data_loc") ||
			 (span_starts(name, "__") && span_ends(name, "_val")))
			break;
		else
			argument_add(out, type, name);
	}
	return in_arguments && *out->name;
}
