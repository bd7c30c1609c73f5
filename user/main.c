// SPDX-License-Identifier: MIT
/*
 * prof: picks the subcommand by its name or by a unique beginning of it, and hands over.
 */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/nearest.h"
#include "cli/pager.h"
#include "cmd/commands.h"

static const struct command *const commands[] = {
	&record_command, &report_command, &explain_command, &analyze_command, &annotate_command,
	&flame_command,  &diff_command,   &merge_command,   &script_command,  &export_command,
	&trace_command,  &stat_command,   &info_command,    &doctor_command,
};

#define NR_COMMANDS (sizeof commands / sizeof *commands)

static void print_usage(FILE *to)
{
	fputs("Usage: prof COMMAND [options] ...\n\nCommands:\n", to);
	for (size_t i = 0; i < NR_COMMANDS; i++)
		fprintf(to, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
}

static int print_help(void)
{
	print_usage(stdout);
	puts("\nA unique beginning of a command is enough: prof rec.\n"
	     "'prof help COMMAND' describes its options, 'prof --version' names the version.");
	return EXIT_SUCCESS;
}

static int refuse_command(const char *typed)
{
	const char *names[NR_COMMANDS + 1] = {NULL};

	for (size_t i = 0; i < NR_COMMANDS; i++)
		names[i] = commands[i]->name;
	refuse(-EINVAL, "unknown command '%s'", typed);
	hint_nearest(typed, names, "see 'prof --help'");
	return EXIT_USAGE;
}

static int refuse_ambiguous(const char *typed)
{
	char list[256] = "";

	for (size_t i = 0; i < NR_COMMANDS; i++) {
		size_t used = strlen(list);

		if (!strncmp(commands[i]->name, typed, strlen(typed)))
			snprintf(list + used, sizeof list - used, "%s %s", used ? "," : "",
				 commands[i]->name);
	}
	refuse(-EINVAL, "command '%s' is ambiguous:%s", typed, list);
	return EXIT_USAGE;
}

/* Finds the command, or reports why not and returns NULL. */
static const struct command *find_command(const char *typed)
{
	const struct command *found = NULL;
	size_t size = strlen(typed), candidates = 0;

	for (size_t i = 0; i < NR_COMMANDS; i++) {
		if (!strcmp(commands[i]->name, typed))
			return commands[i];
		if (size && !strncmp(commands[i]->name, typed, size)) {
			found = commands[i];
			candidates++;
		}
	}
	if (candidates == 0)
		refuse_command(typed);
	else if (candidates > 1)
		refuse_ambiguous(typed);
	return candidates == 1 ? found : NULL;
}

static int run_help(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2)
		return print_help();
	command = find_command(argv[1]);
	if (!command)
		return EXIT_USAGE;
	command_help(command);
	return EXIT_SUCCESS;
}

static int run(int argc, char **argv)
{
	const struct command *command;

	if (argc < 1) {
		print_usage(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(*argv, "-h") || !strcmp(*argv, "--help"))
		return print_help();
	if (!strcmp(*argv, "-V") || !strcmp(*argv, "--version"))
		return puts("prof " PROF_VERSION) < 0;
	if (!strcmp(*argv, "help"))
		return run_help(argc, argv);
	command = find_command(*argv);
	return command ? command->run(argc, argv) : EXIT_USAGE;
}

int main(int argc, char **argv)
{
	int status;

	setlocale(LC_CTYPE, "");
	status = run(argc - 1, argv + 1);
	if (stdout_flush() && status == EXIT_SUCCESS)
		status = EXIT_FAILURE;
	return status;
}
