// SPDX-License-Identifier: MIT
#include "record/lost_events.h"

#include <stdio.h>

#include "base/error.h"
#include "cli/number.h"

struct lost_events lost_events_of(const struct rings *rings)
{
	struct lost_events losses = {0};

	for (uint32_t type = 1; type < NR_EVENT_TYPES; type++) {
		for (uint32_t reason = 0; reason < NR_LOSS_REASONS; reason++)
			losses.by_reason[reason] += rings_lost(rings, type, reason);
		losses.unread += rings_produced(rings, type) - rings->consumed[type];
	}
	return losses;
}

uint64_t lost_events_sum(const struct lost_events *losses)
{
	uint64_t sum = losses->unread;

	for (int reason = 0; reason < NR_LOSS_REASONS; reason++)
		sum += losses->by_reason[reason];
	return sum;
}

void loss_tell(uint64_t count, const char *why)
{
	char number[NUMBER_SIZE];

	if (count)
		fprintf(stderr, "prof: LOST %s event%s: %s\n", count_format(count, number),
			count == 1 ? "" : "s", why);
}

void lost_events_tell(const struct lost_events *losses, const struct rings *rings)
{
	char size[NUMBER_SIZE];

	loss_tell(losses->by_reason[LOST_RING_FULL], "the rings were full");
	if (losses->by_reason[LOST_RING_FULL])
		hint("larger rings help: --ring-size, now %s per CPU",
		     size_format(rings->ring_bytes, size));
	loss_tell(losses->by_reason[LOST_RING_BUSY], "programs got in each other's way");
	loss_tell(losses->by_reason[LOST_NO_MEMORY],
		  "too many threads at a time, or too many different stacks");
	loss_tell(losses->by_reason[LOST_LOCK_BUSY], "mappings were changed too fast to be read");
	loss_tell(losses->unread, "the recorder did not come to read them");
}
