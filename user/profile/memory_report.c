// SPDX-License-Identifier: MIT
#include "profile/memory_report.h"

#include "profile/facts.h"
#include "profile/memory_findings.h"
#include "profile/memory_model.h"
#include "profile/pair_map.h"
#include "recording/stable_sort.h"
#include "stats/histogram.h"
#include "stats/quantiles.h"

/* ---- Classes ---- */

const unsigned int cause_quantile_percent[NR_CAUSE_QUANTILES] = {50, 90, 99};

static void time_cause(const uint64_t *counts, struct cause_total *total)
{
	struct histogram times;

	histogram_init(&times, CAUSE_TIME_BITS);
	for (uint32_t i = 0; i < LOGLINEAR_BUCKETS(CAUSE_TIME_BITS); i++) {
		if (counts[i])
			histogram_add(&times, i, counts[i]);
	}
	total->timed = times.total;
	for (int q = 0; q < NR_CAUSE_QUANTILES && times.total; q++) {
		uint64_t rank = quantile_rank(times.total, cause_quantile_percent[q]), below;

		total->quantile_ns[q] =
			histogram_middle(&times, histogram_find(&times, rank, &below));
	}
	histogram_fini(&times);
}

static void time_causes(struct memory_report *report)
{
	for (int cause = 0; cause < NR_FAULT_CAUSES; cause++) {
		const uint64_t *counts = memory_causes(report->model)->times[cause];

		if (counts)
			time_cause(counts, &report->causes[cause]);
	}
}

static void causes_total(struct memory_report *report)
{
	vec_each (&memory_causes(report->model)->rows, row) {
		struct cause_total *total = &report->causes[row->key.cause];

		total->pages += row->pages;
		total->service_ns += row->service_ns;
		total->bytes += row->bytes;
		if (row->key.is_huge)
			total->huge += row->pages;
		if (row->key.certainty == LIKELY)
			total->likely += row->pages;
		if (row->key.in_kernel)
			total->in_kernel += row->pages;
		if (row->key.kind == FAULT_MAJOR)
			total->major += row->pages;
	}
	report->causes[CAUSE_ZERO_UPGRADE].likely -=
		memory_totals(report->model)->confirmed_upgrades;
}

/* Of faults that were lost, nothing but their number and time is known. */
static void add_lost(struct memory_report *report, const struct scan *scan)
{
	struct cause_total *total = &report->causes[CAUSE_UNKNOWN];

	report->lost_faults = scan->faults_lost;
	total->pages += scan->faults_lost;
	total->service_ns += scan->fault_ns_lost;
}

/* ---- Groups ---- */

static struct fault_group group_of(const struct cause_row *row)
{
	return (struct fault_group){
		.task = row->key.task,
		.cause = (enum fault_cause)row->key.cause,
		.region_kind = (enum region_kind)row->key.region_kind,
		.size_class = row->key.size_class,
	};
}

static int by_task(const void *left, const void *right)
{
	const struct fault_group *a = left, *b = right;

	return (a->task > b->task) - (a->task < b->task);
}

static void groups_build(struct memory_report *report)
{
	struct pair_map numbers = {0};

	vec_each (&memory_causes(report->model)->rows, row) {
		struct fault_group group = group_of(row);
		uint32_t at = pair_map_number(&numbers, group.task,
					      (uint64_t)group.cause << 16 |
						      (uint64_t)group.region_kind << 8 |
						      group.size_class);

		if (at == report->groups.size)
			*vec_push(&report->groups) = group;
		report->groups.items[at].pages += row->pages;
		report->groups.items[at].service_ns += row->service_ns;
		report->groups.items[at].bytes += row->bytes;
	}
	pair_map_fini(&numbers);
	stable_sort(report->groups.items, report->groups.size, sizeof *report->groups.items,
		    by_task);
}

/* ---- The report ---- */

/* Whether what made and gave back memory was left out of the recording. */
static bool calls_are_missing(const struct recording *r, const struct memory *model)
{
	bool all_chosen = recording_has(r, "syscalls") && !recording_meta(r, "trace");

	return !all_chosen && memory_totals(model)->faults && !memory_totals(model)->calls;
}

void memory_report_build(struct recording *r, const struct scan *scan, struct memory_report *out)
{
	*out = (struct memory_report){0};
	stack_readings_init(&out->readings, r);
	out->model = memory_model_of(r, &out->readings);
	causes_total(out);
	time_causes(out);
	add_lost(out, scan);
	findings_build(r, out);
	groups_build(out);
	out->lacks_calls = calls_are_missing(r, out->model);
}

void memory_report_fini(struct memory_report *report)
{
	memory_free(report->model);
	stack_readings_fini(&report->readings);
	vec_free(&report->findings);
	vec_free(&report->groups);
	free(report->call_names);
	names_fini(&report->names);
}

uint32_t memory_report_call_name(const struct memory_report *report, uint32_t call)
{
	return report->call_names[call];
}

uint64_t memory_churn_milli(const struct memory_report *report)
{
	const struct memory_totals *totals = memory_totals(report->model);

	if (!totals->most_bytes)
		return 0;
	return (uint64_t)((__uint128_t)totals->made_bytes * 1000 / totals->most_bytes);
}
