// SPDX-License-Identifier: MIT
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_to_stderr(const char *line)
{
	fprintf(stderr, "%s\n", line);
}

static message_sink *sink = print_to_stderr;

void message_sink_set(message_sink *new_sink)
{
	sink = new_sink ? new_sink : print_to_stderr;
}

/* One buffer and one call of the sink per message: lines of several threads never mix. */
static void say(const char *prefix, int err, const char *fmt, va_list args)
{
	char line[4096];
	size_t used = snprintf(line, sizeof line, "%s: ", prefix);

	used += vsnprintf(line + used, sizeof line - used, fmt, args);
	if (err && used < sizeof line)
		snprintf(line + used, sizeof line - used, ": %s", strerror(-err));
	sink(line);
}

#define SAY(prefix, err)                                                                           \
	do {                                                                                       \
		va_list args;                                                                      \
		va_start(args, fmt);                                                               \
		say(prefix, err, fmt, args);                                                       \
		va_end(args);                                                                      \
	} while (0)

int fail(int err, const char *fmt, ...)
{
	SAY("prof", err);
	return err;
}

int refuse(int err, const char *fmt, ...)
{
	SAY("prof", 0);
	return err;
}

void hint(const char *fmt, ...)
{
	SAY("hint", 0);
}

void note(const char *fmt, ...)
{
	SAY("note", 0);
}

void bug(const char *file, int line, const char *fmt, ...)
{
	refuse(0, "bug in %s:%d", file, line);
	SAY("bug", 0);
	abort();
}
