/* SPDX-License-Identifier: MIT */
/*
 * What the kernel side produced and nobody got, and why.
 */
#ifndef PROF_RECORD_LOST_EVENTS_H
#define PROF_RECORD_LOST_EVENTS_H

#include "capture/ring.h"

struct lost_events {
	uint64_t by_reason[NR_LOSS_REASONS];
	uint64_t unread;
};

/* Of all kinds of events, as of now. */
struct lost_events lost_events_of(const struct rings *rings);

uint64_t lost_events_sum(const struct lost_events *losses);

/* Says each reason in a line, with what helps against it. */
void lost_events_tell(const struct lost_events *losses, const struct rings *rings);

/* "prof: LOST 12 events: WHY"; silent when there are none. */
void loss_tell(uint64_t count, const char *why);

#endif
