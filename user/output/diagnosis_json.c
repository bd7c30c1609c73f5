// SPDX-License-Identifier: MIT
#include "output/diagnosis_json.h"

#include "decode/syscalls.h"
#include "output/json_value.h"

static json_t *json_known_text(const char *text)
{
	return json_text_or_null(*text ? text : NULL);
}

json_t *json_site(const struct memory_advice *advice, uint32_t id)
{
	const struct site *site = &advice->situation.sites.items[id];
	json_t *object = json_object();
	char label[32];

	if (!id) {
		json_decref(object);
		return json_null();
	}
	set(object, "syscall", json_string(syscall_label(site->nr, label)));
	set(object, "allocator", json_string(allocator_names[site->allocator]));
	set(object, "entry", json_known_text(site->entry));
	set(object, "maker", json_known_text(site->maker));
	set(object, "function", json_known_text(site->function));
	set(object, "caller", json_known_text(site->caller));
	set(object, "calls", json_count(site->totals.calls));
	set(object, "ns", json_count(site->totals.duration_ns));
	return object;
}

static json_t *json_attempt(const struct remedy *remedy)
{
	json_t *object, *settings;

	if (!remedy)
		return json_null();
	object = json_object();
	settings = json_array();
	for (const char *const *setting = remedy->settings; *setting; setting++)
		json_array_append_new(settings, json_string(*setting));
	set(object, "name", json_string(remedy->name));
	set(object, "environment", settings);
	return object;
}

static json_t *json_evidence(const struct diagnosis *d)
{
	json_t *object = json_object();

	vec_each (&d->evidence, line)
		set(object, line->label, json_text(line->text));
	return object;
}

static json_t *json_regions(const struct diagnosis *d)
{
	json_t *object = json_object();

	set(object, "count", json_count(d->regions));
	set(object, "least_bytes", json_count(d->least_bytes));
	set(object, "most_bytes", json_count(d->most_bytes));
	set(object, "median_life_ns", json_count(d->median_ns));
	set(object, "peak_bytes", json_count(d->peak_bytes));
	return object;
}

static const char *threads_word(const struct diagnosis *d)
{
	return !d->in_threads ? "main" : d->in_main ? "both" : "other";
}

static json_t *json_diagnosis(const struct memory_advice *advice, const struct diagnosis *d)
{
	json_t *object = json_object();

	set(object, "id", json_string(d->id));
	set(object, "title", json_text(d->title));
	set(object, "faults", json_count(d->faults));
	set(object, "ns", json_count(d->service_ns));
	set(object, "saved_faults", json_count(d->saved_faults));
	set(object, "saved_least_ns", json_count(d->saved_least_ns));
	set(object, "saved_most_ns", json_count(d->saved_most_ns));
	set(object, "owner", json_site(advice, d->owner));
	set(object, "returner", json_site(advice, d->returner));
	set(object, "toucher", json_known_text(d->toucher));
	set(object, "touching", json_known_text(d->touching));
	set(object, "regions", json_regions(d));
	set(object, "threads", json_count(d->threads));
	set(object, "threads_are", json_string(threads_word(d)));
	set(object, "evidence", json_evidence(d));
	set(object, "remedy", json_text(d->remedy));
	set(object, "try", json_attempt(d->attempt));
	return object;
}

void diagnoses_json_write(struct json_stream *s, const struct memory_advice *advice)
{
	json_stream_array_begin(s, "diagnoses");
	vec_each (&advice->diagnoses.items, d)
		json_stream_element(s, json_diagnosis(advice, d));
	json_stream_array_end(s);
}
