// SPDX-License-Identifier: MIT
#include "correlate/sent_signals.h"

#include <signal.h>
#include <sys/wait.h>

#include "recording/task_signal.h"

void sent_signals_fini(struct sent_signals *s)
{
	vec_free(&s->items);
}

static void write_signal(struct writer *writer, const struct signal_event *event, uint64_t time_ns)
{
	struct task_event row = {
		.time_ns = time_ns,
		.task = event->head.task,
		.type = TASK_SIGNAL,
		.value = {(uint64_t)(int64_t)event->signal, (uint64_t)(int64_t)event->code,
			  event->has_handler},
		.text = "",
	};
	bool ignored = event->head.flags & WIRE_IGNORED;

	task_signal_put(&row, event->info, ignored ? TASK_SIGNAL_IGNORED : 0);
	writer_task_event(writer, &row);
}

static struct signal_event *sent_to(struct sent_signals *s, uint32_t task)
{
	vec_each (&s->items, sent)
		if (sent->head.task == task)
			return sent;
	return NULL;
}

static void forget(struct sent_signals *s, struct signal_event *sent)
{
	*sent = s->items.items[--s->items.size];
}

/* Just before its end, and behind its last call. */
static void write_deadly(struct writer *writer, const struct signal_event *event, uint64_t end_ns)
{
	write_signal(writer, event, end_ns - 1);
}

static void note_sent(struct sent_signals *s, struct signal_event *before,
		      const struct signal_event *event, struct writer *writer)
{
	for (uint32_t i = 0; i < MAX_KILLED; i++) {
		struct killed_task *killed = &s->killed[i];

		if (killed->task != event->head.task || killed->signal != event->signal)
			continue;
		write_deadly(writer, event, killed->time_ns);
		killed->task = 0;
		return;
	}
	*(before ? before : vec_push(&s->items)) = *event;
}

void sent_signals_take(struct sent_signals *s, const struct signal_event *event,
		       struct writer *writer)
{
	struct signal_event *sent = sent_to(s, event->head.task);

	if (event->head.flags & WIRE_SENT)
		return note_sent(s, sent, event, writer);
	if (sent && sent->signal == event->signal && !(event->head.flags & WIRE_IGNORED))
		forget(s, sent);
	else if (sent && event->signal == SIGKILL)
		return; /* in its place */
	write_signal(writer, event, event->head.time_ns);
}

/* Such signals, and SIGKILL, are delivered even if they kill. */
static bool is_delivered(int signal)
{
	static const int dumping[] = {SIGQUIT, SIGILL,  SIGTRAP, SIGABRT, SIGBUS,
				      SIGFPE,  SIGSEGV, SIGXCPU, SIGXFSZ, SIGSYS};

	for (size_t i = 0; i < sizeof dumping / sizeof *dumping; i++)
		if (dumping[i] == signal)
			return true;
	return signal == SIGKILL;
}

void sent_signals_end(struct sent_signals *s, const struct exit_event *event, struct writer *writer)
{
	struct signal_event *sent = sent_to(s, event->head.task);
	int signal = event->head.type == EVENT_EXIT && WIFSIGNALED(event->status)
			     ? (int)WTERMSIG(event->status)
			     : 0;

	if (is_delivered(signal))
		signal = 0;
	if (sent && signal == sent->signal)
		write_deadly(writer, sent, event->head.time_ns);
	else if (!sent && signal)
		s->killed[s->nr_killed++ % MAX_KILLED] =
			(struct killed_task){event->head.time_ns, event->head.task, signal};
	if (sent)
		forget(s, sent);
}
