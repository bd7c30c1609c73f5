/* SPDX-License-Identifier: MIT */
/*
 * What a stopped call's memory holds, as an event of the kind that the BPF programs send.
 *
 * Nobody says what is to be copied: the decoder runs over the call, as it will for its reader, and
 * what it asks for is read from the process and kept as snippets. So whatever it can print was
 * copied, at any depth, up to the size of one event.
 */
#ifndef PROF_PTRACE_STOPPED_MEMORY_H
#define PROF_PTRACE_STOPPED_MEMORY_H

#include "base/vec.h"
#include "decode/decode.h"
#include "event.h"
#include "ptrace/tracer.h"

struct stopped_memory {
	struct decode_options decode;
	struct capture_event *event; /* that is being made; of MAX_EVENT_BYTES */
	VEC(struct snippet) snippets;
	pid_t tid;
	bool is_after;
};

void stopped_memory_init(struct stopped_memory *m, uint32_t max_string_bytes);
void stopped_memory_fini(struct stopped_memory *m);

/*
 * The event of a call that a thread is stopped at the begin or (`entered`, its event from then)
 * the end of. Task and time are not set. Valid until the next one.
 */
struct capture_event *stopped_memory_before(struct stopped_memory *m, const struct tracee *t);
struct capture_event *stopped_memory_after(struct stopped_memory *m, const struct tracee *t,
					   const struct capture_event *entered, int64_t result);

#endif
