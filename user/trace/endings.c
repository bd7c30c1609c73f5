// SPDX-License-Identifier: MIT
#include "trace/endings.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "decode/siginfo.h"

static void write_signal_name(struct journal *j, int number)
{
	struct emit e;

	emit_init(&e, &j->text, false);
	signal_emit(&e, number);
}

void signal_text_write(struct journal *j, const struct signal_event *event)
{
	siginfo_t info = {0};
	struct emit e;

	memcpy(&info, event->info, sizeof event->info);
	journal_puts(j, "--- ");
	write_signal_name(j, event->signal);
	journal_puts(j, " ");
	emit_init(&e, &j->text, false);
	siginfo_emit(&e, &info);
	journal_puts(j, " ---");
	journal_end_line(j);
}

void stopped_text_write(struct journal *j, int signal)
{
	journal_puts(j, "--- stopped by ");
	write_signal_name(j, signal);
	journal_puts(j, " ---");
	journal_end_line(j);
}

void exit_text_write(struct journal *j, uint32_t status)
{
	if (WIFSIGNALED(status)) {
		journal_puts(j, "+++ killed by ");
		write_signal_name(j, WTERMSIG(status));
		journal_puts(j, WCOREDUMP(status) ? " (core dumped) +++" : " +++");
	} else {
		journal_printf(j, "+++ exited with %d +++", WEXITSTATUS(status));
	}
	journal_end_line(j);
}

void superseded_text_write(struct journal *j, uint32_t tid)
{
	journal_printf(j, "+++ superseded by execve in pid %" PRIu32 " +++", tid);
	journal_end_line(j);
}
