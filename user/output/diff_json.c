// SPDX-License-Identifier: MIT
/* A comparison as JSON: prof.diff/1. Counts are whole where each side has one run, else means. */
#include <math.h>

#include "output/diff_output.h"
#include "output/json_stream.h"
#include "output/json_value.h"
#include "profile/facts.h"

static json_t *number(double value)
{
	if (!isfinite(value))
		return json_null();
	return value == floor(value) && fabs(value) < 9e15 ? json_integer((json_int_t)value)
							   : json_real(value);
}

static json_t *range_json(const struct range *range)
{
	return json_pack("{s:o, s:o, s:o}", "mean", number(range->mean), "low", number(range->low),
			 "high", number(range->high));
}

static json_t *interval_json(const struct interval *interval)
{
	return interval->is_known ? json_pack("[f, f]", interval->low, interval->high)
				  : json_null();
}

static void add_change(json_t *object, const struct change *c)
{
	double base = c->base.mean, new = c->new.mean;

	json_object_set_new(object, "base", number(base));
	json_object_set_new(object, "new", number(new));
	json_object_set_new(object, "delta", number(new - base));
	json_object_set_new(object, "ratio", base > 0 ? number(new / base) : json_null());
	json_object_set_new(object, "differs", json_boolean(c->is_claimed));
}

/* ---- Sides ---- */

static json_t *files_json(const struct diff *diff, enum side side)
{
	json_t *files = json_array();

	for (uint32_t i = 0; i < diff->runs.nr[side]; i++)
		json_array_append_new(files, json_text(diff->runs.of[side][i]->path));
	return files;
}

static json_t *words_json(const struct run *run)
{
	json_t *words = json_array();

	for (uint32_t i = 0; i < run_nr_words(run); i++)
		json_array_append_new(words, json_text(run_word(run, i)));
	return words;
}

static json_t *side_json(const struct diff *diff, enum side side)
{
	const struct run *run = diff_first_run(diff, side);

	return json_pack("{s:o, s:o, s:o, s:o}", "recordings", files_json(diff, side), "argv",
			 words_json(run), "host",
			 json_text_or_null(recording_meta(run->recording, "host")), "kernel",
			 json_text_or_null(recording_meta(run->recording, "kernel")));
}

static json_t *caveats_json(const struct diff *diff)
{
	json_t *caveats = json_array();

	vec_each (&diff->caveats.texts, text)
		json_array_append_new(caveats, json_text(*text));
	return caveats;
}

static json_t *job_json(const struct diff *diff)
{
	json_t *remarks = json_array();

	vec_each (&diff->job.remarks, remark)
		json_array_append_new(remarks,
				      json_pack("{s:o, s:b}", "text", json_text(remark->text),
						"differs", (int)remark->is_difference));
	return json_pack("{s:s, s:o, s:o}", "verdict", job_verdict_names[diff->job.verdict], "why",
			 json_text_or_null(diff->job.why), "remarks", remarks);
}

/* ---- Totals ---- */

static json_t *metric_json(const struct diff *diff, enum metric metric)
{
	const struct metric_change *m = &diff->metrics[metric];
	json_t *object = json_object();

	add_change(object, &m->change);
	json_object_set_new(object, "judged",
			    json_boolean(metric_words[metric].is_exact || diff->has_repeats));
	if (diff->has_repeats) {
		json_object_set_new(object, "base_range", range_json(&m->change.base));
		json_object_set_new(object, "new_range", range_json(&m->change.new));
		json_object_set_new(object, "p", number(m->change.p));
	}
	if (metric_words[metric].unit == UNIT_NS)
		json_object_set_new(object, "ratio_interval", interval_json(&m->time));
	if (diff->unit.text) {
		json_object_set_new(object, "base_per_unit",
				    number(m->change.base.mean / diff->unit.of[BASE]));
		json_object_set_new(object, "new_per_unit",
				    number(m->change.new.mean / diff->unit.of[NEW]));
	}
	return object;
}

static json_t *totals_json(const struct diff *diff)
{
	json_t *totals = json_object();

	for (int metric = 0; metric < NR_METRICS; metric++) {
		if (diff->metrics[metric].is_known)
			json_object_set_new(totals, metric_words[metric].key,
					    metric_json(diff, (enum metric)metric));
	}
	return totals;
}

/* ---- Verdict ---- */

static json_t *finding_json(const struct verdict_finding *finding)
{
	json_t *evidence = json_array();

	vec_each (&finding->evidence, line)
		json_array_append_new(evidence, json_pack("{s:s, s:o}", "label", line->label,
							  "text", json_text(line->text)));
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", finding->id, "side",
			 finding->side == BASE ? "base" : "new", "title", json_text(finding->title),
			 "faults", json_count(finding->faults), "calls", json_count(finding->calls),
			 "saved_faults", json_count(finding->saved_faults), "saved_calls",
			 json_count(finding->saved_calls), "saved_ns",
			 json_count(finding->saved_ns), "evidence", evidence);
}

static void write_verdict(struct json_stream *s, const struct diff *diff)
{
	json_stream_array_begin(s, "verdict");
	vec_each (&diff->verdict.items, finding)
		json_stream_element(s, finding_json(finding));
	json_stream_array_end(s);
}

static void write_gates(struct json_stream *s, const struct diff_style *style)
{
	json_stream_array_begin(s, "conditions");
	for (size_t i = 0; i < style->nr_gates; i++) {
		const struct gate_result *result = &style->results[i];
		json_t *object =
			json_pack("{s:o, s:b, s:b, s:b, s:o, s:o, s:o}", "text",
				  json_text(style->gates[i].text), "goal",
				  (int)(i < style->nr_goals), "known", (int)result->is_known,
				  "holds", (int)result->holds, "percent", number(result->percent),
				  "low", number(result->low), "high", number(result->high));

		if (i < style->nr_goals)
			json_object_set_new(object, "class",
					    json_string(reduction_class(result->percent)));
		json_stream_element(s, object);
	}
	json_stream_array_end(s);
}

/* ---- Rows ---- */

/* null: too few calls to tell. */
static void add_quantile(json_t *object, const char *key, const struct diff_table *table,
			 const struct diff_row *row, enum side side, enum amount amount)
{
	double ns;

	json_object_set_new(object, key,
			    diff_row_quantile(table, row, side, amount, &ns) ? number(ns)
									     : json_null());
}

static void add_quantiles(json_t *object, const struct diff_table *table,
			  const struct diff_row *row)
{
	add_quantile(object, "base_p50_ns", table, row, BASE, AMOUNT_P50);
	add_quantile(object, "new_p50_ns", table, row, NEW, AMOUNT_P50);
	add_quantile(object, "base_p99_ns", table, row, BASE, AMOUNT_P99);
	add_quantile(object, "new_p99_ns", table, row, NEW, AMOUNT_P99);
}

static void add_lives(json_t *object, const struct diff_table *table, const struct diff_row *row)
{
	static const char *const keys[] = {"base_mean_life_ns", "new_mean_life_ns"};

	for (int side = 0; side < NR_SIDES; side++) {
		double blocks = diff_row_mean(table, row, (enum side)side, AMOUNT_COUNT);
		double ns = diff_row_mean(table, row, (enum side)side, AMOUNT_NS);

		json_object_set_new(object, keys[side],
				    blocks > 0 ? number(floor(ns / blocks)) : json_null());
	}
}

static json_t *row_json(const struct diff_table *table, const struct diff_row *row)
{
	json_t *object = json_pack("{s:o}", "name", json_text(diff_row_name(table, row)));
	static const struct {
		enum amount amount;
		const char *base, *new;
	} more[] = {{AMOUNT_NS, "base_ns", "new_ns"},
		    {AMOUNT_BYTES, "base_bytes", "new_bytes"},
		    {AMOUNT_ERRORS, "base_errors", "new_errors"},
		    {AMOUNT_FAULTS, "base_faults", "new_faults"},
		    {AMOUNT_UNTOUCHED, "base_untouched_bytes", "new_untouched_bytes"}};

	add_change(object, &row->change);
	for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
		double base = diff_row_mean(table, row, BASE, more[i].amount);
		double new = diff_row_mean(table, row, NEW, more[i].amount);

		if ((base == 0 && new == 0) ||
		    (table->facet == FACET_BLOCK && more[i].amount == AMOUNT_NS))
			continue;
		json_object_set_new(object, more[i].base, number(base));
		json_object_set_new(object, more[i].new, number(new));
	}
	json_object_set_new(object, "differs", json_boolean(diff_row_differs(row)));
	if (facet_is_of_calls(table->facet))
		add_quantiles(object, table, row);
	if (table->facet == FACET_BLOCK)
		add_lives(object, table, row);
	if (row->time.is_known)
		json_object_set_new(object, "time_ratio_interval", interval_json(&row->time));
	return object;
}

static void write_tables(struct json_stream *s, const struct diff *diff)
{
	for (int facet = 0; facet < NR_FACETS; facet++) {
		const struct diff_table *table = &diff->tables[facet];

		json_stream_array_begin(s, facet_words[facet].key);
		vec_each (&table->rows, row)
			json_stream_element(s, row_json(table, row));
		json_stream_array_end(s);
	}
}

/* ---- Functions and paths ---- */

static json_t *match_json(const struct alignment *a, const struct match *match)
{
	return json_pack("{s:o, s:o, s:f, s:s}", "base",
			 json_text(function_text(&a->functions[BASE], match->of[BASE])), "new",
			 json_text(function_text(&a->functions[NEW], match->of[NEW])), "score",
			 match->score, "by", match->kind == MATCH_MAP ? "map" : "similarity");
}

static void write_functions(struct json_stream *s, const struct diff *diff)
{
	const struct alignment *a = &diff->alignment;

	json_stream_array_begin(s, "matches");
	vec_each (&a->matches, match)
		json_stream_element(s, match_json(a, match));
	json_stream_array_end(s);
	json_stream_array_begin(s, "suggestions");
	vec_each (&a->suggestions, match)
		json_stream_element(s, match_json(a, match));
	json_stream_array_end(s);
	json_stream_array_begin(s, "inlined");
	vec_each (&diff->inlined.items, it)
		json_stream_element(s, json_pack("{s:s, s:o}", "side",
						 it->side == BASE ? "base" : "new", "function",
						 json_text(function_text(&a->functions[it->side],
									 it->function))));
	json_stream_array_end(s);
}

static json_t *frames_json(const struct path_tree *tree, uint32_t node)
{
	json_t *frames = json_array();

	for (; node; node = path_tree_node(tree, node)->parent)
		json_array_insert_new(frames, 0, json_text(path_tree_name(tree, node)));
	return frames;
}

static void write_paths(struct json_stream *s, const struct diff *diff,
			enum event_kind_of_path events, const char *key, const char *moved_key)
{
	const struct path_tree *tree = &diff->paths[events];
	const struct path_changes *changes = &diff->path_changes[events];

	json_stream_array_begin(s, key);
	vec_each (&changes->items, change)
		json_stream_element(s, json_pack("{s:s, s:o, s:o, s:o}", "kind",
						 path_change_names[change->kind], "base",
						 json_count(change->base), "new",
						 json_count(change->new), "frames",
						 frames_json(tree, change->node)));
	json_stream_array_end(s);
	json_stream_array_begin(s, moved_key);
	vec_each (&changes->moved, moved)
		json_stream_element(
			s, json_pack("{s:o, s:o, s:o, s:o}", "base", json_count(moved->base), "new",
				     json_count(moved->new), "from", frames_json(tree, moved->gone),
				     "to", frames_json(tree, moved->appeared)));
	json_stream_array_end(s);
}

void diff_json(FILE *out, const struct diff *diff, const struct diff_style *style)
{
	struct json_stream s;

	json_stream_begin(&s, out);
	json_stream_member(&s, "schema", json_string("prof.diff/1"));
	json_stream_member(&s, "base", side_json(diff, BASE));
	json_stream_member(&s, "new", side_json(diff, NEW));
	json_stream_member(&s, "caveats", caveats_json(diff));
	json_stream_member(&s, "job", job_json(diff));
	json_stream_member(&s, "differs", json_boolean(diff->differs));
	json_stream_member(&s, "unit", json_text_or_null(diff->unit.text));
	write_verdict(&s, diff);
	write_gates(&s, style);
	json_stream_member(&s, "totals", totals_json(diff));
	write_tables(&s, diff);
	write_functions(&s, diff);
	write_paths(&s, diff, PATH_FAULTS, "fault_paths", "moved_faults");
	write_paths(&s, diff, PATH_CALLS, "call_paths", "moved_calls");
	json_stream_end(&s);
}
