// SPDX-License-Identifier: MIT
/* `prof flame`: a flame graph in one file, as a picture or as a page. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "cli/number.h"
#include "cmd/answer.h"
#include "cmd/commands.h"
#include "cmd/flame_words.h"
#include "cmd/input.h"
#include "cmd/path_words.h"
#include "cmd/sides.h"
#include "output/flame.h"
#include "output/flame_diff.h"
#include "profile/call_tail.h"
#include "profile/event_paths.h"
#include "profile/facts.h"
#include "profile/memory_paths.h"

#define DEFAULT_OUTPUT "flame.html"
#define OLD_INPUT      DEFAULT_INPUT ".old"

/* What colours tell. */
enum flame_color {
	COLOR_CLASS, /* whose code, and what faults came from */
	COLOR_KIND,  /* whose code, and whether faults were minor or major, or failed */
	COLOR_MEM,   /* all code alike, in the colours that graphs of memory often have */
	NR_FLAME_COLORS
};

static const char *const flame_color_names[NR_FLAME_COLORS + 1] = {"class", "kind", "mem", NULL};

struct flame_opts {
	const char *input, *output;
	struct side_paths sides; /* of --diff */
	bool diff;
	const char *map;
	struct path_choice choice;
	enum path_side side;
	unsigned int detail; /* of enum path_detail */
	enum flame_color color;
	bool icicle;
};

/* ---- Options ---- */

static int set_input(void *opts, const char *value)
{
	((struct flame_opts *)opts)->input = value;
	return 0;
}

static int set_output(void *opts, const char *value)
{
	((struct flame_opts *)opts)->output = value;
	return 0;
}

static int set_weight(void *opts, const char *value)
{
	struct path_choice *choice = &((struct flame_opts *)opts)->choice;
	unsigned int kinds = choice->kinds, tail_ppm = choice->tail_ppm; /* options of their own */
	const struct path_choice *chosen;
	int err = path_choice_parse(value, &chosen);

	if (err)
		return err;
	*choice = *chosen;
	choice->kinds = kinds;
	choice->tail_ppm = tail_ppm;
	return 0;
}

static int set_tail(void *opts, const char *value)
{
	return call_tail_parse(value, &((struct flame_opts *)opts)->choice.tail_ppm);
}

static int set_side(void *opts, const char *value)
{
	return path_side_parse(value, &((struct flame_opts *)opts)->side);
}

static int set_diff(void *opts, const char *value)
{
	(void)value;
	((struct flame_opts *)opts)->diff = true;
	return 0;
}

static int set_map(void *opts, const char *value)
{
	((struct flame_opts *)opts)->map = value;
	return 0;
}

static int set_color(void *opts, const char *value)
{
	for (int color = 0; color < NR_FLAME_COLORS; color++) {
		if (!strcmp(value, flame_color_names[color])) {
			((struct flame_opts *)opts)->color = (enum flame_color)color;
			return 0;
		}
	}
	refuse(-EINVAL, "there are no colours by '%s'", value);
	hint("choose class, kind or mem");
	return -EINVAL;
}

static int set_icicle(void *opts, const char *value)
{
	(void)value;
	((struct flame_opts *)opts)->icicle = true;
	return 0;
}

static int set_source(void *opts, const char *value)
{
	(void)value;
	((struct flame_opts *)opts)->detail |= PATH_LINES;
	return 0;
}

static int set_minor(void *opts, const char *value)
{
	(void)value;
	((struct flame_opts *)opts)->choice.kinds |= 1U << FAULT_MINOR;
	return 0;
}

static int set_major(void *opts, const char *value)
{
	(void)value;
	((struct flame_opts *)opts)->choice.kinds |= 1U << FAULT_MAJOR;
	return 0;
}

static const struct option_row flame_options[] = {
	{"input", 'i', "FILE", "the recording to read (default: prof.data)", set_input},
	{"output", 'o', "FILE",
	 "write it there: NAME.svg for a picture, NAME.html for a page (default: " DEFAULT_OUTPUT
	 ")",
	 set_output},
	{"weight", 0, "WHAT",
	 "make frames as wide as their WHAT: faults (default), fault-ns, fault-bytes, syscalls, "
	 "syscall-ns, alloc-blocks or alloc-bytes",
	 set_weight},
	{"by", 0, "WHO",
	 "draw the stacks of the code that touched the memory (touch, the default), made it "
	 "(owner), or had given it back before (return)",
	 set_side},
	{"tail", 0, "PERCENTILE",
	 "draw only the system calls that are slower than this percentile of their name (p99), by "
	 "the time that they took beyond it",
	 set_tail},
	{"diff", 0, NULL,
	 "draw how NEW differs from BASE: the two recordings (default: prof.data.old and "
	 "prof.data) "
	 "are the operands",
	 set_diff},
	{"map", 0, "FILE", "with --diff: functions that are the same, as for prof diff", set_map},
	{"color", 0, "BY",
	 "let colours tell whose code it is and what the faults came from (class, the default), or "
	 "whether they were minor or major (kind); or have all code in shades of green (mem)",
	 set_color},
	{"icicle", 0, NULL, "draw callers on top, callees hanging below them", set_icicle},
	{"source", 0, NULL, "name the file:line of frames, different lines of a function apart",
	 set_source},
	{"minor", 0, NULL, "only minor faults (with --major: both, but none that failed)",
	 set_minor},
	{"major", 0, NULL, "only major faults", set_major},
	{0},
};

/* A tail is of system calls, and by time unless their number is asked for. */
static void tail_choose(struct flame_opts *opts)
{
	unsigned int tail_ppm = opts->choice.tail_ppm;

	if (!tail_ppm || opts->choice.events == BLOCK_SYSCALLS)
		return;
	opts->choice = *path_choice_find("syscall-ns");
	opts->choice.tail_ppm = tail_ppm;
}

/* The first two operands are the sides of --diff, wherever that stands; else one is the input. */
static int parse_operands(struct flame_opts *opts, int argc, char **argv)
{
	int operand = options_parse(&flame_command, argc, argv, opts);
	VEC(const char *) words = {0};

	while (operand > 0 && operand < argc) {
		*vec_push(&words) = argv[operand];
		argc -= operand;
		argv += operand;
		operand = options_parse(&flame_command, argc, argv, opts);
	}
	if (operand >= 0 && words.size > (opts->diff ? 2 : 1U)) {
		usage_error(&flame_command, "%s, not also '%s'",
			    opts->diff ? "two recordings" : "one recording at a time",
			    words.items[opts->diff ? 2 : 1]);
		operand = OPTIONS_USAGE;
	} else if (operand >= 0 && opts->diff && words.size == 1) {
		usage_error(&flame_command, "--diff takes BASE and NEW, or none of them");
		operand = OPTIONS_USAGE;
	} else if (operand >= 0 && opts->diff) {
		side_paths_add(&opts->sides, BASE, words.size ? words.items[0] : OLD_INPUT);
		side_paths_add(&opts->sides, NEW, words.size ? words.items[1] : DEFAULT_INPUT);
	} else if (operand >= 0 && words.size) {
		opts->input = words.items[0];
	}
	vec_free(&words);
	return operand;
}

static int parse(struct flame_opts *opts, int argc, char **argv)
{
	int operand = parse_operands(opts, argc, argv);

	if (operand < 0)
		return operand;
	tail_choose(opts);
	if (opts->diff && opts->choice.events != BLOCK_FAULTS &&
	    opts->choice.events != BLOCK_SYSCALLS) {
		usage_error(&flame_command, "--diff draws page faults or system calls");
		return OPTIONS_USAGE;
	}
	if (opts->diff && (opts->side != BY_TOUCH || opts->choice.kinds || opts->choice.tail_ppm ||
			   opts->input)) {
		usage_error(&flame_command, "--diff goes with --weight, --icicle and --map alone");
		return OPTIONS_USAGE;
	}
	if (opts->side != BY_TOUCH && opts->choice.events != BLOCK_FAULTS) {
		usage_error(&flame_command, "--by is about the memory of faults, not about calls");
		return OPTIONS_USAGE;
	}
	if (opts->choice.kinds && opts->choice.events != BLOCK_FAULTS) {
		usage_error(&flame_command,
			    "--minor and --major are kinds of faults, not of calls");
		return OPTIONS_USAGE;
	}
	if (!path_ends_in(opts->output, ".svg") && !path_ends_in(opts->output, ".html")) {
		usage_error(&flame_command, "'%s' is neither .svg nor .html", opts->output);
		return OPTIONS_USAGE;
	}
	return operand;
}

/* ---- The command ---- */

static int refuse_nothing(const struct flame_opts *opts, const struct recording *r)
{
	const char *events = opts->choice.events == BLOCK_FAULTS        ? "faults"
			     : opts->choice.events == BLOCK_ALLOCATIONS ? "malloc"
									: "syscalls";
	int err = refuse(-ENODATA, "there are no %s to draw in '%s'", opts->choice.name,
			 opts->input ? opts->input : DEFAULT_INPUT);

	if (!recording_has(r, events))
		hint("record them with -e %s", events);
	return err;
}

static void tell_written(const char *path, const struct path_tree *paths)
{
	char size[NUMBER_SIZE], frames[NUMBER_SIZE];
	struct stat file;

	if (stat(path, &file) == 0 && S_ISREG(file.st_mode))
		fprintf(stderr, "prof: wrote %s (%s), %s frames\n", path,
			size_format((uint64_t)file.st_size, size),
			count_format(paths->nodes.size - 1, frames));
}

static int draw(const struct flame *flame, const char *path)
{
	struct answer answer;
	int err = answer_open(&answer, path, false);

	if (err)
		return err;
	(path_ends_in(path, ".svg") ? flame_svg : flame_html)(answer.out, flame);
	err = answer_close(&answer);
	if (!err)
		tell_written(path, flame->paths);
	return err;
}

/* Only who touched has faults of several causes below one stack. */
static void build_paths(struct recording *r, const struct flame_opts *opts, struct path_tree *out)
{
	bool has_causes = opts->choice.events == BLOCK_FAULTS &&
			  (opts->side != BY_TOUCH || opts->color == COLOR_CLASS);

	if (has_causes)
		memory_paths_build(r, opts->side, &opts->choice, opts->detail, out);
	else
		event_paths_build(r, &opts->choice, opts->detail, out);
	vec_each (&out->nodes, node) {
		if (opts->color == COLOR_MEM && frame_class_is_code(node->frame.class))
			node->frame.class = FRAME_CODE;
	}
	path_tree_finish_by_name(out);
}

static int flame_recording(struct recording *r, const struct flame_opts *opts)
{
	struct path_tree paths;
	struct flame flame = {
		.paths = &paths,
		.weight = opts->choice.weight,
		.icicle = opts->icicle,
	};
	int err;

	build_paths(r, opts, &paths);
	if (path_tree_node(&paths, 0)->total[flame.weight]) {
		scoped_free char *about = flame_about(r), *caveat = flame_caveat(r, &opts->choice);

		flame.about = about;
		flame.caveat = caveat;
		flame_name_weights(&opts->choice, opts->side, flame.weights);
		err = draw(&flame, opts->output);
	} else {
		err = refuse_nothing(opts, r);
	}
	path_tree_fini(&paths);
	return err;
}

/* ---- The difference of two ---- */

static int draw_diff(const struct flame_opts *opts, const struct sides *sides,
		     const struct name_map *map)
{
	const struct aligned_runs *runs = &sides->aligned;
	struct inlined_list inlined;
	struct alignment alignment;
	struct path_tree paths;
	enum event_kind_of_path events =
		opts->choice.events == BLOCK_FAULTS ? PATH_FAULTS : PATH_CALLS;
	struct answer answer;
	int err = sides_check_paths(runs, events);

	if (!err)
		err = answer_open(&answer, opts->output, false);
	if (err)
		return err;
	alignment_make(runs->of[BASE], runs->nr[BASE], runs->of[NEW], runs->nr[NEW], map,
		       &alignment);
	inlined_find(&alignment, runs, &inlined);
	aligned_paths_build(&alignment, runs, events, opts->choice.weight, &paths);
	flame_diff(answer.out, &paths, runs, opts->choice.weight, opts->choice.title, opts->icicle,
		   path_ends_in(opts->output, ".html"));
	err = answer_close(&answer);
	if (!err)
		tell_written(opts->output, &paths);
	path_tree_fini(&paths);
	vec_free(&inlined.items);
	alignment_fini(&alignment);
	return err;
}

static int flame_sides(const struct flame_opts *opts)
{
	struct name_map map = {0};
	struct sides sides = {0};
	int err = opts->map ? name_map_read(opts->map, &map) : 0;

	if (!err)
		err = sides_open(&sides, &opts->sides);
	if (!err)
		err = draw_diff(opts, &sides, opts->map ? &map : NULL);
	sides_close(&sides);
	name_map_fini(&map);
	return err;
}

static int flame_input(const struct flame_opts *opts)
{
	struct recording *recording;
	int err = input_open(opts->input, &recording);

	if (err)
		return err;
	err = flame_recording(recording, opts);
	recording_close(recording);
	return err;
}

static int flame_run(int argc, char **argv)
{
	struct flame_opts opts = {
		.output = DEFAULT_OUTPUT,
		.choice = path_choices[0],
		.detail = PATH_INLINE_MARKS | PATH_MODULES | PATH_FAULT_KINDS,
	};
	int result = parse(&opts, argc, argv), status;

	if (result < 0)
		status = options_exit_status(result);
	else
		status = (opts.diff ? flame_sides : flame_input)(&opts) ? EXIT_FAILURE
									: EXIT_SUCCESS;
	side_paths_fini(&opts.sides);
	return status;
}

static const char *const flame_examples[] = {
	"prof flame",
	"prof flame --weight=fault-ns -o faults.svg",
	"prof flame --by=owner -o owners.html",
	"prof flame --diff before.data after.data",
	"prof flame --weight=syscall-ns --icicle -o calls.html other.data",
	NULL,
};

const struct command flame_command = {
	.name = "flame",
	.summary = "draw a flame graph of page faults, system calls or allocations",
	.synopsis = "[options] [FILE | --diff BASE NEW]",
	.description =
		"Draws every path of calls as frames on top of each other, as wide as the faults, "
		"their service time, the memory they populated, the system calls and their time, "
		"or the blocks and bytes of malloc below it. The file needs nothing else and asks "
		"the network for nothing. In a "
		"browser it zooms by click, searches by regular expression and says how much "
		"matched, and shows counts, time and bytes of each frame; ? lists its keys. "
		"Without scripts, and on paper, it is a picture. Colours are kinds of code and, at "
		"its end, what "
		"the faults came from; siblings are in order of their names, so that two graphs "
		"compare side by side. "
		"Frames narrower than half a pixel are not drawn before one zooms in.",
	.examples = flame_examples,
	.options = flame_options,
	.run = flame_run,
};
