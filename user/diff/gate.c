// SPDX-License-Identifier: MIT
#include "diff/gate.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/nearest.h"
#include "decode/syscalls.h"

/* ---- Parsing ---- */

static const struct {
	const char *prefix;
	enum amount amount;
} call_amounts[] = {
	{"calls:", AMOUNT_COUNT}, {"errors:", AMOUNT_ERRORS}, {"time:", AMOUNT_NS},
	{"p50:", AMOUNT_P50},     {"p99:", AMOUNT_P99},
};
#define NR_CALL_AMOUNTS (sizeof call_amounts / sizeof *call_amounts)

static int parse_call(const char *name, struct gate *out)
{
	for (size_t i = 0; i < NR_CALL_AMOUNTS; i++) {
		size_t size = strlen(call_amounts[i].prefix);

		if (strncmp(name, call_amounts[i].prefix, size))
			continue;
		if (syscall_number(name + size) < 0)
			return refuse(-EINVAL, "there is no system call '%s'", name + size);
		snprintf(out->call, sizeof out->call, "%s", name + size);
		out->amount = call_amounts[i].amount;
		out->metric = NR_METRICS;
		return 0;
	}
	return -ENOENT;
}

static int parse_metric(const char *name, struct gate *out)
{
	const char *keys[NR_METRICS + 1] = {NULL};
	int err = parse_call(name, out);

	if (err != -ENOENT)
		return err;
	for (int metric = 0; metric < NR_METRICS; metric++) {
		keys[metric] = metric_words[metric].key;
		if (!strcmp(name, keys[metric])) {
			out->metric = (enum metric)metric;
			return 0;
		}
	}
	refuse(-EINVAL, "nothing is called '%s' that could be compared", name);
	hint_nearest(name, keys,
		     "choose faults, syscalls, errors, read-bytes, write-bytes, wall, user, "
		     "system, memory, blocks, block-bytes, threads, or one call: calls:NAME, "
		     "errors:NAME, time:NAME, p50:NAME, p99:NAME");
	return -EINVAL;
}

/* Units that numbers may have; times are in seconds without one. */
static bool parse_unit(const char *unit, bool is_time, double *limit)
{
	static const struct {
		const char *unit;
		double factor;
		bool is_time;
	} units[] = {
		{"", 1, false},        {"k", 1e3, false},        {"K", 1024, false},
		{"M", 1048576, false}, {"G", 1073741824, false}, {"", 1e9, true},
		{"ns", 1, true},       {"us", 1e3, true},        {"ms", 1e6, true},
		{"s", 1e9, true},
	};

	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (units[i].is_time == is_time && !strcmp(units[i].unit, unit)) {
			*limit *= units[i].factor;
			return true;
		}
	}
	return false;
}

static bool is_time(const struct gate *gate)
{
	if (gate->metric == NR_METRICS)
		return gate->amount == AMOUNT_NS || gate->amount == AMOUNT_P50 ||
		       gate->amount == AMOUNT_P99;
	return metric_words[gate->metric].unit == UNIT_NS;
}

static int parse_limit(const char *text, struct gate *out)
{
	char *end;

	out->limit = strtod(text, &end);
	if (end == text || !isfinite(out->limit))
		return refuse(-EINVAL, "'%s' has no number to compare with", out->text);
	out->scale = *text == '+' || *text == '-' ? GATE_CHANGE : GATE_VALUE;
	if (!strcmp(end, "%")) {
		out->scale = GATE_PERCENT;
		return 0;
	}
	if (!parse_unit(end, is_time(out), &out->limit))
		return refuse(-EINVAL, "'%s' is no unit of '%s'", end, out->text);
	return 0;
}

static int refuse_shape(const char *text, const char *example)
{
	refuse(-EINVAL, "'%s' is no condition", text);
	hint("write it like '%s'", example);
	return -EINVAL;
}

int gate_parse(const char *text, struct gate *out)
{
	size_t at = strcspn(text, "<>");
	scoped_free char *name = xstrndup(text, at);
	bool or_equal = text[at] && text[at + 1] == '=';
	int err;

	*out = (struct gate){.text = text};
	if (!text[at] || !at)
		return refuse_shape(text, "faults>+5%");
	out->op = text[at] == '>' ? (or_equal ? GATE_AT_LEAST : GATE_MORE)
				  : (or_equal ? GATE_AT_MOST : GATE_LESS);
	err = parse_metric(name, out);
	return err ? err : parse_limit(text + at + 1 + or_equal, out);
}

int goal_parse(const char *text, struct gate *out)
{
	size_t at = strcspn(text, "=");
	scoped_free char *name = xstrndup(text, at);
	int err;

	*out = (struct gate){.text = text, .op = GATE_AT_MOST};
	if (!text[at] || !at)
		return refuse_shape(text, "faults=-80%");
	err = parse_metric(name, out);
	if (!err)
		err = parse_limit(text + at + 1, out);
	if (!err && out->scale == GATE_VALUE && out->limit < 0)
		return refuse_shape(text, "faults=-80%");
	return err;
}

/* ---- Judging ---- */

static double percent_of(double base, double new)
{
	if (base > 0)
		return 100 * (new - base) / base;
	return new > 0 ? INFINITY : 0;
}

/* The ends of what the percentage may be, when each side may be off by its range or by noise. */
static void bound(const struct range *base, const struct range *new, const struct interval *time,
		  double least, struct gate_result *out)
{
	double base_low = fmax(0, fmin(base->low, base->mean - least));
	double base_high = fmax(base->high, base->mean + least);
	double new_low = fmax(0, fmin(new->low, new->mean - least));
	double new_high = fmax(new->high, new->mean + least);

	if (time->is_known) {
		out->low = 100 * (time->low - 1);
		out->high = 100 * (time->high - 1);
		return;
	}
	out->low = percent_of(base_high, new_low);
	out->high = percent_of(base_low, new_high);
}

/* Of too few calls there are none. */
static bool quantiles_are_told(const struct gate *gate, const struct diff_table *table,
			       const struct diff_row *row)
{
	double ns;

	if (gate->amount != AMOUNT_P50 && gate->amount != AMOUNT_P99)
		return true;
	return row && diff_row_quantile(table, row, BASE, gate->amount, &ns) &&
	       diff_row_quantile(table, row, NEW, gate->amount, &ns);
}

static void judge_call(const struct gate *gate, const struct diff *diff, struct gate_result *out)
{
	const struct diff_table *table = &diff->tables[FACET_SYSCALL];
	const struct diff_row *row = diff_table_find(table, gate->call);
	struct range base = {0}, new = {0};

	out->is_known = scope_has_call(&diff->scope, (uint32_t)syscall_number(gate->call)) &&
			quantiles_are_told(gate, table, row);
	if (row) {
		base.mean = diff_row_mean(table, row, BASE, gate->amount);
		new.mean = diff_row_mean(table, row, NEW, gate->amount);
	}
	base.low = base.high = base.mean;
	new.low = new.high = new.mean;
	out->base = base.mean;
	out->new = new.mean;
	bound(&base, &new, row && gate->amount == AMOUNT_NS ? &row->time : &(struct interval){0}, 0,
	      out);
}

static void judge_metric(const struct gate *gate, const struct diff *diff, struct gate_result *out)
{
	const struct metric_change *m = &diff->metrics[gate->metric];
	bool is_count = metric_words[gate->metric].unit == UNIT_COUNT &&
			gate->metric != METRIC_THREADS && gate->metric != METRIC_PROCESSES;

	out->is_known = m->is_known;
	out->base = m->change.base.mean;
	out->new = m->change.new.mean;
	bound(&m->change.base, &m->change.new, &m->time,
	      is_count && !diff->has_repeats ? diff->noise.least : 0, out);
}

void gate_judge(const struct gate *gate, const struct diff *diff, struct gate_result *out)
{
	double value;

	*out = (struct gate_result){0};
	if (gate->metric == NR_METRICS)
		judge_call(gate, diff, out);
	else
		judge_metric(gate, diff, out);
	out->percent = percent_of(out->base, out->new);
	value = gate->scale == GATE_VALUE    ? out->new
		: gate->scale == GATE_CHANGE ? out->new - out->base
					     : out->percent;
	out->holds = out->is_known && (gate->op == GATE_MORE       ? value > gate->limit
				       : gate->op == GATE_AT_LEAST ? value >= gate->limit
				       : gate->op == GATE_LESS     ? value < gate->limit
								   : value <= gate->limit);
}

const char *reduction_class(double percent)
{
	double less = -percent;

	return less > 90    ? "more than 90%"
	       : less >= 80 ? "80 to 90%"
	       : less > 70  ? "70 to 80%"
	       : less >= 50 ? "50 to 70%"
	       : less >= 10 ? "10 to 50%"
	       : less > 0   ? "minimal"
			    : "none";
}
