/* SPDX-License-Identifier: MIT */
/*
 * The text of a trace while it grows, line by line.
 *
 * A line may stay open for a while, since it tells of a call that is still in progress; whatever
 * comes in between then has to end it first (call_lines.h). One file has one journal; the columns
 * of its open line are counted here, also when its beginning has been written out already.
 */
#ifndef PROF_TRACE_JOURNAL_H
#define PROF_TRACE_JOURNAL_H

#include "base/bytes.h"
#include "trace/line_output.h"
#include "trace/style.h"

enum pid_form {
	PID_NONE,
	PID_IN_BRACKETS, /* [pid   123] */
	PID_BARE,
};

struct journal {
	const struct line_style *style;
	int64_t wall_offset_ns; /* from the clock of the events to that of the wall */
	uint64_t last_ns;       /* when the last line began; 0: there is none */
	struct bytes text;      /* not written out yet */
	size_t line_at;         /* where in it the open line begins */
	unsigned int written;   /* bytes of the open line that are no longer in the text */
	uint32_t open_task;     /* whose line is open; 0: none is */
	bool open_is_begun;     /* there is text of it; else it is only known that it has begun */
	struct line_output output;
	uint32_t tid;   /* of the thread whose own journal it is; 0: it is everybody's */
	bool is_closed; /* that thread has ended */
};

void journal_fini(struct journal *j);

/* Begins a line by what stands before its text; `syscall`: -1 when it is about none. */
void journal_begin(struct journal *j, enum pid_form pid_form, uint32_t tid, uint64_t time_ns,
		   int syscall);
void journal_write(struct journal *j, const void *text, size_t size);
void journal_puts(struct journal *j, const char *text);
void journal_printf(struct journal *j, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Blanks, at least one, up to the column of results. */
void journal_pad(struct journal *j);
/* " <0.000012>" */
void journal_duration(struct journal *j, uint64_t duration_ns);
void journal_end_line(struct journal *j);

/* The text has been written out. */
void journal_reset(struct journal *j);

#endif
