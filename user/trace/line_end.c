// SPDX-License-Identifier: MIT
/* The end of a line: the place in the source behind it, and the stack below it. */
#include <unistd.h>

#include "base/clock.h"
#include "trace/line_makers.h"

/* How long after its moment an event may wait for the unwinding table of its stack. */
#define PATIENCE_NS    1000000000ULL
#define TABLE_SLEEP_US 2000

static void await_table(struct lines *l, uint32_t stack, uint64_t moment_ns)
{
	while (live_stack_is_unfinished(&l->stacks, stack) && now_ns() < moment_ns + PATIENCE_NS)
		usleep(TABLE_SLEEP_US);
}

static bool has_stack(const struct lines *l, uint32_t stack)
{
	return (l->options->max_frames || l->options->source) && stack && stack != STACK_UNASKED;
}

/* The place in the source behind the line that is about to end. */
static void write_source_behind(struct lines *l, struct journal *j, uint32_t stack)
{
	const char *function, *place = live_stack_source(&l->stacks, stack, &function);

	if (place)
		journal_printf(j, "   [%s in %s]", place, function);
}

/* The functions of all such lines stand in one column, as far as can be known. */
static void write_source_below(struct lines *l, struct journal *j, uint32_t stack)
{
	const char *function, *place = live_stack_source(&l->stacks, stack, &function);

	if (!place)
		return;
	if (strlen(place) + 2 > l->source_column)
		l->source_column = (unsigned int)strlen(place) + 2;
	journal_printf(j, "    at %-*s# %s%s\n", (int)l->source_column, place, function,
		       strchr(function, '(') ? "" : "()");
}

void lines_end_line(struct lines *l, struct journal *j, uint32_t stack, uint64_t kernel_ip,
		    uint64_t moment_ns)
{
	bool has = has_stack(l, stack);

	if (has)
		await_table(l, stack, moment_ns);
	if (has && l->options->source == SOURCE_BEHIND)
		write_source_behind(l, j, stack);
	journal_end_line(j);
	if (has && l->options->source == SOURCE_BELOW)
		write_source_below(l, j, stack);
	if (l->options->max_frames && kernel_ip)
		kernel_frame_write(&l->names, &j->text, kernel_ip);
	if (has && l->options->max_frames)
		live_stack_write(&l->stacks, stack, &j->text);
	if (has)
		live_stack_used(&l->stacks, stack);
	l->nr_events++;
}
