// SPDX-License-Identifier: MIT
#include "cmd/watch_option.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"

int watch_set_anomalies(struct watch_options *watch)
{
	watch->anomalies = true;
	return 0;
}

int watch_set_extended(struct watch_options *watch)
{
	watch->extended = true;
	return 0;
}

int watch_set_threshold(struct watch_options *watch, const char *value)
{
	char *end;
	double threshold = strtod(value, &end);

	if (end == value || *end || !(threshold > 0 && threshold <= 1e6))
		return refuse(-EINVAL, "'%s' is not a number of deviations", value);
	watch->threshold = threshold;
	return 0;
}

int watch_set_window(struct watch_options *watch, const char *value)
{
	char *end;
	unsigned long window = strtoul(value, &end, 10);

	if (end == value || *end || *value == '-' || window < WINDOW_LEAST || window > WINDOW_MAX) {
		refuse(-EINVAL, "'%s' is not a size for the window", value);
		hint("from %d to %u calls", WINDOW_LEAST, WINDOW_MAX);
		return -EINVAL;
	}
	watch->window = (uint32_t)window;
	return 0;
}

int watch_set_analysis(struct watch_options *watch)
{
	watch->analysis = true;
	return 0;
}
