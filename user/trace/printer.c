// SPDX-License-Identifier: MIT
#include "trace/printer.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "trace/line.h"
#include "trace/stacks.h"
#include "trace/tasks.h"

/* Lines are written when there are no more events for the moment, or when they are this many. */
#define TEXT_BYTES (64 << 10)

/* How long after its moment an event may wait for the unwinding table of its stack. */
#define PATIENCE_NS    1000000000ULL
#define TABLE_SLEEP_US 2000
#define WAIT_MS        50

struct printer {
	struct printer_options options;
	uint64_t start_ns;
	uint32_t nr_left;
	pthread_t thread;
	bool has_thread;
	struct live_tasks tasks;
	struct live_files files;
	struct frame_names names;
	struct live_stacks stacks;
	struct bytes text;
};

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static void await_table(struct printer *p, uint32_t stack, uint64_t moment_ns)
{
	while (live_stack_is_unfinished(&p->stacks, stack) &&
	       clock_ns(CLOCK_MONOTONIC) < moment_ns + PATIENCE_NS)
		usleep(TABLE_SLEEP_US);
}

static void print_frames(struct printer *p, const struct fault_event *event, uint64_t moment_ns)
{
	if (event->head.flags & WIRE_KERNEL)
		kernel_frame_write(&p->names, &p->text, event->ip);
	if (!event->stack)
		return;
	await_table(p, event->stack, moment_ns);
	live_stack_write(&p->stacks, event->stack, &p->text);
}

static struct line_head line_head(const struct printer *p, const struct stream_event *at)
{
	const struct live_task *task = live_task(&p->tasks, at->event->task);

	return (struct line_head){
		.time_ns = at->moment_ns > p->start_ns ? at->moment_ns - p->start_ns : 0,
		.name = task->name,
		.tid = task->tid,
	};
}

static void print_fault(struct printer *p, const struct stream_event *at)
{
	const struct placed_fault_event *event = (const void *)at->event;
	struct line_head head = line_head(p, at);

	fault_line_write(&p->text, &head, event, live_file_path(&p->files, event->file));
	if (p->options.max_frames)
		print_frames(p, &event->fault, at->moment_ns);
}

static void take_event(struct printer *p, const struct stream_event *at)
{
	live_tasks_take(&p->tasks, at->event);
	live_files_take(&p->files, at->event);
	live_stacks_take(&p->stacks, at->event);
	switch (at->event->type) {
	case EVENT_FAULT:
		return print_fault(p, at);
	case STREAM_LOSS:
		return loss_line_write(&p->text, ((const struct loss_event *)at->event)->count);
	case EVENT_LEFT:
		p->nr_left++;
	}
}

static bool write_text(struct printer *p)
{
	bool is_wanted = line_output_write(p->options.output, &p->text);

	bytes_reset(&p->text);
	return is_wanted;
}

/* False when nobody wants to read more. */
static bool print_taken(struct printer *p)
{
	struct stream_event at;

	while (stream_next(p->options.stream, &at)) {
		take_event(p, &at);
		if (p->text.size >= TEXT_BYTES && !write_text(p))
			return false;
	}
	return write_text(p);
}

static void *print_all(void *printer)
{
	struct printer *p = printer;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL); /* but while it writes */
	while (stream_take(p->options.stream) && print_taken(p))
		;
	stream_close(p->options.stream);
	return NULL;
}

struct printer *printer_new(const struct printer_options *options)
{
	struct printer *p = xnew(struct printer);
	int err;

	p->options = *options;
	frame_names_init(&p->names, &p->files, options->capture);
	p->stacks.names = &p->names;
	p->stacks.max_frames = options->max_frames;
	p->stacks.store = capture_unwind_store(options->capture);
	err = pthread_create(&p->thread, NULL, print_all, p);
	p->has_thread = err == 0;
	if (err == 0)
		return p;
	fail(-err, "cannot start a thread");
	printer_free(p);
	return NULL;
}

void printer_set_start(struct printer *p, uint64_t start_ns)
{
	p->start_ns = start_ns;
}

bool printer_wait(struct printer *p)
{
	uint64_t until_ns = clock_ns(CLOCK_REALTIME) + WAIT_MS * 1000000ULL;
	struct timespec until = {.tv_sec = until_ns / 1000000000, .tv_nsec = until_ns % 1000000000};

	if (p->has_thread && pthread_timedjoin_np(p->thread, NULL, &until) == 0)
		p->has_thread = false;
	return !p->has_thread;
}

void printer_stop(struct printer *p)
{
	stream_close(p->options.stream);
	if (!p->has_thread)
		return;
	pthread_cancel(p->thread);
	pthread_join(p->thread, NULL);
	p->has_thread = false;
}

uint32_t printer_nr_left(const struct printer *p)
{
	return p->nr_left;
}

void printer_free(struct printer *p)
{
	if (!p)
		return;
	live_stacks_fini(&p->stacks);
	frame_names_fini(&p->names);
	live_files_fini(&p->files);
	live_tasks_fini(&p->tasks);
	bytes_fini(&p->text);
	free(p);
}
