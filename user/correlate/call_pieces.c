// SPDX-License-Identifier: MIT
#include "correlate/call_pieces.h"

#include "base/alloc.h"

_Static_assert((int)SNIPPET_EXIT == PIECE_EXIT && (int)SNIPPET_CUT == PIECE_CUT &&
		       (int)SNIPPET_UNREADABLE == PIECE_UNREADABLE &&
		       (int)SNIPPET_RETRIED == PIECE_RETRIED && (int)SNIPPET_STRING == PIECE_STRING,
	       "flags of snippets");

/* No call makes as many descriptors. */
#define MAX_BEHIND_BYTES (1U << 20)

struct waiting_call {
	struct syscall_event event;
	uint32_t cpu, rounds;
	struct bytes behind;
};

void call_pieces_fini(struct call_pieces *c)
{
	vec_each (&c->entered, entered)
		bytes_fini(entered);
	vec_each (&c->behind, behind)
		bytes_fini(behind);
	vec_each (&c->waiting, call)
		bytes_fini(&call->behind);
	vec_free(&c->entered);
	vec_free(&c->behind);
	vec_free(&c->waiting);
	vec_free(&c->pieces);
	bytes_fini(&c->memory);
}

/* ---- From events to pieces. Their bytes lie in the events, or in c->memory by their offset. ----
 */

static void add_snippets(struct call_pieces *c, const struct capture_event *event)
{
	uint32_t at = 0;

	while (event->snippets_bytes - at >= sizeof(struct wire_snippet)) {
		const struct wire_snippet *snippet = (const void *)(event->snippets + at);

		*vec_push(&c->pieces) = (struct piece){.address = snippet->address,
						       .size_bytes = snippet->size_bytes,
						       .flags = snippet->flags,
						       .arg = snippet->arg,
						       .bytes = snippet->bytes};
		at += sizeof *snippet + ((snippet->size_bytes + 7) & ~7U);
	}
}

static void add_socket(struct told_descriptor *d, const struct wire_socket *socket)
{
	d->is_socket = true;
	d->family = socket->family;
	d->type = socket->type;
	d->protocol = socket->protocol;
	d->state = socket->state;
	d->local_port = socket->local_port;
	d->peer_port = socket->peer_port;
	d->port_id = socket->port_id;
	memcpy(d->local, socket->local, sizeof d->local);
	memcpy(d->peer, socket->peer, sizeof d->peer);
	d->peer_inode = socket->peer_inode;
	d->socket_path = socket->path;
	d->socket_path_bytes = socket->path_bytes;
}

static void add_descriptor(struct call_pieces *c, const struct descriptor_event *event)
{
	struct told_descriptor d = {
		.mode = event->mode,
		.device = event->device,
		.inode = event->inode,
		.flags = event->flags,
		.magic = event->magic,
		.deleted = event->head.flags & WIRE_DELETED,
		.path = event->path,
		.path_bytes = (uint32_t)strnlen(event->path, event->path_bytes),
	};
	size_t at = c->memory.size;

	if (event->socket_bytes)
		add_socket(&d, (const void *)(event->path + event->path_bytes));
	told_descriptor_put(&d, &c->memory);
	*vec_push(&c->pieces) = (struct piece){.address = (uint64_t)(int64_t)event->fd,
					       .size_bytes = (uint32_t)(c->memory.size - at),
					       .flags = PIECE_DESCRIPTOR,
					       .arg = 6,
					       .bytes = (const uint8_t *)at};
}

/* Of the events behind, those of this very call; the memory does not move any more after them. */
static void add_behind(struct call_pieces *c, const struct bytes *behind,
		       const struct syscall_event *call)
{
	for (size_t at = 0; at < behind->size;) {
		const struct event *event = (const void *)(behind->data + at);

		at += event->size_bytes;
		if (event->task != call->head.task || event->time_ns != call->head.time_ns)
			continue;
		if (event->type == EVENT_RETURN)
			add_snippets(c, (const void *)event);
		else
			add_descriptor(c, (const void *)event);
	}
	vec_each (&c->pieces, piece) {
		if (piece->flags & PIECE_DESCRIPTOR)
			piece->bytes = c->memory.data + (size_t)piece->bytes;
	}
}

static struct bytes *entered_of(struct call_pieces *c, uint32_t task)
{
	vec_extend(&c->entered, task + 1UL);
	return &c->entered.items[task];
}

static bool is_of(const struct capture_event *entered, const struct syscall_event *call)
{
	return entered->head.time_ns == call->head.time_ns;
}

/* What was read before the call; NULL when it is not there, or there never was any. */
static const struct capture_event *entered_by(struct call_pieces *c,
					      const struct syscall_event *call)
{
	const struct bytes *entered = entered_of(c, call->head.task);
	const void *event = entered->data;

	return call->captured & CAPTURED_ENTER && entered->size && is_of(event, call) ? event
										      : NULL;
}

static void hand_on(struct call_pieces *c, uint32_t cpu, const struct syscall_event *call,
		    const struct capture_event *entered, const struct bytes *behind,
		    call_handler *handle, void *arg)
{
	c->pieces.size = 0;
	bytes_reset(&c->memory);
	if (entered)
		add_snippets(c, entered);
	add_behind(c, behind, call);
	handle(arg, cpu, call, c->pieces.items, (uint32_t)c->pieces.size);
}

static struct bytes *behind_of(struct call_pieces *c, uint32_t cpu)
{
	vec_extend(&c->behind, cpu + 1UL);
	return &c->behind.items[cpu];
}

static void waiting_call_done(struct call_pieces *c, size_t index,
			      const struct capture_event *entered, call_handler *handle, void *arg)
{
	struct waiting_call call = c->waiting.items[index];

	memmove(&c->waiting.items[index], &c->waiting.items[index + 1],
		(--c->waiting.size - index) * sizeof call);
	hand_on(c, call.cpu, &call.event, entered, &call.behind, handle, arg);
	bytes_fini(&call.behind);
}

/* It may be that of a call which waits, while the task's next call is in progress. */
static void take_enter(struct call_pieces *c, const struct capture_event *event,
		       call_handler *handle, void *arg)
{
	struct bytes *entered = entered_of(c, event->head.task);

	for (size_t i = 0; i < c->waiting.size; i++) {
		const struct syscall_event *call = &c->waiting.items[i].event;

		if (call->head.task == event->head.task && is_of(event, call)) {
			waiting_call_done(c, i, event, handle, arg);
			return;
		}
	}
	bytes_reset(entered);
	bytes_append(entered, event, event->head.size_bytes);
}

void call_pieces_take(struct call_pieces *c, uint32_t cpu, const struct event *event,
		      call_handler *handle, void *arg)
{
	struct bytes *behind;

	if (event->type == EVENT_ENTER) {
		take_enter(c, (const void *)event, handle, arg);
		return;
	}
	behind = behind_of(c, cpu);
	if (behind->size > MAX_BEHIND_BYTES)
		bytes_reset(behind); /* of calls whose own events got lost */
	bytes_append(behind, event, event->size_bytes);
}

void call_pieces_call(struct call_pieces *c, uint32_t cpu, const struct syscall_event *event,
		      call_handler *handle, void *arg)
{
	const struct capture_event *entered = entered_by(c, event);
	struct bytes *behind = behind_of(c, cpu);

	if (event->captured & CAPTURED_ENTER && !entered) {
		struct waiting_call *waiting = vec_push(&c->waiting);

		waiting->event = *event;
		waiting->cpu = cpu;
		waiting->behind = *behind;
		*behind = (struct bytes){0};
		return;
	}
	hand_on(c, cpu, event, entered, behind, handle, arg);
	bytes_reset(behind);
}

void call_pieces_round(struct call_pieces *c, bool last, call_handler *handle, void *arg)
{
	for (size_t i = 0; i < c->waiting.size;) {
		if (++c->waiting.items[i].rounds > 2 || last)
			waiting_call_done(c, i, NULL, handle, arg);
		else
			i++;
	}
}

void call_pieces_forget(struct call_pieces *c, uint32_t task)
{
	bytes_fini(entered_of(c, task));
}
