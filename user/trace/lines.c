// SPDX-License-Identifier: MIT
#include "trace/lines.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "trace/call_effects.h"
#include "trace/endings.h"
#include "trace/line.h"

/* How long after its moment an event may wait for the unwinding table of its stack. */
#define PATIENCE_NS    1000000000ULL
#define TABLE_SLEEP_US 2000

/* Most places are shorter, so that functions stand in one column from the first line on. */
#define SOURCE_COLUMN 40

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

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

static struct journal *journal_of(struct lines *l, struct live_task *task)
{
	if (!l->options->separately)
		return l->journals.items[0];
	if (!task->journal)
		task->journal = journal_add(l, task->tid);
	return task->journal;
}

/* ---- Below a line ---- */

static void await_table(struct lines *l, uint32_t stack, uint64_t moment_ns)
{
	while (live_stack_is_unfinished(&l->stacks, stack) && now_ns() < moment_ns + PATIENCE_NS)
		usleep(TABLE_SLEEP_US);
}

static bool has_stack(const struct lines *l, uint32_t stack)
{
	return (l->options->max_frames || l->options->source) && stack && stack != STACK_UNASKED;
}

/* The place in the source behind the line that is about to end. */
static void write_source_behind(struct lines *l, struct journal *j, uint32_t stack)
{
	const char *function, *place = live_stack_source(&l->stacks, stack, &function);

	if (place)
		journal_printf(j, "   [%s in %s]", place, function);
}

/* The functions of all such lines stand in one column, as far as can be known. */
static void write_source_below(struct lines *l, struct journal *j, uint32_t stack)
{
	const char *function, *place = live_stack_source(&l->stacks, stack, &function);

	if (!place)
		return;
	if (strlen(place) + 2 > l->source_column)
		l->source_column = (unsigned int)strlen(place) + 2;
	journal_printf(j, "    at %-*s# %s%s\n", (int)l->source_column, place, function,
		       strchr(function, '(') ? "" : "()");
}

/* Ends a line, and writes what stands below it. `kernel_ip`: its innermost frame is one of the
 * kernel; or 0. */
static void end_line(struct lines *l, struct journal *j, uint32_t stack, uint64_t kernel_ip,
		     uint64_t moment_ns)
{
	bool has = has_stack(l, stack);

	if (has)
		await_table(l, stack, moment_ns);
	if (has && l->options->source == SOURCE_BEHIND)
		write_source_behind(l, j, stack);
	journal_end_line(j);
	if (has && l->options->source == SOURCE_BELOW)
		write_source_below(l, j, stack);
	if (l->options->max_frames && kernel_ip)
		kernel_frame_write(&l->names, &j->text, kernel_ip);
	if (has && l->options->max_frames)
		live_stack_write(&l->stacks, stack, &j->text);
	if (has)
		live_stack_used(&l->stacks, stack);
	l->nr_events++;
}

/* ---- Lines ---- */

static void take_fault(struct lines *l, const struct stream_event *at)
{
	const struct placed_fault_event *event = (const void *)at->event;
	struct live_task *task = live_task_at(&l->tasks, at->event->task);
	struct journal *j = journal_of(l, task);
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
	end_line(l, j, event->fault.stack,
		 event->fault.head.flags & WIRE_KERNEL ? event->fault.ip : 0, at->moment_ns);
}

static void take_loss(struct lines *l, const struct loss_event *event)
{
	vec_each (&l->journals, j)
		call_lines_interrupt(&l->calls, *j);
	loss_line_write(&l->journals.items[0]->text, event->count);
}

/* A line about a thread; false: it is not wanted. */
static struct journal *begin_note(struct lines *l, struct live_task *task, uint64_t moment_ns)
{
	struct journal *j = journal_of(l, task);

	call_lines_interrupt(&l->calls, j);
	task_line_begin(&l->calls, j, task, moment_ns);
	return j;
}

static void write_signal(struct lines *l, struct live_task *task, const struct signal_event *event,
			 uint64_t moment_ns)
{
	bool is_wanted = event->signal > 0 && event->signal <= 64 &&
			 l->options->signals >> (event->signal - 1) & 1;

	if (is_wanted && l->options->syscalls)
		signal_text_write(begin_note(l, task, moment_ns), event);
}

/* One that stops the process unless a handler takes it. */
static bool is_stopping(const struct signal_event *event)
{
	bool is_stop = event->signal == SIGSTOP || event->signal == SIGTSTP ||
		       event->signal == SIGTTIN || event->signal == SIGTTOU;

	return is_stop && !event->has_handler && !(event->head.flags & WIRE_IGNORED);
}

static void keep_signal(struct signal_event **kept, const struct signal_event *event)
{
	if (!*kept)
		*kept = xnew(struct signal_event);
	**kept = *event;
}

static void drop_signal(struct signal_event **kept)
{
	free(*kept);
	*kept = NULL;
}

/* One that comes to nothing does not disturb a call: it is told of behind it. SIGKILL is never
 * told, since nobody sees it coming. */
static void take_signal(struct lines *l, const struct stream_event *at)
{
	const struct signal_event *event = (const void *)at->event;
	struct live_task *task = live_task_at(&l->tasks, at->event->task);

	if (event->signal == SIGKILL)
		return;
	if (event->head.flags & WIRE_SENT)
		return keep_signal(&task->sent, event);
	if (event->head.flags & WIRE_IGNORED && task->call.entered)
		return keep_signal(&task->ignored, event);
	if (task->sent && task->sent->signal == event->signal)
		drop_signal(&task->sent);
	write_signal(l, task, event, at->moment_ns);
	if (is_stopping(event) && l->options->syscalls)
		stopped_text_write(begin_note(l, task, at->moment_ns), event->signal);
}

static void write_ignored(struct lines *l, struct live_task *task, uint64_t moment_ns)
{
	if (!task->ignored)
		return;
	write_signal(l, task, task->ignored, moment_ns);
	drop_signal(&task->ignored);
}

static bool is_deadly(const struct live_task *task, uint32_t status)
{
	return task->sent && WIFSIGNALED(status) && (int)WTERMSIG(status) == task->sent->signal;
}

/* The signal that killed, if it was delivered in the form of SIGKILL. */
static void write_deadly(struct lines *l, struct live_task *task, uint32_t status,
			 uint64_t moment_ns)
{
	if (is_deadly(task, status))
		write_signal(l, task, task->sent, moment_ns);
	drop_signal(&task->sent);
}

/* ---- Births ---- */

static bool tells_of_attached(const struct lines *l)
{
	return l->options->syscalls && !l->options->output && !(l->options->quiet & QUIET_ATTACH);
}

static void tell_untold(struct lines *l)
{
	struct journal *j = l->journals.items[0];

	vec_each (&l->untold, id) {
		struct live_task *task = live_task_at(&l->tasks, *id);

		task->attach_is_told = true;
		call_lines_interrupt(&l->calls, j);
		journal_printf(j, "prof: Process %u attached\n", task->tid);
	}
	l->untold.size = 0;
}

/* A thread that was there before: the first one of its process brings what that has open. */
static void take_start(struct lines *l, const struct start_event *event)
{
	struct descriptors *d = &l->calls.descriptors;

	if (!*event->comm || !l->seed || !call_lines_need_descriptors(l->options))
		return;
	if (!directory_of(d, event->process))
		l->seed(d, event->process, event->pid);
	if (event->process != event->head.task)
		descriptors_fork(d, event->process, event->head.task, true, true);
}

static void inherit_descriptors(struct lines *l, const struct fork_event *event)
{
	const struct live_task *parent = live_task(&l->tasks, event->head.task);
	const struct live_task *child = live_task(&l->tasks, event->child);
	struct call call;

	if (!call_lines_need_descriptors(l->options))
		return;
	if (parent->call.entered)
		call_make(&l->calls.maker, parent, NULL, &call);
	call_effects_fork(&l->calls.descriptors, event->head.task, event->child,
			  parent->process == child->process, parent->call.entered ? &call : NULL);
}

static void take_fork(struct lines *l, const struct fork_event *event)
{
	inherit_descriptors(l, event);
	if (tells_of_attached(l))
		*vec_push(&l->untold) = event->child;
}

/* A new thread that does something must have been told of before. */
static void tell_before(struct lines *l, const struct event *event)
{
	vec_each (&l->untold, id)
		if (*id == event->task)
			return tell_untold(l);
}

/* ---- Calls ---- */

/* A program of 32 bits has calls of its own, whose numbers mean something else. */
static void tell_mode(struct lines *l, struct live_task *task, bool is_compat)
{
	struct journal *j = l->journals.items[0];

	if (task->is_compat == is_compat)
		return;
	task->is_compat = is_compat;
	if (l->options->output || l->options->quiet & QUIET_PERSONALITY)
		return;
	call_lines_interrupt(&l->calls, j);
	journal_printf(j, "[ Process PID=%u runs in %d bit mode. ]\n", task->tid,
		       is_compat ? 32 : 64);
}

static void take_enter(struct lines *l, const struct capture_event *event)
{
	struct live_task *task = live_task_at(&l->tasks, event->head.task);

	tell_mode(l, task, event->head.flags & WIRE_COMPAT);
	write_ignored(l, task, event->head.time_ns); /* the end of its last call was lost */
	call_enter(&l->calls, journal_of(l, task), task, event->head.task, event);
}

static void take_return(struct lines *l, const struct capture_event *event)
{
	struct live_call *call = &live_task_at(&l->tasks, event->head.task)->call;

	free(call->returned);
	call->returned = xcalloc(1, event->head.size_bytes);
	memcpy(call->returned, event, event->head.size_bytes);
}

static void end_call(struct lines *l, const struct syscall_event *event, uint64_t moment_ns)
{
	struct live_task *task = live_task_at(&l->tasks, event->head.task);
	struct journal *j = journal_of(l, task);

	if (call_end(&l->calls, j, task, event->head.task, event, moment_ns)) {
		end_line(l, j, event->stack, 0, moment_ns);
	}
	tell_untold(l);
	write_ignored(l, task, moment_ns);
}

static bool is_to_restart(const struct syscall_event *event)
{
	return event->result >= -516 && event->result <= -512;
}

/*
 * A call that its thread does not come back from ends when it is known what became of that. So does
 * one that the kernel wants to restart: if nothing comes but the thread's end, it never returned.
 */
static void take_syscall(struct lines *l, const struct stream_event *at)
{
	const struct syscall_event *event = (const void *)at->event;
	struct live_call *call = &live_task_at(&l->tasks, event->head.task)->call;
	bool is_open = event->head.flags & WIRE_UNFINISHED || is_to_restart(event);

	if (!is_open || event->head.flags & WIRE_BLOCKED)
		return end_call(l, event, at->moment_ns);
	free(call->ended);
	call->ended = xnew(struct syscall_event);
	*call->ended = *event;
	call->ended_ns = at->moment_ns;
}

/* Another event of the task tells how the call ended that was held back. */
static void settle_call(struct lines *l, const struct event *event)
{
	struct live_call *call = &live_task_at(&l->tasks, event->task)->call;
	struct syscall_event *ended = call->ended;
	uint64_t ended_ns = call->ended_ns;
	bool is_told_later = event->type == EVENT_EXIT || event->type == EVENT_LEFT ||
			     (event->type == EVENT_SIGNAL &&
			      (((const struct signal_event *)event)->signal == SIGKILL ||
			       event->flags & (WIRE_SENT | WIRE_IGNORED)));

	if (!ended || is_told_later)
		return;
	call->ended = NULL;
	end_call(l, ended, ended_ns);
	free(ended);
}

/* The thread's end does. */
static void end_last_call(struct lines *l, struct live_task *task, uint32_t status,
			  uint64_t moment_ns)
{
	struct syscall_event *ended = task->call.ended;

	if (!ended)
		return;
	task->call.ended = NULL;
	if (!is_to_restart(ended) || !is_deadly(task, status))
		ended->head.flags |= WIRE_UNFINISHED;
	end_call(l, ended, moment_ns);
	free(ended);
}

/* ---- Ends ---- */

static void write_exit(struct lines *l, uint32_t task_id, uint32_t status, uint64_t moment_ns)
{
	struct live_task *task = live_task_at(&l->tasks, task_id);

	write_ignored(l, task, moment_ns);
	write_deadly(l, task, status, moment_ns);
	if (l->options->syscalls && !(l->options->quiet & QUIET_EXIT))
		exit_text_write(begin_note(l, task, moment_ns), status);
	if (task->journal)
		task->journal->is_closed = true;
	if (call_lines_need_descriptors(l->options))
		descriptors_end(&l->calls.descriptors, task_id);
	live_task_end(&l->tasks, task_id);
}

/* The end of a process's first thread shows when all others have ended. */
static void take_exit(struct lines *l, const struct stream_event *at)
{
	const struct exit_event *event = (const void *)at->event;
	uint32_t id = event->head.task;
	struct live_task *task = live_task_at(&l->tasks, id);
	struct live_task *process = live_task_at(&l->tasks, task->process);

	end_last_call(l, task, event->status, at->moment_ns);
	if (process->nr_threads)
		process->nr_threads--;
	if (task->tid == task->pid && process->nr_threads) {
		process->ended_leader = id;
		process->ended = *event;
		return;
	}
	write_exit(l, id, event->status, at->moment_ns);
	if (!process->nr_threads && process->ended_leader)
		write_exit(l, process->ended_leader, process->ended.status, at->moment_ns);
}

/* Of files of the threads' own, it goes on in the other one's. */
static void take_over_journal(struct lines *l, struct live_task *task, struct live_task *leader)
{
	if (!task->journal || !leader->journal)
		return;
	call_lines_interrupt(&l->calls, task->journal);
	task->journal->is_closed = true;
	task->journal = leader->journal;
	leader->journal = NULL;
}

/* A thread that executes a program takes over the number of its process's first thread. */
static void take_exec(struct lines *l, const struct exec_event *event, uint64_t moment_ns)
{
	struct live_task *task = live_task_at(&l->tasks, event->head.task);
	struct live_task *process = live_task_at(&l->tasks, task->process);
	uint32_t leader = process->ended_leader;

	if (call_lines_need_descriptors(l->options))
		descriptors_exec(&l->calls.descriptors, event->head.task);
	if (task->tid == event->tid || !leader)
		return;
	process->ended_leader = 0;
	take_over_journal(l, task, live_task_at(&l->tasks, leader));
	if (l->options->syscalls && !(l->options->quiet & QUIET_EXEC_OF_THREAD)) {
		call_lines_interrupt(&l->calls, journal_of(l, task));
		superseded_text_write(begin_note(l, live_task_at(&l->tasks, leader), moment_ns),
				      task->tid);
	}
	live_task_end(&l->tasks, leader);
}

static void take_left(struct lines *l, const struct event *event)
{
	struct live_task *task = live_task_at(&l->tasks, event->task);

	l->nr_left++;
	call_detach(&l->calls, journal_of(l, task), task, event->task);
}

/* ---- The stream ---- */

static void take_line(struct lines *l, const struct stream_event *at)
{
	const void *whole = at->event;

	switch (at->event->type) {
	case EVENT_ENTER:
		return take_enter(l, whole);
	case EVENT_RETURN:
		return take_return(l, whole);
	case EVENT_DESCRIPTOR:
		return descriptors_make(&l->calls.descriptors, whole);
	case EVENT_SYSCALL:
		return take_syscall(l, at);
	case EVENT_FAULT:
		return take_fault(l, at);
	case EVENT_SIGNAL:
		return take_signal(l, at);
	case EVENT_START:
		return take_start(l, whole);
	case EVENT_FORK:
		return take_fork(l, whole);
	case EVENT_EXIT:
		return take_exit(l, at);
	case EVENT_LEFT:
		return take_left(l, whole);
	case STREAM_LOSS:
		return take_loss(l, whole);
	}
}

/* A line of its own, below the call's, or alone. */
static void take_watched(struct lines *l, const struct syscall_event *event)
{
	struct journal *j = journal_of(l, live_task_at(&l->tasks, event->head.task));
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
	if (at->event->type == EVENT_EXEC)
		take_exec(l, (const void *)at->event, at->moment_ns);
	live_tasks_take(&l->tasks, at->event);
	live_files_take(&l->files, at->event);
	live_stacks_take(&l->stacks, at->event);
	tell_before(l, at->event);
	settle_call(l, at->event);
	if (l->options->summary != SUMMARY_ONLY)
		take_line(l, at);
	else if (at->event->type == EVENT_LEFT)
		l->nr_left++;
	if (at->event->type == EVENT_SYSCALL)
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
