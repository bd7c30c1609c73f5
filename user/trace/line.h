/* SPDX-License-Identifier: MIT */
/*
 * The lines of a live stream, as text.
 *
 *     TIME NAME/TID KIND MODE ACCESS [ADDRESS] -> MAPPING+OFFSET SERVICE_TIME
 *
 * TIME is when it was over, in seconds since the command was launched: lines are in this order. The
 * offset is into the file, or from the start of a mapping that has none.
 */
#ifndef PROF_TRACE_LINE_H
#define PROF_TRACE_LINE_H

#include "base/bytes.h"
#include "event.h"

/* Appends text as printf makes it. */
void text_printf(struct bytes *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What begins every line. */
struct line_head {
	uint64_t time_ns; /* since the start */
	const char *name;
	uint32_t tid;
};

/* Without the newline. `path` is that of a file that the fault lies in, as it is to be printed.
 * Without a head when the line has been begun as those of system calls are. */
void fault_line_write(struct bytes *out, const struct line_head *head,
		      const struct placed_fault_event *event, const char *path);

void loss_line_write(struct bytes *out, uint64_t count);

#endif
