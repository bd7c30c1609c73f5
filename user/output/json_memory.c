// SPDX-License-Identifier: MIT
#include "output/json_memory.h"

#include "output/json_value.h"
#include "profile/memory_findings.h"

static json_t *json_name(const struct memory_report *memory, uint32_t name)
{
	return json_text_or_null(name ? names_text(&memory->names, name) : NULL);
}

/* What the kernel does with memory by itself, as its files in /sys and /proc say. */
static void set_policy(json_t *object, const struct recording *r)
{
	static const char *const texts[] = {"huge_pages", "huge_pages_shared", "huge_pages_defrag"};
	static const char *const numbers[] = {"numa_balancing", "swap_bytes"};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		set(object, texts[i], json_text_or_null(recording_meta(r, texts[i])));
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		const char *number = recording_meta(r, numbers[i]);

		set(object, numbers[i],
		    number ? json_count(strtoull(number, NULL, 10)) : json_null());
	}
	set(object, "page_bytes", json_count(recording_page_bytes(r)));
}

static void write_totals(struct json_stream *s, const struct report *report)
{
	const struct memory_report *memory = &report->memory;
	const struct memory_totals *totals = memory_totals(memory->model);
	json_t *object = json_object();

	set(object, "calls_recorded", json_boolean(!memory->lacks_calls));
	set(object, "faults", json_count(totals->faults));
	set(object, "fault_ns", json_count(totals->service_ns));
	set(object, "populated_pages", json_count(totals->populated_pages));
	set(object, "unknown_faults", json_count(totals->unknown_faults + memory->lost_faults));
	set(object, "likely_faults", json_count(totals->unsure_faults));
	set(object, "made_bytes", json_count(totals->made_bytes));
	set(object, "most_bytes", json_count(totals->most_bytes));
	set(object, "churn_milli", json_count(memory_churn_milli(memory)));
	set_policy(object, report->recording);
	json_stream_member(s, "memory", object);
}

static json_t *json_cause(enum fault_cause cause, const struct cause_total *total)
{
	json_t *object = json_object();

	set(object, "cause", json_string(fault_cause_words[cause].key));
	set(object, "pages", json_count(total->pages));
	set(object, "ns", json_count(total->service_ns));
	set(object, "bytes", json_count(total->bytes));
	set(object, "major", json_count(total->major));
	set(object, "kernel", json_count(total->in_kernel));
	set(object, "huge", json_count(total->huge));
	set(object, "likely", json_count(total->likely));
	set(object, "timed", json_count(total->timed));
	for (int q = 0; q < NR_CAUSE_QUANTILES; q++) {
		char key[16];

		snprintf(key, sizeof key, "p%u_ns", cause_quantile_percent[q]);
		set(object, key, total->timed ? json_count(total->quantile_ns[q]) : json_null());
	}
	return object;
}

static void write_causes(struct json_stream *s, const struct memory_report *memory)
{
	json_stream_array_begin(s, "fault_causes");
	for (int cause = 0; cause < NR_FAULT_CAUSES; cause++) {
		if (memory->causes[cause].pages)
			json_stream_element(
				s, json_cause((enum fault_cause)cause, &memory->causes[cause]));
	}
	json_stream_array_end(s);
}

static json_t *json_life(const struct memory_report *memory, const struct life_row *row)
{
	json_t *object = json_object();

	set(object, "region", json_string(region_kind_names[row->kind]));
	set(object, "owner", json_name(memory, memory_report_call_name(memory, row->owner)));
	set(object, "returner", json_name(memory, memory_report_call_name(memory, row->returner)));
	set(object, "regions", json_count(row->regions));
	set(object, "returned", json_count(row->returned));
	set(object, "bytes", json_count(row->bytes));
	set(object, "least_bytes", json_count(row->least_bytes));
	set(object, "most_bytes", json_count(row->most_bytes));
	set(object, "mean_life_ns", json_count(row->life_ns / row->regions));
	set(object, "median_life_ns", json_count(life_row_median_ns(row)));
	return object;
}

static json_t *json_finding(const struct memory_report *memory, const struct finding *finding)
{
	const struct life_row *regions = finding_lives(memory, finding);
	json_t *object = json_object();

	set(object, "cause", json_string(fault_cause_words[finding->cause].key));
	set(object, "region", json_string(region_kind_names[finding->region_kind]));
	set(object, "toucher", json_name(memory, finding->toucher));
	set(object, "owner", json_name(memory, finding->owner));
	set(object, "returner", json_name(memory, finding->returner));
	set(object, "pages", json_count(finding->pages));
	set(object, "ns", json_count(finding->service_ns));
	set(object, "bytes", json_count(finding->bytes));
	set(object, "regions", regions ? json_life(memory, regions) : json_null());
	return object;
}

static json_t *json_group(const struct report *report, const struct fault_group *group)
{
	const struct recording *r = report->recording;
	json_t *object = json_object();

	set(object, "pid", json_count(r->tasks.items[group->task].pid));
	set(object, "tid", json_count(r->tasks.items[group->task].tid));
	set(object, "comm", json_text(task_comm(r, group->task)));
	set(object, "cause", json_string(fault_cause_words[group->cause].key));
	set(object, "region", json_string(region_kind_names[group->region_kind]));
	set(object, "size_class_bytes",
	    group->size_class ? json_count(1ULL << group->size_class) : json_null());
	set(object, "pages", json_count(group->pages));
	set(object, "ns", json_count(group->service_ns));
	set(object, "bytes", json_count(group->bytes));
	return object;
}

static json_t *json_moment(const struct moment *moment)
{
	json_t *object = json_object();

	set(object, "faults", json_count(moment->faults));
	set(object, "fault_ns", json_count(moment->service_ns));
	set(object, "most_bytes", json_count(moment->most_bytes));
	return object;
}

static void write_history(struct json_stream *s, const struct report *report)
{
	const struct history *history = memory_history(report->memory.model);

	json_stream_member(s, "memory_moment_ns", json_count(history->width_ns));
	json_stream_array_begin(s, "memory_moments");
	for (uint32_t i = 0; i < history->nr; i++)
		json_stream_element(s, json_moment(&history->moments[i]));
	json_stream_array_end(s);
}

void json_memory_write(struct json_stream *s, const struct report *report)
{
	const struct memory_report *memory = &report->memory;

	write_totals(s, report);
	write_causes(s, memory);
	json_stream_array_begin(s, "fault_findings");
	vec_each (&memory->findings, finding)
		json_stream_element(s, json_finding(memory, finding));
	json_stream_array_end(s);
	json_stream_array_begin(s, "fault_groups");
	vec_each (&memory->groups, group)
		json_stream_element(s, json_group(report, group));
	json_stream_array_end(s);
	json_stream_array_begin(s, "memory_regions");
	vec_each (&memory_lives(memory->model)->rows, row)
		json_stream_element(s, json_life(memory, row));
	json_stream_array_end(s);
	write_history(s, report);
}
