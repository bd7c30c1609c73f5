// SPDX-License-Identifier: MIT
#include "trace/lines.h"

#include "trace/line.h"
#include "trace/line_makers.h"

/* Most places are shorter, so that functions stand in one column from the first line on. */
#define SOURCE_COLUMN 40

static struct journal *journal_add(struct lines *l, uint32_t tid)
{
	struct journal *j = xnew(struct journal);

	j->style = &l->options->style;
	j->output.fd = -1;
	j->tid = tid;
	if (l->journals.size)
		j->wall_offset_ns = l->journals.items[0]->wall_offset_ns;
	*vec_push(&l->journals) = j;
	return j;
}

struct journal *lines_journal(struct lines *l, struct live_task *task)
{
	if (!l->options->separately)
		return l->journals.items[0];
	if (!task->journal)
		task->journal = journal_add(l, task->tid);
	return task->journal;
}

/* A line about a thread; false: it is not wanted. */
struct journal *lines_begin_note(struct lines *l, struct live_task *task, uint64_t moment_ns)
{
	struct journal *j = lines_journal(l, task);

	call_lines_interrupt(&l->calls, j);
	task_line_begin(&l->calls, j, task, moment_ns);
	return j;
}

/* ---- What is neither call nor signal ---- */

static void take_fault(struct lines *l, const struct stream_event *at)
{
	const struct placed_fault_event *event = (const void *)at->event;
	struct live_task *task = live_task_at(&l->tasks, at->event->task);
	struct journal *j = lines_journal(l, task);
	struct line_head head = {
		.time_ns = at->moment_ns > l->start_ns ? at->moment_ns - l->start_ns : 0,
		.name = live_task(&l->tasks, at->event->task)->name,
		.tid = task->tid,
	};

	call_lines_interrupt(&l->calls, j);
	if (l->options->syscalls)
		task_line_begin(&l->calls, j, task, at->moment_ns);
	fault_line_write(&j->text, l->options->syscalls ? NULL : &head, event,
			 live_file_path(&l->files, event->file));
	lines_end_line(l, j, event->fault.stack,
		       event->fault.head.flags & WIRE_KERNEL ? event->fault.ip : 0, at->moment_ns);
}

static void take_loss(struct lines *l, const struct loss_event *event)
{
	vec_each (&l->journals, j)
		call_lines_interrupt(&l->calls, *j);
	loss_line_write(&l->journals.items[0]->text, event->count);
}

/* ---- The stream ---- */

static void take_line(struct lines *l, const struct stream_event *at)
{
	const void *whole = at->event;

	switch (at->event->type) {
	case EVENT_ENTER:
		return lines_take_enter(l, whole);
	case EVENT_RETURN:
		return lines_take_return(l, whole);
	case EVENT_DESCRIPTOR:
		return descriptors_make(&l->calls.descriptors, whole);
	case EVENT_SYSCALL:
		return lines_take_syscall(l, at);
	case EVENT_FAULT:
		return take_fault(l, at);
	case EVENT_SIGNAL:
		return lines_take_signal(l, at);
	case EVENT_START:
		return lines_take_start(l, whole);
	case EVENT_FORK:
		return lines_take_fork(l, whole);
	case EVENT_EXIT:
		return lines_take_exit(l, at);
	case EVENT_LEFT:
		return lines_take_left(l, whole);
	case STREAM_LOSS:
		return take_loss(l, whole);
	}
}

/* A line of its own, below the call's, or alone. */
static void take_watched(struct lines *l, const struct syscall_event *event)
{
	struct journal *j = lines_journal(l, live_task_at(&l->tasks, event->head.task));
	scoped_free char *text = NULL;
	struct alarm alarm;

	if (!syscall_set_has(&l->options->shown, event->nr) ||
	    !watch_take(&l->watch, event, &alarm))
		return;
	text = alarm_text(&alarm);
	call_lines_interrupt(&l->calls, j);
	journal_puts(j, text);
	journal_end_line(j);
}

void lines_take(struct lines *l, const struct stream_event *at)
{
	uint8_t type = at->event->type; /* its line may have looked ahead, and moved the event */

	if (type == EVENT_EXEC)
		lines_take_exec(l, (const void *)at->event, at->moment_ns);
	live_tasks_take(&l->tasks, at->event);
	live_files_take(&l->files, at->event);
	live_stacks_take(&l->stacks, at->event);
	lines_tell_before(l, at->event);
	lines_settle_call(l, at->event);
	if (l->options->summary != SUMMARY_ONLY)
		take_line(l, at);
	else if (type == EVENT_LEFT)
		l->nr_left++;
	if (type == EVENT_SYSCALL)
		take_watched(l, (const void *)at->event);
}

bool lines_are_full(const struct lines *l)
{
	return l->options->max_events && l->nr_events >= l->options->max_events;
}

void lines_set_start(struct lines *l, uint64_t start_ns, int64_t wall_offset_ns)
{
	l->start_ns = start_ns;
	vec_each (&l->journals, j)
		(*j)->wall_offset_ns = wall_offset_ns;
}

void lines_init(struct lines *l, const struct trace_options *options, struct capture *capture)
{
	*l = (struct lines){.options = options};
	frame_names_init(&l->names, &l->files, capture);
	l->stacks.names = &l->names;
	l->stacks.max_frames = options->max_frames;
	l->stacks.form = options->stack_form;
	l->stacks.sources = options->source != SOURCE_NONE;
	l->source_column = SOURCE_COLUMN;
	l->stacks.store = capture ? capture_unwind_store(capture) : NULL;
	call_lines_init(&l->calls, options, &l->tasks);
	watch_init(&l->watch, &options->watch);
	journal_add(l, 0);
}

void lines_fini(struct lines *l)
{
	vec_each (&l->journals, j) {
		journal_fini(*j);
		free(*j);
	}
	vec_free(&l->journals);
	vec_free(&l->untold);
	watch_fini(&l->watch);
	call_lines_fini(&l->calls);
	live_stacks_fini(&l->stacks);
	frame_names_fini(&l->names);
	live_files_fini(&l->files);
	live_tasks_fini(&l->tasks);
}
