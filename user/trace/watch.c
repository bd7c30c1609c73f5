// SPDX-License-Identifier: MIT
#include "trace/watch.h"

#include <inttypes.h>

#include "analysis/net_times.h"
#include "base/alloc.h"
#include "base/search.h"
#include "output/call_groups_output.h"
#include "profile/facts.h"
#include "stats/quantiles.h"

void watch_init(struct watch *w, const struct watch_options *options)
{
	*w = (struct watch){.options = *options};
	if (w->options.threshold <= 0)
		w->options.threshold = WATCH_THRESHOLD;
	if (!w->options.window)
		w->options.window = WATCH_WINDOW;
}

void watch_fini(struct watch *w)
{
	vec_each (&w->calls, call) {
		window_fini(&(*call)->window);
		if (w->options.extended)
			histogram_fini(&(*call)->durations);
		free(*call);
	}
	vec_free(&w->calls);
	live_course_fini(&w->course);
}

bool watch_is_wanted(const struct watch_options *options)
{
	return options->anomalies || options->extended || options->analysis;
}

static struct watched *watched_new(const struct watch *w, uint32_t key)
{
	struct watched *call = xnew(struct watched);

	call->key = key;
	window_init(&call->window, w->options.window);
	if (w->options.extended)
		histogram_init(&call->durations, HISTOGRAM_BITS);
	return call;
}

static struct watched *watched_of(struct watch *w, uint32_t key)
{
	size_t at = search_first(i, 0, w->calls.size, w->calls.items[i]->key >= key);

	if (at < w->calls.size && w->calls.items[at]->key == key)
		return w->calls.items[at];
	*vec_push(&w->calls) = NULL;
	memmove(&w->calls.items[at + 1], &w->calls.items[at],
		(w->calls.size - 1 - at) * sizeof *w->calls.items);
	w->calls.items[at] = watched_new(w, key);
	return w->calls.items[at];
}

static void note_alarm(struct watch *w, const struct alarm *alarm)
{
	unsigned int at;

	w->alarms++;
	w->by_severity[anomaly_severity(alarm->score)]++;
	if (w->nr_worst < MOST_ALARMS)
		at = w->nr_worst++;
	else if (alarm->score > w->worst[MOST_ALARMS - 1].score)
		at = MOST_ALARMS - 1;
	else
		return;
	for (; at && w->worst[at - 1].score < alarm->score; at--)
		w->worst[at] = w->worst[at - 1];
	w->worst[at] = *alarm;
}

/* By the time without that in which others had the processor. */
static bool judge(const struct watch *w, const struct watched *call, uint64_t own_ns,
		  struct alarm *out)
{
	out->key = call->key;
	out->baseline_ns = window_baseline(&call->window);
	out->score = window_score(&call->window, own_ns);
	return out->score > w->options.threshold &&
	       own_ns >= ANOMALY_LEAST_FACTOR * out->baseline_ns &&
	       own_ns >= out->baseline_ns + ANOMALY_LEAST_EXCESS_NS;
}

bool watch_take(struct watch *w, const struct syscall_event *event, struct alarm *out)
{
	uint64_t duration_ns = event->duration_ns;
	uint64_t own_ns = net_ns(duration_ns, event->ready_ns);
	struct watched *call;
	bool is_anomaly;

	if (!watch_is_wanted(&w->options))
		return false;
	call = watched_of(w, event->nr | (event->head.flags & WIRE_COMPAT ? KEY_COMPAT : 0));
	call->calls++;
	if (event->head.flags & (WIRE_UNFINISHED | WIRE_BLOCKED | WIRE_ATTACHED))
		return false;
	out->duration_ns = duration_ns;
	is_anomaly = w->options.anomalies && judge(w, call, own_ns, out);
	if (is_anomaly)
		note_alarm(w, out);
	if (w->options.analysis)
		live_course_take(&w->course, event, own_ns);
	window_push(&call->window, own_ns);
	if (own_ns > call->own_max_ns)
		call->own_max_ns = own_ns;
	moments_add(&call->times, &duration_ns, 1);
	if (w->options.extended)
		histogram_add(&call->durations, loglinear_index(duration_ns, HISTOGRAM_BITS), 1);
	return is_anomaly;
}

/* ---- What is told ---- */

static const char *const marks[NR_SEVERITIES] = {"🟢", "🟡", "🔴"};

char *alarm_text(const struct alarm *alarm)
{
	enum severity severity = anomaly_severity(alarm->score);
	char label[32];

	return xasprintf(
		"⚠️  ANOMALY: %s took %" PRIu64 " μs (%.1fσ from baseline %.1f μs) - %s %s",
		call_label(alarm->key, label), alarm->duration_ns / 1000, alarm->score,
		(double)alarm->baseline_ns / 1e3, marks[severity], severity_names[severity]);
}

static void write_alarms(const struct watch *w, FILE *out)
{
	fprintf(out, "\n=== Anomalies ===\n\nTotal anomalies detected: %" PRIu64 "\n", w->alarms);
	if (!w->alarms)
		return;
	for (int severity = NR_SEVERITIES; severity-- > 0;)
		fprintf(out, "  %s %s: %" PRIu64 "\n", marks[severity], severity_names[severity],
			w->by_severity[severity]);
	fputc('\n', out);
	for (unsigned int i = 0; i < w->nr_worst; i++) {
		const struct alarm *alarm = &w->worst[i];
		char label[32];

		fprintf(out, "%u. %s %s - %.1fσ (%" PRIu64 " μs, baseline: %.1f μs)\n", i + 1,
			marks[anomaly_severity(alarm->score)], call_label(alarm->key, label),
			alarm->score, alarm->duration_ns / 1000, (double)alarm->baseline_ns / 1e3);
	}
}

/* The value of a rank, to within 0.1 %; the least and the greatest are exact. */
static uint64_t value_at(const struct watched *call, uint64_t rank)
{
	uint64_t below, value;

	if (rank == 1)
		return call->times.min;
	if (rank == call->durations.total)
		return call->times.max;
	value = histogram_middle(&call->durations, histogram_find(&call->durations, rank, &below));
	return value > call->times.max   ? call->times.max
	       : value < call->times.min ? call->times.min
					 : value;
}

static void group_of(const struct watched *call, struct call_group *out)
{
	uint64_t timed = call->durations.total;

	*out = (struct call_group){
		.calls = call->calls,
		.times = call->times,
		.own_max_ns = call->own_max_ns,
	};
	for (unsigned int i = 0; i < NR_CALL_QUANTILES && timed; i++) {
		struct call_quantile *q = &out->quantiles[i];
		uint64_t low, high;

		q->value_ns = value_at(call, quantile_rank_ppm(timed, call_quantile_ppm[i]));
		q->is_exact = true; /* as far as the head of all blocks says */
		q->has_interval = quantile_interval(timed, call_quantile_ppm[i], &low, &high);
		if (!q->has_interval)
			continue;
		q->low_ns = value_at(call, low);
		q->high_ns = value_at(call, high);
	}
}

static int compare_calls(const void *a, const void *b)
{
	const struct watched *x = *(const struct watched *const *)a;
	const struct watched *y = *(const struct watched *const *)b;

	if (x->calls != y->calls)
		return x->calls < y->calls ? 1 : -1;
	return (x->key > y->key) - (x->key < y->key);
}

static void write_extended(const struct watch *w, FILE *out)
{
	size_t nr = w->calls.size;
	scoped_free struct watched **order = xcalloc(nr + 1, sizeof(struct watched *));

	memcpy(order, w->calls.items, nr * sizeof(struct watched *));
	qsort(order, nr, sizeof(struct watched *), compare_calls);
	fputs("\n=== Extended Statistics (percentiles within 0.1 %) ===\n\n", out);
	for (size_t i = 0; i < nr; i++) {
		struct call_group group;
		char label[32];

		group_of(order[i], &group);
		call_group_block(out, &group, call_label(order[i]->key, label),
				 w->options.threshold);
	}
}

void watch_write(const struct watch *w, FILE *out)
{
	if (w->options.extended)
		write_extended(w, out);
	if (w->options.anomalies)
		write_alarms(w, out);
	if (w->options.analysis)
		live_course_write(&w->course, out);
}
