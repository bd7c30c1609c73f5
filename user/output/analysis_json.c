// SPDX-License-Identifier: MIT
/* `prof analyze --json`: "prof.analyze/1". */
#include <math.h>

#include "output/analysis_output.h"
#include "output/json_stream.h"
#include "output/printable.h"
#include "profile/facts.h"

static const char *const attribute_keys[NR_ATTRIBUTES] = {
	"site", "thread", "descriptor", "size", "moved", "errno", "before", "populated",
};

static void set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

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

static json_t *json_example(const struct study *study, const struct example *e)
{
	const struct recording *r = study->attributes.recording;
	json_t *object = json_object();

	if (!e->task) {
		json_decref(object);
		return json_null();
	}
	set(object, "time_ns", json_count(e->start_ns - recording_start_ns(r)));
	set(object, "duration_ns", json_count(e->duration_ns));
	set(object, "tid", json_count(r->tasks.items[e->task].tid));
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
	set(object, "event", json_example(study, &part->example));
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
	for (unsigned int i = 0; i < call->nr_modes; i++)
		json_array_append_new(modes, json_part(study, &call->modes[i]));
	set(object, "modes", modes);
	set(object, "slowest",
	    call->slowest.count ? json_part(study, &call->slowest) : json_null());
	set(object, "anomalies", json_count(call->rule.count));
	return object;
}

static json_t *json_anomaly(const struct study *study, const struct anomaly *a)
{
	json_t *object = json_object();
	char label[32];

	set(object, "name", json_text(call_label(a->key, label)));
	set(object, "severity", json_string(severity_names[anomaly_severity(a->score)]));
	set(object, "score", json_real(a->score));
	set(object, "baseline_ns", json_count(a->baseline_ns));
	set(object, "event", json_example(study, &a->event));
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

static void write_json(FILE *out, const struct study *study, const struct analysis_style *style)
{
	struct json_stream s;

	(void)style;
	json_stream_begin(&s, out);
	json_stream_member(&s, "schema", json_string("prof.analyze/1"));
	json_stream_member(&s, "duration_ns", json_count(study->total_ns));
	json_stream_array_begin(&s, "calls");
	vec_each (&study->calls, call)
		json_stream_element(&s, json_call(study, call));
	json_stream_array_end(&s);
	write_anomalies(&s, study);
	json_stream_end(&s);
}

const struct analysis_output analysis_json = {write_json};
