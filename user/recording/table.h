/* SPDX-License-Identifier: MIT */
/*
 * Rows of the tables as bytes and back, each pair of functions side by side in table.c.
 *
 * A chunk of a table stands alone: what its rows refer to (the row before, texts met before) lies
 * in the same chunk, so that the loss of one chunk costs no other one.
 */
#ifndef PROF_RECORDING_TABLE_H
#define PROF_RECORDING_TABLE_H

#include "base/bytes.h"
#include "recording/arena.h"
#include "recording/idmap.h"
#include "recording/reader.h"

struct table_text {
	size_t at, size; /* in the rows themselves */
};

/* Rows on their way into a chunk. */
struct table {
	struct bytes rows;
	uint64_t last[3]; /* fields of the row before, for deltas */
	struct idmap text_ids;
	VEC(struct table_text) texts;
};

void table_reset(struct table *t);
void table_fini(struct table *t);

void meta_put(struct table *t, const char *key, const void *value, size_t size);
void module_put(struct table *t, uint32_t id, const struct module *module);
void frame_put(struct table *t, uint32_t id, const struct frame *frame);
void stack_put(struct table *t, uint32_t id, const struct stack *stack);
void location_put(struct table *t, const struct location *location);
void task_event_put(struct table *t, const struct task_event *event);
void task_mapping_put(struct table *t, const struct task_mapping *mapping);
void counter_put(struct table *t, const char *name, uint64_t value);
void syscall_total_put(struct table *t, const struct syscall_total *total);

/* Rows of a chunk being read. What they point to is in the arena. */
struct table_reader {
	struct cursor in;
	uint64_t last[3];
	uint64_t next_id; /* of tables whose ids count up */
	VEC(char *) texts;
	struct arena *arena;
};

/* Each reads the next row into *out, false at the end of the rows and at the first malformed one.
 */
bool meta_take(struct table_reader *t, struct meta *out);
bool module_take(struct table_reader *t, uint64_t *id, struct module *out);
bool frame_take(struct table_reader *t, uint64_t *id, struct frame *out);
bool stack_take(struct table_reader *t, uint64_t *id, struct stack *out);
bool location_take(struct table_reader *t, struct location *out);
bool task_event_take(struct table_reader *t, struct task_event *out);
bool task_mapping_take(struct table_reader *t, struct task_mapping *out);
bool counter_take(struct table_reader *t, struct counter *out);
bool syscall_total_take(struct table_reader *t, struct syscall_total *out);

#endif
