// SPDX-License-Identifier: MIT
#include "recording/task_signal.h"

#include <string.h>

/* Behind signal, errno, code, and what pads them. */
#define HEAD_BYTES 16

void task_signal_put(struct task_event *event, const uint8_t info[TASK_SIGNAL_INFO_BYTES],
		     uint32_t flags)
{
	int32_t head[HEAD_BYTES / 4];

	memcpy(head, info, sizeof head);
	memcpy(&event->value[3], info + HEAD_BYTES, TASK_SIGNAL_INFO_BYTES - HEAD_BYTES);
	event->value[7] = flags | TASK_SIGNAL_HAS_INFO | (uint64_t)(uint32_t)head[1] << 32;
}

bool task_signal_info(const struct task_event *event, uint8_t out[TASK_SIGNAL_INFO_BYTES])
{
	const int32_t head[HEAD_BYTES / 4] = {(int32_t)event->value[0],
					      (int32_t)(event->value[7] >> 32),
					      (int32_t)event->value[1]};

	memset(out, 0, TASK_SIGNAL_INFO_BYTES);
	memcpy(out, head, sizeof head);
	memcpy(out + HEAD_BYTES, &event->value[3], TASK_SIGNAL_INFO_BYTES - HEAD_BYTES);
	return event->value[7] & TASK_SIGNAL_HAS_INFO;
}
