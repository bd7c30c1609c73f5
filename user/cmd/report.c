// SPDX-License-Identifier: MIT
/* `prof report`: reads a recording and prints the answers in the form that was asked for. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/nearest.h"
#include "cli/terminal.h"
#include "cmd/answer.h"
#include "cmd/commands.h"
#include "cmd/input.h"
#include "cmd/path_words.h"
#include "cmd/report_calls.h"
#include "cmd/report_views.h"
#include "output/folded.h"
#include "output/report_output.h"
#include "output/speedscope.h"
#include "output/text_blocks.h"
#include "profile/call_tail.h"
#include "profile/event_paths.h"
#include "profile/memory_paths.h"

struct report_opts {
	const char *input, *output;
	const struct report_output *form;
	const struct path_choice *folded; /* NULL: a report */
	bool folded_is_open;              /* --folded came without saying what */
	unsigned int tail_ppm;            /* of what is folded: 0: all */
	bool speedscope;
	struct call_view calls; /* a table of system calls instead of the report */
	enum syscall_sort sort;
	double percent_limit;
	unsigned int path_detail; /* of enum path_detail */
	enum path_side side;
	bool by_site; /* only what was allocated, by site */
	struct report_view view;
	enum weight weight;
	bool all, no_pager;
	enum color_mode color;
};

/* ---- Options ---- */

static int set_input(void *opts, const char *value)
{
	((struct report_opts *)opts)->input = value;
	return 0;
}

static int set_output(void *opts, const char *value)
{
	((struct report_opts *)opts)->output = value;
	return 0;
}

static int set_json(void *opts, const char *value)
{
	(void)value;
	((struct report_opts *)opts)->form = &report_json;
	return 0;
}

static int set_folded(void *opts, const char *value)
{
	struct report_opts *o = opts;

	o->folded_is_open = !value;
	return path_choice_parse(value ? value : "faults", &o->folded);
}

static int set_tail(void *opts, const char *value)
{
	return call_tail_parse(value, &((struct report_opts *)opts)->tail_ppm);
}

static int set_speedscope(void *opts, const char *value)
{
	(void)value;
	((struct report_opts *)opts)->speedscope = true;
	return 0;
}

static int set_sort(void *opts, const char *value)
{

	for (int by = 0; by < NR_SYSCALL_SORTS; by++) {
		if (!strcmp(value, syscall_sort_names[by])) {
			((struct report_opts *)opts)->sort = (enum syscall_sort)by;
			return 0;
		}
	}
	refuse(-EINVAL, "cannot sort system calls by '%s'", value);
	hint_nearest(value, syscall_sort_names,
		     "choose time, calls, errors, avg, min, p50, p90, p99, max, name or p99/p50");
	return -EINVAL;
}

#define CALL_VIEW(function, set)                                                                   \
	static int function(void *opts, const char *value)                                         \
	{                                                                                          \
		return set(&((struct report_opts *)opts)->calls, value);                           \
	}

CALL_VIEW(set_percentiles, call_view_percentiles)
CALL_VIEW(set_quick, call_view_quick)
CALL_VIEW(set_extended, call_view_extended)
CALL_VIEW(set_threshold, call_view_threshold)
CALL_VIEW(set_anomalies, call_view_anomalies)
CALL_VIEW(set_analysis, call_view_analysis)
CALL_VIEW(set_insights, call_view_insights)
CALL_VIEW(set_priority, call_view_priority)
CALL_VIEW(set_account, call_view_account)
CALL_VIEW(set_ratios, call_view_ratios)

static int set_percent_limit(void *opts, const char *value)
{
	char *end;
	double limit = strtod(value, &end);

	if (end == value || (*end && strcmp(end, "%")) || !(limit >= 0 && limit <= 100))
		return refuse(-EINVAL, "'%s' is not a percentage", value);
	((struct report_opts *)opts)->percent_limit = limit;
	return 0;
}

static int set_source(void *opts, const char *value)
{
	if (value && strcmp(value, "column") != 0)
		return refuse(-EINVAL,
			      "'%s' is no detail of a place in the source: there is 'column'",
			      value);
	((struct report_opts *)opts)->path_detail |= value ? PATH_LINES | PATH_COLUMNS : PATH_LINES;
	return 0;
}

static int set_inline_marks(void *opts, const char *value)
{
	(void)value;
	((struct report_opts *)opts)->path_detail |= PATH_INLINE_MARKS;
	return 0;
}

static int set_side(void *opts, const char *value)
{
	struct report_opts *o = opts;
	int err;

	o->by_site = !strcmp(value, "alloc-site");
	if (o->by_site)
		return 0;
	if (!strcmp(value, "wait"))
		return call_view_account(&o->calls, NULL);
	err = pivot_keys_parse(value, o->view.pivots, &o->view.nr_pivots);
	return err == -ENOENT ? path_side_parse(value, &o->side) : err;
}

static int set_call_graph(void *opts, const char *value)
{
	struct report_view *view = &((struct report_opts *)opts)->view;

	view->functions = true;
	view->callees_first = !strcmp(value, "callee");
	if (view->callees_first || !strcmp(value, "caller"))
		return 0;
	refuse(-EINVAL, "there is no call graph '%s'", value);
	hint("choose caller (callers first) or callee");
	return -EINVAL;
}

static int set_children(void *opts, const char *value)
{
	(void)value;
	((struct report_opts *)opts)->view.functions = true;
	((struct report_opts *)opts)->view.by_self = false;
	return 0;
}

static int set_no_children(void *opts, const char *value)
{
	(void)value;
	((struct report_opts *)opts)->view.functions = true;
	((struct report_opts *)opts)->view.by_self = true;
	return 0;
}

static int set_symbol(void *opts, const char *value)
{
	((struct report_opts *)opts)->view.symbol = value;
	return report_view_check(&((struct report_opts *)opts)->view);
}

static int set_weight(void *opts, const char *value)
{
	static const char *const names[NR_WEIGHTS] = {"faults", "time", "bytes"};

	for (int weight = 0; weight < NR_WEIGHTS; weight++) {
		if (!strcmp(value, names[weight])) {
			((struct report_opts *)opts)->weight = (enum weight)weight;
			return 0;
		}
	}
	refuse(-EINVAL, "page faults have no weight '%s'", value);
	hint("choose faults, time or bytes");
	return -EINVAL;
}

static int set_all(void *opts, const char *value)
{
	(void)value;
	((struct report_opts *)opts)->all = true;
	return 0;
}

static int set_no_pager(void *opts, const char *value)
{
	(void)value;
	((struct report_opts *)opts)->no_pager = true;
	return 0;
}

static int set_color(void *opts, const char *value)
{
	return color_mode_parse(value, &((struct report_opts *)opts)->color);
}

static const struct option_row report_options[] = {
	{"input", 'i', "FILE", "the recording to read (default: prof.data)", set_input},
	{"output", 'o', "FILE", "write the answer to a file", set_output},
	{"json", 0, NULL, "print one JSON object (prof.report/1)", set_json},
	{"folded", 0, "[WHAT]",
	 "print folded stacks for flame graphs, weighted by WHAT: faults (default), fault-ns, "
	 "fault-bytes, syscalls, syscall-ns, alloc-blocks or alloc-bytes",
	 set_folded},
	{"tail", 0, "PERCENTILE",
	 "with --folded: only system calls slower than this percentile of their name (p99), by the "
	 "time that they took beyond it",
	 set_tail},
	{"speedscope", 0, NULL,
	 "print JSON for speedscope.app: a profile for each weight, of all threads and of each one",
	 set_speedscope},
	{"sort", 's', "KEY",
	 "order system calls by time (default), calls, errors, avg, min, p50, p90, p99, max, name "
	 "or p99/p50",
	 set_sort},
	{"percentiles", 0, "[BY]",
	 "instead of the report: system calls with their percentiles, a line for each BY (syscall, "
	 "process, thread, command, site, errno, file, class, or up to three: site,syscall)",
	 set_percentiles},
	{"quick", 0, NULL,
	 "with --percentiles by syscall: from the summary at the end of the recording, however "
	 "large it is; no call is read, and percentiles are right within 0.1 %",
	 set_quick},
	{"stats-extended", 0, "[BY]",
	 "instead of the report: mean, deviation, extremes and percentiles of system calls with "
	 "their 95 % intervals",
	 set_extended},
	{"anomaly-threshold", 0, "SIGMA",
	 "with --stats-extended: remark on calls so many deviations above the mean (default: 3)",
	 set_threshold},
	{"anomalies", 0, NULL,
	 "instead of the report: system calls that took longer than the tail of their like "
	 "explains",
	 set_anomalies},
	{"analysis", 0, "WHAT",
	 "instead of the report: these parts of what prof analyze tells: some of modes, anomalies, "
	 "changes, clusters, correlation and heat",
	 set_analysis},
	{"insights", 0, NULL,
	 "instead of the report: which system call dominates, and what is cleaned up, in words",
	 set_insights},
	{"priority", 0, NULL, "instead of the report: which system calls to look at first, and why",
	 set_priority},
	{"ratios", 0, NULL,
	 "instead of the report: statx:read:open:close, calls a second, bytes a call, and how "
	 "often "
	 "the same bytes of files were read",
	 set_ratios},
	{"account", 0, NULL,
	 "instead of the report: where the time of each thread went, as parts that add up: own "
	 "code, "
	 "faults, work and waiting in system calls, and without a processor",
	 set_account},
	{"percent-limit", 0, "PERCENT", "sum up paths with a smaller share (default: 0.5)",
	 set_percent_limit},
	{"by", 0, "WHO",
	 "whose stacks the paths of page faults are: those of the code that touched the memory "
	 "(touch, the default), made it (owner), or had given it back before (return); or, alone, "
	 "a table of page faults by some of process, thread, cause, kind (of memory), size (of its "
	 "region) and vma (its mapping), as in --by=vma,thread; or what malloc and its like were "
	 "asked for, and by whom (alloc-site); or --account (wait)",
	 set_side},
	{"children", 0, NULL,
	 "only functions with their shares of the page faults, callees included, and the paths",
	 set_children},
	{"no-children", 0, NULL, "the same, by what each function took itself", set_no_children},
	{"call-graph", 'g', "ORDER",
	 "the same, with paths from callers to callees (caller, the default) or turned round "
	 "(callee)",
	 set_call_graph},
	{"symbol", 0, "REGEX",
	 "only how many events have a function on their path that matches, inlined ones included, "
	 "and which; upper and lower case are the same",
	 set_symbol},
	{"stdio", 0, NULL, "as --no-pager, for those who are used to perf", set_no_pager},
	{"weight", 0, "WHAT", "weigh those paths by faults (default), time or bytes", set_weight},
	{"source", 0, "[column]",
	 "show frames with their file:line, or file:line:column, different ones of a function "
	 "apart",
	 set_source},
	{"inline-marks", 0, NULL, "mark functions that were inlined: _[i] after their names",
	 set_inline_marks},
	{"all", 0, NULL, "show all processes and threads, not only the busiest", set_all},
	{"no-pager", 0, NULL, "do not page the report on a terminal", set_no_pager},
	{"color", 0, "WHEN", "use colors: auto, always or never", set_color},
	{0},
};

/* A word may say what to fold, else it is the file; options may follow it. */
static int take_operand(struct report_opts *opts, const char *word)
{
	const struct path_choice *choice = opts->folded_is_open ? path_choice_find(word) : NULL;

	if (choice) {
		opts->folded = choice;
		opts->folded_is_open = false;
		return 0;
	}
	if (opts->input)
		return usage_error(&report_command, "one recording at a time, not also '%s'", word);
	opts->input = word;
	return 0;
}

/* Each form asks for the whole output; folded frames are names and nothing else. */
static int forms_check(const struct report_opts *opts)
{
	if ((opts->form == &report_json) + !!opts->folded + opts->speedscope > 1)
		return usage_error(&report_command,
				   "choose one of --json, --folded and --speedscope");
	if (opts->calls.nr_chosen + !!opts->folded + opts->speedscope > 1)
		return usage_error(&report_command,
				   "choose one of --percentiles, --stats-extended, --anomalies, "
				   "--analysis, --insights, --priority, --ratios, --account, "
				   "--folded and --speedscope");
	if (!call_view_fits(&opts->calls))
		return usage_error(&report_command, "--quick is for --percentiles by syscall");
	if (opts->tail_ppm && (!opts->folded || opts->folded->events != BLOCK_SYSCALLS))
		return usage_error(&report_command,
				   "--tail is for --folded=syscall-ns or --folded=syscalls");
	if (report_view_is_chosen(&opts->view) &&
	    (opts->folded || opts->speedscope ||
	     (opts->form == &report_json && !opts->view.nr_pivots)))
		return usage_error(&report_command,
				   "--symbol, --children and --call-graph are for text, and --by "
				   "with a table for text and --json");
	if (opts->folded && opts->path_detail & PATH_LINES)
		return usage_error(&report_command, "choose either --source or --folded");
	return 0;
}

/* --folded alone, with a weight, is the faults by that weight. */
static void folded_weigh(struct report_opts *opts)
{
	static const char *const faults_by[NR_WEIGHTS] = {"faults", "fault-ns", "fault-bytes"};

	if (opts->folded && opts->folded->events == BLOCK_FAULTS && opts->weight != WEIGHT_COUNT)
		opts->folded = path_choice_find(faults_by[opts->weight]);
}

static int parse(struct report_opts *opts, int argc, char **argv)
{
	int operand = options_parse(&report_command, argc, argv, opts);

	while (operand > 0 && operand < argc) {
		if (take_operand(opts, argv[operand]))
			return OPTIONS_USAGE;
		argc -= operand;
		argv += operand;
		operand = options_parse(&report_command, argc, argv, opts);
	}
	if (operand >= 0 && forms_check(opts))
		return OPTIONS_USAGE;
	folded_weigh(opts);
	return operand;
}

/* ---- The command ---- */

static void write_folded(FILE *out, struct recording *recording, const struct report_opts *opts)
{
	struct path_choice choice = *opts->folded;
	struct path_tree paths;

	choice.tail_ppm = opts->tail_ppm;
	if (opts->side == BY_TOUCH || opts->folded->events != BLOCK_FAULTS)
		event_paths_build(recording, &choice, opts->path_detail, &paths);
	else
		memory_paths_build(recording, opts->side, opts->folded, opts->path_detail, &paths);
	folded_write(out, &paths, opts->folded->weight);
	path_tree_fini(&paths);
}

static void write_calls(FILE *out, struct recording *recording, const struct report_opts *opts,
			const struct report_style *style)
{
	const struct call_view_form form = {
		.json = opts->form == &report_json,
		.color = style->color,
		.width = style->width,
		.input = opts->input,
		.sort = opts->sort,
	};

	call_view_write(out, recording, &opts->calls, &form);
}

static void write_report(FILE *out, const struct report *report, const struct report_opts *opts,
			 const struct report_style *style)
{
	if (!opts->by_site || opts->form != &report_text) {
		opts->form->write(out, report, style);
		return;
	}
	text_head(out, report, style);
	text_block_table(out, &report->blocks, style->all, style);
}

/* Whether what is asked for was recorded: an empty answer would be misread. */
static int matter_check(const struct recording *r, const struct report_opts *opts)
{
	const char *stacks = recording_meta(r, "stacks");
	int err = 0;

	if (opts->by_site && !(recording_meta(r, "events") && recording_has(r, "malloc"))) {
		err = refuse(-ENODATA, "no blocks of malloc were recorded");
		hint("record them with -e malloc");
	} else if (opts->calls.nr_chosen && !recording_has(r, "syscalls")) {
		err = refuse(-ENODATA, "no system calls were recorded");
		hint("record them with -e syscalls");
	} else if ((opts->view.symbol || opts->view.functions) && stacks &&
		   !strcmp(stacks, "none")) {
		err = refuse(-ENODATA, "no call stacks were recorded");
		hint("record them without --no-stacks");
	}
	return err;
}

static int print_report(struct recording *recording, const struct report_opts *opts)
{
	bool has_part_only = opts->folded || opts->speedscope || opts->calls.nr_chosen;
	bool is_text = !opts->folded && !opts->speedscope && opts->form == &report_text;
	const struct report_style style = {
		.color = !opts->output && color_wanted(opts->color),
		.all = opts->all,
		.width = opts->output ? WIDTH_UNLIMITED : terminal_width(),
		.percent_limit = opts->percent_limit,
	};
	struct report *report = has_part_only ? NULL : report_new(recording, opts->path_detail);
	struct answer answer;
	int err;

	err = answer_open(&answer, opts->output, is_text && !opts->no_pager);
	if (!err) {
		if (report) {
			report_choose_paths(report, opts->side, opts->weight);
			syscall_table_sort(&report->syscalls, opts->sort);
			if (report_view_is_chosen(&opts->view))
				report_view_write(answer.out, recording, report, &opts->view,
						  &style, opts->form == &report_json);
			else
				write_report(answer.out, report, opts, &style);
		} else if (opts->calls.nr_chosen) {
			write_calls(answer.out, recording, opts, &style);
		} else if (opts->speedscope) {
			speedscope_write(answer.out, recording, opts->path_detail);
		} else {
			write_folded(answer.out, recording, opts);
		}
		err = answer_close(&answer);
	}
	report_free(report);
	return err;
}

static int report_run(int argc, char **argv)
{
	struct report_opts opts = {
		.form = &report_text, .percent_limit = 0.5, .calls.threshold = 3};
	struct recording *recording;
	int result = parse(&opts, argc, argv), err;

	if (result < 0)
		return options_exit_status(result);
	err = (opts.calls.is_quick ? input_open_brief : input_open)(opts.input, &recording);
	if (err)
		return EXIT_FAILURE;
	err = matter_check(recording, &opts);
	if (!err)
		err = print_report(recording, &opts);
	recording_close(recording);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

static const char *const report_examples[] = {
	"prof report",
	"prof report --sort=errors other.data",
	"prof report --source --percent-limit=5",
	"prof report --by=vma,kind,thread",
	"prof report --symbol='grow|rehash'",
	"prof report --no-children --call-graph=callee",
	"prof report --json | jq .totals",
	"prof report --by=alloc-site --all",
	"prof report --folded=faults | flamegraph.pl --color=mem > faults.svg",
	"prof report --speedscope --output=app.speedscope.json",
	NULL,
};

const struct command report_command = {
	.name = "report",
	.summary = "show what a recording holds",
	.synopsis = "[options] [FILE]",
	.description =
		"Reads a recording (prof.data) and prints what was run, how the page faults "
		"reconcile with the kernel's own count, where they come from, what the system "
		"calls "
		"cost, and which processes made them. Needs no privileges and none of the recorded "
		"files. Bytes of faults are those of base pages. Quantiles are exact, by nearest "
		"rank; the text shows p50 from 3 calls on, p90 from 10, p99 from 100.",
	.examples = report_examples,
	.options = report_options,
	.run = report_run,
};
