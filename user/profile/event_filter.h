/* SPDX-License-Identifier: MIT */
/* Which events fit a condition (filter/filter.h): the fields that events have. */
#ifndef PROF_PROFILE_EVENT_FILTER_H
#define PROF_PROFILE_EVENT_FILTER_H

#include "filter/filter.h"
#include "profile/event_call.h"

extern const struct filter_field event_fields[];

struct event_filter {
	const struct filter *filter; /* NULL: all events fit */
	const struct recording *r;
	struct event_call call;
	struct event_paths paths;
	struct bytes text;
	const char *texts[1]; /* of a field that has one */
	char buffer[32];
};

/* The filter lives on for as long as it is used. */
void event_filter_init(struct event_filter *f, const struct filter *filter,
		       const struct recording *r);
void event_filter_fini(struct event_filter *f);
bool event_filter_fits(struct event_filter *f, const struct event *event);

#endif
