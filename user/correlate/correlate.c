// SPDX-License-Identifier: MIT
#include "correlate/correlate.h"

#include <string.h>

#include "base/alloc.h"
#include "correlate/call_pieces.h"
#include "correlate/fault_runs.h"
#include "correlate/kernel_stacks.h"
#include "correlate/modules.h"
#include "correlate/sent_signals.h"
#include "correlate/spaces.h"
#include "correlate/user_stacks.h"

/* The wire's flags are the recording's; the names differ because the recording's never change. */
_Static_assert((int)WIRE_UNFINISHED == SYSCALL_UNFINISHED && (int)WIRE_BLOCKED == SYSCALL_BLOCKED &&
		       (int)WIRE_COMPAT == SYSCALL_COMPAT && (int)WIRE_ATTACHED == SYSCALL_ATTACHED,
	       "flags of system calls");
_Static_assert((int)WIRE_KERNEL == FAULT_KERNEL && (int)WIRE_UNTIMED == FAULT_UNTIMED,
	       "flags of faults");
_Static_assert((int)WIRE_MADE == ALLOC_MADE && (int)WIRE_RESIZED == ALLOC_RESIZED &&
		       (int)WIRE_FREED == ALLOC_FREED,
	       "kinds of allocations");
_Static_assert((int)WIRE_MINOR == FAULT_MINOR && (int)WIRE_MAJOR == FAULT_MAJOR &&
		       (int)WIRE_FAILED == FAULT_FAILED,
	       "kinds of faults");
_Static_assert((int)WALK_COMPLETE == STACK_COMPLETE &&
		       (int)WALK_FRAME_POINTER == STACK_FRAME_POINTER &&
		       (int)WALK_TOO_DEEP == STACK_TOO_DEEP &&
		       (int)WALK_UNREADABLE == STACK_UNREADABLE &&
		       (int)WALK_NO_TABLE == STACK_NO_TABLE && (int)WALK_NO_RULE == STACK_NO_RULE &&
		       (int)WALK_NO_CODE == STACK_NO_CODE &&
		       (int)WALK_INCONSISTENT == STACK_INCONSISTENT &&
		       (int)WALK_MADE_CODE == STACK_MADE_CODE,
	       "flags of stacks");
_Static_assert((int)MAPPING_READ == MAPPED_READ && (int)MAPPING_WRITE == MAPPED_WRITE &&
		       (int)MAPPING_EXEC == MAPPED_EXEC && (int)MAPPING_SHARED == MAPPED_SHARED &&
		       (int)MAPPING_GROWS_DOWN == MAPPED_GROWS_DOWN &&
		       (int)MAPPING_BEFORE == MAPPED_BEFORE,
	       "flags of mappings");

struct correlator {
	struct writer *writer;
	struct correlator_options options;
	struct recorded recorded;
	struct fault_runs runs;
	struct call_pieces calls;
	struct sent_signals signals;
	struct modules modules;
	struct spaces spaces;
	struct user_stacks user_stacks;
	struct kernel_stacks kernel_stacks;
};

struct correlator *correlator_new(struct writer *writer, const struct correlator_options *options)
{
	struct correlator *c = xnew(struct correlator);

	c->writer = writer;
	c->options = *options;
	c->user_stacks = (struct user_stacks){.writer = writer,
					      .spaces = &c->spaces,
					      .store = options->unwind_store,
					      .kernel_stacks = &c->kernel_stacks};
	kernel_stacks_init(&c->kernel_stacks, writer, options->kernel_name, options->arg);
	fault_runs_init(&c->runs, writer);
	modules_init(&c->modules, writer, options->files);
	return c;
}

void correlator_free(struct correlator *c)
{
	if (!c)
		return;
	user_stacks_fini(&c->user_stacks);
	kernel_stacks_fini(&c->kernel_stacks);
	fault_runs_fini(&c->runs);
	call_pieces_fini(&c->calls);
	sent_signals_fini(&c->signals);
	modules_fini(&c->modules);
	spaces_free(&c->spaces);
	free(c);
}

static bool is_chosen(const struct correlator *c, const struct syscall_event *event)
{
	return !c->options.chosen || syscall_set_has(c->options.chosen, event->nr);
}

static void write_call(void *correlator, uint32_t cpu, const struct syscall_event *event,
		       const struct piece *pieces, uint32_t nr_pieces)
{
	struct correlator *c = correlator;
	bool lost = event->stack == STACK_LOST, unasked = event->stack == STACK_UNASKED;
	bool chosen = is_chosen(c, event);
	uint64_t row[NR_SYSCALL_COLUMNS] = {
		[SYSCALL_START_NS] = event->head.time_ns,
		[SYSCALL_DURATION_NS] = event->duration_ns,
		[SYSCALL_RESULT] = event->result,
		[SYSCALL_NR] = event->nr,
		[SYSCALL_TASK] = event->head.task,
		[SYSCALL_STACK] = lost || unasked ? 0 : event->stack,
		[SYSCALL_FLAGS] = event->head.flags | (lost ? SYSCALL_STACK_LOST : 0) |
				  (unasked ? SYSCALL_STACK_UNASKED : 0) |
				  (event->captured & CAPTURED_LOST ? SYSCALL_PIECES_LOST : 0),
		[SYSCALL_POPULATED_PAGES] = event->populated_pages,
		[SYSCALL_CPU] = cpu,
		[SYSCALL_READY_NS] =
			event->ready_ns < event->duration_ns ? event->ready_ns : event->duration_ns,
	};

	memcpy(&row[SYSCALL_ARG0], event->args, sizeof event->args);
	writer_call(c->writer, chosen ? BLOCK_SYSCALLS : BLOCK_MEMORY_CALLS, row, pieces,
		    nr_pieces);
	c->recorded.syscalls += chosen;
}

static void take_syscall(struct correlator *c, uint32_t cpu, const struct syscall_event *event)
{
	fault_runs_close(&c->runs, event->head.task);
	call_pieces_call(&c->calls, cpu, event, write_call, c);
}

static void take_fault(struct correlator *c, uint32_t cpu, const struct fault_event *event)
{
	if (event->head.flags & WIRE_KERNEL)
		kernel_stacks_note_address(&c->kernel_stacks, event->ip);
	fault_runs_add(&c->runs, cpu, event);
	c->recorded.faults++;
}

/* A run of faults ends where a block may have. */
static void take_alloc(struct correlator *c, uint32_t cpu, const struct alloc_event *event)
{
	bool lost = event->stack == STACK_LOST, unasked = event->stack == STACK_UNASKED;
	const uint64_t row[NR_ALLOC_COLUMNS] = {
		[ALLOC_TIME_NS] = event->head.time_ns,
		[ALLOC_ADDRESS] = event->address,
		[ALLOC_OLD_ADDRESS] = event->old_address,
		[ALLOC_BYTES] = event->bytes,
		[ALLOC_TASK] = event->head.task,
		[ALLOC_STACK] = lost || unasked ? 0 : event->stack,
		[ALLOC_KIND] = event->head.flags,
		[ALLOC_FLAGS] = lost ? ALLOC_STACK_LOST : 0,
		[ALLOC_CPU] = cpu,
	};

	fault_runs_close(&c->runs, event->head.task);
	writer_row(c->writer, BLOCK_ALLOCATIONS, row);
	c->recorded.blocks += event->head.flags == WIRE_MADE && event->address;
}

static void write_mapping(struct correlator *c, const struct mapping_event *event, uint32_t module)
{
	const struct task_mapping row = {
		.time_ns = event->head.time_ns,
		.task = event->head.task,
		.module = module,
		.start = event->start,
		.end = event->end,
		.offset = event->file_offset_bytes,
		.flags = event->flags,
	};

	writer_mapping(c->writer, &row);
}

static void take_mapping(struct correlator *c, const struct mapping_event *event)
{
	struct mapping mapping = {
		.start = event->start,
		.end = event->end,
		.file_offset_bytes = event->file_offset_bytes,
		.time_ns = event->head.time_ns,
		.module = MODULE_UNKNOWN,
		.file = event->file,
	};

	if (event->file == FILE_VDSO) {
		mapping.module = MODULE_VDSO;
		mapping.file_offset_bytes = 0;
	} else if (event->path_bytes && *event->path) {
		mapping.module = module_intern(&c->modules, event);
	} else if (event->flags & MAPPING_EXEC) {
		mapping.module = module_intern_made_code(&c->modules, event);
		mapping.file_offset_bytes = event->start; /* its places are addresses */
	}
	write_mapping(c, event, mapping.module);
	if (event->flags & MAPPING_EXEC)
		space_map(&c->spaces, event->space, &mapping);
}

static struct task_event task_event(const struct event *head, enum task_event_type type,
				    const char *text)
{
	return (struct task_event){
		.time_ns = head->time_ns, .task = head->task, .type = type, .text = (char *)text};
}

static void take_start(struct correlator *c, const struct start_event *event)
{
	struct task_event row = task_event(&event->head, TASK_START, event->comm);

	row.value[0] = event->process;
	row.value[1] = event->pid;
	row.value[2] = event->tid;
	row.value[3] = event->faults_before;
	row.value[4] = event->stack_at;
	writer_task_event(c->writer, &row);
	c->recorded.tasks++;
}

static void take_fork(struct correlator *c, const struct fork_event *event)
{
	struct task_event row = task_event(&event->head, TASK_FORK, event->comm);

	row.other = event->child;
	row.value[0] = event->child_process;
	row.value[1] = event->pid;
	row.value[2] = event->tid;
	row.value[3] =
		event->child == event->child_process && event->child_space == event->parent_space;
	writer_task_event(c->writer, &row);
	if (event->child_space != event->parent_space)
		space_born(&c->spaces, event->child_space, event->parent_space,
			   event->head.time_ns);
	c->recorded.tasks++;
}

static void take_exec(struct correlator *c, const struct exec_event *event)
{
	bool attached = event->head.flags & WIRE_ATTACHED;
	struct task_event row = task_event(&event->head, attached ? TASK_ATTACHED : TASK_EXEC,
					   event->path_bytes ? event->path : "");
	struct task_event comm = task_event(&event->head, TASK_COMM, event->comm);

	row.value[0] = event->pid;
	row.value[1] = event->tid;
	row.value[2] = event->start_brk;
	row.value[3] = event->start_stack;
	row.value[4] = event->vdso;
	row.value[5] = event->entry;
	writer_task_event(c->writer, &row);
	writer_task_event(c->writer, &comm);
	space_born(&c->spaces, event->space, 0, event->head.time_ns);
}

static void write_times(struct correlator *c, const struct exit_event *event)
{
	struct task_event row = task_event(&event->head, TASK_TIMES, "");

	row.value[0] = event->cpu_ns;
	row.value[1] = event->ready_ns;
	writer_task_event(c->writer, &row);
}

static void take_exit(struct correlator *c, const struct exit_event *event)
{
	bool ended = event->head.type == EVENT_EXIT;
	struct task_event row = task_event(&event->head, ended ? TASK_EXIT : TASK_LEFT, "");

	row.value[0] = ended ? event->status : 0;
	row.value[1] = event->minor_faults;
	row.value[2] = event->major_faults;
	row.value[3] = event->reaped_faults;
	row.value[4] = event->ends_process;
	row.value[5] = event->populated_pages;
	row.value[6] = event->faults_before;
	fault_runs_forget(&c->runs, event->head.task);
	call_pieces_forget(&c->calls, event->head.task);
	sent_signals_end(&c->signals, event, c->writer);
	if (event->head.flags & WIRE_TIMES)
		write_times(c, event);
	writer_task_event(c->writer, &row);
	if (!ended)
		c->recorded.left++;
}

static void take_comm(struct correlator *c, const struct comm_event *event)
{
	struct task_event row = task_event(&event->head, TASK_COMM, event->comm);

	writer_task_event(c->writer, &row);
}

void correlator_event(void *correlator, uint32_t cpu, const struct event *event)
{
	struct correlator *c = correlator;
	const void *whole = event;

	switch (event->type) {
	case EVENT_SYSCALL:
		return take_syscall(c, cpu, whole);
	case EVENT_FAULT:
		return take_fault(c, cpu, whole);
	case EVENT_ENTER:
	case EVENT_RETURN:
	case EVENT_DESCRIPTOR:
		return call_pieces_take(&c->calls, cpu, event, write_call, c);
	case EVENT_ALLOC:
		return take_alloc(c, cpu, whole);
	case EVENT_STACK:
		return user_stacks_take(&c->user_stacks, whole);
	case EVENT_STACK_REST:
		return user_stacks_take_rest(&c->user_stacks, whole);
	case EVENT_KERNEL_STACK:
		return kernel_stacks_take(&c->kernel_stacks, whole);
	case EVENT_MAPPING:
		return take_mapping(c, whole);
	case EVENT_START:
		return take_start(c, whole);
	case EVENT_FORK:
		return take_fork(c, whole);
	case EVENT_EXEC:
		return take_exec(c, whole);
	case EVENT_EXIT:
	case EVENT_LEFT:
		return take_exit(c, whole);
	case EVENT_COMM:
		return take_comm(c, whole);
	case EVENT_SIGNAL:
		return sent_signals_take(&c->signals, whole, c->writer);
	}
}

void correlator_round(struct correlator *c)
{
	call_pieces_round(&c->calls, false, write_call, c);
	user_stacks_round(&c->user_stacks);
	kernel_stacks_place(&c->kernel_stacks, false);
}

void correlator_flush(struct correlator *c, bool last)
{
	fault_runs_close_all(&c->runs);
	if (!last)
		return;
	correlator_round(c);
	call_pieces_round(&c->calls, true, write_call, c);
	user_stacks_finish(&c->user_stacks);
	kernel_stacks_place(&c->kernel_stacks, true);
}

const struct recorded *correlator_recorded(const struct correlator *c)
{
	return &c->recorded;
}

const struct module *correlator_module(const struct correlator *c, uint32_t id)
{
	return &c->modules.by_id.items[id];
}

const struct module_origin *correlator_module_origin(const struct correlator *c, uint32_t id)
{
	return &c->modules.origins.items[id];
}

const uint64_t *correlator_kernel_ips(const struct correlator *c, size_t *out_count)
{
	*out_count = c->kernel_stacks.addresses.size;
	return c->kernel_stacks.addresses.items;
}
