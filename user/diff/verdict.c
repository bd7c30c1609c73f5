// SPDX-License-Identifier: MIT
#include "diff/verdict.h"

#include "diff/diff.h"

struct verdict_finding *verdict_add(struct verdict *verdict, const char *id, enum side side,
				    char *title)
{
	struct verdict_finding *finding = vec_push(&verdict->items);

	finding->id = id;
	finding->side = side;
	finding->title = title;
	return finding;
}

void verdict_say(struct verdict_finding *finding, const char *label, char *text)
{
	*vec_push(&finding->evidence) = (struct verdict_line){label, text};
}

/* Another job makes everything else doubtful: it comes first whatever it costs. */
static void find_other_job(const struct diff *diff, struct verdict *out)
{
	struct verdict_finding *finding;

	if (diff->job.verdict != JOB_OTHER)
		return;
	finding = verdict_add(out, "not-the-same-job", NEW,
			      xasprintf("Not the same job: %s", diff->job.why));
	finding->price_ns = 1e30;
	if (diff->job.work_ratio != 1)
		verdict_say(finding, "work",
			    xasprintf("NEW had %.2f times as much to do as BASE: compare by unit "
				      "of work (--per)",
				      diff->job.work_ratio));
}

/* What differs in total, where no call, no fault and no block says why. */
static void find_rest(const struct diff *diff, struct verdict *out)
{
	for (int metric = 0; metric < NR_METRICS; metric++) {
		const struct metric_change *m = &diff->metrics[metric];
		struct verdict_finding *finding;
		enum side more;

		if (!m->change.is_claimed)
			continue;
		more = diff_heavier(diff, (enum metric)metric);
		finding = verdict_add(out, "only-in-total", more,
				      xasprintf("%s has more %s than %s, and nothing that was "
						"recorded says why",
						side_name(more), metric_words[metric].text,
						side_name(other_side(more))));
		if (metric == METRIC_USER_NS || metric == METRIC_WALL_NS)
			verdict_say(finding, "so",
				    xstrdup("the time is the code's own, or spent waiting for a "
					    "processor: sample it with perf record"));
		return;
	}
}

static int by_price(const void *left, const void *right)
{
	const struct verdict_finding *a = left, *b = right;

	if (a->price_ns != b->price_ns)
		return a->price_ns < b->price_ns ? 1 : -1;
	return strcmp(a->id, b->id);
}

void verdict_find(const struct diff *diff, struct verdict *out)
{
	*out = (struct verdict){0};
	find_other_job(diff, out);
	verdict_find_faults(diff, out);
	verdict_find_calls(diff, out);
	verdict_find_mapped(diff, out);
	verdict_find_blocks(diff, out);
	verdict_find_shape(diff, out);
	if (!out->items.size)
		find_rest(diff, out);
	if (out->items.size)
		qsort(out->items.items, out->items.size, sizeof *out->items.items, by_price);
	else
		verdict_add(out, "no-difference", NEW,
			    xstrdup("No difference beyond what two runs of one program differ by"));
}

void verdict_fini(struct verdict *verdict)
{
	vec_each (&verdict->items, finding) {
		vec_each (&finding->evidence, line)
			free(line->text);
		vec_free(&finding->evidence);
		free(finding->title);
	}
	vec_free(&verdict->items);
}
