// SPDX-License-Identifier: MIT
#include "analysis/windows.h"

#include <math.h>

#include "analysis/net_times.h"
#include "profile/facts.h"

/* A name of calls while its time is added up. */
struct name_total {
	uint32_t key;
	uint64_t calls, duration_ns;
};

struct names_by_time {
	VEC(struct name_total) items;
};

/* ---- How many windows, over what time ---- */

struct extent_of_run {
	uint64_t start_ns, end_ns, events;
};

static struct extent_of_run extent_of(const struct recording *r)
{
	struct extent_of_run run = {.start_ns = UINT64_MAX};

	vec_each (&r->blocks, block) {
		if (block->kind == BLOCK_MEMORY_CALLS)
			continue;
		run.events += block->rows;
		if (block->start_min_ns < run.start_ns)
			run.start_ns = block->start_min_ns;
		if (block->end_max_ns > run.end_ns)
			run.end_ns = block->end_max_ns;
	}
	return run;
}

static void choose_windows(const struct recording *r, struct windows *w)
{
	struct extent_of_run run = extent_of(r);
	uint64_t nr = run.events / EVENTS_A_WINDOW;

	if (nr < LEAST_WINDOWS || run.end_ns <= run.start_ns)
		return;
	w->nr = nr < MOST_WINDOWS ? (uint32_t)nr : MOST_WINDOWS;
	w->start_ns = run.start_ns;
	w->width_ns = (run.end_ns - run.start_ns) / w->nr + 1;
}

static uint32_t window_at(const struct windows *w, uint64_t time_ns)
{
	uint64_t window = time_ns < w->start_ns ? 0 : (time_ns - w->start_ns) / w->width_ns;

	return window < w->nr ? (uint32_t)window : w->nr - 1;
}

/* ---- Which series ---- */

static struct series *series_add(struct windows *w, enum series_kind kind, uint32_t key)
{
	struct series *s = &w->series[w->nr_series++];

	s->kind = kind;
	s->key = key;
	s->values = xcalloc(w->nr, sizeof *s->values);
	return s;
}

static void name_add(struct names_by_time *names, const struct key_summary *summary)
{
	size_t at = 0;

	while (at < names->items.size && names->items.items[at].key != summary->key)
		at++;
	if (at == names->items.size)
		vec_push(&names->items)->key = summary->key;
	names->items.items[at].calls += summary->timed;
	names->items.items[at].duration_ns += summary->duration_ns;
}

static int compare_names(const void *a, const void *b)
{
	const struct name_total *x = a, *y = b;

	if (x->duration_ns != y->duration_ns)
		return x->duration_ns < y->duration_ns ? 1 : -1;
	return (x->key > y->key) - (x->key < y->key);
}

/* Those with the most time, if they are made about once a window at least. */
static void choose_names(const struct recording *r, struct windows *w)
{
	struct names_by_time names = {0};
	uint32_t chosen = 0;

	vec_each (&r->blocks, block) {
		for (uint32_t k = 0; block->kind == BLOCK_SYSCALLS && k < block->nr_keys; k++)
			name_add(&names, &block->keys[k]);
	}
	if (names.items.size)
		qsort(names.items.items, names.items.size, sizeof *names.items.items,
		      compare_names);
	vec_each (&names.items, name) {
		if (name->calls < w->nr || chosen == MOST_SERIES_CALLS)
			continue;
		chosen++;
		series_add(w, SERIES_CALLS_OF, name->key);
		series_add(w, SERIES_LATENCY_OF, name->key);
	}
	vec_free(&names.items);
}

/* ---- Rows into windows ---- */

static struct series *series_find(struct windows *w, enum series_kind kind, uint32_t key)
{
	for (uint32_t i = 0; i < w->nr_series; i++) {
		if (w->series[i].kind == kind && w->series[i].key == key)
			return &w->series[i];
	}
	return NULL;
}

static void add_call(struct windows *w, const struct columns *c, uint32_t row)
{
	uint64_t flags = c->at[SYSCALL_FLAGS][row];
	int64_t result = (int64_t)c->at[SYSCALL_RESULT][row];
	uint32_t at = window_at(w, c->at[SYSCALL_START_NS][row]);
	uint32_t key = syscall_key(c->at[SYSCALL_NR][row], flags);
	struct series *of = series_find(w, SERIES_CALLS_OF, key);

	w->series[SERIES_CALLS].values[at]++;
	w->series[SERIES_ERRORS].values[at] += result < 0 && result >= -4095;
	if (!of || flags & SYSCALL_UNTIMED)
		return;
	of[0].values[at]++;
	of[1].values[at] += log2(
		(double)net_ns(c->at[SYSCALL_DURATION_NS][row], c->at[SYSCALL_READY_NS][row]) + 1);
}

/* A run's faults are spread over its time. */
static void add_faults(struct windows *w, const struct columns *c, uint32_t row)
{
	uint64_t start_ns = c->at[FAULT_START_NS][row];
	uint32_t first = window_at(w, start_ns);
	uint32_t last = window_at(w, start_ns + c->at[FAULT_SPAN_NS][row]);
	double parts = last - first + 1;

	for (uint32_t at = first; at <= last; at++) {
		w->series[SERIES_FAULTS].values[at] += (double)c->at[FAULT_COUNT][row] / parts;
		if (!(c->at[FAULT_FLAGS][row] & FAULT_UNTIMED))
			w->series[SERIES_FAULT_NS].values[at] +=
				(double)c->at[FAULT_SERVICE_NS][row] / parts;
	}
}

static void add_block(struct recording *r, const struct block *block, struct windows *w)
{
	bool calls = block->kind == BLOCK_SYSCALLS;
	struct columns c;
	uint32_t mask = calls ? COLUMN(SYSCALL_START_NS) | COLUMN(SYSCALL_DURATION_NS) |
					COLUMN(SYSCALL_RESULT) | COLUMN(SYSCALL_NR) |
					COLUMN(SYSCALL_FLAGS) | COLUMN(SYSCALL_READY_NS)
			      : COLUMN(FAULT_START_NS) | COLUMN(FAULT_SPAN_NS) |
					COLUMN(FAULT_COUNT) | COLUMN(FAULT_SERVICE_NS) |
					COLUMN(FAULT_FLAGS);

	if ((!calls && block->kind != BLOCK_FAULTS) || block_columns(r, block, mask, &c) < 0)
		return;
	for (uint32_t row = 0; row < c.rows; row++) {
		if (calls)
			add_call(w, &c, row);
		else
			add_faults(w, &c, row);
	}
	columns_fini(&c);
}

/* Sums of logs become means; a window without calls is as the one before. */
static void settle_latency(struct windows *w, struct series *latency, const struct series *calls)
{
	uint32_t first = 0;

	while (first < w->nr && !calls->values[first])
		first++;
	for (uint32_t at = 0; at < w->nr && first < w->nr; at++) {
		if (calls->values[at])
			latency->values[at] /= calls->values[at];
		else if (at > first)
			latency->values[at] = latency->values[at - 1];
	}
	for (uint32_t at = 0; at < first && first < w->nr; at++)
		latency->values[at] = latency->values[first];
}

static bool is_constant(const struct windows *w, const struct series *s)
{
	for (uint32_t at = 1; at < w->nr; at++) {
		if (s->values[at] != s->values[0])
			return false;
	}
	return true;
}

static void drop_constant(struct windows *w)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < w->nr_series; i++) {
		if (is_constant(w, &w->series[i]))
			free(w->series[i].values);
		else
			w->series[kept++] = w->series[i];
	}
	w->nr_series = kept;
}

void windows_settle(struct windows *w)
{
	for (uint32_t i = 0; i + 1 < w->nr_series; i++) {
		if (w->series[i].kind == SERIES_CALLS_OF)
			settle_latency(w, &w->series[i + 1], &w->series[i]);
	}
	drop_constant(w);
}

void windows_build(struct recording *r, struct windows *out)
{
	*out = (struct windows){0};
	choose_windows(r, out);
	if (!out->nr)
		return;
	for (int kind = SERIES_CALLS; kind <= SERIES_FAULT_NS; kind++)
		series_add(out, (enum series_kind)kind, 0);
	choose_names(r, out);
	vec_each (&r->blocks, block)
		add_block(r, block, out);
	windows_settle(out);
}

void windows_fini(struct windows *w)
{
	for (uint32_t i = 0; i < w->nr_series; i++)
		free(w->series[i].values);
	*w = (struct windows){0};
}

char *series_label(const struct series *s)
{
	static const char *const labels[] = {
		"system calls",
		"errors",
		"page faults",
		"time of page faults",
	};
	char buffer[32];

	if (s->kind == SERIES_CALLS_OF)
		return xasprintf("calls of %s", call_label(s->key, buffer));
	if (s->kind == SERIES_LATENCY_OF)
		return xasprintf("time of each %s", call_label(s->key, buffer));
	return xstrdup(labels[s->kind]);
}
