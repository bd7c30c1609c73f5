/* SPDX-License-Identifier: MIT */
/*
 * What prof told the user meanwhile, kept for a test to look at.
 *
 *     messages_keep();
 *     assert_int_equal(filter_parse("", fields, &f), -EINVAL);
 *     messages_release();
 *     assert_string_equal(messages, "prof: a field is missing\n");
 */
#ifndef PROF_TESTS_KEPT_MESSAGES_H
#define PROF_TESTS_KEPT_MESSAGES_H

#include <stdio.h>
#include <string.h>

#include "base/error.h"

static char messages[4096]; /* each with its newline */

static inline void message_keep(const char *line)
{
	size_t used = strlen(messages);

	snprintf(messages + used, sizeof messages - used, "%s\n", line);
}

static inline void messages_forget(void)
{
	messages[0] = '\0';
}

static inline void messages_keep(void)
{
	messages_forget();
	message_sink_set(message_keep);
}

static inline void messages_release(void)
{
	message_sink_set(NULL);
}

/* The same around a whole test, for cmocka. */
static inline int messages_setup(void **state)
{
	(void)state;
	messages_keep();
	return 0;
}

static inline int messages_teardown(void **state)
{
	(void)state;
	messages_release();
	return 0;
}

#endif
