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

void sent_signals_take(struct sent_signals *s, const struct signal_event *event,
		       struct writer *writer)
{
	struct signal_event *sent = sent_to(s, event->head.task);

	if (event->head.flags & WIRE_SENT) {
		*(sent ? sent : vec_push(&s->items)) = *event;
		return;
	}
	if (sent && sent->signal == event->signal && !(event->head.flags & WIRE_IGNORED))
		forget(s, sent);
	else if (sent && event->signal == SIGKILL)
		return; /* in its place */
	write_signal(writer, event, event->head.time_ns);
}

void sent_signals_end(struct sent_signals *s, const struct exit_event *event, struct writer *writer)
{
	struct signal_event *sent = sent_to(s, event->head.task);
	bool is_killed = event->head.type == EVENT_EXIT && WIFSIGNALED(event->status);

	if (!sent)
		return;
	if (is_killed && sent->signal != SIGKILL && (int)WTERMSIG(event->status) == sent->signal)
		write_signal(writer, sent, event->head.time_ns);
	forget(s, sent);
}
