// SPDX-License-Identifier: MIT
#include "diff/caveats.h"

#include <stdarg.h>
#include <stdio.h>

#include "cli/number.h"
#include "diff/function_name.h"
#include "profile/facts.h"

/* What both recordings should agree in, and what it means when they do not. */
struct condition {
	const char *key, *what, *effect;
};

static const struct condition conditions[] = {
	{"host", "hosts", "times of different machines do not compare"},
	{"arch", "architectures", "counts depend on it"},
	{"kernel", "kernels", "counts of page faults depend on it"},
	{"cpus", "numbers of processors", "times and threads may depend on it"},
	{"page_bytes", "page sizes", "counts of page faults do not compare"},
	{"huge_pages", "settings of transparent huge pages", "counts of page faults depend on it"},
	{"prof_version", "versions of prof", "what they record may differ"},
	{"stacks_of", "choices of stacks", "paths do not compare"},
	{"kernel_stacks", "choices of kernel stacks", "paths end at different depths"},
	{0},
};

static void add(struct caveats *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void add(struct caveats *c, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = xstrdup(fmt);
	va_end(args);
	*vec_push(&c->texts) = text;
}

/* ---- Between the sides ---- */

static void compare_conditions(const struct run *base, const struct run *new, struct caveats *out)
{
	for (const struct condition *at = conditions; at->key; at++) {
		const char *a = recording_meta(base->recording, at->key);
		const char *b = recording_meta(new->recording, at->key);

		a = a ? a : "unknown";
		b = b ? b : "unknown";
		if (strcmp(a, b))
			add(out, "different %s (%s | %s): %s", at->what, a, b, at->effect);
	}
}

static void compare_events(const struct run *base, const struct run *new, const char *events,
			   const char *what, struct caveats *out)
{
	bool a = recording_has(base->recording, events), b = recording_has(new->recording, events);

	if (a != b)
		add(out, "%s were recorded in %s only, and are not compared", what,
		    side_name(a ? BASE : NEW));
	else if (!a && !strcmp(events, "faults"))
		add(out, "%s were recorded on neither side", what);
}

static void compare_choices(const struct run *base, const struct run *new, struct caveats *out)
{
	const char *a = recording_meta(base->recording, "trace");
	const char *b = recording_meta(new->recording, "trace");

	a = a ? a : "all";
	b = b ? b : "all";
	if (strcmp(a, b))
		add(out,
		    "different system calls were chosen (%s | %s): the totals do not compare, only "
		    "calls that both have do",
		    a, b);
}

static void compare_arguments(const struct run *base, const struct run *new, struct caveats *out)
{
	if (base->files.is_known != new->files.is_known &&
	    recording_has(base->recording, "syscalls") && recording_has(new->recording, "syscalls"))
		add(out,
		    "files are known in %s only, and are not compared: the other side has no "
		    "arguments of calls",
		    side_name(base->files.is_known ? BASE : NEW));
}

static void compare_times(const struct run *base, const struct run *new, struct caveats *out)
{
	bool a = run_times_include_stops(base), b = run_times_include_stops(new);

	if (a != b)
		add(out,
		    "times of %s's system calls include those of the tracer that stops them: they "
		    "are not compared",
		    side_name(a ? BASE : NEW));
}

static void compare_beginnings(const struct run *base, const struct run *new, struct caveats *out)
{
	bool a = recording_was_attached(base->recording),
	     b = recording_was_attached(new->recording);

	if (a != b)
		add(out, "%s was recorded while it ran already: what came before is not in it",
		    side_name(a ? BASE : NEW));
}

/* ---- On one side ---- */

/* Of frames in the program's files: how many of a hundred have a name. */
static uint64_t named_percent(const struct run *run)
{
	const struct path_tree *tree = &run->fault_paths;
	uint64_t all = 0, named = 0;

	for (uint32_t id = 1; id < tree->nodes.size; id++) {
		const struct path_node *node = path_tree_node(tree, id);
		const char *name = path_tree_name(tree, id);

		if (node->frame.class != FRAME_PROGRAM && node->frame.class != FRAME_LIBRARY)
			continue;
		all += node->total[WEIGHT_COUNT];
		if (function_has_name(name))
			named += node->total[WEIGHT_COUNT];
	}
	return all ? (uint64_t)(100 * (__uint128_t)named / all) : 100;
}

static void check_names(const struct run *base, const struct run *new, struct caveats *out)
{
	uint64_t a = named_percent(base), b = named_percent(new);

	if (a < 50 && b < 50)
		add(out, "most functions have no names on either side: look at causes and owners");
	else if (a < 50 || b < 50)
		add(out,
		    "most functions of %s have no names (no symbols): its paths are compared by "
		    "what they do, not by name",
		    side_name(a < b ? BASE : NEW));
}

static void check_losses(const struct run *run, const char *who, struct caveats *out)
{
	char count[NUMBER_SIZE];
	struct losses losses;

	losses_of(run->recording, &losses);
	if (losses.total)
		add(out, "%s lost %s events: its totals are the kernel's, but its parts lack them",
		    who, count_format(losses.total, count));
	losses_fini(&losses);
}

static void check_whole(const struct run *run, const char *who, struct caveats *out)
{
	const struct integrity *integrity = &run->recording->integrity;

	if (!integrity->complete)
		add(out, "%s is incomplete: its recorder was ended before the command", who);
	if (integrity->damaged_chunks)
		add(out, "%s is damaged: what was in the damaged parts is missing", who);
}

static void check_stacks(const struct run *run, const char *who, struct caveats *out)
{
	const struct stack_quality *stacks = &run->report->stacks;
	uint64_t all = stacks->complete + stacks->incomplete;
	char share[NUMBER_SIZE];

	if (all && stacks->incomplete > all / 20)
		add(out, "%s of the stacks of %s may lack frames",
		    percent_format(stacks->incomplete, all, share), who);
}

static void check_content(const struct run *run, const char *who, struct caveats *out)
{
	const struct recording *r = run->recording;
	bool has_calls = run->report->syscalls.calls, has_faults = scan_faults(&run->report->scan);

	if (!has_calls && !has_faults)
		add(out, "%s is empty: nothing was recorded in it", who);
	else if (recording_has(r, "faults") && !has_faults)
		add(out, "%s has no page fault at all", who);
	if (run->report->memory.lacks_calls)
		add(out, "%s lacks the system calls that make memory: owners are unknown", who);
	if (run->report->reconciliation.is_known && !run->report->reconciliation.balanced)
		add(out, "the page faults of %s do not balance: see prof report", who);
}

static void check_run(const struct run *run, enum side side, uint32_t nr, uint32_t i,
		      struct caveats *out)
{
	scoped_free char *who =
		nr == 1 ? xstrdup(side_name(side)) : xasprintf("%s %u", side_name(side), i + 1);

	check_content(run, who, out);
	check_whole(run, who, out);
	check_losses(run, who, out);
	check_stacks(run, who, out);
}

/* Runs of one side that are not of one command. */
static void check_repeats(struct run *const *runs, uint32_t nr, enum side side, struct caveats *out)
{
	for (uint32_t i = 1; i < nr; i++) {
		bool same = run_nr_words(runs[0]) == run_nr_words(runs[i]);

		for (uint32_t w = 0; same && w < run_nr_words(runs[0]); w++)
			same = !strcmp(run_word(runs[0], w), run_word(runs[i], w));
		if (!same) {
			add(out, "the runs of %s are not of one command line", side_name(side));
			return;
		}
	}
}

void caveats_find(struct run *const *base, uint32_t nr_base, struct run *const *new,
		  uint32_t nr_new, struct caveats *out)
{
	*out = (struct caveats){0};
	for (uint32_t i = 0; i < nr_base; i++)
		check_run(base[i], BASE, nr_base, i, out);
	for (uint32_t i = 0; i < nr_new; i++)
		check_run(new[i], NEW, nr_new, i, out);
	check_repeats(base, nr_base, BASE, out);
	check_repeats(new, nr_new, NEW, out);
	compare_events(*base, *new, "faults", "page faults", out);
	compare_events(*base, *new, "syscalls", "system calls", out);
	compare_events(*base, *new, "malloc", "blocks of the allocator", out);
	compare_choices(*base, *new, out);
	compare_arguments(*base, *new, out);
	compare_times(*base, *new, out);
	compare_beginnings(*base, *new, out);
	compare_conditions(*base, *new, out);
	check_names(*base, *new, out);
}

void caveats_fini(struct caveats *caveats)
{
	vec_each (&caveats->texts, text)
		free(*text);
	vec_free(&caveats->texts);
}
