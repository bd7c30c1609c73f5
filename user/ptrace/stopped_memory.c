// SPDX-License-Identifier: MIT
#include "ptrace/stopped_memory.h"

#include <string.h>
#include <sys/uio.h>

#include "base/alloc.h"

#define PAGE_BYTES 4096UL

void stopped_memory_init(struct stopped_memory *m, uint32_t max_string_bytes)
{
	*m = (struct stopped_memory){
		.decode = {.max_string_bytes = max_string_bytes, .verbose = true},
		.event = xcalloc(1, MAX_EVENT_BYTES),
	};
}

void stopped_memory_fini(struct stopped_memory *m)
{
	free(m->event);
	vec_free(&m->snippets);
}

static size_t read_memory(pid_t tid, uint64_t address, void *out, size_t size_bytes)
{
	struct iovec here = {out, size_bytes}, there = {(void *)address, size_bytes};
	ssize_t got = process_vm_readv(tid, &here, 1, &there, 1, 0);

	return got > 0 ? (size_t)got : 0;
}

/* A string is read to the end of its page at most: what lies behind it may not be there. */
static size_t step_of(uint64_t address, size_t size_bytes, uint32_t flags)
{
	size_t to_page_end = PAGE_BYTES - address % PAGE_BYTES;

	return flags & SNIPPET_STRING && size_bytes > to_page_end ? to_page_end : size_bytes;
}

static bool fetch(struct call *call, uint64_t address, uint32_t size_bytes, uint32_t flags)
{
	struct stopped_memory *m = call->fetch_context;
	struct capture_event *event = m->event;
	size_t at = sizeof *event + event->snippets_bytes, got, step, room;
	struct wire_snippet *snippet = (void *)((uint8_t *)event + at);

	if (m->is_after != !!(flags & SNIPPET_EXIT))
		return false;
	if (at + sizeof *snippet + 8 > MAX_EVENT_BYTES) {
		event->head.flags |= WIRE_CUT;
		return false;
	}
	room = (MAX_EVENT_BYTES - at - sizeof *snippet) & ~7UL;
	step = step_of(address, size_bytes, flags);
	got = read_memory(m->tid, address, snippet->bytes, step < room ? step : room);
	if (flags & SNIPPET_STRING && memchr(snippet->bytes, '\0', got))
		got = strlen((char *)snippet->bytes) + 1;
	else if (got < step && got < room)
		flags |= SNIPPET_UNREADABLE;
	else if (got < step || flags & SNIPPET_STRING)
		flags |= SNIPPET_CUT;
	snippet->address = address;
	snippet->size_bytes = (uint32_t)got;
	snippet->flags = (uint16_t)flags;
	snippet->arg = 0;
	memset(snippet->bytes + got, 0, -got & 7);
	event->snippets_bytes += sizeof *snippet + ((got + 7) & ~7UL);
	*vec_push(&m->snippets) = (struct snippet){.address = address,
						   .size_bytes = (uint32_t)got,
						   .flags = flags,
						   .bytes = snippet->bytes};
	call->snippets = m->snippets.items;
	call->nr_snippets = (uint32_t)m->snippets.size;
	return got > 0;
}

static void add_known(struct stopped_memory *m, const struct capture_event *entered)
{
	for (uint32_t at = 0; at < entered->snippets_bytes;) {
		const struct wire_snippet *wire = (const void *)(entered->snippets + at);

		*vec_push(&m->snippets) = (struct snippet){.address = wire->address,
							   .size_bytes = wire->size_bytes,
							   .flags = wire->flags,
							   .bytes = wire->bytes};
		at += sizeof *wire + ((wire->size_bytes + 7) & ~7U);
	}
}

static struct capture_event *gather(struct stopped_memory *m, const struct tracee *t,
				    const struct capture_event *entered, int64_t result)
{
	struct capture_event *event = m->event;
	struct call call = {
		.nr = (uint32_t)t->call.nr,
		.flags = (entered ? CALL_RETURNED : 0) | (t->call.is_compat ? CALL_COMPAT : 0),
		.result = result,
		.pid = (uint32_t)t->pid,
		.fetch = fetch,
		.fetch_context = m,
	};

	memcpy(call.args, t->call.args, sizeof call.args);
	memset(event, 0, sizeof *event);
	m->tid = t->tid;
	m->is_after = entered;
	m->snippets.size = 0;
	if (entered)
		add_known(m, entered);
	call.snippets = m->snippets.items;
	call.nr_snippets = (uint32_t)m->snippets.size;
	decode_gather(&call, &m->decode);
	event->head.type = entered ? EVENT_RETURN : EVENT_ENTER;
	event->head.flags |= t->call.is_compat ? WIRE_COMPAT : 0;
	event->head.size_bytes = (uint16_t)(sizeof *event + event->snippets_bytes);
	event->nr = call.nr;
	memcpy(event->args, call.args, sizeof event->args);
	return event;
}

struct capture_event *stopped_memory_before(struct stopped_memory *m, const struct tracee *t)
{
	return gather(m, t, NULL, 0);
}

struct capture_event *stopped_memory_after(struct stopped_memory *m, const struct tracee *t,
					   const struct capture_event *entered, int64_t result)
{
	return gather(m, t, entered, result);
}
