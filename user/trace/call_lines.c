// SPDX-License-Identifier: MIT
#include "trace/call_lines.h"

#include <fcntl.h>
#include <inttypes.h>
#include <net/if.h>
#include <string.h>
#include <sys/syscall.h>

#include "trace/call_effects.h"
#include "trace/line.h"

#define MAX_ERRNO     4095
#define RESTART_BLOCK -516 /* it goes on by restart_syscall() */

bool call_lines_need_descriptors(const struct trace_options *options)
{
	return options->style.fd_detail || options->paths;
}

bool call_lines_need_sockets(const struct trace_options *options)
{
	static const uint32_t messages[] = {SYS_sendto,  SYS_recvfrom, SYS_sendmsg,
					    SYS_recvmsg, SYS_sendmmsg, SYS_recvmmsg};

	if (!options->syscalls || options->summary == SUMMARY_ONLY)
		return false;
	for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
		if (syscall_set_has(&options->shown, messages[i]))
			return true;
	}
	return false;
}

static int netlink_protocol(void *lines, int fd)
{
	const struct call_lines *l = lines;

	return open_file_netlink(descriptor_find(&l->descriptors, l->task, fd, false));
}

/* Of prof's own network, which nearly always is the traced program's. */
static void interface_name(void *lines, uint32_t index, char out[IF_NAMESIZE])
{
	(void)lines;
	if (!if_indextoname(index, out))
		*out = 0;
}

static bool write_descriptor(void *lines, uint32_t pid, int fd, bool returned, struct bytes *out)
{
	const struct call_lines *l = lines;
	const struct open_file *file = descriptor_find(&l->descriptors, l->task, fd, returned);
	const char *directory = fd == AT_FDCWD ? directory_of(&l->descriptors, l->task) : NULL;

	(void)pid;
	if (file)
		open_file_write(file, l->options->style.fd_detail, out);
	else if (directory)
		path_write(directory, out);
	return file || directory;
}

void call_lines_init(struct call_lines *l, const struct trace_options *options,
		     struct live_tasks *tasks)
{
	*l = (struct call_lines){
		.options = options,
		.tasks = tasks,
		.decode = {.max_string_bytes = options->style.max_string_bytes,
			   .hex_strings = (enum emit_hex)options->style.hex_strings,
			   .verbose = options->style.verbose,
			   .interface_name = interface_name,
			   .context = l},
	};
	if (call_lines_need_sockets(options))
		l->decode.netlink_protocol = netlink_protocol;
	if (options->style.fd_detail)
		l->decode.fd_text = write_descriptor;
}

void call_lines_fini(struct call_lines *l)
{
	call_maker_fini(&l->maker);
	descriptors_fini(&l->descriptors);
	bytes_fini(&l->text);
}

static enum pid_form pid_form_of(const struct call_lines *l)
{
	if (l->options->separately)
		return PID_NONE;
	if (l->options->output)
		return l->options->follow ? PID_BARE : PID_NONE;
	return l->tasks->nr_alive > 1 ? PID_IN_BRACKETS : PID_NONE;
}

void task_line_begin(struct call_lines *l, struct journal *j, const struct live_task *task,
		     uint64_t time_ns)
{
	journal_begin(j, pid_form_of(l), task->tid, time_ns, task->last_syscall);
}

/* Its argument is none of the program's: what it goes on with. */
static size_t make_restart_text(struct call_lines *l, const struct live_task *task)
{
	char label[32];

	text_printf(&l->text, "restart_syscall(<... resuming interrupted %s ...>",
		    task->interrupted < 0 ? "system call"
					  : syscall_label((uint64_t)task->interrupted, label));
	return l->text.size;
}

static bool is_raw(const struct call_lines *l, const struct call *call)
{
	return !(call->flags & CALL_COMPAT) && syscall_set_has(&l->options->style.raw, call->nr);
}

static size_t make_raw_text(struct call_lines *l, const struct call *call)
{
	char label[32];

	text_printf(&l->text, "%s(", syscall_label(call->nr, label));
	for (unsigned int i = 0; i < syscall_arity(call->nr); i++)
		text_printf(&l->text, call->args[i] ? "%s%#" PRIx64 : "%s%" PRIx64, i ? ", " : "",
			    call->args[i]);
	return l->text.size;
}

/* Decodes what is known into l->text; returns how much of it was known when it was entered. */
static size_t make_text(struct call_lines *l, const struct live_task *task, uint32_t task_id,
			const struct syscall_event *event, struct call *out_call)
{
	size_t entered;

	l->task = task_id;
	call_make(&l->maker, task, event, out_call);
	bytes_reset(&l->text);
	if (out_call->nr == SYS_restart_syscall && !(out_call->flags & CALL_COMPAT))
		return make_restart_text(l, task);
	if (is_raw(l, out_call))
		return make_raw_text(l, out_call);
	decode_call(out_call, &l->decode, &l->text, &entered);
	return entered;
}

void call_lines_show(struct call_lines *l, struct journal *j)
{
	const struct live_task *task;
	struct call call;

	if (!j->open_task || j->open_is_begun)
		return;
	task = live_task(l->tasks, j->open_task);
	make_text(l, task, j->open_task, NULL, &call);
	task_line_begin(l, j, task, task->call.entered->head.time_ns);
	journal_write(j, l->text.data, l->text.size);
	j->open_is_begun = true;
}

void call_lines_interrupt(struct call_lines *l, struct journal *j)
{
	if (!j->open_task)
		return;
	call_lines_show(l, j);
	live_task_at(l->tasks, j->open_task)->call.is_interrupted = true;
	journal_puts(j, " <unfinished ...>");
	journal_end_line(j);
}

static bool is_staged(const struct call_lines *l)
{
	return (l->options->statuses & ALL_STATUSES) != ALL_STATUSES;
}

static bool is_shown(const struct call_lines *l, uint32_t nr, bool compat)
{
	return compat || nr >= NR_SYSCALLS || syscall_set_has(&l->options->shown, nr);
}

/* Where paths were chosen: whether it is about one of them. */
static bool is_concerned(struct call_lines *l, const struct live_task *task, uint32_t task_id)
{
	struct call call;

	if (!l->options->paths)
		return true;
	call_make(&l->maker, task, NULL, &call);
	return call_concerns(&l->descriptors, task_id, &call, l->options->paths);
}

void call_enter(struct call_lines *l, struct journal *j, struct live_task *task, uint32_t task_id,
		const struct capture_event *event)
{
	if (j->open_task == task_id) /* its end was lost */
		call_lines_interrupt(l, j);
	live_call_end(&task->call);
	task->call.entered = xcalloc(1, event->head.size_bytes);
	memcpy(task->call.entered, event, event->head.size_bytes);
	task->call.is_hidden = !is_shown(l, event->nr, event->head.flags & WIRE_COMPAT) ||
			       !is_concerned(l, task, task_id);
	task->last_syscall = (int)event->nr;
	if (task->call.is_hidden || is_staged(l))
		return;
	call_lines_interrupt(l, j);
	j->open_task = task_id;
	j->open_is_begun = false;
}

static enum call_status status_of(const struct syscall_event *event)
{
	if (event->head.flags & WIRE_UNFINISHED)
		return STATUS_UNFINISHED;
	return event->result < 0 && event->result >= -MAX_ERRNO ? STATUS_FAILED : STATUS_SUCCESSFUL;
}

/* Whether arguments are missing that the call would have filled in. */
static bool lacks_arguments(const struct bytes *text, uint32_t nr)
{
	uint8_t last = text->size ? text->data[text->size - 1] : 0;

	return last == ' ' || (last == '(' && syscall_arity(nr));
}

/* All from the bracket that closes the arguments on. */
static void write_end(struct call_lines *l, struct journal *j, struct call *call,
		      const struct syscall_event *event)
{
	journal_puts(j, ")");
	journal_pad(j);
	journal_puts(j, "= ");
	if (is_raw(l, call) && call->flags & CALL_RETURNED && status_of(event) == STATUS_SUCCESSFUL)
		journal_printf(j, "%#" PRIx64, (uint64_t)call->result);
	else
		decode_result(call, &l->decode, &j->text);
	if (l->options->style.durations && call->flags & CALL_RETURNED &&
	    !(event->head.flags & (WIRE_BLOCKED | WIRE_ATTACHED)))
		journal_duration(j, event->duration_ns);
}

static void write_resumed(struct call_lines *l, struct journal *j, const struct live_task *task,
			  uint64_t moment_ns)
{
	const char *bracket = memchr(l->text.data, '(', l->text.size);
	int size = bracket ? (int)(bracket - (const char *)l->text.data) : 0;

	task_line_begin(l, j, task, moment_ns);
	journal_printf(j, "<... %.*s resumed>", size, (const char *)l->text.data);
}

/* The line from its begin, or from where it was left, to the end of the arguments. */
static void write_arguments(struct call_lines *l, struct journal *j, const struct live_task *task,
			    size_t entered, uint64_t time_ns, uint64_t moment_ns)
{
	size_t from = entered;

	if (task->call.is_interrupted) {
		write_resumed(l, j, task, moment_ns);
	} else if (!j->open_is_begun) {
		task_line_begin(l, j, task, time_ns);
		from = 0;
	}
	journal_write(j, l->text.data + from, l->text.size - from);
}

bool call_end(struct call_lines *l, struct journal *j, struct live_task *task, uint32_t task_id,
	      const struct syscall_event *event, uint64_t moment_ns)
{
	bool is_wanted = is_shown(l, event->nr, event->head.flags & WIRE_COMPAT) &&
			 !task->call.is_hidden && l->options->statuses & 1U << status_of(event);
	struct call call;
	size_t entered;

	task->last_syscall = (int)event->nr;
	if (event->result == RESTART_BLOCK)
		task->interrupted = (int)event->nr;
	if (is_wanted) {
		if (j->open_task != task_id)
			call_lines_interrupt(l, j);
		entered = make_text(l, task, task_id, event, &call);
		write_arguments(l, j, task, entered, event->head.time_ns, moment_ns);
		if (!(call.flags & CALL_RETURNED) && lacks_arguments(&l->text, call.nr))
			journal_puts(j, " <unfinished ...>");
		write_end(l, j, &call, event);
	}
	if (call_lines_need_descriptors(l->options) ||
	    (l->decode.netlink_protocol && call_concerns_sockets(event->nr))) {
		call_make(&l->maker, task, event, &call);
		call_effects_take(&l->descriptors, task_id, &call);
	}
	live_call_end(&task->call);
	return is_wanted;
}

void call_detach(struct call_lines *l, struct journal *j, struct live_task *task, uint32_t task_id)
{
	struct call call;

	if (j->open_task == task_id) {
		call_lines_show(l, j);
	} else if (is_staged(l) && l->options->statuses & 1 << STATUS_DETACHED &&
		   task->call.entered && !task->call.is_hidden) {
		call_lines_interrupt(l, j);
		make_text(l, task, task_id, NULL, &call);
		task_line_begin(l, j, task, task->call.entered->head.time_ns);
		journal_write(j, l->text.data, l->text.size);
	} else {
		return live_call_end(&task->call);
	}
	journal_puts(j, " <detached ...>");
	journal_end_line(j);
	live_call_end(&task->call);
}
