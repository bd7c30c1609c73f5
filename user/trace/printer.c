// SPDX-License-Identifier: MIT
#include "trace/printer.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "descriptors/seed.h"
#include "trace/lines.h"

/* Lines are written when there are no more events for the moment, or when they are this many. */
#define TEXT_BYTES (64 << 10)

/* A call that is in progress for longer than this is shown as far as it goes. */
#define SHOW_AFTER_MS 100

#define WAIT_MS 50

struct printer {
	struct printer_options options;
	pthread_t thread;
	bool has_thread;
	struct lines lines;
};

/* FILE.TID */
static bool open_own(struct printer *p, struct journal *j)
{
	scoped_free char *path = xasprintf("%s.%u", p->options.trace->output, j->tid);

	return line_output_open(path, p->options.trace->append, p->options.identity, &j->output) ==
	       0;
}

/* False when nobody wants to read more. */
static bool write_journal(struct printer *p, struct journal *j)
{
	bool is_wanted = true;

	if (j->text.size) {
		if (j->tid && j->output.fd < 0 && !open_own(p, j))
			return false;
		is_wanted = line_output_write(j->tid ? &j->output : p->options.output, &j->text);
		journal_reset(j);
	}
	return is_wanted;
}

static void close_journal(struct journal *j)
{
	line_output_close(&j->output, true);
	journal_fini(j);
	free(j);
}

static bool write_text(struct printer *p)
{
	struct lines *l = &p->lines;
	size_t kept = 0;
	bool is_wanted = true;

	vec_each (&l->journals, j) {
		is_wanted &= write_journal(p, *j);
		if ((*j)->is_closed)
			close_journal(*j);
		else
			l->journals.items[kept++] = *j;
	}
	l->journals.size = kept;
	return is_wanted;
}

/* False when nobody wants to read more. */
static bool print_taken(struct printer *p)
{
	struct stream_event at;
	size_t size = 0;

	while (stream_next(p->options.stream, &at)) {
		size += at.event->size_bytes;
		lines_take(&p->lines, &at);
		if (lines_are_full(&p->lines)) {
			write_text(p);
			return false;
		}
		if (size >= TEXT_BYTES) {
			size = 0;
			if (!write_text(p))
				return false;
		}
	}
	return write_text(p);
}

static bool show_open(struct printer *p)
{
	vec_each (&p->lines.journals, j)
		call_lines_show(&p->lines.calls, *j);
	return write_text(p);
}

static void *print_all(void *printer)
{
	struct printer *p = printer;
	bool is_wanted = true;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL); /* but while it writes */
	while (is_wanted) {
		switch (stream_take(p->options.stream, SHOW_AFTER_MS)) {
		case STREAM_EVENTS:
			is_wanted = print_taken(p);
			break;
		case STREAM_SILENT:
			is_wanted = show_open(p);
			break;
		case STREAM_OVER:
			is_wanted = false;
		}
	}
	stream_close(p->options.stream);
	return NULL;
}

static void seed_attached(struct descriptors *d, uint32_t task, uint32_t pid)
{
	descriptors_seed_process(d, task, (pid_t)pid, false);
}

struct printer *printer_new(const struct printer_options *options)
{
	struct printer *p = xnew(struct printer);
	int err;

	p->options = *options;
	lines_init(&p->lines, options->trace, options->capture);
	p->lines.seed = seed_attached;
	p->lines.stream = options->stream;
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
	lines_set_start(&p->lines, start_ns,
			(int64_t)(clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC)));
}

void printer_seed(struct printer *p, pid_t pid)
{
	if (call_lines_need_descriptors(p->options.trace) ||
	    call_lines_need_sockets(p->options.trace))
		descriptors_seed_process(&p->lines.calls.descriptors, 1, pid, true);
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
	return p->lines.nr_left;
}

void printer_write_watch(const struct printer *p, FILE *out)
{
	watch_write(&p->lines.watch, out);
}

void printer_free(struct printer *p)
{
	if (!p)
		return;
	vec_each (&p->lines.journals, j)
		line_output_close(&(*j)->output, true);
	lines_fini(&p->lines);
	free(p);
}
