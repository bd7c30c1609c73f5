// SPDX-License-Identifier: MIT
/*
 * The types of programs that are executed: argv and envp.
 */
#include "decode/types.h"

#include <stdio.h>

/* The kernel takes no more. */
#define MAX_STRINGS (1U << 20)

/* Reads the pointer that is `index` of an array; false where it cannot be known. */
static bool pointer_at(struct decoder *d, uint64_t address, uint64_t index, uint64_t *out)
{
	return call_read(d->call, address + index * sizeof *out, out, sizeof *out, d->when) ==
	       sizeof *out;
}

/* Dots, and where the array goes on if no memory is there. */
static void print_unknown_end(struct decoder *d, uint64_t address)
{
	emit_more(d->e);
	if (call_is_unreadable(d->call, address))
		emit_comment(d->e, "%#llx", (unsigned long long)address);
}

/* Strings up to a NULL pointer, and not all of them when they are many. */
static void strings_print(struct decoder *d, uint64_t address)
{
	uint64_t pointer, shown = d->options->verbose ? MAX_STRINGS : d->options->max_string_bytes;

	emit_open(d->e, EMIT_ARRAY);
	for (uint64_t i = 0;; i++) {
		if (!pointer_at(d, address, i, &pointer)) {
			print_unknown_end(d, address + i * sizeof pointer);
			break;
		}
		if (!pointer)
			break;
		if (i >= shown) {
			emit_more(d->e);
			break;
		}
		string_print_at(d, pointer);
	}
	emit_close(d->e);
}

static PRINT_FUNCTION(argv_print)
{
	uint64_t first;

	(void)arg;
	if (value && pointer_at(d, value, 0, &first))
		strings_print(d, value);
	else
		emit_pointer(d->e, value);
}

/* How many there are, rather than what is in them. */
static void count_print(struct decoder *d, uint64_t address)
{
	uint64_t pointer, count = 0;
	bool whole = true;

	while (count < MAX_STRINGS && (whole = pointer_at(d, address, count, &pointer)) && pointer)
		count++;
	emit_pointer(d->e, address);
	emit_comment(d->e, "%llu var%s%s", (unsigned long long)count, count == 1 ? "" : "s",
		     whole ? "" : ", unterminated");
}

static PRINT_FUNCTION(envp_print)
{
	uint64_t first;

	if (d->options->verbose || !value || !pointer_at(d, value, 0, &first))
		argv_print(d, arg, value);
	else
		count_print(d, value);
}

const struct arg_type type_argv = {
	.print = argv_print,
	.captures = {{.kind = CAPTURE_STRINGS, .when = CAPTURE_ENTER}},
};
const struct arg_type type_envp = {
	.print = envp_print,
	.captures = {{.kind = CAPTURE_STRINGS, .when = CAPTURE_ENTER}},
};
