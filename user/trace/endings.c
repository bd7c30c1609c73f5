// SPDX-License-Identifier: MIT
#include "trace/endings.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define FIRST_REAL_TIME 32 /* as the kernel counts: its C library keeps the first few */

static const char *signal_label(int number, char buffer[32])
{
	const char *name = number < FIRST_REAL_TIME ? sigabbrev_np(number) : NULL;

	if (name)
		snprintf(buffer, 32, "SIG%s", name);
	else if (number == FIRST_REAL_TIME)
		return "SIGRTMIN";
	else if (number > FIRST_REAL_TIME && number <= 64)
		snprintf(buffer, 32, "SIGRT_%d", number - FIRST_REAL_TIME);
	else
		snprintf(buffer, 32, "%d", number);
	return buffer;
}

void signal_text_write(struct journal *j, const struct signal_event *event)
{
	char label[32];

	signal_label(event->signal, label);
	journal_printf(j, "--- %s {si_signo=%s, si_code=%d} ---", label, label, event->code);
	journal_end_line(j);
}

void exit_text_write(struct journal *j, uint32_t status)
{
	char label[32];

	if (WIFSIGNALED(status))
		journal_printf(j, "+++ killed by %s%s +++", signal_label(WTERMSIG(status), label),
			       WCOREDUMP(status) ? " (core dumped)" : "");
	else
		journal_printf(j, "+++ exited with %d +++", WEXITSTATUS(status));
	journal_end_line(j);
}

void superseded_text_write(struct journal *j, uint32_t tid)
{
	journal_printf(j, "+++ superseded by execve in pid %" PRIu32 " +++", tid);
	journal_end_line(j);
}
