// SPDX-License-Identifier: MIT
/* What differs without costing by itself: threads, and code that moved or goes by other names. */
#include <math.h>

#include "cli/number.h"
#include "diff/diff.h"
#include "diff/function_name.h"

#define MOST_TOLD     4
#define SMALLEST_PART 100 /* of all events that a renamed function has: one in a hundred */
#define IN_PROPORTION 1.3 /* faults that grow with threads or processes, but for this factor */

/* ---- Threads ---- */

static double ratio_of(const struct diff *diff, enum metric metric, enum side more)
{
	const struct change *c = &diff->metrics[metric].change;
	double base = fmax(c->base.mean, 1), new = fmax(c->new.mean, 1);

	return more == NEW ? new / base : base / new;
}

/* What costs more no further than there are more threads, or processes, is theirs: then they come
 * first. */
static double price_of_tasks(const struct diff *diff, enum metric metric, enum side more,
			     const struct verdict *verdict)
{
	double tasks = ratio_of(diff, metric, more);
	double faults = ratio_of(diff, METRIC_FAULTS, more), most = 1;

	vec_each (&verdict->items, finding) {
		if (finding->price_ns < 1e29) /* another job stays first */
			most = fmax(most, finding->price_ns);
	}
	return faults <= tasks * IN_PROPORTION && faults >= 1 / (tasks * IN_PROPORTION) ? most + 1
											: 1;
}

struct lifetime_end {
	uint64_t ns;
	int change;
};

static int by_time(const void *left, const void *right)
{
	const struct lifetime_end *a = left, *b = right;

	if (a->ns != b->ns)
		return a->ns < b->ns ? -1 : 1;
	return a->change - b->change;
}

/* How many threads, or processes, were there at the same time. */
static uint64_t most_at_once(const struct run *run, bool processes)
{
	const struct process_table *table = &run->report->processes;
	VEC(struct lifetime_end) ends = {0};
	int64_t now = 0, most = 0;

	vec_each (&table->threads, thread) {
		const struct task *task = &run->recording->tasks.items[thread->task];

		if (processes && thread->task != thread->process)
			continue;
		*vec_push(&ends) = (struct lifetime_end){task->start_ns, 1};
		*vec_push(&ends) =
			(struct lifetime_end){task->ended ? task->end_ns : UINT64_MAX, -1};
	}
	if (ends.size)
		qsort(ends.items, ends.size, sizeof *ends.items, by_time);
	vec_each (&ends, end) {
		now += end->change;
		most = now > most ? now : most;
	}
	vec_free(&ends);
	return (uint64_t)most;
}

/* Many that live one after the other were made for an item each. */
#define LEAST_ITEMS 16
#define FEW_AT_ONCE 4 /* at most one in so many lives at a time */

static bool is_per_item(const struct diff *diff, enum metric metric, enum side more,
			uint64_t *at_once)
{
	const struct change *c = &diff->metrics[metric].change;
	double all = more == NEW ? c->new.mean : c->base.mean;

	*at_once = most_at_once(diff_first_run(diff, more), metric == METRIC_PROCESSES);
	return all >= LEAST_ITEMS && (double)*at_once * FEW_AT_ONCE <= all;
}

static struct verdict_finding *tell_tasks(const struct diff *diff, enum metric metric,
					  const char *id, const char *id_per_item,
					  struct verdict *out)
{
	const struct change *c = &diff->metrics[metric].change;
	enum side more = diff_heavier(diff, metric);
	char base[NUMBER_SIZE], new[NUMBER_SIZE], count[NUMBER_SIZE];
	struct verdict_finding *finding;
	uint64_t at_once;
	bool per_item = is_per_item(diff, metric, more, &at_once);

	finding = verdict_add(
		out, per_item ? id_per_item : id, more,
		xasprintf("%s %s in BASE, %s in NEW", count_format((uint64_t)c->base.mean, base),
			  metric_words[metric].text, count_format((uint64_t)c->new.mean, new)));
	if (!per_item)
		return finding;
	verdict_say(finding, side_name(more),
		    xasprintf("makes them one after the other: at most %s at the same time",
			      count_format(at_once, count)));
	verdict_say(finding, "fix",
		    xstrdup("Make them once, and let each take one item after the other"));
	return finding;
}

static void find_threads(const struct diff *diff, struct verdict *out)
{
	const struct metric_change *m = &diff->metrics[METRIC_THREADS];
	struct verdict_finding *finding;

	if (!m->is_known || !m->change.is_claimed ||
	    diff->metrics[METRIC_PROCESSES].change.is_claimed)
		return;
	finding = tell_tasks(diff, METRIC_THREADS, "threads", "thread-per-item", out);
	finding->price_ns = price_of_tasks(diff, METRIC_THREADS, finding->side, out);
	verdict_say(finding, "so",
		    xstrdup("stacks, arenas of malloc, and waiting for each other grow with "
			    "them"));
}

static void find_processes(const struct diff *diff, struct verdict *out)
{
	const struct metric_change *m = &diff->metrics[METRIC_PROCESSES];
	struct verdict_finding *finding;

	if (!m->is_known || !m->change.is_claimed)
		return;
	finding = tell_tasks(diff, METRIC_PROCESSES, "processes", "process-per-item", out);
	finding->price_ns = price_of_tasks(diff, METRIC_PROCESSES, finding->side, out);
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

/* Whether the callers are the same, but for frames without a name that only one side has. */
static bool is_called_alike(const struct path_tree *tree, uint32_t a, uint32_t b)
{
	for (;;) {
		while (a && !function_has_name(path_tree_name(tree, a)))
			a = path_tree_node(tree, a)->parent;
		while (b && !function_has_name(path_tree_name(tree, b)))
			b = path_tree_node(tree, b)->parent;
		if (!a || !b || strcmp(path_tree_name(tree, a), path_tree_name(tree, b)) != 0)
			return !a && !b;
		a = path_tree_node(tree, a)->parent;
		b = path_tree_node(tree, b)->parent;
	}
}

static char *callers_text(const struct path_tree *tree, uint32_t node)
{
	char *text = aligned_path_text(tree, node, " > ");

	if (*text)
		return text;
	free(text);
	return xstrdup("the outside");
}

/* Paths that end early on one side alone look as if they had moved. */
static uint64_t cut_on_one_side(const struct diff *diff)
{
	uint64_t base = diff_first_run(diff, BASE)->report->stacks.incomplete;
	uint64_t new = diff_first_run(diff, NEW)->report->stacks.incomplete;

	return base > new ? base - new : new - base;
}

static void find_moved(const struct diff *diff, enum event_kind_of_path events, struct verdict *out)
{
	static const char *const what[] = {"page faults", "system calls"};
	const struct path_changes *changes = &diff->path_changes[events];
	const struct path_tree *tree = &diff->paths[events];
	struct verdict_finding *finding = NULL;

	vec_each (&changes->moved, moved) {
		uint32_t from_node = path_tree_node(tree, moved->gone)->parent;
		uint32_t to_node = path_tree_node(tree, moved->appeared)->parent;
		scoped_free char *from = callers_text(tree, from_node);
		scoped_free char *to = callers_text(tree, to_node);
		char count[NUMBER_SIZE];

		if (is_called_alike(tree, from_node, to_node) ||
		    moved->base <= cut_on_one_side(diff))
			continue;
		if (!finding)
			finding = verdict_add(out, "moved", NEW,
					      xasprintf("Code is called from elsewhere: its %s "
							"moved, and are no fewer",
							what[events]));
		finding->price_ns = 0.4;
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
