// SPDX-License-Identifier: MIT
#include "ptrace/source.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "ptrace/descriptor_events.h"
#include "ptrace/proc_facts.h"
#include "ptrace/stopped_memory.h"

#define MAX_ERRNO 4095

/* What the source knows of a thread. */
struct task {
	uint32_t id, process, space;
	bool is_recorded; /* its call in progress, with: */
	uint32_t captured;
	uint64_t entered_ns;
	struct capture_event *entered;
	char *program; /* that its execve is to execute; or NULL */
};

/* A process that ran already. */
struct joined_process {
	pid_t pid;
	uint32_t process, space;
};

struct ptrace_source {
	struct capture_options options;
	bool filtered;
	struct tracer *tracer;
	event_handler *handle;
	void *arg;
	struct stopped_memory memory;
	uint32_t nr_tasks, nr_spaces, nr_untraced;
	struct joined_process joined; /* the last one */
	struct total_sum totals[NR_SYSCALL_TOTALS];
	struct rings rings;
};

static struct event event_head(enum event_type type, uint32_t flags, size_t size_bytes,
			       uint32_t task, uint64_t time_ns)
{
	return (struct event){.size_bytes = (uint16_t)size_bytes,
			      .type = type,
			      .flags = (uint8_t)flags,
			      .task = task,
			      .time_ns = time_ns};
}

static void send(struct ptrace_source *s, const struct event *event)
{
	s->handle(s->arg, 0, event);
}

/* ---- Tasks ---- */

static struct task *task_new(struct ptrace_source *s, struct tracee *t)
{
	struct task *task = xnew(struct task);

	task->id = ++s->nr_tasks;
	t->own = task;
	return task;
}

static void task_free(struct tracee *t)
{
	struct task *task = t->own;

	free(task->entered);
	free(task->program);
	free(task);
	t->own = NULL;
}

static void tell_start(struct ptrace_source *s, const struct tracee *t, const char *comm)
{
	const struct task *task = t->own;
	struct start_event event = {
		.head = event_head(EVENT_START, 0, sizeof event, task->id, now_ns()),
		.pid = (uint32_t)t->pid,
		.tid = (uint32_t)t->tid,
		.process = task->process,
	};

	memcpy(event.comm, comm, sizeof event.comm);
	send(s, &event.head);
}

static void on_started(void *arg, struct tracee *t)
{
	static const char not_its_own_yet[COMM_BYTES];
	struct ptrace_source *s = arg;
	struct task *task = task_new(s, t);

	task->process = task->id;
	task->space = ++s->nr_spaces;
	tell_start(s, t, not_its_own_yet);
}

/* That it executes this program from now on, or, `flags`, has done so before. */
static void tell_program(struct ptrace_source *s, const struct tracee *t, const struct task *task,
			 const char *program, uint32_t flags)
{
	size_t path_bytes = (strlen(program) + 1 + 7) & ~7UL;
	scoped_free struct exec_event *event = xcalloc(1, sizeof *event + path_bytes);

	event->head = event_head(EVENT_EXEC, flags, sizeof *event + path_bytes, task->id, now_ns());
	event->pid = (uint32_t)t->pid;
	event->tid = (uint32_t)t->tid;
	event->space = task->space;
	event->path_bytes = (uint32_t)path_bytes;
	proc_comm(t->tid, event->comm);
	strcpy(event->path, program);
	send(s, &event->head);
}

/* The first of a process's threads stands for it, as with BPF programs. */
static void on_joined(void *arg, struct tracee *t)
{
	struct ptrace_source *s = arg;
	struct task *task = task_new(s, t);
	scoped_free char *program = NULL;
	char comm[COMM_BYTES];

	if (s->joined.pid != t->pid) {
		s->joined = (struct joined_process){t->pid, task->id, ++s->nr_spaces};
		program = proc_program(t->tid);
	}
	task->process = s->joined.process;
	task->space = s->joined.space;
	if (program)
		tell_program(s, t, task, program, WIRE_ATTACHED);
	proc_comm(t->tid, comm);
	tell_start(s, t, comm);
}

static void on_born(void *arg, struct tracee *parent, struct tracee *child,
		    const struct tracee_birth *birth)
{
	struct ptrace_source *s = arg;
	const struct task *from = parent->own;
	struct task *task;
	struct fork_event event;

	if (!from)
		return;
	task = task_new(s, child);
	task->process = birth->is_thread ? from->process : task->id;
	task->space = birth->shares_memory ? from->space : ++s->nr_spaces;
	event = (struct fork_event){
		.head = event_head(EVENT_FORK, 0, sizeof event, from->id, now_ns()),
		.child = task->id,
		.child_process = task->process,
		.pid = (uint32_t)child->pid,
		.tid = (uint32_t)child->tid,
		.child_space = task->space,
		.parent_space = from->space,
	};
	proc_comm(child->tid, event.comm);
	send(s, &event.head);
}

static void tell_end(struct ptrace_source *s, const struct tracee *t, enum event_type type,
		     int status, bool ends_process)
{
	const struct task *task = t->own;
	struct exit_event event = {
		.head = event_head(type, 0, sizeof event, task->id, now_ns()),
		.status = (uint32_t)status,
		.ends_process = ends_process,
		.pid = (uint32_t)t->pid,
	};

	send(s, &event.head);
}

/* ---- Calls ---- */

static bool is_chosen(const struct ptrace_source *s, const struct stopped_call *call)
{
	const uint64_t *set = s->options.syscall_set;

	return !set ||
	       (!call->is_compat && call->nr < 512 && set[call->nr / 64] >> (call->nr % 64) & 1);
}

static void count_call(struct ptrace_source *s, const struct syscall_event *event)
{
	bool has_own = event->nr < NR_SYSCALL_TOTALS && !(event->head.flags & WIRE_COMPAT);
	struct total_sum *total = &s->totals[has_own ? event->nr : NR_SYSCALL_TOTALS - 1];

	total->calls++;
	if (event->head.flags & WIRE_UNFINISHED) {
		total->unfinished++;
		return;
	}
	total->errors += event->result < 0 && event->result >= -MAX_ERRNO;
	if (event->head.flags & WIRE_ATTACHED)
		return;
	total->duration_ns += event->duration_ns;
	if (event->duration_ns < total->min_ns || !total->min_ns)
		total->min_ns = event->duration_ns;
	if (event->duration_ns > total->max_ns)
		total->max_ns = event->duration_ns;
	total->buckets[loglinear_index(event->duration_ns, TOTAL_BITS)]++;
}

static void send_call(struct ptrace_source *s, const struct tracee *t, int64_t result,
		      uint64_t duration_ns, uint32_t flags)
{
	struct task *task = t->own;
	uint32_t more =
		(t->call.is_compat ? WIRE_COMPAT : 0) | (t->began_before ? WIRE_ATTACHED : 0);
	struct syscall_event event = {
		.head = event_head(EVENT_SYSCALL, flags | more, sizeof event, task->id,
				   task->entered_ns),
		.duration_ns = duration_ns,
		.result = result,
		.stack = STACK_UNASKED,
		.nr = (uint32_t)t->call.nr,
		.captured = task->captured,
	};

	memcpy(event.args, t->call.args, sizeof event.args);
	count_call(s, &event);
	if (!s->options.totals_only)
		send(s, &event.head);
	task->is_recorded = false;
}

/* What it is given is read before it begins, since it may be gone when it is over. */
static void gather_before(struct ptrace_source *s, struct tracee *t)
{
	struct task *task = t->own;
	struct capture_event *event = stopped_memory_before(&s->memory, t);

	event->head.task = task->id;
	event->head.time_ns = task->entered_ns = now_ns();
	free(task->entered);
	task->entered = xcalloc(1, event->head.size_bytes);
	memcpy(task->entered, event, event->head.size_bytes);
	if (!event->snippets_bytes && !s->options.enter_events)
		return;
	task->captured |= CAPTURED_ENTER | (event->head.flags & WIRE_CUT ? CAPTURED_LOST : 0);
	send(s, &event->head);
}

static void gather_after(struct ptrace_source *s, const struct tracee *t, int64_t result)
{
	struct task *task = t->own;
	struct capture_event *event = stopped_memory_after(&s->memory, t, task->entered, result);

	event->head.task = task->id;
	event->head.time_ns = task->entered_ns;
	task->captured |= event->head.flags & WIRE_CUT ? CAPTURED_LOST : 0;
	if (event->snippets_bytes)
		send(s, &event->head);
}

static void note_program(struct task *task, const struct tracee *t)
{
	char path[PATH_MAX];
	struct iovec here = {path, sizeof path - 1};
	struct iovec there = {(void *)t->call.args[t->call.nr == SYS_execveat], sizeof path - 1};
	ssize_t got = process_vm_readv(t->tid, &here, 1, &there, 1, 0);

	free(task->program);
	task->program = NULL;
	if (got > 0 && *path)
		task->program = xstrndup(path, (size_t)got);
}

static bool makes_untraced(const struct stopped_call *call)
{
	return !call->is_compat && call->nr == SYS_clone && call->args[0] & CLONE_UNTRACED;
}

static bool on_entered(void *arg, struct tracee *t)
{
	struct ptrace_source *s = arg;
	struct task *task = t->own;

	if (!task)
		return false;
	if (!t->call.is_compat && (t->call.nr == SYS_execve || t->call.nr == SYS_execveat))
		note_program(task, t);
	task->is_recorded = s->options.syscalls && is_chosen(s, &t->call);
	task->captured = 0;
	if (!task->is_recorded)
		return true;
	if (s->options.plans)
		gather_before(s, t);
	else
		task->entered_ns = now_ns();
	return true;
}

static void tell_name(struct ptrace_source *s, const struct tracee *t)
{
	const struct task *task = t->own;
	struct comm_event event = {
		.head = event_head(EVENT_COMM, 0, sizeof event, task->id, now_ns())};

	proc_comm(t->tid, event.comm);
	send(s, &event.head);
}

static void tell_descriptors(struct ptrace_source *s, const struct tracee *t, int64_t result)
{
	const struct task *task = t->own;
	const struct descriptor_teller teller = {.handle = s->handle,
						 .arg = s->arg,
						 .tid = t->tid,
						 .task = task->id,
						 .time_ns = task->entered_ns};

	if (s->options.descriptors && t->call.nr < NR_CAPTURE_PLANS && !t->call.is_compat)
		descriptors_tell(&teller, &t->call, s->options.plans[t->call.nr].flags, result);
}

static void on_returned(void *arg, struct tracee *t, int64_t result, uint64_t at_ns)
{
	struct ptrace_source *s = arg;
	struct task *task = t->own;

	if (!task || !task->is_recorded)
		return;
	if (s->options.plans) {
		gather_after(s, t, result);
		tell_descriptors(s, t, result);
	}
	send_call(s, t, result, at_ns - task->entered_ns, 0);
	if (t->call.nr == SYS_prctl && t->call.args[0] == PR_SET_NAME && !t->call.is_compat)
		tell_name(s, t);
	if (makes_untraced(&t->call) && result > 0)
		s->nr_untraced++;
}

/* ---- Execs, signals, ends ---- */

static void tell_exec(struct ptrace_source *s, const struct tracee *t, struct task *task)
{
	scoped_free char *program = task->program ? task->program : proc_program(t->tid);

	task->program = NULL;
	task->space = ++s->nr_spaces;
	tell_program(s, t, task, program, 0);
}

static void end_task(struct ptrace_source *s, struct tracee *t, int status, bool ends_process)
{
	struct task *task = t->own;

	if (!task)
		return;
	if (t->in_call && task->is_recorded)
		send_call(s, t, 0, 0, WIRE_UNFINISHED);
	tell_end(s, t, EVENT_EXIT, status, ends_process);
	task_free(t);
}

/* The end of a process's first thread is told when all others have ended. */
static void on_ended(void *arg, struct tracee *t, int status)
{
	end_task(arg, t, status, t->tid == t->pid);
}

static void on_executed(void *arg, struct tracee *t, struct tracee *former)
{
	struct ptrace_source *s = arg;

	if (former) {
		end_task(s, t, 0, false);
		if (former->own)
			tell_exec(s, t, former->own);
	} else if (t->own) {
		tell_exec(s, t, t->own);
	}
}

static void on_signalled(void *arg, struct tracee *t, const siginfo_t *info)
{
	struct ptrace_source *s = arg;
	const struct task *task = t->own;
	enum disposition disposition = proc_disposition(t->tid, info->si_signo);
	bool is_ignored = disposition == DISPOSITION_IGNORED;
	struct signal_event event = {.signal = info->si_signo,
				     .code = info->si_code,
				     .has_handler = disposition == DISPOSITION_CAUGHT};

	if (!task || (is_ignored && !s->options.sent_signals))
		return;
	event.head = event_head(EVENT_SIGNAL, is_ignored ? WIRE_IGNORED : 0, sizeof event, task->id,
				now_ns());
	memcpy(event.info, info, sizeof event.info);
	send(s, &event.head);
}

static const struct tracer_watcher watcher = {
	.started = on_started,
	.joined = on_joined,
	.entered = on_entered,
	.returned = on_returned,
	.born = on_born,
	.executed = on_executed,
	.signalled = on_signalled,
	.ended = on_ended,
};

/* ---- The source ---- */

struct ptrace_source *ptrace_source_new(const struct capture_options *options, bool filtered,
					event_handler *handle, void *arg)
{
	struct ptrace_source *s = xnew(struct ptrace_source);

	s->options = *options;
	s->filtered = filtered;
	s->handle = handle;
	s->arg = arg;
	stopped_memory_init(&s->memory, options->string_bytes);
	s->rings.consumed = xcalloc(NR_EVENT_TYPES, sizeof *s->rings.consumed);
	return s;
}

static struct tracer *tracer_for(struct ptrace_source *s)
{
	const struct tracer_options options = {
		.all_calls = !s->filtered,
		.follow = !s->options.command_alone || s->filtered,
		.watcher = &watcher,
		.arg = s,
	};

	if (!s->tracer)
		s->tracer = tracer_new(&options);
	return s->tracer;
}

int ptrace_source_follow(struct ptrace_source *s, pid_t pid)
{
	return tracer_seize(tracer_for(s), pid);
}

int ptrace_source_join(struct ptrace_source *s, pid_t pid)
{
	return tracer_join(tracer_for(s), pid);
}

struct tracer *ptrace_source_tracer(struct ptrace_source *s)
{
	return s->tracer;
}

static void tell_left(void *source, struct tracee *t)
{
	struct ptrace_source *s = source;
	struct task *task = t->own;

	if (!task)
		return;
	if (t->in_call && task->is_recorded)
		send_call(s, t, 0, 0, WIRE_UNFINISHED);
	tell_end(s, t, EVENT_LEFT, 0, false);
	task_free(t);
}

void ptrace_source_tell_left(struct ptrace_source *s)
{
	tracer_each(s->tracer, tell_left, s);
}

bool ptrace_source_total(const struct ptrace_source *s, uint32_t nr, struct total_sum *out)
{
	*out = s->totals[nr];
	return out->calls > 0;
}

uint32_t ptrace_source_nr_untraced(const struct ptrace_source *s)
{
	return s->nr_untraced;
}

struct rings *ptrace_source_rings(struct ptrace_source *s)
{
	return &s->rings;
}

static void forget(void *arg, struct tracee *t)
{
	(void)arg;
	if (t->own)
		task_free(t);
}

void ptrace_source_free(struct ptrace_source *s)
{
	if (!s)
		return;
	if (s->tracer)
		tracer_each(s->tracer, forget, NULL);
	tracer_free(s->tracer);
	stopped_memory_fini(&s->memory);
	free(s->rings.consumed);
	free(s);
}
