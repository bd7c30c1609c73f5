// SPDX-License-Identifier: MIT
#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/nearest.h"
#include "base/vec.h"
#include "cli/terminal.h"
#include "cli/text.h"

#define FIRST_LONG_VALUE 256 /* above all letters: what getopt_long returns for row 0 */

static const struct option_row help_row = {"help", 'h', NULL, "show this help", NULL};

static bool value_is_optional(const struct option_row *row)
{
	return row->argument && *row->argument == '[';
}

/* Whether the word is one of those between the brackets of "[one|another]". */
static bool is_alternative(const struct option_row *row, const char *word)
{
	size_t size;

	if (!value_is_optional(row) || !strchr(row->argument, '|'))
		return false;
	for (const char *at = row->argument; *at && *at != ']'; at += size) {
		size = strcspn(++at, "|]");
		if (strlen(word) == size && !strncmp(at, word, size))
			return true;
	}
	return false;
}

/* ---- Help ---- */

/* "-o, --output=FILE", with the place of a missing letter left blank. */
static char *option_label(const struct option_row *row)
{
	char letter[] = {'-', row->letter, ',', ' ', '\0'};
	const char *equals = "";

	if (value_is_optional(row))
		return xasprintf("%s--%s[=%s", row->letter ? letter : "    ", row->name,
				 row->argument + 1);
	if (row->argument)
		equals = "=";
	return xasprintf("%s--%s%s%s", row->letter ? letter : "    ", row->name, equals,
			 row->argument ? row->argument : "");
}

static void print_option(const struct option_row *row, unsigned int column, unsigned int width)
{
	scoped_free char *label = option_label(row);

	if (!row->help)
		return;
	if (text_columns(label) + 4 > column)
		printf("  %s\n%*s", label, (int)column, "");
	else
		printf("  %-*s", (int)column - 2, label);
	text_print_wrapped(stdout, row->help, column, width);
}

/* Where the help texts begin: after the longest label that is not excessive. */
static unsigned int help_column(const struct command *c)
{
	const unsigned int most = 28;
	unsigned int column = 16;

	for (const struct option_row *row = c->options; row->name; row++) {
		scoped_free char *label = option_label(row);
		unsigned int wanted = text_columns(label) + 4;

		if (row->help && wanted > column && wanted <= most)
			column = wanted;
	}
	return column;
}

void command_help(const struct command *c)
{
	unsigned int width = terminal_width() < 100 ? terminal_width() : 100;
	unsigned int column = help_column(c);

	printf("Usage: prof %s %s\n\n", c->name, c->synopsis);
	text_print_wrapped(stdout, c->description ? c->description : c->summary, 0, width);
	puts("\nOptions:");
	for (const struct option_row *row = c->options; row->name; row++)
		print_option(row, column, width);
	print_option(&help_row, column, width);
	if (!c->examples)
		return;
	puts("\nExamples:");
	for (const char *const *line = c->examples; *line; line++)
		printf("  %s\n", *line);
}

/* ---- Errors ---- */

static void point_to_help(const struct command *c)
{
	hint("see 'prof %s --help'", c->name);
}

int usage_error(const struct command *c, const char *fmt, ...)
{
	char message[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof message, fmt, args);
	va_end(args);
	refuse(-EINVAL, "%s: %s", c->name, message);
	point_to_help(c);
	return EXIT_USAGE;
}

int options_exit_status(int result)
{
	return result == OPTIONS_HELP ? EXIT_SUCCESS : EXIT_USAGE;
}

/* `typed` is --name or --name=value as it stands on the command line. */
static void report_unknown_name(const struct command *c, const char *typed)
{
	scoped_free char *name = xstrndup(typed + 2, strcspn(typed + 2, "="));
	VEC(const char *) names = {0}, candidates = {0};
	const char *nearest;

	for (const struct option_row *row = c->options; row->name; row++)
		*vec_push(&names) = row->name;
	*vec_push(&names) = help_row.name;
	vec_each (&names, it)
		if (!strncmp(*it, name, strlen(name)))
			*vec_push(&candidates) = *it;
	*vec_push(&names) = NULL;
	nearest = nearest_word(name, names.items);
	if (candidates.size > 1) {
		refuse(-EINVAL, "%s: option '--%s' is ambiguous: --%s or --%s", c->name, name,
		       candidates.items[0], candidates.items[1]);
	} else {
		refuse(-EINVAL, "%s: unknown option '--%s'", c->name, name);
		if (nearest)
			hint("did you mean '--%s'?", nearest);
	}
	vec_free(&names);
	vec_free(&candidates);
}

static const struct option_row *row_of_value(const struct command *c, int value)
{
	if (value >= FIRST_LONG_VALUE)
		return &c->options[value - FIRST_LONG_VALUE];
	for (const struct option_row *row = c->options; row->name; row++)
		if (row->letter && row->letter == value)
			return row;
	return NULL;
}

/* Words what getopt_long, which returned `code`, found wrong. */
static int report_misuse(const struct command *c, int code, const char *word)
{
	const struct option_row *row =
		optopt == help_row.letter ? &help_row : row_of_value(c, optopt);

	if (code == ':')
		refuse(-EINVAL, "%s: option '--%s' needs a value: %s", c->name, row->name,
		       row->argument);
	else if (row)
		refuse(-EINVAL, "%s: option '--%s' takes no value", c->name, row->name);
	else if (optopt)
		refuse(-EINVAL, "%s: unknown option '-%c'", c->name, optopt);
	else
		report_unknown_name(c, word);
	point_to_help(c);
	return OPTIONS_USAGE;
}

/* ---- Parsing ---- */

/* getopt's two views of the table: a string of letters and an array of names. */
struct getopt_tables {
	char letters[3 * 128];
	VEC(struct option) names;
};

static void add_row(struct getopt_tables *t, const struct option_row *row, int value)
{
	static const char *const colons[] = {
		[no_argument] = "", [required_argument] = ":", [optional_argument] = "::"};
	size_t used = strlen(t->letters);
	int kind = no_argument;

	if (row->argument)
		kind = value_is_optional(row) ? optional_argument : required_argument;
	*vec_push(&t->names) = (struct option){row->name, kind, NULL, value};
	if (row->letter)
		snprintf(t->letters + used, sizeof t->letters - used, "%c%s", row->letter,
			 colons[kind]);
}

static struct getopt_tables tables_of(const struct command *c)
{
	struct getopt_tables t = {.letters = "+:"}; /* stop at operands; tell what is missing */

	for (int i = 0; c->options[i].name; i++)
		add_row(&t, &c->options[i], FIRST_LONG_VALUE + i);
	add_row(&t, &help_row, help_row.letter);
	vec_push(&t.names);
	return t;
}

/* The value of the option that getopt_long came to; it leaves an optional one behind a space. */
static const char *value_of(const struct option_row *row, int argc, char **argv)
{
	if (!optarg && optind < argc && is_alternative(row, argv[optind]))
		return argv[optind++];
	return optarg;
}

int options_parse(const struct command *c, int argc, char **argv, void *opts)
{
	struct getopt_tables tables = tables_of(c);
	int result = 0, value;

	opterr = 0;
	optind = 0; /* glibc: start anew */
	while (!result &&
	       (value = getopt_long(argc, argv, tables.letters, tables.names.items, NULL)) != -1) {
		const struct option_row *row = row_of_value(c, value);

		if (value == ':' || value == '?') {
			result = report_misuse(c, value, argv[optind - 1]);
		} else if (!row) {
			command_help(c);
			result = OPTIONS_HELP;
		} else if (row->set(opts, value_of(row, argc, argv))) {
			result = OPTIONS_USAGE;
		}
	}
	vec_free(&tables.names);
	return result ? result : optind;
}
