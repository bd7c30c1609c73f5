// SPDX-License-Identifier: MIT
/* `prof report --insights --json` and `--priority --json`. */
#include "output/insights_output.h"
#include "output/example.h"
#include "output/json_stream.h"
#include "output/json_value.h"
#include "profile/facts.h"

/* ---- Insights ---- */

static json_t *json_dominance(const struct dominance *d)
{
	json_t *object;
	char label[32];

	if (!d->row)
		return json_null();
	object = json_object();
	set(object, "name", json_text(call_label(d->row->key, label)));
	set(object, "share", json_real((double)d->part / (double)d->whole));
	set(object, "calls", json_count(d->row->calls));
	set(object, "duration_ns", json_count(d->row->total_ns));
	return object;
}

static json_t *json_makers(const struct maker_count *makers, unsigned int nr)
{
	json_t *object = json_object();
	char label[32];

	for (unsigned int i = 0; i < nr; i++)
		set(object, call_label(makers[i].key, label), json_count(makers[i].calls));
	return object;
}

static json_t *json_clean_up(const struct clean_up *c)
{
	json_t *object = json_object();

	set(object, "made", json_count(c->made));
	set(object, "ended", json_count(c->ended));
	set(object, "made_by", json_makers(c->makers, c->nr_makers));
	set(object, "ended_by", json_makers(c->enders, c->nr_enders));
	return object;
}

static void write_sentence(struct json_stream *s, char *sentence)
{
	if (sentence)
		json_stream_element(s, json_text(sentence));
	free(sentence);
}

void insights_json(FILE *out, const struct insights *insights)
{
	json_t *clean_ups = json_object();
	struct json_stream s;

	for (int i = 0; i < NR_CLEAN_UPS; i++)
		set(clean_ups, insights->clean_ups[i].things,
		    json_clean_up(&insights->clean_ups[i]));
	json_stream_begin(&s, out);
	json_stream_member(&s, "schema", json_string("prof.insights/1"));
	json_stream_member(&s, "lost", json_count(recording_lost_syscalls(insights->recording)));
	json_stream_member(&s, "calls", json_count(insights->calls.calls));
	json_stream_member(&s, "duration_ns", json_count(insights->calls.total_ns));
	json_stream_member(&s, "dominates_time", json_dominance(&insights->by_time));
	json_stream_member(&s, "dominates_calls", json_dominance(&insights->by_calls));
	json_stream_member(&s, "clean_up", clean_ups);
	json_stream_array_begin(&s, "sentences");
	write_sentence(&s, insight_of_time(insights));
	write_sentence(&s, insight_of_number(insights));
	for (int i = 0; i < NR_CLEAN_UPS; i++)
		write_sentence(&s, insight_of_clean_up(&insights->clean_ups[i]));
	json_stream_array_end(&s);
	json_stream_end(&s);
}

/* ---- Priorities ---- */

static json_t *json_item(const struct priorities *p, const struct prioritized *item)
{
	static const char *const words[] = {"Low", "Medium", "High"};
	scoped_free char *reason = priority_reason_text(item, p->run_ns);
	const struct syscall_row *row = item->row;
	json_t *object = json_object();
	char label[32];

	set(object, "name", json_text(call_label(row->key, label)));
	set(object, "priority", json_string(words[item->priority]));
	set(object, "reason", json_string(priority_reason_names[item->reason]));
	set(object, "why", json_text(reason));
	set(object, "calls", json_count(row->calls));
	set(object, "duration_ns", json_count(row->total_ns));
	set(object, "mean_ns", json_count(item->mean_ns));
	set(object, "max_ns", json_count(row->max_ns));
	set(object, "share", json_real((double)row->total_ns / (double)p->run_ns));
	set(object, "event", json_example(p->recording, &item->longest));
	return object;
}

void priorities_json(FILE *out, const struct priorities *p)
{
	struct json_stream s;

	json_stream_begin(&s, out);
	json_stream_member(&s, "schema", json_string("prof.priority/1"));
	json_stream_member(&s, "lost", json_count(recording_lost_syscalls(p->recording)));
	json_stream_member(&s, "run_ns", json_count(p->run_ns));
	json_stream_array_begin(&s, "syscalls");
	vec_each (&p->items, item)
		json_stream_element(&s, json_item(p, item));
	json_stream_array_end(&s);
	json_stream_end(&s);
}
