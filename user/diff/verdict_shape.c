// SPDX-License-Identifier: MIT
/* What differs without costing by itself: threads, and code that moved or goes by other names. */
#include <math.h>

#include "cli/number.h"
#include "diff/diff.h"

#define MOST_TOLD     4
#define SMALLEST_PART 100 /* of all events that a renamed function has: one in a hundred */
#define IN_PROPORTION 1.3 /* faults that grow with the threads, but for this factor */

/* ---- Threads ---- */

static double ratio_of(const struct diff *diff, enum metric metric, enum side more)
{
	const struct change *c = &diff->metrics[metric].change;
	double base = fmax(c->base.mean, 1), new = fmax(c->new.mean, 1);

	return more == NEW ? new / base : base / new;
}

/* What costs more no further than the threads do is theirs: then they come first. */
static double price_of_threads(const struct diff *diff, enum side more,
			       const struct verdict *verdict)
{
	double threads = ratio_of(diff, METRIC_THREADS, more);
	double faults = ratio_of(diff, METRIC_FAULTS, more), most = 1;

	vec_each (&verdict->items, finding) {
		if (finding->price_ns < 1e29) /* another job stays first */
			most = fmax(most, finding->price_ns);
	}
	return faults <= threads * IN_PROPORTION && faults >= 1 / (threads * IN_PROPORTION)
		       ? most + 1
		       : 1;
}

static void find_threads(const struct diff *diff, struct verdict *out)
{
	const struct metric_change *m = &diff->metrics[METRIC_THREADS];
	enum side more = diff_heavier(diff, METRIC_THREADS);
	char base[NUMBER_SIZE], new[NUMBER_SIZE];
	struct verdict_finding *finding;

	if (!m->is_known || !m->change.is_claimed ||
	    diff->metrics[METRIC_PROCESSES].change.is_claimed)
		return;
	finding = verdict_add(out, "threads", more,
			      xasprintf("%s threads in BASE, %s in NEW",
					count_format((uint64_t)m->change.base.mean, base),
					count_format((uint64_t)m->change.new.mean, new)));
	finding->price_ns = price_of_threads(diff, more, out);
	verdict_say(finding, "so",
		    xstrdup("stacks, arenas of malloc, and waiting for each other grow with "
			    "them"));
}

static void find_processes(const struct diff *diff, struct verdict *out)
{
	const struct metric_change *m = &diff->metrics[METRIC_PROCESSES];
	char base[NUMBER_SIZE], new[NUMBER_SIZE];
	struct verdict_finding *finding;

	if (!m->is_known || !m->change.is_claimed)
		return;
	finding = verdict_add(out, "processes", diff_heavier(diff, METRIC_PROCESSES),
			      xasprintf("%s processes in BASE, %s in NEW",
					count_format((uint64_t)m->change.base.mean, base),
					count_format((uint64_t)m->change.new.mean, new)));
	finding->price_ns = 1;
}

/* ---- Names ---- */

static uint64_t weight_of(const struct diff *diff, enum side side, uint32_t function)
{
	const struct function *f = &diff->alignment.functions[side].items.items[function];

	return f->total[PATH_FAULTS] + f->total[PATH_CALLS];
}

static uint64_t all_events(const struct diff *diff, enum side side)
{
	enum aligned_weight weight = side == BASE ? ALIGNED_BASE : ALIGNED_NEW;

	return path_tree_node(&diff->paths[PATH_FAULTS], 0)->total[weight] +
	       path_tree_node(&diff->paths[PATH_CALLS], 0)->total[weight];
}

static bool is_heavy(const struct diff *diff, enum side side, uint32_t function)
{
	return weight_of(diff, side, function) * SMALLEST_PART >= all_events(diff, side);
}

static void find_renamed(const struct diff *diff, struct verdict *out)
{
	struct verdict_finding *finding = NULL;
	size_t nr = 0;

	vec_each (&diff->alignment.matches, match) {
		if (match->kind == MATCH_SIMILAR && is_heavy(diff, BASE, match->of[BASE]))
			nr++;
	}
	if (!nr)
		return;
	finding =
		verdict_add(out, "renamed", NEW,
			    xasprintf("%zu function%s of BASE %s called otherwise in NEW, by what "
				      "they do",
				      nr, nr == 1 ? "" : "s", nr == 1 ? "is" : "are"));
	finding->price_ns = 0.3;
	vec_each (&diff->alignment.matches, match) {
		const struct functions *base = &diff->alignment.functions[BASE];
		const struct functions *new = &diff->alignment.functions[NEW];

		if (match->kind == MATCH_SIMILAR && is_heavy(diff, BASE, match->of[BASE]) &&
		    finding->evidence.size < MOST_TOLD)
			verdict_say(finding, "renamed",
				    xasprintf("%s -> %s (score %.2f)",
					      function_text(base, match->of[BASE]),
					      function_text(new, match->of[NEW]), match->score));
	}
}

static void find_inlined(const struct diff *diff, struct verdict *out)
{
	struct verdict_finding *finding = NULL;

	vec_each (&diff->inlined.items, it) {
		const struct functions *f = &diff->alignment.functions[it->side];

		if (!is_heavy(diff, it->side, it->function))
			continue;
		if (!finding) {
			finding =
				verdict_add(out, "inlined", it->side,
					    xasprintf("Calls that one side inlines: paths differ, "
						      "what they do does not"));
			finding->price_ns = 0.2;
		}
		if (finding->evidence.size < MOST_TOLD)
			verdict_say(finding, "inlined",
				    xasprintf("%s of %s is part of its caller in %s",
					      function_text(f, it->function), side_name(it->side),
					      side_name(other_side(it->side))));
	}
}

/* ---- Places ---- */

static void find_moved(const struct diff *diff, enum event_kind_of_path events, struct verdict *out)
{
	static const char *const what[] = {"page faults", "system calls"};
	const struct path_changes *changes = &diff->path_changes[events];
	const struct path_tree *tree = &diff->paths[events];
	struct verdict_finding *finding;

	if (!changes->moved.size)
		return;
	finding = verdict_add(out, "moved", NEW,
			      xasprintf("Code is called from elsewhere: its %s moved, and are no "
					"fewer",
					what[events]));
	finding->price_ns = 0.4;
	vec_each (&changes->moved, moved) {
		scoped_free char *from =
			aligned_path_text(tree, path_tree_node(tree, moved->gone)->parent, " > ");
		scoped_free char *to = aligned_path_text(
			tree, path_tree_node(tree, moved->appeared)->parent, " > ");
		char count[NUMBER_SIZE];

		if (finding->evidence.size == MOST_TOLD)
			break;
		verdict_say(finding, "moved",
			    xasprintf("%s, %s %s: from %s to %s", path_tree_name(tree, moved->gone),
				      count_format(moved->base, count), what[events], from, to));
	}
}

void verdict_find_shape(const struct diff *diff, struct verdict *out)
{
	find_processes(diff, out);
	find_threads(diff, out);
	find_moved(diff, PATH_FAULTS, out);
	find_moved(diff, PATH_CALLS, out);
	find_renamed(diff, out);
	find_inlined(diff, out);
}
