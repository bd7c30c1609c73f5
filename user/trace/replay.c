// SPDX-License-Identifier: MIT
#include "trace/replay.h"

#include <string.h>

#include "base/alloc.h"
#include "recording/task_signal.h"
#include "trace/call_text.h"
#include "trace/known_descriptors.h"
#include "trace/lines.h"

/* Lines are written when they are this many. */
#define TEXT_BYTES (64 << 10)

/* A call that has begun. */
struct pending {
	uint64_t end_ns;
	bool is_wanted;
	struct capture_event *entered, *returned;
	struct syscall_event ended;
};

struct replay {
	const struct recording *r;
	FILE *out;
	struct trace_options options;
	struct lines lines;
	struct known_descriptors *known; /* NULL: not asked for */
	struct call_maker maker;
	VEC(struct pending) pending; /* in order of their ends, the first one last */
	VEC(bool) is_in_call;        /* by task */
};

static void write_lines(struct replay *p)
{
	struct journal *j = p->lines.journals.items[0];

	fwrite(j->text.data, 1, j->text.size, p->out);
	journal_reset(j);
}

static void tell(struct replay *p, const struct event *event, uint64_t moment_ns)
{
	lines_take(&p->lines, &(struct stream_event){.moment_ns = moment_ns, .event = event});
	if (p->lines.journals.items[0]->text.size >= TEXT_BYTES)
		write_lines(p);
}

static struct event head_of(enum event_type type, uint64_t task, uint64_t time_ns, size_t size)
{
	return (struct event){.type = type,
			      .task = (uint32_t)task,
			      .time_ns = time_ns,
			      .size_bytes = (uint16_t)size};
}

/* ---- Calls ---- */

/* What was meant to be read before the call counts as such. */
static bool is_of(const struct piece *piece, bool after)
{
	bool late = piece->flags & PIECE_EXIT && !(piece->flags & PIECE_RETRIED);

	return !(piece->flags & PIECE_DESCRIPTOR) && late == after;
}

static size_t snippet_bytes(const struct piece *piece)
{
	return sizeof(struct wire_snippet) + ((piece->size_bytes + 7UL) & ~7UL);
}

static void add_snippet(struct capture_event *event, const struct piece *piece)
{
	struct wire_snippet *snippet = (void *)(event->snippets + event->snippets_bytes);

	snippet->address = piece->address;
	snippet->size_bytes = piece->size_bytes;
	snippet->flags = piece->flags;
	snippet->arg = piece->arg;
	memcpy(snippet->bytes, piece->bytes, piece->size_bytes);
	event->snippets_bytes += (uint32_t)snippet_bytes(piece);
}

/* As the kernel side sends it. */
static struct capture_event *capture_make(const uint64_t *row, const struct piece *pieces,
					  uint32_t nr_pieces, bool after)
{
	size_t size = sizeof(struct capture_event);
	struct capture_event *event;
	uint32_t nr_fitting = 0;

	for (; nr_fitting < nr_pieces; nr_fitting++) {
		size_t more =
			is_of(&pieces[nr_fitting], after) ? snippet_bytes(&pieces[nr_fitting]) : 0;

		if (size + more > MAX_EVENT_BYTES)
			break;
		size += more;
	}
	event = xcalloc(1, size);
	event->head = head_of(after ? EVENT_RETURN : EVENT_ENTER, row[SYSCALL_TASK],
			      row[SYSCALL_START_NS], size);
	event->head.flags = row[SYSCALL_FLAGS] & SYSCALL_COMPAT ? WIRE_COMPAT : 0;
	event->nr = (uint32_t)row[SYSCALL_NR];
	memcpy(event->args, &row[SYSCALL_ARG0], sizeof event->args);
	for (uint32_t i = 0; i < nr_fitting; i++)
		if (is_of(&pieces[i], after))
			add_snippet(event, &pieces[i]);
	return event;
}

static struct syscall_event end_make(const uint64_t *row)
{
	struct syscall_event event = {
		.head = head_of(EVENT_SYSCALL, row[SYSCALL_TASK], row[SYSCALL_START_NS],
				sizeof event),
		.duration_ns = row[SYSCALL_DURATION_NS],
		.result = (int64_t)row[SYSCALL_RESULT],
		.nr = (uint32_t)row[SYSCALL_NR],
		.stack = STACK_UNASKED,
	};

	/* The recording's flags are the wire's: correlate.c. */
	event.head.flags =
		row[SYSCALL_FLAGS] & (WIRE_UNFINISHED | WIRE_BLOCKED | WIRE_COMPAT | WIRE_ATTACHED);
	memcpy(event.args, &row[SYSCALL_ARG0], sizeof event.args);
	return event;
}

/* What it has done to descriptors. */
static void note_effects(struct replay *p, const struct pending *pending)
{
	const struct live_task task = {
		.pid = p->r->tasks.items[pending->ended.head.task].pid,
		.call = {.entered = pending->entered, .returned = pending->returned}};
	struct call call;

	call_make(&p->maker, &task, &pending->ended, &call);
	known_descriptors_after(p->known, pending->ended.head.task, &call);
}

static void pending_end(struct replay *p, struct pending *pending)
{
	if (pending->is_wanted) {
		tell(p, &pending->returned->head, pending->end_ns);
		tell(p, &pending->ended.head, pending->end_ns);
	}
	if (p->known)
		note_effects(p, pending);
	p->is_in_call.items[pending->ended.head.task] = false;
	free(pending->entered);
	free(pending->returned);
}

static void end_until(struct replay *p, uint64_t time_ns)
{
	while (p->pending.size && p->pending.items[p->pending.size - 1].end_ns <= time_ns) {
		struct pending pending = p->pending.items[--p->pending.size];

		pending_end(p, &pending);
	}
}

/* It does something else, or nothing any more. */
static void end_of_task(struct replay *p, uint32_t task)
{
	if (!p->is_in_call.items[task])
		return;
	for (size_t i = p->pending.size; i-- > 0;) {
		struct pending pending = p->pending.items[i];

		if (pending.ended.head.task != task)
			continue;
		p->pending.size--;
		memmove(&p->pending.items[i], &p->pending.items[i + 1],
			(p->pending.size - i) * sizeof pending);
		pending_end(p, &pending);
		return;
	}
}

static void pending_add(struct replay *p, const struct pending *pending)
{
	size_t at = p->pending.size;

	vec_push(&p->pending);
	for (; at > 0 && p->pending.items[at - 1].end_ns < pending->end_ns; at--)
		p->pending.items[at] = p->pending.items[at - 1];
	p->pending.items[at] = *pending;
	p->is_in_call.items[pending->ended.head.task] = true;
}

void replay_call(struct replay *p, const uint64_t *row, const struct piece *pieces,
		 uint32_t nr_pieces, bool is_wanted)
{
	struct pending pending = {
		.end_ns = row[SYSCALL_START_NS] + row[SYSCALL_DURATION_NS],
		.is_wanted = is_wanted,
		.entered = capture_make(row, pieces, nr_pieces, false),
		.returned = capture_make(row, pieces, nr_pieces, true),
		.ended = end_make(row),
	};

	end_until(p, row[SYSCALL_START_NS]);
	end_of_task(p, (uint32_t)row[SYSCALL_TASK]);
	if (p->known)
		known_descriptors_before(p->known, (uint32_t)row[SYSCALL_TASK], pieces, nr_pieces);
	if (is_wanted)
		tell(p, &pending.entered->head, row[SYSCALL_START_NS]);
	pending_add(p, &pending);
}

/* ---- Tasks ---- */

static void tell_birth(struct replay *p, const struct task_event *from)
{
	struct fork_event event = {
		.head = head_of(EVENT_FORK, from->task, from->time_ns, sizeof event),
		.child = from->other,
		.child_process = p->r->tasks.items[from->other].process,
		.pid = (uint32_t)from->value[1],
		.tid = (uint32_t)from->value[2],
		.comm = "-", /* no line has names */
	};

	tell(p, &event.head, from->time_ns);
}

static void tell_start(struct replay *p, const struct task_event *from)
{
	struct start_event event = {
		.head = head_of(EVENT_START, from->task, from->time_ns, sizeof event),
		.process = p->r->tasks.items[from->task].process,
		.pid = (uint32_t)from->value[1],
		.tid = (uint32_t)from->value[2],
		.comm = "-",
	};

	tell(p, &event.head, from->time_ns);
}

static void tell_exec(struct replay *p, const struct task_event *from)
{
	struct exec_event event = {
		.head = head_of(EVENT_EXEC, from->task, from->time_ns, sizeof event),
		.pid = (uint32_t)from->value[0],
		.tid = (uint32_t)from->value[1],
		.comm = "-",
	};

	tell(p, &event.head, from->time_ns);
}

static void tell_signal(struct replay *p, const struct task_event *from)
{
	struct signal_event event = {
		.head = head_of(EVENT_SIGNAL, from->task, from->time_ns, sizeof event),
		.signal = (int32_t)from->value[0],
		.code = (int32_t)from->value[1],
		.has_handler = from->value[2],
	};

	if (from->value[7] & TASK_SIGNAL_IGNORED)
		event.head.flags = WIRE_IGNORED;
	task_signal_info(from, event.info);
	tell(p, &event.head, from->time_ns);
}

static void tell_end(struct replay *p, const struct task_event *from, enum event_type type)
{
	struct exit_event event = {
		.head = head_of(type, from->task, from->time_ns, sizeof event),
		.status = (uint32_t)from->value[0],
	};

	end_of_task(p, from->task);
	tell(p, &event.head, from->time_ns);
}

static bool is_known(const struct replay *p, uint32_t task)
{
	return task && task < p->r->tasks.size &&
	       p->r->tasks.items[task].process < p->r->tasks.size;
}

static void tell_task_event(struct replay *p, const struct task_event *event)
{
	switch (event->type) {
	case TASK_START:
		return tell_start(p, event);
	case TASK_FORK:
		if (is_known(p, event->other))
			tell_birth(p, event);
		return;
	case TASK_EXEC:
		return tell_exec(p, event);
	case TASK_SIGNAL:
		return tell_signal(p, event);
	case TASK_EXIT:
		return tell_end(p, event, EVENT_EXIT);
	case TASK_LEFT:
		return tell_end(p, event, EVENT_LEFT);
	}
}

void replay_task_event(struct replay *p, const struct task_event *event, bool is_wanted)
{
	if (!is_known(p, event->task))
		return;
	end_until(p, event->time_ns);
	p->options.quiet = QUIET_ATTACH | (is_wanted ? 0 : QUIET_EXIT | QUIET_EXEC_OF_THREAD);
	p->options.signals = is_wanted ? ~0ULL : 0;
	tell_task_event(p, event);
	if (p->known)
		known_descriptors_task_event(p->known, event);
}

/* ---- Begin and end ---- */

struct replay *replay_new(const struct recording *r, const struct replay_options *options,
			  FILE *out)
{
	struct replay *p = xnew(struct replay);

	p->r = r;
	p->out = out;
	p->options = (struct trace_options){
		.syscalls = true,
		.follow = true,
		.statuses = ALL_STATUSES,
		.signals = ~0ULL,
		.quiet = QUIET_ATTACH,
		.style = DEFAULT_LINE_STYLE,
	};
	memset(&p->options.shown, 0xff, sizeof p->options.shown);
	p->options.style.durations = options->durations;
	p->options.style.max_string_bytes = options->max_string_bytes;
	vec_extend(&p->is_in_call, r->tasks.size);
	lines_init(&p->lines, &p->options, NULL);
	lines_set_start(&p->lines, 0, 0);
	if (!options->descriptors)
		return p;
	p->known = known_descriptors_new(r, options->descriptors);
	known_descriptors_lend(p->known, &p->lines.calls.task, &p->lines.calls.decode);
	return p;
}

void replay_end(struct replay *p)
{
	end_until(p, UINT64_MAX);
	call_lines_interrupt(&p->lines.calls, p->lines.journals.items[0]);
	write_lines(p);
}

void replay_free(struct replay *p)
{
	if (!p)
		return;
	vec_each (&p->pending, pending) {
		free(pending->entered);
		free(pending->returned);
	}
	vec_free(&p->pending);
	vec_free(&p->is_in_call);
	call_maker_fini(&p->maker);
	known_descriptors_free(p->known);
	lines_fini(&p->lines);
	free(p);
}
