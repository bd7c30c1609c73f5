// SPDX-License-Identifier: MIT
/* `prof explain --json`: "prof.explain/1", and "prof.try/1" for a trial. */
#include "output/explain_output.h"

#include "output/diagnosis_json.h"
#include "output/json_blocks.h"
#include "output/json_value.h"

static json_t *json_region(const struct memory_advice *advice, const struct region_row *row)
{
	json_t *object = json_object();

	set(object, "kind", json_string(region_kind_names[row->kind]));
	set(object, "regions", json_count(row->regions));
	set(object, "bytes", json_count(row->bytes));
	set(object, "least_bytes", json_count(row->least_bytes));
	set(object, "most_bytes", json_count(row->most_bytes));
	set(object, "median_life_ns", json_count(row->median_ns));
	set(object, "owner", json_site(advice, row->owner));
	set(object, "returner", json_site(advice, row->returner));
	return object;
}

static json_t *json_growth(const struct memory_advice *advice, uint32_t site)
{
	const struct call_totals *totals = &advice->situation.sites.items[site].totals;
	json_t *object = json_object();

	set(object, "added_bytes", json_count(totals->added_bytes));
	set(object, "kept_bytes", json_count(totals->kept_bytes));
	set(object, "most_bytes", json_count(totals->most_bytes));
	set(object, "site", json_site(advice, site));
	return object;
}

void explain_json(FILE *out, const struct report *report, const struct memory_tables *tables)
{
	struct json_stream s;

	json_stream_begin(&s, out);
	json_stream_member(&s, "schema", json_string("prof.explain/1"));
	json_stream_member(&s, "calls_recorded", json_boolean(!report->memory.lacks_calls));
	diagnoses_json_write(&s, &report->advice);
	json_stream_array_begin(&s, "regions");
	vec_each (&tables->regions, row)
		json_stream_element(&s, json_region(&report->advice, row));
	json_stream_array_end(&s);
	json_stream_array_begin(&s, "growth");
	vec_each (&tables->growth, site)
		json_stream_element(&s, json_growth(&report->advice, *site));
	json_stream_array_end(&s);
	json_blocks_write(&s, report);
	json_stream_end(&s);
}

/* ---- Trials ---- */

static json_t *json_side(const struct trial_side *side)
{
	bool is_known = side->exit_status.is_known;
	json_t *object = json_object();

	set(object, "faults", json_count(side->faults));
	set(object, "system_ns", json_count(side->system_ns));
	set(object, "wall_ns", json_count(side->wall_ns));
	set(object, "most_bytes", json_count(side->most_bytes));
	set(object, "exit",
	    is_known ? json_integer(shell_status((int)side->exit_status.value)) : json_null());
	return object;
}

static json_t *json_prediction(const struct trial *trial)
{
	json_t *object = json_object(), *ids = json_array();

	vec_each (&trial->answered, d)
		json_array_append_new(ids, json_string((*d)->id));
	set(object, "diagnoses", ids);
	set(object, "saved_faults", json_count(trial->predicted_faults));
	set(object, "saved_least_ns", json_count(trial->predicted_least_ns));
	set(object, "saved_most_ns", json_count(trial->predicted_most_ns));
	return object;
}

void trial_json(FILE *out, const struct trial *trial)
{
	scoped_free char *settings = remedy_settings(trial->remedy);
	struct json_stream s;

	json_stream_begin(&s, out);
	json_stream_member(&s, "schema", json_string("prof.try/1"));
	json_stream_member(&s, "remedy", json_string(trial->remedy->name));
	json_stream_member(&s, "settings", json_text(settings));
	json_stream_member(&s, "before", json_side(&trial->before));
	json_stream_member(&s, "after", json_side(&trial->after));
	json_stream_member(&s, "predicted", json_prediction(trial));
	json_stream_member(&s, "measured_saved_faults", json_integer(trial->measured_faults));
	json_stream_member(&s, "helped", json_boolean(trial->helped));
	json_stream_end(&s);
}
