// SPDX-License-Identifier: MIT
/*
 * The types of watching files: inotify's are plain sets, fanotify's are not.
 */
#include "decode/types.h"

#include <linux/fanotify.h>

#include "decode/constants.h"

#define FAN_CLASSES (FAN_CLASS_CONTENT | FAN_CLASS_PRE_CONTENT)

/* One class, and flags. */
static PRINT_FUNCTION(fanotify_flags_print)
{
	uint32_t flags = (uint32_t)value & ~(uint32_t)FAN_CLASSES;

	(void)arg;
	emit_open(d->e, EMIT_FLAGS);
	emit_flag_choice(d->e, &fanotify_classes, value & FAN_CLASSES);
	if (flags)
		emit_flags(d->e, &fanotify_init_flags, flags);
	emit_close(d->e);
}

static PRINT_FUNCTION(fanotify_dirfd_print)
{
	(void)arg;
	if ((int)value == FAN_NOFD)
		emit_word(d->e, "FAN_NOFD");
	else
		dirfd_print_value(d, (int)value);
}

const struct arg_type type_fanotify_flags = {.print = fanotify_flags_print};
const struct arg_type type_fanotify_mark_flags = FLAGS_TYPE(4, fanotify_mark_flags);
const struct arg_type type_fanotify_events = FLAGS_TYPE(8, fanotify_events);
const struct arg_type type_fanotify_dirfd = {.print = fanotify_dirfd_print};
