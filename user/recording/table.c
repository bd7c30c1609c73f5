// SPDX-License-Identifier: MIT
#include "recording/table.h"

#include <string.h>
#include <xxhash.h>

#include "loglinear.h"
#include "recording/summary.h"

/* Numbers of texts begin after the two marks. */
enum { TEXT_NONE, TEXT_NEW, FIRST_TEXT };

void table_reset(struct table *t)
{
	bytes_reset(&t->rows);
	memset(t->last, 0, sizeof t->last);
	idmap_reset(&t->text_ids);
	t->texts.size = 0;
}

void table_fini(struct table *t)
{
	bytes_fini(&t->rows);
	idmap_fini(&t->text_ids);
	vec_free(&t->texts);
}

struct wanted_text {
	const char *text;
	size_t size;
};

static bool text_equals(const void *owner, uint32_t id, const void *wanted)
{
	const struct table *t = owner;
	const struct table_text *known = &t->texts.items[id - FIRST_TEXT];
	const struct wanted_text *text = wanted;

	return known->size == text->size &&
	       memcmp(t->rows.data + known->at, text->text, text->size) == 0;
}

static void text_put(struct table *t, const char *text)
{
	struct wanted_text wanted = {text, text ? strlen(text) : 0};
	uint32_t new_id = (uint32_t)t->texts.size + FIRST_TEXT, id;

	if (!text) {
		bytes_varint(&t->rows, TEXT_NONE);
		return;
	}
	id = idmap_intern(&t->text_ids, XXH3_64bits(text, wanted.size), text_equals, t, &wanted,
			  new_id);
	if (id != new_id) {
		bytes_varint(&t->rows, id);
		return;
	}
	bytes_varint(&t->rows, TEXT_NEW);
	bytes_string(&t->rows, text, wanted.size);
	*vec_push(&t->texts) = (struct table_text){t->rows.size - wanted.size, wanted.size};
}

/* NULL for none and after a failure. */
static char *text_take(struct table_reader *t)
{
	uint64_t number = cursor_varint(&t->in);

	if (number == TEXT_NONE)
		return NULL;
	if (number == TEXT_NEW) {
		uint64_t size = cursor_varint(&t->in);
		const uint8_t *text = cursor_take(&t->in, size);

		if (text)
			*vec_push(&t->texts) = arena_text(t->arena, text, size);
		return text ? t->texts.items[t->texts.size - 1] : NULL;
	}
	if (number - FIRST_TEXT < t->texts.size)
		return t->texts.items[number - FIRST_TEXT];
	t->in.failed = true;
	return NULL;
}

/* For texts that rows always have. */
static char *text_or_empty(char *text)
{
	static char empty[1];

	return text ? text : empty;
}

static void delta_put(struct table *t, uint32_t field, uint64_t value)
{
	bytes_varint(&t->rows, zigzag((int64_t)(value - t->last[field])));
	t->last[field] = value;
}

static uint64_t delta_take(struct table_reader *t, uint32_t field)
{
	t->last[field] += (uint64_t)unzigzag(cursor_varint(&t->in));
	return t->last[field];
}

/* A varint that has to fit into 32 bits. */
static uint32_t u32_take(struct table_reader *t)
{
	uint64_t value = cursor_varint(&t->in);

	t->in.failed |= value > UINT32_MAX;
	return (uint32_t)value;
}

static uint32_t delta_u32_take(struct table_reader *t, uint32_t field)
{
	uint64_t value = delta_take(t, field);

	t->in.failed |= value > UINT32_MAX;
	return (uint32_t)value;
}

/* The id of a row in a table whose ids count up; the chunk begins with the first one. */
static uint64_t id_take(struct table_reader *t)
{
	if (!t->next_id)
		t->next_id = cursor_varint(&t->in);
	return t->next_id++;
}

static bool rows_left(const struct table_reader *t)
{
	return cursor_left(&t->in) > 0;
}

void meta_put(struct table *t, const char *key, const void *value, size_t size)
{
	text_put(t, key);
	bytes_string(&t->rows, value, size);
}

bool meta_take(struct table_reader *t, struct meta *out)
{
	const uint8_t *value;

	if (!rows_left(t))
		return false;
	out->key = text_or_empty(text_take(t));
	out->size = cursor_varint(&t->in);
	value = cursor_take(&t->in, out->size);
	if (value)
		out->value = (uint8_t *)arena_text(t->arena, value, out->size);
	return value;
}

void module_put(struct table *t, uint32_t id, const struct module *module)
{
	if (!t->rows.size)
		bytes_varint(&t->rows, id);
	text_put(t, module->path);
	bytes_string(&t->rows, (const char *)module->build_id, module->build_id_size);
	bytes_varint(&t->rows, module->device);
	bytes_varint(&t->rows, module->inode);
}

bool module_take(struct table_reader *t, uint64_t *id, struct module *out)
{
	const uint8_t *build_id;
	uint64_t size;

	if (!rows_left(t))
		return false;
	*id = id_take(t);
	out->path = text_or_empty(text_take(t));
	size = cursor_varint(&t->in);
	build_id = cursor_take(&t->in, size);
	if (!build_id || size > sizeof out->build_id) {
		t->in.failed = true;
		return false;
	}
	memcpy(out->build_id, build_id, size);
	out->build_id_size = (uint8_t)size;
	out->device = cursor_varint(&t->in);
	out->inode = cursor_varint(&t->in);
	return !t->in.failed;
}

void frame_put(struct table *t, uint32_t id, const struct frame *frame)
{
	if (!t->rows.size)
		bytes_varint(&t->rows, id);
	bytes_varint(&t->rows, id - frame->parent);
	delta_put(t, 0, frame->module);
	delta_put(t, 1, frame->offset);
}

bool frame_take(struct table_reader *t, uint64_t *id, struct frame *out)
{
	uint64_t below;

	if (!rows_left(t))
		return false;
	*id = id_take(t);
	below = cursor_varint(&t->in);
	out->module = delta_u32_take(t, 0);
	out->offset = delta_take(t, 1);
	t->in.failed |= !below || below > *id || *id > UINT32_MAX;
	out->parent = (uint32_t)(*id - below);
	return !t->in.failed;
}

void stack_put(struct table *t, uint32_t id, const struct stack *stack)
{
	delta_put(t, 0, id);
	delta_put(t, 1, stack->frame);
	bytes_varint(&t->rows, stack->flags);
}

bool stack_take(struct table_reader *t, uint64_t *id, struct stack *out)
{
	if (!rows_left(t))
		return false;
	*id = delta_u32_take(t, 0);
	out->frame = delta_u32_take(t, 1);
	out->flags = u32_take(t);
	return !t->in.failed;
}

void location_put(struct table *t, const struct location *location)
{
	delta_put(t, 0, location->module);
	delta_put(t, 1, location->offset);
	bytes_varint(&t->rows, location->nr_lines);
	for (uint32_t i = 0; i < location->nr_lines; i++) {
		const struct function_line *line = &location->lines[i];

		text_put(t, line->function);
		text_put(t, line->file);
		bytes_varint(&t->rows, line->line);
		bytes_varint(&t->rows, line->column);
	}
}

bool location_take(struct table_reader *t, struct location *out)
{
	if (!rows_left(t))
		return false;
	out->module = delta_u32_take(t, 0);
	out->offset = delta_take(t, 1);
	out->nr_lines = u32_take(t);
	t->in.failed |= out->nr_lines > cursor_left(&t->in) / 4;
	if (t->in.failed)
		return false;
	out->lines = arena_take(t->arena, out->nr_lines * sizeof *out->lines);
	for (uint32_t i = 0; i < out->nr_lines; i++) {
		out->lines[i].function = text_take(t);
		out->lines[i].file = text_take(t);
		out->lines[i].line = u32_take(t);
		out->lines[i].column = u32_take(t);
	}
	return !t->in.failed;
}

void task_event_put(struct table *t, const struct task_event *event)
{
	delta_put(t, 0, event->time_ns);
	delta_put(t, 1, event->task);
	bytes_varint(&t->rows, event->other);
	bytes_varint(&t->rows, event->type);
	for (uint32_t i = 0; i < TASK_EVENT_VALUES; i++)
		bytes_varint(&t->rows, event->value[i]);
	text_put(t, event->text);
}

bool task_event_take(struct table_reader *t, struct task_event *out)
{
	if (!rows_left(t))
		return false;
	out->time_ns = delta_take(t, 0);
	out->task = delta_u32_take(t, 1);
	out->other = u32_take(t);
	out->type = u32_take(t);
	for (uint32_t i = 0; i < TASK_EVENT_VALUES; i++)
		out->value[i] = cursor_varint(&t->in);
	out->text = text_or_empty(text_take(t));
	return !t->in.failed;
}

void task_mapping_put(struct table *t, const struct task_mapping *mapping)
{
	delta_put(t, 0, mapping->time_ns);
	delta_put(t, 1, mapping->task);
	delta_put(t, 2, mapping->start);
	bytes_varint(&t->rows, mapping->end - mapping->start);
	bytes_varint(&t->rows, mapping->offset);
	bytes_varint(&t->rows, mapping->module);
	bytes_varint(&t->rows, mapping->flags);
}

bool task_mapping_take(struct table_reader *t, struct task_mapping *out)
{
	if (!rows_left(t))
		return false;
	out->time_ns = delta_take(t, 0);
	out->task = delta_u32_take(t, 1);
	out->start = delta_take(t, 2);
	out->end = out->start + cursor_varint(&t->in);
	out->offset = cursor_varint(&t->in);
	out->module = u32_take(t);
	out->flags = u32_take(t);
	t->in.failed |= out->end < out->start;
	return !t->in.failed;
}

void counter_put(struct table *t, const char *name, uint64_t value)
{
	text_put(t, name);
	bytes_varint(&t->rows, value);
}

bool counter_take(struct table_reader *t, struct counter *out)
{
	if (!rows_left(t))
		return false;
	out->name = text_or_empty(text_take(t));
	out->value = cursor_varint(&t->in);
	return !t->in.failed;
}

void syscall_total_put(struct table *t, const struct syscall_total *total)
{
	bytes_varint(&t->rows, total->nr);
	bytes_varint(&t->rows, total->calls);
	bytes_varint(&t->rows, total->errors);
	bytes_varint(&t->rows, total->duration_ns);
	bytes_varint(&t->rows, total->max_ns);
	buckets_put(&t->rows, total->buckets, total->nr_buckets);
}

bool syscall_total_take(struct table_reader *t, struct syscall_total *out)
{
	uint64_t timed;

	if (!rows_left(t))
		return false;
	out->nr = u32_take(t);
	out->calls = cursor_varint(&t->in);
	out->errors = cursor_varint(&t->in);
	out->duration_ns = cursor_varint(&t->in);
	out->max_ns = cursor_varint(&t->in);
	out->buckets = buckets_take(&t->in, t->arena, LOGLINEAR_BUCKETS(KERNEL_TOTAL_BITS),
				    &out->nr_buckets, &timed);
	return !t->in.failed;
}
