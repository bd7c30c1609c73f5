// SPDX-License-Identifier: MIT
/* `prof diff`: reads the recordings of two sides and says what differs, and why. */
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
#include "cmd/sides.h"
#include "output/diff_output.h"
#include "output/flame_diff.h"

#define OLD_INPUT DEFAULT_INPUT ".old"

enum diff_form { FORM_TEXT, FORM_JSON, FORM_MARKDOWN, FORM_FOLDED, FORM_SVG, FORM_HTML };

struct diff_opts {
	struct side_paths paths;
	const char *output, *map;
	enum diff_form form;
	const struct path_choice *folded;
	struct diff_options diff;
	VEC(struct gate) goals, limits;
	double threshold_percent;
	bool has_threshold, exit_code;
	bool all, suggest, no_pager;
	enum facet only;
	enum color_mode color;
};

/* ---- Options ---- */

static int set_base(void *opts, const char *value)
{
	return side_paths_add(&((struct diff_opts *)opts)->paths, BASE, value);
}

static int set_new(void *opts, const char *value)
{
	return side_paths_add(&((struct diff_opts *)opts)->paths, NEW, value);
}

static int set_output(void *opts, const char *value)
{
	struct diff_opts *o = opts;

	o->output = value;
	if (o->form == FORM_TEXT)
		o->form = path_ends_in(value, ".svg")    ? FORM_SVG
			  : path_ends_in(value, ".html") ? FORM_HTML
							 : FORM_TEXT;
	return 0;
}

static int set_json(void *opts, const char *value)
{
	(void)value;
	((struct diff_opts *)opts)->form = FORM_JSON;
	return 0;
}

static int set_markdown(void *opts, const char *value)
{
	(void)value;
	((struct diff_opts *)opts)->form = FORM_MARKDOWN;
	return 0;
}

static int set_folded(void *opts, const char *value)
{
	struct diff_opts *o = opts;

	int err = path_choice_parse(value ? value : "faults", &o->folded);

	o->form = FORM_FOLDED;
	if (!err && o->folded->events == BLOCK_ALLOCATIONS)
		return refuse(-EINVAL, "paths of allocations are not compared");
	return err;
}

static int set_by(void *opts, const char *value)
{
	const char *keys[NR_FACETS + 1] = {NULL};

	for (int facet = 0; facet < NR_FACETS; facet++) {
		keys[facet] = facet_words[facet].key;
		if (!strcmp(value, keys[facet])) {
			((struct diff_opts *)opts)->only = (enum facet)facet;
			((struct diff_opts *)opts)->all = true;
			return 0;
		}
	}
	refuse(-EINVAL, "there is no table by '%s'", value);
	hint_nearest(value, keys,
		     "choose causes, regions, sizes, lives, owners, returners, blocks, memory, "
		     "syscalls, call_sites or files");
	return -EINVAL;
}

static int set_per(void *opts, const char *value)
{
	((struct diff_opts *)opts)->diff.per = value;
	return unit_of_work_check(value);
}

static int set_map(void *opts, const char *value)
{
	((struct diff_opts *)opts)->map = value;
	return 0;
}

static int set_suggest(void *opts, const char *value)
{
	(void)value;
	((struct diff_opts *)opts)->suggest = true;
	return 0;
}

static int set_exit_code(void *opts, const char *value)
{
	(void)value;
	((struct diff_opts *)opts)->exit_code = true;
	return 0;
}

static int set_threshold(void *opts, const char *value)
{
	struct diff_opts *o = opts;
	char *end;

	o->threshold_percent = strtod(value, &end);
	if (end == value || (*end && strcmp(end, "%")) || !(o->threshold_percent >= 0))
		return refuse(-EINVAL, "'%s' is not a percentage", value);
	o->has_threshold = o->exit_code = true;
	return 0;
}

static int add_limit(void *opts, const char *value)
{
	return gate_parse(value, vec_push(&((struct diff_opts *)opts)->limits));
}

static int add_goal(void *opts, const char *value)
{
	return goal_parse(value, vec_push(&((struct diff_opts *)opts)->goals));
}

static int set_all(void *opts, const char *value)
{
	(void)value;
	((struct diff_opts *)opts)->all = true;
	return 0;
}

static int set_no_pager(void *opts, const char *value)
{
	(void)value;
	((struct diff_opts *)opts)->no_pager = true;
	return 0;
}

static int set_color(void *opts, const char *value)
{
	return color_mode_parse(value, &((struct diff_opts *)opts)->color);
}

static const struct option_row diff_options[] = {
	{"base", 'b', "FILES",
	 "recordings of one side, with commas between them: repeated runs. FILE stands for FILE.1 "
	 "to "
	 "FILE.N of 'prof record --repeat=N'",
	 set_base},
	{"new", 'n', "FILES", "recordings of the other side", set_new},
	{"output", 'o', "FILE",
	 "write the answer to a file; as a flame graph of the difference if its name ends in .svg "
	 "or "
	 ".html",
	 set_output},
	{"json", 0, NULL, "print one JSON object (prof.diff/1)", set_json},
	{"markdown", 0, NULL, "print Markdown, for a pull request", set_markdown},
	{"folded", 0, "[WHAT]",
	 "print folded stacks with two counts, BASE and NEW, for flamegraph.pl: of faults "
	 "(default), fault-ns, fault-bytes, syscalls or syscall-ns",
	 set_folded},
	{"by", 0, "WHAT",
	 "show one table alone, and all of it: causes, regions, sizes, lives, owners, returners, "
	 "blocks (of the allocator, with -e malloc on both sides), memory (calls that make memory "
	 "or give it back, their bytes, the faults in it), syscalls, call_sites or files (calls, "
	 "errors, time, p50 and p99)",
	 set_by},
	{"per", 0, "UNIT",
	 "also divide totals by a unit of work: read-bytes, write-bytes, calls:NAME, or a number "
	 "of items",
	 set_per},
	{"map", 0, "FILE",
	 "functions that are the same: lines `BASE -> NEW`, both regular expressions for whole "
	 "names",
	 set_map},
	{"suggest", 0, NULL, "show which functions may be the same, for --map", set_suggest},
	{"fail-if", 0, "CONDITION",
	 "exit with 1 if it holds: 'faults>+5%', 'syscalls>+100', 'calls:openat>500', "
	 "'p99:read>+20%'; may be repeated",
	 add_limit},
	{"goal", 0, "GOAL",
	 "exit with 1 unless it is reached: faults=-80%; says how good the reduction is", add_goal},
	{"exit-code", 0, NULL, "exit with 1 if the sides differ", set_exit_code},
	{"threshold", 0, "PERCENT", "with --exit-code, only if a total differs by more than that",
	 set_threshold},
	{"all", 0, NULL, "show all rows, not only what differs most", set_all},
	{"no-pager", 0, NULL, "do not page the answer on a terminal", set_no_pager},
	{"color", 0, "WHEN", "use colors: auto, always or never", set_color},
	{0},
};

static int take_operand(struct diff_opts *opts, const char *word)
{
	enum side side = opts->paths.of[BASE].size ? NEW : BASE;

	if (opts->form == FORM_FOLDED && path_choice_find(word))
		return set_folded(opts, word);
	if (side == NEW && opts->paths.of[NEW].size)
		return usage_error(&diff_command, "two recordings, not also '%s'", word);
	return side_paths_add(&opts->paths, side, word) ? OPTIONS_USAGE : 0;
}

static int parse(struct diff_opts *opts, int argc, char **argv)
{
	int operand = options_parse(&diff_command, argc, argv, opts);

	while (operand > 0 && operand < argc) {
		if (take_operand(opts, argv[operand]))
			return OPTIONS_USAGE;
		argc -= operand;
		argv += operand;
		operand = options_parse(&diff_command, argc, argv, opts);
	}
	if (operand < 0)
		return operand;
	if (!opts->paths.of[BASE].size && !opts->paths.of[NEW].size) {
		side_paths_add(&opts->paths, BASE, OLD_INPUT);
		side_paths_add(&opts->paths, NEW, DEFAULT_INPUT);
	}
	if (!opts->paths.of[BASE].size || !opts->paths.of[NEW].size) {
		usage_error(&diff_command, "there is nothing to compare with: %s is missing",
			    opts->paths.of[BASE].size ? "NEW" : "BASE");
		return OPTIONS_USAGE;
	}
	return operand;
}

/* ---- Judging ---- */

/* Goals, then limits. */
struct judged {
	VEC(struct gate) gates;
	VEC(struct gate_result) results;
};

static void judge(const struct diff_opts *opts, const struct diff *diff, struct judged *out)
{
	vec_each (&opts->goals, goal)
		*vec_push(&out->gates) = *goal;
	vec_each (&opts->limits, limit)
		*vec_push(&out->gates) = *limit;
	vec_each (&out->gates, gate)
		gate_judge(gate, diff, vec_push(&out->results));
}

static bool exceeds(const struct diff *diff, double percent)
{
	for (int metric = 0; metric < NR_METRICS; metric++) {
		const struct change *c = &diff->metrics[metric].change;
		double base = c->base.mean, delta = change_delta(c);

		if (c->is_claimed &&
		    (base <= 0 || 100 * (delta < 0 ? -delta : delta) / base > percent))
			return true;
	}
	return false;
}

static int exit_status(const struct diff_opts *opts, const struct diff *diff,
		       const struct judged *judged)
{
	bool fails = opts->exit_code &&
		     (opts->has_threshold ? exceeds(diff, opts->threshold_percent) : diff->differs);

	for (size_t i = 0; i < judged->results.size; i++) {
		const struct gate_result *result = &judged->results.items[i];

		if (!result->is_known)
			return EXIT_USAGE; /* could not be told */
		fails |= i < opts->goals.size ? !result->holds : result->holds;
	}
	return fails ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* ---- The command ---- */

static bool is_of_paths(enum diff_form form)
{
	return form == FORM_FOLDED || form == FORM_SVG || form == FORM_HTML;
}

static enum event_kind_of_path events_of(const struct diff_opts *opts)
{
	return !opts->folded || opts->folded->events == BLOCK_FAULTS ? PATH_FAULTS : PATH_CALLS;
}

/* Folded, or drawn. */
static void write_paths(FILE *out, struct diff *diff, const struct diff_opts *opts)
{
	const struct path_choice *choice = opts->folded ? opts->folded : path_choices;
	struct path_tree paths;

	aligned_paths_build(&diff->alignment, &diff->runs, events_of(opts), choice->weight, &paths);
	if (opts->form == FORM_FOLDED)
		diff_folded(out, &paths);
	else
		flame_diff(out, &paths, &diff->runs, choice->weight, choice->title, false,
			   opts->form == FORM_HTML);
	path_tree_fini(&paths);
}

static int print_diff(struct diff *diff, const struct diff_opts *opts, const struct judged *judged)
{
	const struct diff_style style = {
		.color = !opts->output && color_wanted(opts->color),
		.all = opts->all,
		.suggest = opts->suggest,
		.only = opts->only,
		.width = opts->output ? WIDTH_UNLIMITED : terminal_width(),
		.gates = judged->gates.items,
		.results = judged->results.items,
		.nr_gates = judged->gates.size,
		.nr_goals = opts->goals.size,
	};
	struct answer answer;
	int err = is_of_paths(opts->form) ? sides_check_paths(&diff->runs, events_of(opts)) : 0;

	if (!err)
		err = answer_open(&answer, opts->output,
				  opts->form == FORM_TEXT && !opts->no_pager);
	if (err)
		return err;
	switch (opts->form) {
	case FORM_TEXT:
		diff_text(answer.out, diff, &style);
		break;
	case FORM_JSON:
		diff_json(answer.out, diff, &style);
		break;
	case FORM_MARKDOWN:
		diff_markdown(answer.out, diff, &style);
		break;
	default:
		write_paths(answer.out, diff, opts);
		break;
	}
	return answer_close(&answer);
}

static int compare(struct diff_opts *opts, const struct sides *sides)
{
	struct judged judged = {0};
	struct diff *diff;
	int status = EXIT_USAGE;

	if (diff_make(&sides->aligned, &opts->diff, &diff))
		return EXIT_USAGE;
	judge(opts, diff, &judged);
	if (!print_diff(diff, opts, &judged))
		status = exit_status(opts, diff, &judged);
	vec_free(&judged.gates);
	vec_free(&judged.results);
	diff_free(diff);
	return status;
}

static int compare_files(struct diff_opts *opts)
{
	struct name_map map = {0};
	struct sides sides = {0};
	int status = EXIT_USAGE;

	opts->diff.map = opts->map ? &map : NULL;
	if ((!opts->map || !name_map_read(opts->map, &map)) && !sides_open(&sides, &opts->paths))
		status = compare(opts, &sides);
	sides_close(&sides);
	name_map_fini(&map);
	return status;
}

static int diff_run(int argc, char **argv)
{
	struct diff_opts opts = {.only = NR_FACETS};
	int result = parse(&opts, argc, argv);
	int status = result < 0 ? options_exit_status(result) : compare_files(&opts);

	side_paths_fini(&opts.paths);
	vec_free(&opts.goals);
	vec_free(&opts.limits);
	return status;
}

static const char *const diff_examples[] = {
	"prof diff",
	"prof diff cpp.data rust.data",
	"prof diff --per=read-bytes small.data large.data",
	"prof diff --base a.1,a.2,a.3 --new b.1,b.2,b.3",
	"prof diff --fail-if='faults>+5%' main.data branch.data",
	"prof diff --goal=faults=-80% before.data after.data",
	"prof diff --markdown main.data branch.data > comment.md",
	NULL,
};

const struct command diff_command = {
	.name = "diff",
	.summary = "say what differs between two recordings, and why",
	.synopsis = "[options] [BASE NEW]",
	.description =
		"Compares recordings of the same program or of different ones (default: "
		"prof.data.old with prof.data): whether they did the same job, what differs in "
		"total, why, and then by cause, kind, size and age of memory, by who made it and "
		"gave it back, by system call and by path. Functions without a common name are "
		"matched by what they do, with a score. A single run on each side has exact "
		"counts, "
		"which differ from 16 and 1% on (64 and 10% where threads or processes race); "
		"times are judged only where each side has three runs or more. The exit status "
		"is 0, or 1 as --exit-code, --fail-if and --goal ask for, or 2 when the sides "
		"could not be compared.",
	.examples = diff_examples,
	.options = diff_options,
	.run = diff_run,
};
