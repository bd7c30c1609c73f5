// SPDX-License-Identifier: MIT
/* `prof script`: every event of a recording, one per line, in order of time. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/vec.h"
#include "cmd/answer.h"
#include "cmd/commands.h"
#include "cmd/input.h"
#include "output/event_output.h"

struct ids {
	VEC(uint32_t) items; /* none: all are wanted */
};

struct script_opts {
	const char *input, *output;
	const struct event_output *form;
	unsigned int kinds; /* bits of enum event_kind; 0: all */
	struct ids pids, tids;
	bool stacks, no_pager;
};

/* ---- Options ---- */

static int set_input(void *opts, const char *value)
{
	((struct script_opts *)opts)->input = value;
	return 0;
}

static int set_output(void *opts, const char *value)
{
	((struct script_opts *)opts)->output = value;
	return 0;
}

static int set_json(void *opts, const char *value)
{
	(void)value;
	((struct script_opts *)opts)->form = &event_json;
	return 0;
}

static int set_stacks(void *opts, const char *value)
{
	(void)value;
	((struct script_opts *)opts)->stacks = true;
	return 0;
}

static int add_ids(const char *list, struct ids *out)
{
	for (const char *at = list;; at++) {
		char *end;
		unsigned long id = strtoul(at, &end, 10);

		if (end == at || (*end && *end != ',') || id > UINT32_MAX)
			return refuse(-EINVAL, "'%s' is not a list of process or thread ids", list);
		*vec_push(&out->items) = (uint32_t)id;
		if (!*end)
			return 0;
		at = end;
	}
}

static int set_pid(void *opts, const char *value)
{
	return add_ids(value, &((struct script_opts *)opts)->pids);
}

static int set_tid(void *opts, const char *value)
{
	return add_ids(value, &((struct script_opts *)opts)->tids);
}

static int set_type(void *opts, const char *value)
{
	static const char *const names[NR_EVENT_KINDS] = {
		[EVENT_TASK] = "tasks",
		[EVENT_SYSCALL] = "syscalls",
		[EVENT_FAULT] = "faults",
	};
	unsigned int *kinds = &((struct script_opts *)opts)->kinds;

	for (const char *at = value;; at++) {
		size_t size = strcspn(at, ",");
		int kind = 0;

		while (kind < NR_EVENT_KINDS &&
		       (strlen(names[kind]) != size || strncmp(at, names[kind], size)))
			kind++;
		if (kind == NR_EVENT_KINDS) {
			refuse(-EINVAL, "there are no events of type '%.*s'", (int)size, at);
			hint("choose of syscalls, faults and tasks");
			return -EINVAL;
		}
		*kinds |= 1U << kind;
		at += size;
		if (!*at)
			return 0;
	}
}

static int set_no_pager(void *opts, const char *value)
{
	(void)value;
	((struct script_opts *)opts)->no_pager = true;
	return 0;
}

static const struct option_row script_options[] = {
	{"input", 'i', "FILE", "the recording to read (default: prof.data)", set_input},
	{"output", 'o', "FILE", "write the answer to a file", set_output},
	{"json", 0, NULL, "print one JSON object per line", set_json},
	{"stacks", 'g', NULL, "print the stack of each event, too", set_stacks},
	{"pid", 'p', "PID[,PID]", "only events of these processes", set_pid},
	{"tid", 't', "TID[,TID]", "only events of these threads", set_tid},
	{"type", 'e', "TYPE[,TYPE]", "only syscalls, faults or tasks", set_type},
	{"no-pager", 0, NULL, "do not page the events on a terminal", set_no_pager},
	{0},
};

/* ---- The command ---- */

static bool ids_have(const struct ids *ids, uint32_t id)
{
	for (size_t i = 0; i < ids->items.size; i++) {
		if (ids->items.items[i] == id)
			return true;
	}
	return !ids->items.size;
}

/* By id of a task: whether its events are wanted. */
static bool *choose_tasks(const struct recording *r, const struct script_opts *opts)
{
	bool *chosen = xcalloc(r->tasks.size, sizeof *chosen);

	for (size_t id = 0; id < r->tasks.size; id++) {
		const struct task *task = &r->tasks.items[id];
		uint32_t pid = task->process < r->tasks.size ? r->tasks.items[task->process].pid
							     : task->pid;

		chosen[id] = ids_have(&opts->pids, pid) && ids_have(&opts->tids, task->tid);
	}
	return chosen;
}

static void write_events(struct recording *r, const struct script_opts *opts,
			 const struct answer *answer)
{
	struct timeline *timeline = timeline_new(r, opts->kinds ? opts->kinds : ~0U);
	bool *chosen = choose_tasks(r, opts);
	struct event_writer writer;
	struct event event;

	event_writer_init(&writer, answer->out, r, opts->stacks);
	while (answer_is_wanted(answer) && timeline_next(timeline, &event)) {
		if (chosen[event.task])
			opts->form->write(&writer, &event);
	}
	event_writer_fini(&writer);
	free(chosen);
	timeline_free(timeline);
}

static int print_events(const struct script_opts *opts)
{
	struct recording *recording;
	struct answer answer;
	int err = input_open(opts->input, &recording);

	if (err)
		return err;
	err = answer_open(&answer, opts->output, !opts->no_pager);
	if (!err) {
		write_events(recording, opts, &answer);
		err = answer_close(&answer);
	}
	recording_close(recording);
	return err;
}

static int script_run(int argc, char **argv)
{
	struct script_opts opts = {.form = &event_text};
	int result = options_parse_with_input(&script_command, argc, argv, &opts, &opts.input);
	int status = result < 0            ? options_exit_status(result)
		     : print_events(&opts) ? EXIT_FAILURE
					   : EXIT_SUCCESS;

	vec_free(&opts.pids.items);
	vec_free(&opts.tids.items);
	return status;
}

static const char *const script_examples[] = {
	"prof script | grep ENOENT",
	"prof script --type=faults --tid=4711 -g",
	"prof script --json | jq -c 'select(.error == \"EACCES\")'",
	NULL,
};

const struct command script_command = {
	.name = "script",
	.summary = "print every event of a recording",
	.synopsis = "[options] [FILE]",
	.description =
		"Prints one line per event in order of time: seconds since the start, process "
		"and thread, name, processor, type, details. Every fault of a run has a line "
		"of its own; times that lie within the run are evenly spread and marked ~.",
	.examples = script_examples,
	.options = script_options,
	.run = script_run,
};
