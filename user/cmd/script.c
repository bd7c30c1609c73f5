// SPDX-License-Identifier: MIT
/* `prof script`: every event of a recording, one per line, in order of time. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/vec.h"
#include "cli/number.h"
#include "cmd/answer.h"
#include "cmd/commands.h"
#include "cmd/input.h"
#include "output/event_output.h"
#include "profile/event_filter.h"
#include "profile/facts.h"
#include "trace/known_descriptors.h"
#include "trace/replay.h"

struct ids {
	VEC(uint32_t) items; /* none: all are wanted */
};

struct script_opts {
	const char *input, *output;
	const struct event_output *form;
	unsigned int kinds; /* bits of enum event_kind; 0: all that was chosen */
	struct ids pids, tids;
	const char *comms;          /* NAME[,NAME]; NULL: all */
	uint64_t first_ns, last_ns; /* since the start */
	struct filter *filter;      /* NULL: all */
	enum args_form args;
	unsigned int descriptors; /* what they are: 1 paths, 2 addresses, too */
	bool stacks, durations, no_pager;
};

/* Not written event by event: trace/replay.h. */
static const struct event_output event_strace = {.name = "strace"};

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

static int set_format(void *opts, const char *value)
{
	static const struct event_output *const forms[] = {
		&event_text, &event_strace, &event_json, &event_csv, &event_perf, &event_renacer};

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (!strcmp(value, forms[i]->name)) {
			((struct script_opts *)opts)->form = forms[i];
			return 0;
		}
	}
	refuse(-EINVAL, "events cannot be printed as '%s'", value);
	hint("choose text, strace, json, csv, perf or renacer-json-v1");
	return -EINVAL;
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

static int set_comm(void *opts, const char *value)
{
	((struct script_opts *)opts)->comms = value;
	return 0;
}

/* FROM,TO of which either may be left out. */
static int set_time(void *opts, const char *value)
{
	struct script_opts *o = opts;
	size_t size = strcspn(value, ",");
	scoped_free char *from = xstrndup(value, size);
	const char *to = value + size;

	if (!*to) {
		refuse(-EINVAL, "'%s' is not a range of times", value);
		hint("write it like 0.5,1.25 or 200ms, or ,10s");
		return -EINVAL;
	}
	if (*from && duration_parse(from, &o->first_ns))
		return -EINVAL;
	if (*++to && duration_parse(to, &o->last_ns))
		return -EINVAL;
	if (o->last_ns > INT64_MAX)
		o->last_ns = INT64_MAX;
	return o->first_ns <= o->last_ns ? 0 : refuse(-EINVAL, "'%s' ends before it begins", value);
}

static int set_type(void *opts, const char *value)
{
	static const char *const names[NR_EVENT_KINDS] = {
		[EVENT_TASK] = "tasks",
		[EVENT_SYSCALL] = "syscalls",
		[EVENT_FAULT] = "faults",
		[EVENT_UNCHOSEN] = "unchosen",
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
			hint("choose of syscalls, faults, tasks and unchosen");
			return -EINVAL;
		}
		*kinds |= 1U << kind;
		at += size;
		if (!*at)
			return 0;
	}
}

static int set_filter(void *opts, const char *value)
{
	struct script_opts *o = opts;

	filter_free(o->filter);
	o->filter = NULL;
	return filter_parse(value, event_fields, &o->filter);
}

static int set_args(void *opts, const char *value)
{
	static const char *const names[] = {
		[ARGS_TYPED] = "typed", [ARGS_PAIRS] = "pairs", [ARGS_POSITIONAL] = "positional"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!strcmp(value, names[i])) {
			((struct script_opts *)opts)->args = (enum args_form)i;
			return 0;
		}
	}
	refuse(-EINVAL, "arguments cannot be written as '%s'", value);
	hint("choose typed, pairs or positional");
	return -EINVAL;
}

/* As often as it is given. */
static int set_descriptors(void *opts, const char *value)
{
	(void)value;
	((struct script_opts *)opts)->descriptors++;
	return 0;
}

static int set_durations(void *opts, const char *value)
{
	(void)value;
	((struct script_opts *)opts)->durations = true;
	return 0;
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
	{"format", 0, "FORMAT",
	 "print as text (default); strace: in its syntax; json; csv and renacer-json-v1, which "
	 "have "
	 "system calls alone; or perf: like perf script, for tools that read that",
	 set_format},
	{"json", 0, NULL, "the same as --format=json: one JSON object per line", set_json},
	{"filter", 0, "CONDITION",
	 "only events for which it holds: name==openat && ret<0 && path~\"/usr\". Fields: type "
	 "name nr ret errno failed path fd args arg0..arg5 duration time pid tid comm cpu blocked "
	 "unfinished compat; of faults kind address write kernel. Operators: == != < <= > >= ~ "
	 "(regular expression) !~ && || ! ( ). Values: -1, 0x7f, 64K, 1.5ms, ENOENT, \"text\"",
	 set_filter},
	{"args", 0, "FORM",
	 "how renacer-json-v1 has arguments: typed (default) values, named pairs of texts, or "
	 "positional texts",
	 set_args},
	{"descriptors", 'y', NULL,
	 "print what descriptors are: paths; given twice, also the addresses of sockets and the "
	 "numbers of devices",
	 set_descriptors},
	{"durations", 0, NULL, "with the form of strace: how long each call took, like its -T",
	 set_durations},
	{"stacks", 'g', NULL, "print the stack of each event, too", set_stacks},
	{"pid", 'p', "PID[,PID]", "only events of these processes", set_pid},
	{"tid", 't', "TID[,TID]", "only events of these threads", set_tid},
	{"comm", 'c', "NAME[,NAME]", "only events of threads of these names", set_comm},
	{"time", 0, "FROM,TO",
	 "only events that begin at these times since the start: 0.5,1.25 or 200ms, or ,10s",
	 set_time},
	{"type", 'e', "TYPE[,TYPE]",
	 "only syscalls, faults or tasks; also unchosen, the system calls that manage memory where "
	 "they were not chosen and recorded for the faults alone",
	 set_type},
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

/* Whether a name is in a list with commas; NULL has all. */
static bool list_has(const char *list, const char *name)
{
	size_t size = strlen(name);

	for (const char *at = list; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, name, size) && (!at[size] || at[size] == ','))
			return true;
	}
	return !list;
}

/* By id of a task: whether its events are wanted. */
static bool *choose_tasks(const struct recording *r, const struct script_opts *opts)
{
	bool *chosen = xcalloc(r->tasks.size, sizeof *chosen);

	for (size_t id = 0; id < r->tasks.size; id++) {
		const struct task *task = &r->tasks.items[id];
		uint32_t pid = task->process < r->tasks.size ? r->tasks.items[task->process].pid
							     : task->pid;

		chosen[id] = ids_have(&opts->pids, pid) && ids_have(&opts->tids, task->tid) &&
			     list_has(opts->comms, task_comm(r, (uint32_t)id));
	}
	return chosen;
}

/* Readers of perf's form keep the first event's kind alone, so there is one unless told. */
static unsigned int choose_kinds(const struct recording *r, const struct script_opts *opts)
{
	if (opts->kinds)
		return opts->kinds;
	if (opts->form->of_syscalls)
		return 1U << EVENT_SYSCALL;
	if (opts->form == &event_strace)
		return 1U << EVENT_SYSCALL | 1U << EVENT_TASK;
	if (opts->form != &event_perf)
		return CHOSEN_EVENTS;
	return 1U << (recording_has(r, "faults") ? EVENT_FAULT : EVENT_SYSCALL);
}

/* What one pass over the events needs. */
struct pass {
	const struct script_opts *opts;
	unsigned int kinds; /* that are printed */
	bool *chosen;       /* by task */
	struct event_writer writer;
	struct event_filter filter;
	struct replay *replay;           /* strace's form; else NULL, and: */
	struct known_descriptors *known; /* NULL: not asked for */
	struct event_call call;
	uint32_t task; /* whose event is being written */
};

static void pass_init(struct pass *p, struct recording *r, const struct script_opts *opts,
		      const struct answer *answer)
{
	*p = (struct pass){
		.opts = opts, .kinds = choose_kinds(r, opts), .chosen = choose_tasks(r, opts)};
	event_filter_init(&p->filter, opts->filter, r);
	event_writer_init(&p->writer, answer->out, r, opts->stacks);
	p->writer.args = opts->args;
	if (opts->form == &event_strace) {
		p->replay =
			replay_new(r,
				   &(struct replay_options){
					   .durations = opts->durations,
					   .max_string_bytes = p->writer.decode.max_string_bytes,
					   .descriptors = opts->descriptors,
				   },
				   answer->out);
	} else if (opts->descriptors) {
		p->known = known_descriptors_new(r, opts->descriptors);
		known_descriptors_lend(p->known, &p->task, &p->writer.decode);
	}
}

static void pass_fini(struct pass *p)
{
	event_writer_fini(&p->writer);
	event_filter_fini(&p->filter);
	known_descriptors_free(p->known);
	replay_free(p->replay);
	event_call_fini(&p->call);
	free(p->chosen);
}

/* All that changes descriptors goes by, whatever is printed of it; and all that tells who lives. */
static unsigned int kinds_to_read(const struct pass *p)
{
	unsigned int tasks = p->known || p->replay ? 1U << EVENT_TASK : 0;

	return p->kinds | tasks | (p->opts->descriptors ? 1U << EVENT_SYSCALL : 0);
}

static bool is_wanted(struct pass *p, const struct event *event)
{
	const int64_t first_ns = (int64_t)p->opts->first_ns;
	bool unchosen = event->kind == EVENT_SYSCALL && p->kinds >> EVENT_UNCHOSEN & 1;

	return (p->kinds >> event->kind & 1 || unchosen) && p->chosen[event->task] &&
	       (!first_ns || event_time_ns(&p->writer, event) >= first_ns) &&
	       event_filter_fits(&p->filter, event);
}

static void replay_event(struct pass *p, const struct event *event)
{
	if (event->kind == EVENT_SYSCALL)
		replay_call(p->replay, event->row, event->pieces, event->nr_pieces,
			    is_wanted(p, event));
	else if (event->kind == EVENT_TASK)
		replay_task_event(p->replay, event->task_event, is_wanted(p, event));
}

static void take_event(struct pass *p, const struct event *event)
{
	bool is_call = event->kind == EVENT_SYSCALL;

	p->task = event->task;
	if (p->known && is_call)
		known_descriptors_before(p->known, event->task, event->pieces, event->nr_pieces);
	if (is_wanted(p, event))
		p->opts->form->write(&p->writer, event);
	if (p->known && is_call) {
		event_call_make(&p->call, p->writer.r, event);
		known_descriptors_after(p->known, event->task, &p->call.call);
	} else if (p->known && event->kind == EVENT_TASK) {
		known_descriptors_task_event(p->known, event->task_event);
	}
}

static void write_events(struct recording *r, const struct script_opts *opts,
			 const struct answer *answer)
{
	struct timeline *timeline;
	struct event event;
	struct pass p;

	pass_init(&p, r, opts, answer);
	timeline = timeline_new(r, kinds_to_read(&p));
	timeline_want_pieces(timeline);
	if (opts->form->begin)
		opts->form->begin(&p.writer);
	while (answer_is_wanted(answer) && timeline_next(timeline, &event) &&
	       event_time_ns(&p.writer, &event) <= (int64_t)opts->last_ns) {
		if (p.replay)
			replay_event(&p, &event);
		else
			take_event(&p, &event);
	}
	if (p.replay)
		replay_end(p.replay);
	if (opts->form->end)
		opts->form->end(&p.writer);
	timeline_free(timeline);
	pass_fini(&p);
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
	struct script_opts opts = {.form = &event_text, .last_ns = INT64_MAX};
	int result = options_parse_with_input(&script_command, argc, argv, &opts, &opts.input);
	int status;

	if (result < 0)
		status = options_exit_status(result);
	else if (opts.form == &event_perf && opts.kinds & 1U << EVENT_TASK)
		status = usage_error(&script_command, "perf's format has no events of tasks");
	else
		status = print_events(&opts) ? EXIT_FAILURE : EXIT_SUCCESS;
	filter_free(opts.filter);
	vec_free(&opts.pids.items);
	vec_free(&opts.tids.items);
	return status;
}

static const char *const script_examples[] = {
	"prof script | grep ENOENT",
	"prof script --filter 'name==openat && ret<0 && path~\"/usr\"'",
	"prof script --format=strace --durations --filter 'duration>1ms'",
	"prof script --format=csv --filter 'fd==3' -o calls.csv",
	"prof script --type=faults --tid=4711 -g",
	"prof script --json | jq -c 'select(.error == \"EACCES\")'",
	"prof script --comm=worker --time=1.5,2 --type=syscalls",
	"prof script --format=perf --type=syscalls | stackcollapse-perf.pl",
	NULL,
};

const struct command script_command = {
	.name = "script",
	.summary = "print every event of a recording",
	.synopsis = "[options] [FILE]",
	.description =
		"Prints one line per event in order of time: seconds since the start, process "
		"and thread, name, processor, type, details. Every fault of a run has a line "
		"of its own; times that lie within the run are evenly spread and marked ~. Names "
		"are those that threads have in the end. The format of perf holds faults, or the "
		"chosen --type, with their stacks: stackcollapse-perf.pl and inferno fold it to "
		"what prof report --folded prints, but for brackets, quotes and -> in names.",
	.examples = script_examples,
	.options = script_options,
	.run = script_run,
};
