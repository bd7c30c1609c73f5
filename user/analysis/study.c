// SPDX-License-Identifier: MIT
#include "analysis/study.h"

#include <math.h>

#include "analysis/net_times.h"
#include "analysis/traits.h"
#include "loglinear.h"
#include "base/search.h"
#include "profile/call_summaries.h"
#include "stats/quantiles.h"

#define SLOW_PPM        990000 /* the slowest are beyond this quantile */
#define MOST_SLOW_SHARE 0.05   /* unless so many are as slow as that */
#define NOT_STUDIED     UINT32_MAX
#define CHAINS          1024

/* One name's calls, on the way to its study. */
struct entry {
	uint32_t key;
	uint64_t calls, timed, total_ns;
	struct anomaly_rule rule;
	uint32_t study; /* NOT_STUDIED, or its place */
};

struct builder {
	struct recording *recording;
	struct study *study;
	VEC(struct entry) entries; /* by key */
	uint32_t chains[CHAINS];   /* entry + 1, by the low bits of a key: the last one met */
	struct traits traits;
};

/* ---- From the summaries: modes and thresholds ---- */

static void part_of_range(struct part *part, const struct histogram *h, uint64_t from_ns,
			  uint64_t last_ns)
{
	*part = (struct part){.from_ns = from_ns, .last_ns = last_ns};
	for (uint32_t i = h->first; i < h->end; i++) {
		if (loglinear_lower(i, h->bits) < from_ns || loglinear_lower(i, h->bits) > last_ns)
			continue;
		part->count += h->counts[i];
		part->total_ns += h->counts[i] * histogram_middle(h, i);
	}
}

static void study_modes(struct call_study *call, const struct histogram *h)
{
	struct mode modes[MODES_MAX];

	call->nr_modes = modes_find(h, modes);
	for (unsigned int i = 0; i < call->nr_modes; i++) {
		struct part *part = &call->modes[i];

		part_of_range(part, h, modes[i].low, modes[i].last);
		part->count = modes[i].count;
		part->middle_ns = modes[i].middle;
	}
	if (call->nr_modes) { /* what lies between them belongs to one, and nothing is outside */
		call->modes[0].from_ns = 0;
		call->modes[call->nr_modes - 1].last_ns = UINT64_MAX;
	}
}

static void study_slowest(struct call_study *call, const struct histogram *h)
{
	uint64_t below, rank = quantile_rank_ppm(h->total, SLOW_PPM);
	uint32_t bucket = histogram_find(h, rank, &below);

	part_of_range(&call->slowest, h, loglinear_lower(bucket, h->bits), UINT64_MAX);
	call->slowest.middle_ns = 0;
	if ((double)call->slowest.count > MOST_SLOW_SHARE * (double)h->total)
		call->slowest = (struct part){.from_ns = UINT64_MAX};
	else
		call->slowest.middle_ns = histogram_middle(
			h, histogram_find(h, h->total - call->slowest.count / 2, &below));
}

static void entry_add(struct entry *entry, const struct key_summary *summary)
{
	entry->calls += summary->events;
	entry->timed += summary->timed;
	entry->total_ns += summary->duration_ns;
}

static bool is_studied(const struct builder *b, const struct entry *entry)
{
	return entry->timed >= STUDY_LEAST_CALLS &&
	       (double)entry->total_ns >= STUDY_LEAST_SHARE * (double)b->study->total_ns;
}

static void study_call(struct builder *b, struct entry *entry, const struct histogram *h)
{
	struct call_study *call = vec_push(&b->study->calls);

	call->key = entry->key;
	call->calls = entry->calls;
	call->timed = entry->timed;
	call->total_ns = entry->total_ns;
	call->rule = entry->rule;
	study_modes(call, h);
	study_slowest(call, h);
}

static uint64_t time_of_all(const struct recording *r)
{
	uint64_t total_ns = 0;

	vec_each (&r->blocks, block) {
		for (uint32_t k = 0; block->kind == BLOCK_SYSCALLS && k < block->nr_keys; k++)
			total_ns += block->keys[k].duration_ns;
	}
	return total_ns;
}

static void read_summaries(struct builder *b)
{
	struct call_summaries summaries;
	struct net_times net_times;
	struct call_summary of;
	struct histogram h;

	net_times_init(&net_times, b->recording);
	b->study->total_ns = time_of_all(b->recording);
	histogram_init(&h, SUMMARY_BITS);
	call_summaries_init(&summaries, b->recording);
	while (call_summaries_next(&summaries, &of)) {
		struct entry *entry = vec_push(&b->entries);

		entry->key = of.key;
		for (size_t i = 0; i < of.nr; i++)
			entry_add(entry, of.items[i]);
		histogram_clear(&h);
		call_summary_add(&of, &h);
		net_times_apply(&net_times, entry->key, &h);
		anomaly_rule_of(&h, &entry->rule);
		if (is_studied(b, entry))
			study_call(b, entry, &h);
	}
	net_times_fini(&net_times);
	call_summaries_fini(&summaries);
	histogram_fini(&h);
}

static int compare_studies(const void *a, const void *b)
{
	const struct call_study *x = a, *y = b;

	if (x->total_ns != y->total_ns)
		return x->total_ns < y->total_ns ? 1 : -1;
	return (x->key > y->key) - (x->key < y->key);
}

static void choose_studies(struct builder *b)
{
	struct study *study = b->study;

	if (study->calls.size)
		qsort(study->calls.items, study->calls.size, sizeof *study->calls.items,
		      compare_studies);
	if (study->calls.size > STUDY_MOST_CALLS)
		study->calls.size = STUDY_MOST_CALLS;
	vec_each (&b->entries, entry) {
		entry->study = NOT_STUDIED;
		for (uint32_t i = 0; i < study->calls.size; i++) {
			if (study->calls.items[i].key == entry->key)
				entry->study = i;
		}
	}
}

/* ---- From the rows: who has what in common ---- */

static const struct entry *entry_of(struct builder *b, uint32_t key)
{
	uint32_t *chain = &b->chains[key % CHAINS];
	size_t at;

	if (*chain && b->entries.items[*chain - 1].key == key)
		return &b->entries.items[*chain - 1];
	at = search_first(i, 0, b->entries.size, b->entries.items[i].key >= key);
	if (at == b->entries.size || b->entries.items[at].key != key)
		return NULL;
	*chain = (uint32_t)at + 1;
	return &b->entries.items[at];
}

static unsigned int mode_of(const struct call_study *call, uint64_t duration_ns)
{
	unsigned int mode = 0;

	while (mode + 1 < call->nr_modes && duration_ns > call->modes[mode].last_ns)
		mode++;
	return mode;
}

/* The first within a hundredth of the middle, or the one that is nearest. */
static void offer_example(struct part *part, const struct example *event, uint64_t own_ns)
{
	double off = fabs((double)own_ns - (double)part->middle_ns);
	double best = part->example_off;

	if (part->example.task && (off >= best || best <= 0.01 * (double)part->middle_ns))
		return;
	part->example = *event;
	part->example_off = off;
}

static bool is_worse(const struct anomaly *x, const struct anomaly *y)
{
	if (x->score != y->score)
		return x->score > y->score;
	return x->event.start_ns < y->event.start_ns;
}

static void note_anomaly(struct study *study, const struct entry *entry,
			 const struct example *event, uint64_t own_ns)
{
	struct anomaly anomaly = {
		.key = entry->key,
		.event = *event,
		.own_ns = own_ns,
		.score = anomaly_score(&entry->rule, own_ns),
		.baseline_ns = (uint64_t)exp2(entry->rule.median),
	};
	unsigned int at;

	study->anomalies++;
	study->by_severity[anomaly_severity(anomaly.score)]++;
	if (study->nr_worst < MAX_ANOMALIES)
		at = study->nr_worst++;
	else if (is_worse(&anomaly, &study->worst[MAX_ANOMALIES - 1]))
		at = MAX_ANOMALIES - 1;
	else
		return;
	for (; at && is_worse(&anomaly, &study->worst[at - 1]); at--)
		study->worst[at] = study->worst[at - 1];
	study->worst[at] = anomaly;
}

static void count_row(struct builder *b, const struct columns *c, uint32_t row)
{
	uint64_t flags = c->at[SYSCALL_FLAGS][row], values[NR_ATTRIBUTES];
	const struct entry *entry = entry_of(b, syscall_key(c->at[SYSCALL_NR][row], flags));
	const struct example event = {
		.start_ns = c->at[SYSCALL_START_NS][row],
		.duration_ns = c->at[SYSCALL_DURATION_NS][row],
		.task = (uint32_t)c->at[SYSCALL_TASK][row],
	};
	uint64_t own_ns = net_ns(event.duration_ns, c->at[SYSCALL_READY_NS][row]);
	struct call_study *call;
	unsigned int mode;
	bool is_slow;

	attributes_of(&b->study->attributes, c, row, values);
	if (!entry || flags & SYSCALL_UNTIMED)
		return;
	if (own_ns >= entry->rule.threshold_ns)
		note_anomaly(b->study, entry, &event, own_ns);
	if (entry->study == NOT_STUDIED)
		return;
	call = &b->study->calls.items[entry->study];
	call->ready_ns += c->at[SYSCALL_READY_NS][row];
	mode = mode_of(call, own_ns);
	is_slow = call->slowest.count && own_ns >= call->slowest.from_ns;
	traits_count(&b->traits, entry->study, mode, is_slow, values);
	offer_example(&call->modes[mode], &event, own_ns);
	if (is_slow)
		offer_example(&call->slowest, &event, own_ns);
}

static void read_rows(struct builder *b)
{
	const uint32_t mask = attribute_columns(&b->study->attributes) | COLUMN(SYSCALL_START_NS) |
			      COLUMN(SYSCALL_DURATION_NS) | COLUMN(SYSCALL_READY_NS);

	vec_each (&b->recording->blocks, block) {
		struct columns c;

		if (block->kind != BLOCK_SYSCALLS ||
		    block_columns(b->recording, block, mask, &c) < 0)
			continue;
		attributes_block(&b->study->attributes, b->recording, block, &c);
		for (uint32_t row = 0; row < c.rows; row++)
			count_row(b, &c, row);
		columns_fini(&c);
	}
}

/* ---- What sets the parts apart ---- */

static void explain(struct builder *b, uint32_t study, struct part *part, unsigned int mode)
{
	part->nr_findings =
		traits_explain(&b->traits, &b->study->attributes, study, mode, part->count,
			       b->study->calls.items[study].timed - part->count, part->findings);
}

static void explain_all(struct builder *b)
{
	for (uint32_t i = 0; i < b->study->calls.size; i++) {
		struct call_study *call = &b->study->calls.items[i];

		for (unsigned int mode = 0; mode < call->nr_modes && call->nr_modes > 1; mode++)
			explain(b, i, &call->modes[mode], mode);
		explain(b, i, &call->slowest, TRAITS_OF_SLOWEST);
	}
}

void study_build(struct recording *r, struct study *out)
{
	struct builder b = {.recording = r, .study = out};

	*out = (struct study){0};
	attributes_init(&out->attributes, r);
	read_summaries(&b);
	choose_studies(&b);
	read_rows(&b);
	explain_all(&b);
	vec_free(&b.entries);
	traits_fini(&b.traits);
}

void study_fini(struct study *study)
{
	attributes_fini(&study->attributes);
	vec_free(&study->calls);
	*study = (struct study){0};
}
