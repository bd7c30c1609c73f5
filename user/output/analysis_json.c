// SPDX-License-Identifier: MIT
/* `prof analyze --json`: "prof.analyze/1". */
#include <math.h>

#include "output/analysis_output.h"
#include "output/example.h"
#include "output/json_stream.h"
#include "output/json_value.h"
#include "profile/facts.h"

static const char *const attribute_keys[NR_ATTRIBUTES] = {
	"site",  "thread", "descriptor", "file",   "size", "moved",
	"errno", "before", "populated",  "caller", "time",
};

static json_t *json_finding(const struct study *study, const struct finding *f)
{
	scoped_free char *label = attribute_label(
		&study->attributes, (enum attribute)f->trait.attribute, f->trait.value);
	json_t *object = json_object();

	set(object, "attribute", json_string(attribute_keys[f->trait.attribute]));
	set(object, "label", json_text(label));
	set(object, "support", json_real(f->support));
	set(object, "background", json_real(f->background));
	set(object, "risk_ratio", isinf(f->risk_ratio) ? json_null() : json_real(f->risk_ratio));
	set(object, "probability", json_real(f->probability));
	return object;
}

static json_t *json_part(const struct study *study, const struct part *part)
{
	json_t *object = json_object(), *findings = json_array();

	set(object, "calls", json_count(part->count));
	set(object, "from_ns", json_count(part->from_ns));
	set(object, "middle_ns", json_count(part->middle_ns));
	set(object, "duration_ns", json_count(part->total_ns));
	for (unsigned int i = 0; i < part->nr_findings; i++)
		json_array_append_new(findings, json_finding(study, &part->findings[i]));
	set(object, "findings", findings);
	set(object, "event", json_example(study->attributes.recording, &part->example));
	return object;
}

static json_t *json_call(const struct study *study, const struct call_study *call)
{
	json_t *object = json_object(), *modes = json_array();
	char label[32];

	set(object, "name", json_text(call_label(call->key, label)));
	set(object, "calls", json_count(call->calls));
	set(object, "timed", json_count(call->timed));
	set(object, "duration_ns", json_count(call->total_ns));
	set(object, "ready_ns", json_count(call->ready_ns));
	for (unsigned int i = 0; i < call->nr_modes; i++)
		json_array_append_new(modes, json_part(study, &call->modes[i]));
	set(object, "modes", modes);
	set(object, "slowest",
	    call->slowest.count ? json_part(study, &call->slowest) : json_null());
	set(object, "anomalies", json_count(call->rule.count));
	return object;
}

static void write_calls(struct json_stream *s, const struct study *study)
{
	json_stream_member(s, "duration_ns", json_count(study->total_ns));
	json_stream_array_begin(s, "calls");
	vec_each (&study->calls, call)
		json_stream_element(s, json_call(study, call));
	json_stream_array_end(s);
}

static json_t *json_anomaly(const struct study *study, const struct anomaly *a)
{
	json_t *object = json_object();
	char label[32];

	set(object, "name", json_text(call_label(a->key, label)));
	set(object, "severity", json_string(severity_names[anomaly_severity(a->score)]));
	set(object, "own_ns", json_count(a->own_ns));
	set(object, "score", json_real(a->score));
	set(object, "baseline_ns", json_count(a->baseline_ns));
	set(object, "event", json_example(study->attributes.recording, &a->event));
	return object;
}

static void write_anomalies(struct json_stream *s, const struct study *study)
{
	json_t *severities = json_object();

	for (int i = 0; i < NR_SEVERITIES; i++)
		set(severities, severity_names[i], json_count(study->by_severity[i]));
	json_stream_object_begin(s, "anomalies");
	json_stream_member(s, "calls", json_count(study->anomalies));
	json_stream_member(s, "severities", severities);
	json_stream_array_begin(s, "worst");
	for (unsigned int i = 0; i < study->nr_worst; i++)
		json_stream_element(s, json_anomaly(study, &study->worst[i]));
	json_stream_array_end(s);
	json_stream_object_end(s);
}

/* ---- The course of the run ---- */

static double seconds_at(const struct analysis *a, uint32_t window)
{
	const struct windows *w = &a->course.windows;

	return ((double)(w->start_ns - recording_start_ns(a->recording)) +
		(double)w->width_ns * window) /
	       1e9;
}

static json_t *json_series_name(const struct analysis *a, uint32_t series)
{
	scoped_free char *label = series_label(&a->course.windows.series[series]);

	return json_text(label);
}

static json_t *json_change(const struct analysis *a, const struct change *change)
{
	json_t *object = json_object();

	set(object, "series", json_series_name(a, change->series));
	set(object, "time_s", json_real(seconds_at(a, change->at)));
	set(object, "before", json_real(change->before));
	set(object, "after", json_real(change->after));
	set(object, "factor", json_real(change->factor));
	return object;
}

static json_t *json_phase(const struct analysis *a, const struct phase *phase)
{
	json_t *object = json_object(), *traits = json_array();

	set(object, "windows", json_count(phase->windows));
	set(object, "first_s", json_real(seconds_at(a, phase->first)));
	for (unsigned int i = 0; i < phase->nr_traits; i++) {
		json_t *trait = json_object();

		set(trait, "series", json_series_name(a, phase->traits[i].series));
		set(trait, "factor", json_real(phase->traits[i].factor));
		set(trait, "score", json_real(phase->traits[i].score));
		json_array_append_new(traits, trait);
	}
	set(object, "traits", traits);
	return object;
}

static json_t *json_relation(const struct analysis *a, const struct relation *relation)
{
	json_t *object = json_object();

	set(object, "x", json_series_name(a, relation->x));
	set(object, "y", json_series_name(a, relation->y));
	set(object, "r", json_real(relation->correlation.r));
	set(object, "low", json_real(relation->correlation.low));
	set(object, "high", json_real(relation->correlation.high));
	set(object, "probability", json_real(relation->correlation.probability));
	return object;
}

static void write_matrix(struct json_stream *s, const struct analysis *a)
{
	uint32_t nr = a->course.windows.nr_series;
	json_t *names = json_array();

	for (uint32_t i = 0; i < nr; i++)
		json_array_append_new(names, json_series_name(a, i));
	json_stream_member(s, "series", names);
	json_stream_array_begin(s, "correlation");
	for (uint32_t i = 0; i < nr; i++) {
		json_t *row = json_array();

		for (uint32_t k = 0; k < nr; k++)
			json_array_append_new(row, json_real(a->course.r[i * nr + k]));
		json_stream_element(s, row);
	}
	json_stream_array_end(s);
}

static void write_changes(struct json_stream *s, const struct analysis *a)
{
	json_stream_array_begin(s, "changes");
	vec_each (&a->course.changes, change)
		json_stream_element(s, json_change(a, change));
	json_stream_array_end(s);
}

static void write_phases(struct json_stream *s, const struct analysis *a)
{
	const struct course *course = &a->course;

	json_stream_member(s, "silhouette", json_real(course->silhouette));
	json_stream_array_begin(s, "phases");
	for (unsigned int i = 0; i < course->nr_phases && course->nr_phases > 1; i++)
		json_stream_element(s, json_phase(a, &course->phases[i]));
	json_stream_array_end(s);
}

static void write_relations(struct json_stream *s, const struct analysis *a)
{
	json_stream_member(s, "busy_windows", json_count(a->course.busy_windows));
	write_matrix(s, a);
	json_stream_array_begin(s, "relations");
	vec_each (&a->course.relations, relation)
		json_stream_element(s, json_relation(a, relation));
	json_stream_array_end(s);
}

static void write_kinds(struct json_stream *s, const struct kinds *kinds)
{
	json_stream_object_begin(s, "kinds");
	json_stream_member(s, "clusters", json_count(kinds->nr > 1 ? kinds->nr : 0));
	json_stream_member(s, "silhouette", json_real(kinds->silhouette));
	json_stream_array_begin(s, "calls");
	for (size_t i = 0; i < kinds->nr_members; i++) {
		const struct kind_member *member = &kinds->members[i];
		json_t *object = json_object();
		char label[32];

		set(object, "name", json_text(call_label(member->key, label)));
		set(object, "cluster", json_count(member->kind));
		set(object, "calls", json_count(member->calls));
		set(object, "mean_ns", json_count(member->mean_ns));
		json_stream_element(s, object);
	}
	json_stream_array_end(s);
	json_stream_object_end(s);
}

static void write_course(struct json_stream *s, const struct analysis *a)
{
	json_stream_object_begin(s, "course");
	json_stream_member(s, "windows", json_count(a->course.windows.nr));
	json_stream_member(s, "window_ns", json_count(a->course.windows.width_ns));
	if (a->parts & ANALYSIS_CHANGES)
		write_changes(s, a);
	if (a->parts & ANALYSIS_CLUSTERS)
		write_phases(s, a);
	if (a->parts & ANALYSIS_CORRELATION)
		write_relations(s, a);
	json_stream_object_end(s);
}

static json_t *json_heat_row(const struct heat *heat, uint32_t row)
{
	json_t *object = json_object(), *calls = json_array();

	set(object, "from_ns", json_count(heat_row_ns(heat, row)));
	for (uint32_t column = 0; column < HEAT_COLUMNS; column++)
		json_array_append_new(calls, json_count(heat_at(heat, row, column)));
	set(object, "calls", calls);
	return object;
}

static void write_heat(struct json_stream *s, const struct analysis *a)
{
	json_stream_object_begin(s, "heat");
	json_stream_member(s, "column_ns", json_count(a->heat.width_ns));
	json_stream_array_begin(s, "rows");
	for (uint32_t row = 0; row < a->heat.nr_rows; row++)
		json_stream_element(s, json_heat_row(&a->heat, row));
	json_stream_array_end(s);
	json_stream_object_end(s);
}

static void write_json(FILE *out, const struct analysis *a, const struct analysis_style *style)
{
	struct json_stream s;

	(void)style;
	json_stream_begin(&s, out);
	json_stream_member(&s, "schema", json_string("prof.analyze/1"));
	json_stream_member(&s, "lost", json_count(recording_lost_syscalls(a->recording)));
	if (a->parts & ANALYSIS_MODES)
		write_calls(&s, &a->study);
	if (a->parts & ANALYSIS_ANOMALIES)
		write_anomalies(&s, &a->study);
	if (a->parts & ANALYSIS_COURSE)
		write_course(&s, a);
	if (a->parts & ANALYSIS_CLUSTERS)
		write_kinds(&s, &a->kinds);
	if (a->parts & ANALYSIS_HEAT)
		write_heat(&s, a);
	json_stream_end(&s);
}

const struct analysis_output analysis_json = {write_json};
