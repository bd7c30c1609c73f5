// SPDX-License-Identifier: MIT
#include "cli/terminal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/error.h"

#define USUAL_WIDTH 80

unsigned int terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize window;
	char *end;

	if (!isatty(STDOUT_FILENO))
		return WIDTH_UNLIMITED;
	if (columns) {
		unsigned long width = strtoul(columns, &end, 10);

		if (width > 0 && width < USHRT_MAX && !*end)
			return (unsigned int)width;
	}
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) && window.ws_col)
		return window.ws_col;
	return USUAL_WIDTH;
}

int color_mode_parse(const char *text, enum color_mode *out)
{
	static const char *const words[] = {
		[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};

	for (enum color_mode mode = COLOR_AUTO; mode <= COLOR_NEVER; mode++) {
		if (!strcmp(text, words[mode])) {
			*out = mode;
			return 0;
		}
	}
	refuse(-EINVAL, "'%s' does not say when to use colors", text);
	hint("write auto, always or never");
	return -EINVAL;
}

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value;
}

bool color_wanted(enum color_mode mode)
{
	const char *force = getenv("CLICOLOR_FORCE"), *term = getenv("TERM");

	if (mode != COLOR_AUTO)
		return mode == COLOR_ALWAYS;
	if (is_set("NO_COLOR"))
		return false;
	if (is_set("CLICOLOR_FORCE") && strcmp(force, "0"))
		return true;
	return isatty(STDOUT_FILENO) && !(term && !strcmp(term, "dumb"));
}
