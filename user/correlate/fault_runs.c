// SPDX-License-Identifier: MIT
#include "correlate/fault_runs.h"

/* Longer strides are no march but a jump; 2 MiB is that of huge pages. */
#define MAX_STRIDE_BYTES (2 << 20)
#define LONGEST_RUN      4096
/* A pause breaks a run when it is this much longer than the run's mean gap. */
#define PAUSE_FACTOR     8
#define PAUSE_NS         20000

void fault_runs_init(struct fault_runs *runs, struct writer *writer)
{
	*runs = (struct fault_runs){.writer = writer};
}

void fault_runs_fini(struct fault_runs *runs)
{
	vec_each (&runs->by_task, task)
		free(*task);
	vec_free(&runs->by_task);
}

/* As the recording has them. */
static uint64_t stack_of(const struct fault_event *event)
{
	return event->stack == STACK_LOST || event->stack == STACK_UNASKED ? 0 : event->stack;
}

static uint64_t flags_of(const struct fault_event *event)
{
	return event->head.flags | (event->stack == STACK_LOST ? FAULT_STACK_LOST : 0) |
	       (event->stack == STACK_UNASKED ? FAULT_STACK_UNASKED : 0);
}

static void run_begin(struct fault_run *run, uint32_t cpu, const struct fault_event *event)
{
	uint64_t *row = run->row;

	row[FAULT_START_NS] = event->head.time_ns;
	row[FAULT_SPAN_NS] = 0;
	row[FAULT_COUNT] = 1;
	row[FAULT_SERVICE_NS] = event->service_ns;
	row[FAULT_SERVICE_MIN_NS] = event->service_ns;
	row[FAULT_SERVICE_MAX_NS] = event->service_ns;
	row[FAULT_ADDRESS] = event->address;
	row[FAULT_STRIDE_BYTES] = 0;
	row[FAULT_IP] = event->ip;
	row[FAULT_TASK] = event->head.task;
	row[FAULT_STACK] = stack_of(event);
	row[FAULT_ERROR_CODE] = event->error_code;
	row[FAULT_KIND] = event->kind;
	row[FAULT_FLAGS] = flags_of(event);
	row[FAULT_POPULATED_PAGES] = event->populated_pages;
	row[FAULT_CPU] = cpu;
	row[FAULT_SYSCALL] = event->syscall;
	run->last_ns = event->head.time_ns;
	run->last_address = event->address;
}

static bool run_alike(const struct fault_run *run, uint32_t cpu, const struct fault_event *event)
{
	const uint64_t *row = run->row;

	return row[FAULT_IP] == event->ip && row[FAULT_STACK] == stack_of(event) &&
	       event->stack != STACK_LOST && /* they may have been different */
	       row[FAULT_ERROR_CODE] == event->error_code && row[FAULT_KIND] == event->kind &&
	       row[FAULT_FLAGS] == flags_of(event) && row[FAULT_CPU] == cpu &&
	       row[FAULT_SYSCALL] == event->syscall && event->populated_pages == 0;
}

static bool run_takes(const struct fault_run *run, uint32_t cpu, const struct fault_event *event)
{
	const uint64_t *row = run->row;
	int64_t stride = event->address - run->last_address;
	uint64_t gap_ns = event->head.time_ns - run->last_ns;
	uint64_t count = row[FAULT_COUNT];

	if (!run_alike(run, cpu, event) || count >= LONGEST_RUN)
		return false;
	if (count == 1)
		return stride && stride <= MAX_STRIDE_BYTES && stride >= -MAX_STRIDE_BYTES &&
		       gap_ns <= PAUSE_NS;
	return stride == (int64_t)row[FAULT_STRIDE_BYTES] &&
	       gap_ns <= PAUSE_NS + PAUSE_FACTOR * row[FAULT_SPAN_NS] / (count - 1);
}

static void run_extend(struct fault_run *run, const struct fault_event *event)
{
	uint64_t *row = run->row;

	row[FAULT_STRIDE_BYTES] = event->address - run->last_address;
	row[FAULT_SPAN_NS] = event->head.time_ns - row[FAULT_START_NS];
	row[FAULT_COUNT]++;
	row[FAULT_SERVICE_NS] += event->service_ns;
	if (event->service_ns < row[FAULT_SERVICE_MIN_NS])
		row[FAULT_SERVICE_MIN_NS] = event->service_ns;
	if (event->service_ns > row[FAULT_SERVICE_MAX_NS])
		row[FAULT_SERVICE_MAX_NS] = event->service_ns;
	run->last_ns = event->head.time_ns;
	run->last_address = event->address;
}

static struct task_runs *runs_of(struct fault_runs *runs, uint32_t task)
{
	vec_extend(&runs->by_task, (size_t)task + 1);
	if (!runs->by_task.items[task])
		runs->by_task.items[task] = xnew(struct task_runs);
	return runs->by_task.items[task];
}

void fault_runs_add(struct fault_runs *runs, uint32_t cpu, const struct fault_event *event)
{
	struct task_runs *task = runs_of(runs, event->head.task);
	struct fault_run *run;

	for (uint32_t i = 0; i < task->nr_open; i++) {
		if (run_takes(&task->open[i], cpu, event)) {
			run_extend(&task->open[i], event);
			return;
		}
	}
	if (task->nr_open < OPEN_RUNS) {
		run = &task->open[task->nr_open++];
	} else {
		run = &task->open[task->oldest++ % OPEN_RUNS];
		writer_row(runs->writer, BLOCK_FAULTS, run->row);
	}
	run_begin(run, cpu, event);
}

void fault_runs_close(struct fault_runs *runs, uint32_t task)
{
	struct task_runs *open = task < runs->by_task.size ? runs->by_task.items[task] : NULL;

	if (!open)
		return;
	for (uint32_t i = 0; i < open->nr_open; i++)
		writer_row(runs->writer, BLOCK_FAULTS, open->open[i].row);
	open->nr_open = open->oldest = 0;
}

void fault_runs_forget(struct fault_runs *runs, uint32_t task)
{
	fault_runs_close(runs, task);
	if (task < runs->by_task.size) {
		free(runs->by_task.items[task]);
		runs->by_task.items[task] = NULL;
	}
}

void fault_runs_close_all(struct fault_runs *runs)
{
	for (size_t task = 0; task < runs->by_task.size; task++)
		fault_runs_close(runs, task);
}
