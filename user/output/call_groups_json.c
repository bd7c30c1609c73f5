// SPDX-License-Identifier: MIT
/* Groups of system calls and their percentiles as JSON: "prof.groups/1". */
#include "output/call_groups_output.h"
#include "output/json_stream.h"
#include "output/json_value.h"
#include "profile/facts.h"

/* The key that scripts look for: p50_ns, p99.9 is p999_ns. */
static void set_quantile(json_t *object, const char *name, const char *unit, json_t *value)
{
	char key[24], *end = key;

	for (; *name && end < key + 12; name++) {
		if (*name != '.')
			*end++ = *name;
	}
	snprintf(end, (size_t)(key + sizeof key - end), "_%s", unit);
	set(object, key, value);
}

static json_t *json_exemplar(const struct recording *r, const struct call_quantile *q)
{
	json_t *object = json_object();

	set(object, "time_ns", json_count(q->start_ns - recording_start_ns(r)));
	set(object, "tid", json_count(r->tasks.items[q->task].tid));
	return object;
}

static void set_details(json_t *object, const struct recording *r, const struct call_quantile *q)
{
	set(object, "exact", json_boolean(q->is_exact));
	set(object, "low_ns", q->has_interval ? json_count(q->low_ns) : json_null());
	set(object, "high_ns", q->has_interval ? json_count(q->high_ns) : json_null());
	set(object, "event", q->task ? json_exemplar(r, q) : json_null());
}

/* All numbers are there even where the text says that calls are too few: `told` says so here. */
static void set_quantiles(json_t *object, const struct recording *r, const struct call_group *group)
{
	json_t *details = json_object();

	for (unsigned int i = 0; i < NR_CALL_QUANTILES; i++) {
		const struct call_quantile *q = &group->quantiles[i];
		json_t *detail = json_object();

		set_quantile(object, call_quantile_names[i], "ns", json_count(q->value_ns));
		set_quantile(object, call_quantile_names[i], "ms",
			     json_real((double)q->value_ns / 1e6));
		set(detail, "told", json_boolean(call_quantile_is_told(group->times.count, i)));
		set_details(detail, r, q);
		set(details, call_quantile_names[i], detail);
	}
	set(object, "quantiles", details);
}

static json_t *json_group(const struct call_groups *groups, uint32_t number)
{
	const struct call_group *group = &groups->groups.items[number];
	scoped_free char *label = call_group_label(groups, number);
	json_t *object = json_object();

	set(object, "name", json_text(label));
	for (unsigned int i = 0; i < groups->grouping.nr_aspects; i++) {
		scoped_free char *part = grouping_label(&groups->grouping, number, i);

		set(object, aspect_names[groups->grouping.aspects[i]], json_text(part));
	}
	set(object, "calls", json_count(group->calls));
	set(object, "errors", json_count(group->errors));
	set(object, "timed", json_count(group->times.count));
	set(object, "bytes", groups->is_brief ? json_null() : json_count(group->bytes));
	set(object, "duration_ns", json_count((uint64_t)group->times.sum));
	set(object, "mean_ns", json_real(moments_mean(&group->times)));
	set(object, "deviation_ns",
	    groups->is_brief ? json_null() : json_real(moments_deviation(&group->times)));
	set(object, "min_ns", json_count(group->times.min));
	set(object, "max_ns", json_count(group->times.max));
	if (group->times.count)
		set_quantiles(object, groups->grouping.recording, group);
	return object;
}

void call_groups_json(FILE *out, const struct call_groups *groups, enum group_sort sort)
{
	const struct grouping *g = &groups->grouping;
	scoped_free uint32_t *order = call_groups_order(groups, sort);
	bool by_syscall = g->nr_aspects == 1 && g->aspects[0] == ASPECT_SYSCALL;
	struct json_stream s;

	json_stream_begin(&s, out);
	json_stream_member(&s, "schema", json_string("prof.groups/1"));
	json_stream_member(&s, "lost", json_count(groups->lost));
	json_stream_member(&s, "bound_ppm", json_count(groups->is_brief ? CALL_BRIEF_PPM : 0));
	json_stream_array_begin(&s, by_syscall ? "syscalls" : "groups");
	for (size_t i = 0; i < groups->groups.size; i++)
		json_stream_element(&s, json_group(groups, order[i]));
	json_stream_array_end(&s);
	json_stream_end(&s);
}
