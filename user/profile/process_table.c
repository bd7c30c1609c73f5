// SPDX-License-Identifier: MIT
#include "profile/process_table.h"

static int compare_threads(const void *a, const void *b)
{
	const struct thread_row *x = a, *y = b;

	if (x->process != y->process)
		return x->process < y->process ? -1 : 1;
	return x->task < y->task ? -1 : 1;
}

static int compare_processes(const void *a, const void *b)
{
	const struct process_row *x = a, *y = b;

	if (x->activity.syscall_ns != y->activity.syscall_ns)
		return x->activity.syscall_ns > y->activity.syscall_ns ? -1 : 1;
	if (x->activity.faults != y->activity.faults)
		return x->activity.faults > y->activity.faults ? -1 : 1;
	return x->leader < y->leader ? -1 : 1;
}

static bool is_active(const struct activity *a)
{
	return a->syscalls || a->faults;
}

/* A task whose birth was lost is a process of its own. */
static uint32_t process_of(const struct recording *r, uint32_t task)
{
	uint32_t process = r->tasks.items[task].process;

	return process && process < r->tasks.size ? process : task;
}

static void list_threads(const struct recording *r, const struct scan *scan,
			 struct process_table *out)
{
	for (uint32_t id = 0; id < r->tasks.size; id++) {
		const struct task *task = &r->tasks.items[id];

		if (!task->seen && !is_active(&scan->tasks[id]))
			continue;
		*vec_push(&out->threads) = (struct thread_row){
			.task = id,
			.process = process_of(r, id),
			.activity = scan->tasks[id],
		};
	}
	if (out->threads.size)
		qsort(out->threads.items, out->threads.size, sizeof *out->threads.items,
		      compare_threads);
}

static void add_thread(const struct recording *r, const struct thread_row *thread,
		       struct process_row *process)
{
	const struct task *task = &r->tasks.items[thread->task];

	process->nr_threads++;
	process->activity.syscalls += thread->activity.syscalls;
	process->activity.syscall_ns += thread->activity.syscall_ns;
	process->activity.faults += thread->activity.faults;
	if (task->ended && task->ends_process) {
		process->ended = true;
		process->exit_status = task->exit_status;
	}
}

void process_table_build(const struct recording *r, const struct scan *scan,
			 struct process_table *out)
{
	struct process_row *process = NULL;

	*out = (struct process_table){0};
	list_threads(r, scan, out);
	for (uint32_t i = 0; i < out->threads.size; i++) {
		const struct thread_row *thread = &out->threads.items[i];

		if (!process || process->leader != thread->process) {
			process = vec_push(&out->processes);
			process->leader = thread->process;
			process->first_thread = i;
		}
		add_thread(r, thread, process);
	}
	if (out->processes.size)
		qsort(out->processes.items, out->processes.size, sizeof *out->processes.items,
		      compare_processes);
}

void process_table_fini(struct process_table *table)
{
	vec_free(&table->processes);
	vec_free(&table->threads);
}
