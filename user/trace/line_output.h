/* SPDX-License-Identifier: MIT */
/*
 * Where the lines of a live stream go.
 *
 * The command may write to the same terminal or pipe. So each write(2) holds whole lines, no more
 * than a pipe takes at once: its output comes between lines, never inside one.
 */
#ifndef PROF_TRACE_LINE_OUTPUT_H
#define PROF_TRACE_LINE_OUTPUT_H

#include <stdbool.h>

#include "base/bytes.h"
#include "capture/identity.h"
#include "record/output_file.h"

struct line_output {
	int fd;
	const char *name;
	bool is_file; /* nobody else writes to it */
	struct output_file file;
	int err; /* of writing; a reader who went away is no error */
};

/* Opens the file (an earlier one is kept as FILE.old, or appended to), pipe or terminal `path`;
 * NULL: stderr. 0 or -errno, reported. */
int line_output_open(const char *path, bool append, const struct identity *identity,
		     struct line_output *out);
void line_output_close(struct line_output *output, bool keep);

/*
 * Writes the text, of whole lines. False when there will be no more: the reader has gone, or there
 * was an error, which is reported. The thread can be cancelled while it waits to be read.
 */
bool line_output_write(struct line_output *output, const struct bytes *text);

#endif
