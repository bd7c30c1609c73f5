// SPDX-License-Identifier: MIT
/*
 * The types of time: points and spans of it, in their many layouts.
 */
#include "decode/types.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

void time_comment(struct decoder *d, int64_t seconds, uint32_t nanoseconds)
{
	time_t when = seconds;
	struct tm tm;
	char text[64], zone[8], fraction[16] = "";

	if ((!seconds && !nanoseconds) || !localtime_r(&when, &tm) ||
	    !strftime(text, sizeof text, "%FT%T", &tm) || !strftime(zone, sizeof zone, "%z", &tm))
		return;
	if (nanoseconds)
		snprintf(fraction, sizeof fraction, ".%09u", nanoseconds);
	emit_comment(d->e, "%s%s%s", text, fraction, zone);
}
