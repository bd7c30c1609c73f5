// SPDX-License-Identifier: MIT
#include "cmd/input.h"

#include "profile/facts.h"

int input_open(const char *path, struct recording **out)
{
	int err = recording_open(path ? path : DEFAULT_INPUT, out);

	if (!err)
		recording_teach_syscalls(*out);
	return err;
}

int input_open_brief(const char *path, struct recording **out)
{
	int err = recording_open_brief(path ? path : DEFAULT_INPUT, out);

	if (!err)
		recording_teach_syscalls(*out);
	return err;
}

int options_parse_with_input(const struct command *c, int argc, char **argv, void *opts,
			     const char **input)
{
	int operand = options_parse(c, argc, argv, opts);

	while (operand > 0 && operand < argc) {
		if (*input) {
			usage_error(c, "one recording at a time, not also '%s'", argv[operand]);
			return OPTIONS_USAGE;
		}
		*input = argv[operand];
		argc -= operand;
		argv += operand;
		operand = options_parse(c, argc, argv, opts);
	}
	return operand;
}
