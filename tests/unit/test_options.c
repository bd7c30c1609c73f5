// SPDX-License-Identifier: MIT
/* Command lines as they are typed, right and wrong, against one small table of options. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/options.h"
#include "tests/unit/kept_messages.h"

#include <cmocka.h> /* last: it makes a macro of fail() */

struct opts {
	const char *output, *level, *size;
	bool quiet, level_given;
	int events;
};

static int set_output(void *opts, const char *value)
{
	((struct opts *)opts)->output = value;
	return 0;
}

static int set_level(void *opts, const char *value)
{
	((struct opts *)opts)->level = value;
	((struct opts *)opts)->level_given = true;
	return 0;
}

static int set_size(void *opts, const char *value)
{
	((struct opts *)opts)->size = value ? value : "none";
	return 0;
}

static int set_quiet(void *opts, const char *value)
{
	assert_null(value);
	((struct opts *)opts)->quiet = true;
	return 0;
}

static int add_event(void *opts, const char *value)
{
	if (!strcmp(value, "bad"))
		return refuse(-EINVAL, "'%s' is no event", value);
	((struct opts *)opts)->events++;
	return 0;
}

static const struct option_row rows[] = {
	{"output", 'o', "FILE", "write the recording to FILE", set_output},
	{"compress", 'z', "[LEVEL]", "compress it", set_level},
	{"quiet", 'q', NULL, "say less", set_quiet},
	{"event", 'e', "EVENT", "record EVENT; repeat it for more", add_event},
	{"even-more", 0, NULL,
	 "an option that is explained at length so that its help text has to be broken where the "
	 "line ends",
	 set_quiet},
	{"follow", 'f', NULL, NULL, set_quiet}, /* accepted, not advertised */
	{"size", 's', "[large|small]", NULL, set_size},
	{0},
};

static const char *const examples[] = {"prof try ls", "prof try -o x ls", NULL};
static const struct command try_command = {
	"try", "try things", "[options] [--] COMMAND", "Tries things.", examples, rows, NULL};

/* Parses a line of words separated by spaces, `try` being put before them. */
static int parse(const char *line, struct opts *out)
{
	static char copy[256];
	char *argv[32] = {"try"}, *rest = copy;
	int argc = 1;

	*out = (struct opts){0};
	messages_forget();
	snprintf(copy, sizeof copy, "%s", line);
	for (char *word; (word = strsep(&rest, " "));)
		if (*word)
			argv[argc++] = word;
	return options_parse(&try_command, argc, argv, out);
}

static void test_right_ones(void **state)
{
	struct opts o;

	(void)state;
	assert_int_equal(parse("", &o), 1);
	assert_int_equal(parse("-o x ls", &o), 3);
	assert_string_equal(o.output, "x");
	assert_int_equal(parse("-ox -q ls", &o), 3);
	assert_string_equal(o.output, "x");
	assert_true(o.quiet);
	assert_int_equal(parse("--output=x --quiet", &o), 3);
	assert_string_equal(o.output, "x");
	assert_int_equal(parse("--output x", &o), 3);
	assert_string_equal(o.output, "x");
	assert_int_equal(parse("--out x", &o), 3); /* a unique beginning */
	assert_string_equal(o.output, "x");
	assert_int_equal(parse("-qf", &o), 2);
	assert_int_equal(parse("-e a --event b -ec ls", &o), 6);
	assert_int_equal(o.events, 3);
	assert_string_equal(messages, "");
}

static void test_optional_values(void **state)
{
	struct opts o;

	(void)state;
	assert_int_equal(parse("-z 3", &o), 2); /* the 3 is an operand */
	assert_true(o.level_given);
	assert_null(o.level);
	assert_int_equal(parse("-z3", &o), 2);
	assert_string_equal(o.level, "3");
	assert_int_equal(parse("--compress=7", &o), 2);
	assert_string_equal(o.level, "7");
	assert_int_equal(parse("--compress", &o), 2);
	assert_null(o.level);
}

/* Known words may stand apart; all others are operands, as is what comes after --. */
static void test_optional_values_of_known_words(void **state)
{
	struct opts o;

	(void)state;
	assert_int_equal(parse("-s small ls", &o), 3);
	assert_string_equal(o.size, "small");
	assert_int_equal(parse("-qs large -q", &o), 4);
	assert_string_equal(o.size, "large");
	assert_int_equal(parse("--size large", &o), 3);
	assert_string_equal(o.size, "large");
	assert_int_equal(parse("--size=small large", &o), 2);
	assert_string_equal(o.size, "small");
	assert_int_equal(parse("-slarge small", &o), 2);
	assert_string_equal(o.size, "large");
	assert_int_equal(parse("-s", &o), 2);
	assert_string_equal(o.size, "none");
	assert_int_equal(parse("-s -- small", &o), 3);
	assert_string_equal(o.size, "none");
	assert_int_equal(parse("-s -q small", &o), 3);
	assert_string_equal(o.size, "none");
	for (const char *const *word = (const char *const[]){"smal", "smalls", "large|small",
							     "mall", "./small", NULL};
	     *word; word++) {
		scoped_free char *line = xasprintf("-s %s", *word);

		assert_int_equal(parse(line, &o), 2);
		assert_string_equal(o.size, "none");
	}
}

static void test_operands_end_the_options(void **state)
{
	struct opts o;

	(void)state;
	assert_int_equal(parse("-q ls -o x --bogus", &o), 2);
	assert_null(o.output);
	assert_int_equal(parse("-q -- -o x", &o), 3);
	assert_null(o.output);
	assert_int_equal(parse("-- -q", &o), 2);
	assert_false(o.quiet);
	assert_int_equal(parse("- -q", &o), 1); /* a file name by convention */
	assert_string_equal(messages, "");
}

static void check_wrong(const char *line, const char *said)
{
	struct opts o;

	assert_int_equal(parse(line, &o), OPTIONS_USAGE);
	assert_string_equal(messages, said);
}

static void test_wrong_ones(void **state)
{
	(void)state;
	check_wrong("--outptu x", "prof: try: unknown option '--outptu'\n"
				  "hint: did you mean '--output'?\n"
				  "hint: see 'prof try --help'\n");
	check_wrong("--outptu=x", "prof: try: unknown option '--outptu'\n"
				  "hint: did you mean '--output'?\n"
				  "hint: see 'prof try --help'\n");
	check_wrong("--zzzzz", "prof: try: unknown option '--zzzzz'\n"
			       "hint: see 'prof try --help'\n");
	check_wrong("--eve x", "prof: try: option '--eve' is ambiguous: --event or --even-more\n"
			       "hint: see 'prof try --help'\n");
	check_wrong("-x", "prof: try: unknown option '-x'\n"
			  "hint: see 'prof try --help'\n");
	check_wrong("-qx", "prof: try: unknown option '-x'\n"
			   "hint: see 'prof try --help'\n");
	check_wrong("-o", "prof: try: option '--output' needs a value: FILE\n"
			  "hint: see 'prof try --help'\n");
	check_wrong("--output", "prof: try: option '--output' needs a value: FILE\n"
				"hint: see 'prof try --help'\n");
	check_wrong("--quiet=1", "prof: try: option '--quiet' takes no value\n"
				 "hint: see 'prof try --help'\n");
	check_wrong("--help=1", "prof: try: option '--help' takes no value\n"
				"hint: see 'prof try --help'\n");
	check_wrong("-e bad -o x", "prof: 'bad' is no event\n");
	assert_int_equal(options_exit_status(OPTIONS_USAGE), 2);
	assert_int_equal(options_exit_status(OPTIONS_HELP), 0);
	messages_forget();
	assert_int_equal(usage_error(&try_command, "no %s given", "command"), 2);
	assert_string_equal(messages, "prof: try: no command given\n"
				      "hint: see 'prof try --help'\n");
}

/* What `line` prints to standard output. */
static void read_help(const char *line, char *text, size_t size)
{
	FILE *file = tmpfile();
	int saved = dup(STDOUT_FILENO);
	struct opts o;
	size_t got;

	assert_non_null(file);
	fflush(stdout);
	dup2(fileno(file), STDOUT_FILENO);
	assert_int_equal(parse(line, &o), OPTIONS_HELP);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	rewind(file);
	got = fread(text, 1, size - 1, file);
	text[got] = '\0';
	fclose(file);
}

static void test_help(void **state)
{
	char text[2048];

	(void)state;
	read_help("-q -h", text, sizeof text);
	assert_string_equal(text, "Usage: prof try [options] [--] COMMAND\n"
				  "\n"
				  "Tries things.\n"
				  "\n"
				  "Options:\n"
				  "  -o, --output=FILE       write the recording to FILE\n"
				  "  -z, --compress[=LEVEL]  compress it\n"
				  "  -q, --quiet             say less\n"
				  "  -e, --event=EVENT       record EVENT; repeat it for more\n"
				  "      --even-more         an option that is explained at length "
				  "so that its help text "
				  "has to be\n"
				  "                          broken where the line ends\n"
				  "  -h, --help              show this help\n"
				  "\n"
				  "Examples:\n"
				  "  prof try ls\n"
				  "  prof try -o x ls\n");
	assert_string_equal(messages, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_right_ones, messages_setup, messages_teardown),
		cmocka_unit_test_setup_teardown(test_optional_values, messages_setup,
						messages_teardown),
		cmocka_unit_test_setup_teardown(test_optional_values_of_known_words, messages_setup,
						messages_teardown),
		cmocka_unit_test_setup_teardown(test_operands_end_the_options, messages_setup,
						messages_teardown),
		cmocka_unit_test_setup_teardown(test_wrong_ones, messages_setup, messages_teardown),
		cmocka_unit_test_setup_teardown(test_help, messages_setup, messages_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
