// SPDX-License-Identifier: MIT
#include "trace/call_text.h"

#include <string.h>

void call_maker_fini(struct call_maker *maker)
{
	vec_free(&maker->snippets);
}

static void take_snippets(struct call_maker *maker, const struct capture_event *event)
{
	size_t at = 0, end = event->head.size_bytes - sizeof *event;

	if (event->snippets_bytes < end)
		end = event->snippets_bytes;
	while (end - at >= sizeof(struct wire_snippet)) {
		const struct wire_snippet *wire = (const void *)(event->snippets + at);

		at += sizeof *wire;
		if (wire->size_bytes > end - at)
			return;
		*vec_push(&maker->snippets) = (struct snippet){.address = wire->address,
							       .size_bytes = wire->size_bytes,
							       .flags = wire->flags,
							       .bytes = wire->bytes};
		at += (wire->size_bytes + 7UL) & ~7UL;
		if (at > end)
			return;
	}
}

void call_make(struct call_maker *maker, const struct live_task *task,
	       const struct syscall_event *event, struct call *out)
{
	const struct live_call *call = &task->call;
	uint32_t wire_flags = event ? event->head.flags : call->entered->head.flags;

	maker->snippets.size = 0;
	if (call->entered)
		take_snippets(maker, call->entered);
	if (call->returned)
		take_snippets(maker, call->returned);
	*out = (struct call){
		.nr = event ? event->nr : call->entered->nr,
		.flags = (event && !(wire_flags & WIRE_UNFINISHED) ? CALL_RETURNED : 0) |
			 (wire_flags & WIRE_COMPAT ? CALL_COMPAT : 0),
		.result = event ? event->result : 0,
		.snippets = maker->snippets.items,
		.nr_snippets = (uint32_t)maker->snippets.size,
		.pid = task->pid,
	};
	/* Those of its entry, if they were told: a call may change registers. */
	memcpy(out->args, call->entered ? call->entered->args : event->args, sizeof out->args);
}
