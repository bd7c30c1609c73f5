// SPDX-License-Identifier: MIT
#include "profile/event_call.h"

#include <linux/limits.h>

#include "decode/plan.h"

void event_call_make(struct event_call *e, const struct recording *r, const struct event *event)
{
	const uint64_t *row = event->row;
	const struct task *task = &r->tasks.items[event->task];

	e->snippets.size = 0;
	for (uint32_t i = 0; i < event->nr_pieces; i++) {
		const struct piece *piece = &event->pieces[i];

		if (!(piece->flags & PIECE_DESCRIPTOR))
			*vec_push(&e->snippets) = (struct snippet){.address = piece->address,
								   .size_bytes = piece->size_bytes,
								   .flags = piece->flags,
								   .bytes = piece->bytes};
	}
	e->call = (struct call){
		.nr = (uint32_t)row[SYSCALL_NR],
		.flags = (row[SYSCALL_FLAGS] & SYSCALL_UNFINISHED ? 0 : CALL_RETURNED) |
			 (row[SYSCALL_FLAGS] & SYSCALL_COMPAT ? CALL_COMPAT : 0),
		.result = (int64_t)row[SYSCALL_RESULT],
		.snippets = e->snippets.items,
		.nr_snippets = (uint32_t)e->snippets.size,
		.pid = task->process < r->tasks.size ? r->tasks.items[task->process].pid
						     : task->pid,
	};
	memcpy(e->call.args, &row[SYSCALL_ARG0], sizeof e->call.args);
}

void event_call_fini(struct event_call *e)
{
	vec_free(&e->snippets);
}

/* A string without a limit of the user's is a path. */
static bool is_path_argument(const struct capture_plan *plan, uint16_t arg)
{
	for (uint32_t i = 0; i < plan->nr_ops; i++) {
		const struct capture_op *op = &plan->ops[i];

		if (op->arg == arg && op->kind == CAPTURE_STRING && op->cap_bytes == PATH_MAX)
			return true;
	}
	return false;
}

void event_paths_find(const struct event *event, struct event_paths *out)
{
	struct capture_plan plan;

	out->items.size = 0;
	bytes_reset(&out->memory);
	if (event->kind != EVENT_SYSCALL || event->row[SYSCALL_FLAGS] & SYSCALL_COMPAT)
		return;
	capture_plan_of((uint32_t)event->row[SYSCALL_NR], 0, &plan);
	for (uint32_t i = 0; i < event->nr_pieces; i++) {
		const struct piece *piece = &event->pieces[i];

		if (!(piece->flags & PIECE_STRING) || !is_path_argument(&plan, piece->arg))
			continue;
		*vec_push(&out->items) = (const char *)out->memory.size; /* until it stays there */
		bytes_append(&out->memory, piece->bytes, piece->size_bytes);
		bytes_u8(&out->memory, 0);
	}
	vec_each (&out->items, path)
		*path = (const char *)out->memory.data + (size_t)*path;
}

void event_paths_fini(struct event_paths *p)
{
	vec_free(&p->items);
	bytes_fini(&p->memory);
}
