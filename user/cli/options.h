/* SPDX-License-Identifier: MIT */
/*
 * Subcommands and their options, spelt once.
 *
 * A subcommand is a `const struct command` with a table of options. The parser and the help read
 * the same rows, so they cannot drift apart. Operands end the options: what follows the first word
 * that is no option, or `--`, is left alone, because it may be another program's command line.
 */
#ifndef PROF_CLI_OPTIONS_H
#define PROF_CLI_OPTIONS_H

#define EXIT_USAGE 2 /* the exit status when prof was called wrongly */

struct option_row {
	const char *name; /* without its dashes */
	char letter;      /* 0: there is none */
	/*
	 * What its value is called, or NULL. In brackets if it may be left out: then it is part of
	 * the option's word (-z9, --compress=9), but for "[one|another]" it is also the word behind
	 * if that is one of these.
	 */
	const char *argument;
	const char *help; /* NULL keeps it out of the help */
	/*
	 * Puts the value (NULL: none was given) into the subcommand's own options. Returns 0 or
	 * -errno, having reported what is wrong with the value.
	 */
	int (*set)(void *opts, const char *value);
};

struct command {
	const char *name;
	const char *summary;               /* a few words, for the list of commands */
	const char *synopsis;              /* what follows the name in the usage line */
	const char *description;           /* a paragraph, or NULL */
	const char *const *examples;       /* lines, ending with NULL; or NULL */
	const struct option_row *options;  /* ending with a row without a name; -h is implied */
	int (*run)(int argc, char **argv); /* argv[0] is the name; returns the exit status */
};

enum { OPTIONS_HELP = -1, OPTIONS_USAGE = -2 };

/*
 * Hands each option to its setter and returns the index of the first operand (argc if there is
 * none); OPTIONS_HELP when help was asked for and printed, OPTIONS_USAGE when something was wrong
 * and reported.
 */
int options_parse(const struct command *c, int argc, char **argv, void *opts);

/* The exit status that goes with OPTIONS_HELP and OPTIONS_USAGE. */
int options_exit_status(int result);

/* Reports a wrong combination of options or operands. Returns EXIT_USAGE. */
int usage_error(const struct command *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

void command_help(const struct command *c);

#endif
