// SPDX-License-Identifier: MIT
#include "trace/live_course.h"

#include <inttypes.h>
#include <math.h>

#include "analysis/kinds.h"
#include "analysis/relations.h"
#include "profile/facts.h"
#include "stats/kernels.h"

#define FIRST_WIDTH_NS (1U << 20) /* about a millisecond */
#define NAME_WIDTH     10

void live_course_fini(struct live_course *c)
{
	vec_each (&c->calls, call)
		free(*call);
	vec_free(&c->calls);
}

static struct course_call *call_of(struct live_course *c, uint32_t key)
{
	struct course_call **made;

	vec_each (&c->calls, call) {
		if ((*call)->key == key)
			return *call;
	}
	made = vec_push(&c->calls);
	*made = xnew(struct course_call);
	(*made)->key = key;
	return *made;
}

/* Each `factor` windows become one. */
static void coarsen(double *values, uint32_t nr, uint32_t factor)
{
	for (uint32_t at = 0; at < nr; at++) {
		double value = values[at];

		values[at] = 0;
		values[at / factor] += value;
	}
}

static void widen(struct live_course *c)
{
	vec_each (&c->calls, call) {
		coarsen((*call)->calls, MOST_WINDOWS, 2);
		coarsen((*call)->logs, MOST_WINDOWS, 2);
	}
	c->width_ns *= 2;
	c->nr = (c->nr + 1) / 2;
}

static uint32_t window_of(struct live_course *c, uint64_t time_ns)
{
	uint32_t at;

	if (!c->width_ns) {
		c->start_ns = time_ns;
		c->width_ns = FIRST_WIDTH_NS;
	}
	if (time_ns < c->start_ns)
		return 0;
	while ((time_ns - c->start_ns) / c->width_ns >= MOST_WINDOWS)
		widen(c);
	at = (uint32_t)((time_ns - c->start_ns) / c->width_ns);
	c->nr = at >= c->nr ? at + 1 : c->nr;
	return at;
}

void live_course_take(struct live_course *c, const struct syscall_event *event, uint64_t own_ns)
{
	uint32_t at = window_of(c, event->head.time_ns);
	struct course_call *call =
		call_of(c, event->nr | (event->head.flags & WIRE_COMPAT ? KEY_COMPAT : 0));

	call->total++;
	call->total_ns += own_ns;
	call->calls[at]++;
	call->logs[at] += log2((double)own_ns + 1);
}

/* ---- What is told ---- */

static int compare_calls(const void *a, const void *b)
{
	const struct course_call *x = *(struct course_call *const *)a;
	const struct course_call *y = *(struct course_call *const *)b;

	if (x->total_ns != y->total_ns)
		return x->total_ns < y->total_ns ? 1 : -1;
	return (x->key > y->key) - (x->key < y->key);
}

static double *copy_of(const double *values, uint32_t nr, uint32_t factor)
{
	double *copy = xcalloc(MOST_WINDOWS, sizeof *copy);

	memcpy(copy, values, nr * sizeof *copy);
	coarsen(copy, nr, factor);
	return copy;
}

/* Windows as an analysis has them: so wide that enough happens in each, of the calls with the most
 * time that are made about once in each. */
static void make_windows(const struct live_course *c, struct course_call *const *order,
			 struct windows *out)
{
	uint64_t events = 0;
	uint32_t factor;

	*out = (struct windows){0};
	vec_each (&c->calls, call)
		events += (*call)->total;
	factor = events ? (uint32_t)(c->nr * (uint64_t)EVENTS_A_WINDOW / events) + 1 : 1;
	if (c->nr / factor < LEAST_WINDOWS)
		return;
	out->nr = (c->nr + factor - 1) / factor;
	out->start_ns = c->start_ns;
	out->width_ns = c->width_ns * factor;
	for (size_t i = 0; i < c->calls.size && out->nr_series < 2 * MOST_SERIES_CALLS; i++) {
		if (order[i]->total < out->nr)
			continue;
		out->series[out->nr_series++] = (struct series){
			SERIES_CALLS_OF, order[i]->key, copy_of(order[i]->calls, c->nr, factor)};
		out->series[out->nr_series++] = (struct series){
			SERIES_LATENCY_OF, order[i]->key, copy_of(order[i]->logs, c->nr, factor)};
	}
	windows_settle(out);
}

static void write_matrix(const struct course *course, FILE *out)
{
	const struct windows *w = &course->windows;
	char label[32];

	fprintf(out, "%*s", NAME_WIDTH, "");
	for (uint32_t i = 0; i < w->nr_series; i++) {
		if (w->series[i].kind == SERIES_CALLS_OF)
			fprintf(out, " %*.*s", NAME_WIDTH, NAME_WIDTH,
				call_label(w->series[i].key, label));
	}
	fputc('\n', out);
	for (uint32_t i = 0; i < w->nr_series; i++) {
		if (w->series[i].kind != SERIES_CALLS_OF)
			continue;
		fprintf(out, "%-*.*s", NAME_WIDTH, NAME_WIDTH, call_label(w->series[i].key, label));
		for (uint32_t k = 0; k < w->nr_series; k++) {
			if (w->series[k].kind == SERIES_CALLS_OF)
				fprintf(out, " %*.3f", NAME_WIDTH, course->r[i * w->nr_series + k]);
		}
		fputc('\n', out);
	}
}

static void write_relations(const struct course *course, FILE *out)
{
	if (!course->relations.size)
		fputs("nothing goes together beyond chance\n", out);
	vec_each (&course->relations, relation) {
		scoped_free char *x = series_label(&course->windows.series[relation->x]);
		scoped_free char *y = series_label(&course->windows.series[relation->y]);

		fprintf(out, "%s and %s: %+.2f (95 %%: %+.2f to %+.2f)\n", x, y,
			relation->correlation.r, relation->correlation.low,
			relation->correlation.high);
	}
}

static void write_correlation(const struct live_course *c, struct course_call *const *order,
			      FILE *out)
{
	struct course course = {0};

	fputs("\n--- Correlation Matrix ---\n", out);
	make_windows(c, order, &course.windows);
	if (!course.windows.nr_series) {
		fputs("too little happened to cut it into windows of time\n", out);
		course_fini(&course);
		return;
	}
	relations_find(&course);
	fprintf(out, "(ranks of calls in %" PRIu32 " windows of %.1f ms)\n", course.busy_windows,
		(double)course.windows.width_ns / 1e6);
	write_matrix(&course, out);
	write_relations(&course, out);
	course_fini(&course);
}

static void write_kinds(const struct live_course *c, FILE *out)
{
	scoped_free struct kind_member *members = xcalloc(c->calls.size + 1, sizeof *members);
	double silhouette;
	unsigned int kinds;
	size_t nr = 0;

	vec_each (&c->calls, call) {
		if ((*call)->total >= KINDS_LEAST_CALLS)
			members[nr++] = (struct kind_member){
				.key = (*call)->key,
				.calls = (*call)->total,
				.mean_ns = (*call)->total_ns / (*call)->total,
			};
	}
	kinds = kinds_find(members, nr, &silhouette);
	fputs("\n--- K-means Clustering ---\n", out);
	if (kinds < 2)
		fputs("no clusters: all calls are of one kind\n", out);
	for (size_t i = 0, first = 0; i < nr && kinds > 1; i++) {
		char label[32];

		if (!i || members[i].kind != members[i - 1].kind) {
			for (first = i; first < nr && members[first].kind == members[i].kind;)
				first++;
			fprintf(out, "Cluster %u: %zu syscalls\n", members[i].kind, first - i);
		}
		fprintf(out, "  - %s\n", call_label(members[i].key, label));
	}
}

void live_course_write(const struct live_course *c, FILE *out)
{
	scoped_free struct course_call **order = xcalloc(c->calls.size + 1, sizeof *order);

	if (c->calls.size) {
		memcpy(order, c->calls.items, c->calls.size * sizeof *order);
		qsort(order, c->calls.size, sizeof *order, compare_calls);
	}
	fprintf(out, "\n=== HPU Analysis Report ===\n\nHPU Backend: CPU (%s)\n", kernels()->name);
	write_correlation(c, order, out);
	write_kinds(c, out);
}
