/* SPDX-License-Identifier: MIT */
/* What a TASK_SIGNAL says of its signal: a siginfo_t in words of a task event. */
#ifndef PROF_RECORDING_TASK_SIGNAL_H
#define PROF_RECORDING_TASK_SIGNAL_H

#include "recording/recording.h"

#define TASK_SIGNAL_INFO_BYTES 48 /* as siginfo_t begins */

/* Of value[7], the low half; the high one is si_errno. */
enum task_signal_flag {
	TASK_SIGNAL_HAS_INFO = 1, /* else it is of a recording that has none: */
	TASK_SIGNAL_IGNORED = 2,  /* it was sent, and came to nothing */
};

/* `flags`: but for HAS_INFO. */
void task_signal_put(struct task_event *event, const uint8_t info[TASK_SIGNAL_INFO_BYTES],
		     uint32_t flags);
/* False if there is none: `out` then holds signal and code alone. */
bool task_signal_info(const struct task_event *event, uint8_t out[TASK_SIGNAL_INFO_BYTES]);

#endif
