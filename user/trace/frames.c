// SPDX-License-Identifier: MIT
#include "trace/frames.h"

#include <inttypes.h>

#include "output/printable.h"
#include "profile/place_name.h"
#include "trace/line.h"

#define INDENT "                    "

void frame_names_init(struct frame_names *names, const struct live_files *files,
		      struct capture *capture)
{
	*names = (struct frame_names){
		.symbolizer = symbolizer_new(), .files = files, .capture = capture};
}

void frame_names_fini(struct frame_names *names)
{
	symbolizer_free(names->symbolizer);
	vec_each (&names->kernel, name)
		free(name->text);
	vec_free(&names->kernel);
}

static void inlined_write(struct bytes *out, const struct function_line *line, const char *module)
{
	scoped_free char *name = printable(line->function ? line->function : "?");

	text_printf(out, INDENT "%s (%s, inlined)\n", name, module);
}

static void function_write(struct frame_names *names, struct bytes *out, uint32_t file,
			   uint64_t offset, const char *function)
{
	scoped_free char *name = printable(function);
	const struct module *module;
	uint64_t from_start;
	uint32_t id;

	text_printf(out, INDENT "%s", name);
	module = live_file_module(names->files, file, &id);
	if (symbolizer_function_offset(names->symbolizer, module, id, offset, &from_start))
		text_printf(out, "+0x%" PRIx64, from_start);
	text_printf(out, " (%s)\n", live_file_name(names->files, file));
}

void frame_write(struct frame_names *names, struct bytes *out, uint32_t file, uint64_t offset)
{
	uint32_t id, nr_lines = 0;
	const struct module *module = live_file_module(names->files, file, &id);
	const char *name = live_file_name(names->files, file);
	const struct function_line *lines;

	if (module)
		nr_lines = symbolizer_lookup(names->symbolizer, module, id, offset, &lines);
	for (uint32_t i = 0; i + 1 < nr_lines; i++)
		inlined_write(out, &lines[i], name);
	if (nr_lines && lines[nr_lines - 1].function)
		function_write(names, out, file, offset, lines[nr_lines - 1].function);
	else
		text_printf(out, INDENT "%s+0x%" PRIx64 " (%s)\n", name, offset, name);
}

void unknown_frame_write(struct bytes *out, uint64_t address)
{
	text_printf(out, INDENT "0x%" PRIx64 " ([unknown])\n", address);
}

void strace_frame_write(struct frame_names *names, struct bytes *out, uint32_t file,
			uint64_t offset)
{
	uint32_t id, nr_lines = 0;
	const struct module *module = live_file_module(names->files, file, &id);
	const struct function_line *lines;
	uint64_t from_start = 0;

	if (module)
		nr_lines = symbolizer_lookup(names->symbolizer, module, id, offset, &lines);
	text_printf(out, " > %s(", live_file_path(names->files, file));
	if (nr_lines && lines[nr_lines - 1].function) {
		scoped_free char *name = printable(lines[nr_lines - 1].function);
		const char *made_up = strstr(name, "!fn@"); /* behind the file's name */

		symbolizer_function_offset(names->symbolizer, module, id, offset, &from_start);
		text_printf(out, "%s+0x%" PRIx64, made_up ? made_up + 1 : name, from_start + 1);
	}
	text_printf(out, ") [0x%" PRIx64 "]\n", offset + 1);
}

void strace_unknown_frame_write(struct bytes *out, uint64_t address)
{
	text_printf(out, " > [0x%" PRIx64 "]\n", address);
}

bool frame_source(struct frame_names *names, uint32_t file, uint64_t offset, char **out_place,
		  char **out_function)
{
	uint32_t id;
	const struct module *module = live_file_module(names->files, file, &id);
	const struct function_line *lines;

	if (!module || is_common_library(live_file_name(names->files, file)))
		return false;
	if (!symbolizer_lookup(names->symbolizer, module, id, offset, &lines) || !lines->file)
		return false;
	*out_place = xasprintf("%s:%" PRIu32, lines->file, lines->line);
	*out_function = printable(lines->function ? lines->function : "?");
	return true;
}

static char *kernel_text(struct frame_names *names, uint64_t ip)
{
	struct kernel_symbol symbol;

	if (names->capture && capture_kernel_symbol(names->capture, ip, &symbol))
		return xasprintf(INDENT "%s ([kernel])\n", symbol.name);
	return xasprintf(INDENT "0x%" PRIx64 " ([kernel])\n", ip);
}

void kernel_frame_write(struct frame_names *names, struct bytes *out, uint64_t ip)
{
	const char *text = NULL;

	vec_each (&names->kernel, name)
		if (name->ip == ip)
			text = name->text;
	if (!text) {
		struct kernel_name *name = vec_push(&names->kernel);

		*name = (struct kernel_name){.ip = ip, .text = kernel_text(names, ip)};
		text = name->text;
	}
	bytes_append(out, text, strlen(text));
}
