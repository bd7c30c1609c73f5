/* SPDX-License-Identifier: MIT */
/*
 * Writing a recording.
 *
 * Rows and table entries gather in memory and go to the file as whole chunks, so that a file whose
 * writer was killed is readable up to its last chunk. The first failed write (a full disk) is
 * reported once; from then on rows are dropped and counted. Room for the end is kept free in time,
 * so that the file can still say what it lacks.
 */
#ifndef PROF_RECORDING_WRITER_H
#define PROF_RECORDING_WRITER_H

#include "recording/recording.h"

struct writer;

/*
 * Takes `fd` (an empty file open for writing), which is closed also on failure, and writes the
 * header; `path` is for messages. The caller ignores SIGXFSZ if a file size limit is to be an error
 * like others.
 */
int writer_new(int fd, const char *path, struct writer **out);

/* Metadata: any bytes under a key, which may repeat (argv). */
void writer_meta(struct writer *w, const char *key, const void *value, size_t size);
void writer_meta_text(struct writer *w, const char *key, const char *value);

/* One row, `row` having as many cells as the kind has columns. */
void writer_row(struct writer *w, enum block_kind kind, const uint64_t *row);
/* The row of a system call, and what was captured for it. */
void writer_call(struct writer *w, enum block_kind kind, const uint64_t *row,
		 const struct piece *pieces, uint32_t nr_pieces);

/*
 * Table entries; strings are copied. Ids of modules count up from FIRST_FILE_MODULE; frames are
 * interned and their ids count up from 1.
 */
uint32_t writer_module(struct writer *w, const struct module *module);
uint32_t writer_frame(struct writer *w, uint32_t parent, uint32_t module, uint64_t offset);
void writer_stack(struct writer *w, uint32_t id, const struct stack *stack);
void writer_location(struct writer *w, const struct location *location);
void writer_task_event(struct writer *w, const struct task_event *event);
void writer_mapping(struct writer *w, const struct task_mapping *mapping);

/* Final counters by name ("lost.faults.ring_full"); the same name twice: the later one holds. */
void writer_counter(struct writer *w, const char *name, uint64_t value);
void writer_syscall_total(struct writer *w, const struct syscall_total *total);

/* Frames interned so far, for symbolization: the node's module and offset. Ids are 1..nr. */
uint32_t writer_nr_frames(const struct writer *w);
void writer_frame_at(const struct writer *w, uint32_t id, struct frame *out);

/* Pushes everything gathered into the file as chunks. Called about once a second. */
int writer_flush(struct writer *w);
uint64_t writer_file_bytes(const struct writer *w);
uint64_t writer_dropped_events(const struct writer *w); /* since the first failed write */
int writer_error(const struct writer *w);               /* of that write; 0: none failed */

/* Flushes, writes the index and marks the file complete. Returns the first error there was. */
int writer_finish(struct writer *w);
void writer_free(struct writer *w); /* closes the file; NULL is fine */

#endif
