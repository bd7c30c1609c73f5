/* SPDX-License-Identifier: MIT */
/* A system call of a recording as the decoder takes it. */
#ifndef PROF_PROFILE_EVENT_CALL_H
#define PROF_PROFILE_EVENT_CALL_H

#include "decode/call.h"
#include "profile/timeline.h"

struct event_call {
	struct call call; /* the last one that was made; it points to: */
	VEC(struct snippet) snippets;
};

/* `event` is a system call, and lives on for as long as the call is used. */
void event_call_make(struct event_call *e, const struct recording *r, const struct event *event);
void event_call_fini(struct event_call *e);

/* The paths that it was given, as NUL-terminated texts in `out`, which is emptied. */
struct event_paths {
	VEC(const char *) items;
	struct bytes memory;
};
void event_paths_find(const struct event *event, struct event_paths *out);
void event_paths_fini(struct event_paths *p);

#endif
