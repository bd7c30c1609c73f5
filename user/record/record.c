// SPDX-License-Identifier: MIT
#include "record/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "capture/capture.h"
#include "capture/child.h"
#include "cli/number.h"
#include "correlate/correlate.h"
#include "record/metadata.h"
#include "record/output_file.h"
#include "record/signals.h"
#include "record/symbolize.h"
#include "record/unwinding.h"
#include "recording/writer.h"

/* How long the recorder sleeps between rounds: a 16 MiB ring takes some 60 ms to fill. */
#define BUSY_SLEEP_MS 2
#define IDLE_SLEEP_MS 5
#define FLUSH_MIN_NS  50000000ULL
#define FLUSH_MAX_NS  1000000000ULL

enum interrupt { INTERRUPT_NONE, INTERRUPT_TARGET, INTERRUPT_STOP, INTERRUPT_NO_SYMBOLS };

struct session {
	const struct record_options *options;
	char **argv;
	struct identity identity;
	struct launch_state launch_state;
	struct signals signals;
	struct output_file file;
	struct capture *capture;
	struct writer *writer;
	struct correlator *correlator;
	struct symbolization *symbolization; /* NULL: not wanted */
	struct unwinding *unwinding;         /* NULL: no stacks */
	struct child child;
	uint64_t start_ns, flushed_ns, wall_ns;
	bool ended; /* the command's process, with: */
	int status;
	struct rusage rusage;
	struct losses losses;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* Everything that can fail without the command having run, in the order that loses nothing. */
static int session_prepare(struct session *s)
{
	struct capture_options capture = {
		.faults = s->options->faults,
		.syscalls = s->options->syscalls,
		.stacks = s->options->stacks,
		.syscall_set = s->options->chosen_syscalls ? s->options->syscall_set.bits : NULL,
		.ring_bytes = s->options->ring_bytes,
	};
	int err, fd;

	if (s->unwinding)
		unwinding_room(s->unwinding, &capture);
	err = capture_new(&capture, &s->capture);
	if (err)
		return err;
	if (s->unwinding)
		unwinding_begin(s->unwinding, s->capture);
	fd = output_file_open(s->options->output, &s->identity, &s->file);
	if (fd < 0)
		return fd;
	err = writer_new(fd, s->options->output, &s->writer);
	if (err == 0)
		err = capture_attach(s->capture);
	return err;
}

/* Lets the command go; 0 or the exit status of a failed launch. */
static int session_launch(struct session *s)
{
	int status;

	/* Whoever falls behind loses events, so the recorder goes first where it may. */
	setpriority(PRIO_PROCESS, 0, -20);
	s->correlator =
		correlator_new(s->writer, s->unwinding ? capture_unwind_store(s->capture) : NULL);
	if (capture_follow(s->capture, s->child.pid))
		return EXIT_NOT_RUN;
	s->start_ns = s->flushed_ns = now_ns();
	metadata_write(s->writer, s->options, s->argv);
	writer_flush(s->writer);
	status = child_release(&s->child, s->argv[0]);
	if (status)
		return status;
	capture_released(s->capture);
	s->signals.target = s->child.pid;
	return 0;
}

static void session_event(void *session, uint32_t cpu, const struct event *event)
{
	const struct session *s = session;

	if (event->type == EVENT_MAPPING && s->unwinding)
		unwinding_mapping(s->unwinding, (const void *)event);
	correlator_event(s->correlator, cpu, event);
}

static uint64_t session_drain(struct session *s)
{
	uint64_t bytes = rings_drain(capture_rings(s->capture), session_event, s);

	correlator_round(s->correlator);
	return bytes;
}

/*
 * What was gathered goes into the file now and then, for the case that prof is killed: soon after
 * the start, then at growing intervals, at last once a second.
 */
static void session_flush(struct session *s)
{
	uint64_t now = now_ns(), interval_ns = (s->flushed_ns - s->start_ns) / 2;

	if (interval_ns < FLUSH_MIN_NS)
		interval_ns = FLUSH_MIN_NS;
	if (interval_ns > FLUSH_MAX_NS)
		interval_ns = FLUSH_MAX_NS;
	if (now - s->flushed_ns < interval_ns)
		return;
	s->flushed_ns = now;
	correlator_flush(s->correlator, false);
	writer_flush(s->writer);
}

static void session_reap(struct session *s)
{
	s->signals.child_changed = false;
	if (wait4(s->child.pid, &s->status, WNOHANG, &s->rusage) != s->child.pid)
		return;
	s->ended = true;
	s->signals.target = 0;
	s->wall_ns = now_ns() - s->start_ns;
}

static void session_follow(struct session *s)
{
	const struct rings *rings = capture_rings(s->capture);

	while (!s->ended && s->signals.interrupts < INTERRUPT_STOP) {
		uint64_t bytes = session_drain(s);
		int sleep_ms = bytes == 0 ? IDLE_SLEEP_MS : BUSY_SLEEP_MS;

		session_flush(s);
		signals_wait(&s->signals, bytes > rings->ring_bytes / 8 ? 0 : sleep_ms);
		if (s->signals.child_changed)
			session_reap(s);
	}
	if (!s->ended)
		s->wall_ns = now_ns() - s->start_ns;
}

/* Empties the rings: what the command did last, and what others are still in the middle of. */
static void session_empty(struct session *s)
{
	while (session_drain(s) > capture_rings(s->capture)->ring_bytes / 8)
		;
	capture_detach(s->capture);
	session_drain(s);
	capture_tell_left(s->capture);
	session_drain(s);
	if (s->unwinding)
		unwinding_end(s->unwinding);
	correlator_flush(s->correlator, true);
}

static bool symbols_unwanted(void *session)
{
	struct session *s = session;

	signals_wait(&s->signals, 0);
	return s->signals.interrupts >= INTERRUPT_NO_SYMBOLS;
}

static uint64_t timeval_ns(struct timeval time)
{
	return time.tv_sec * 1000000000ULL + time.tv_usec * 1000ULL;
}

static void session_counters(struct session *s)
{
	struct writer *w = s->writer;

	writer_counter(w, "wall_ns", s->wall_ns);
	if (!s->ended)
		return;
	writer_counter(w, "exit_status", (uint32_t)s->status);
	writer_counter(w, "user_ns", timeval_ns(s->rusage.ru_utime));
	writer_counter(w, "system_ns", timeval_ns(s->rusage.ru_stime));
	writer_counter(w, "rusage.minflt", s->rusage.ru_minflt);
	writer_counter(w, "rusage.majflt", s->rusage.ru_majflt);
}

static int session_finish(struct session *s)
{
	session_empty(s);
	session_counters(s);
	if (s->unwinding)
		unwinding_counters(s->unwinding, s->writer);
	totals_write(s->writer, s->capture);
	s->losses = losses_write(s->writer, capture_rings(s->capture));
	writer_flush(s->writer);
	if (s->symbolization && !writer_error(s->writer)) /* else there is no room for names */
		symbolization_write(s->symbolization, s->writer, s->correlator, s->capture,
				    !s->options->quiet, symbols_unwanted, s);
	return writer_finish(s->writer);
}

static uint64_t losses_sum(const struct losses *losses)
{
	uint64_t sum = losses->unread;

	for (int reason = 0; reason < NR_LOSS_REASONS; reason++)
		sum += losses->by_reason[reason];
	return sum;
}

static void tell_loss(uint64_t count, const char *why)
{
	char number[NUMBER_SIZE];

	if (count)
		fprintf(stderr, "prof: LOST %s event%s: %s\n", count_format(count, number),
			count == 1 ? "" : "s", why);
}

static void tell_losses(const struct session *s)
{
	const struct losses *losses = &s->losses;
	char size[NUMBER_SIZE];

	tell_loss(losses->by_reason[LOST_RING_FULL], "the rings were full");
	if (losses->by_reason[LOST_RING_FULL])
		hint("larger rings help: --ring-size, now %s per CPU",
		     size_format(capture_rings(s->capture)->ring_bytes, size));
	tell_loss(losses->by_reason[LOST_RING_BUSY], "programs got in each other's way");
	tell_loss(losses->by_reason[LOST_NO_MEMORY],
		  "too many threads at a time, or too many different stacks");
	tell_loss(losses->by_reason[LOST_LOCK_BUSY], "mappings were changed too fast to be read");
	tell_loss(losses->unread, "the recorder did not come to read them");
	tell_loss(writer_dropped_events(s->writer), "they could not be written");
}

/* What was recorded, where it is, what was lost, and what to type next. */
static void session_tell(const struct session *s)
{
	const struct recorded *recorded = correlator_recorded(s->correlator);
	uint64_t lost = losses_sum(&s->losses) + writer_dropped_events(s->writer);
	char syscalls[NUMBER_SIZE], faults[NUMBER_SIZE], tasks[NUMBER_SIZE], wall[NUMBER_SIZE];
	char size[NUMBER_SIZE], losses[NUMBER_SIZE];

	if (s->options->quiet)
		return;
	fprintf(stderr, "prof: %s system calls, %s page faults of %s thread%s in %s\n",
		count_format(recorded->syscalls, syscalls), count_format(recorded->faults, faults),
		count_format(recorded->tasks, tasks), recorded->tasks == 1 ? "" : "s",
		duration_format(s->wall_ns, wall));
	fprintf(stderr, "prof: wrote %s (%s), lost %s events\n", s->options->output,
		size_format(writer_file_bytes(s->writer), size), count_format(lost, losses));
	if (lost)
		tell_losses(s);
	if (recorded->left)
		note("%" PRIu32 " thread%s of the command run%s on and %s no longer recorded",
		     recorded->left, recorded->left == 1 ? "" : "s", recorded->left == 1 ? "s" : "",
		     recorded->left == 1 ? "is" : "are");
	if (strcmp(s->options->output, "prof.data"))
		fprintf(stderr, "prof: next: prof report -i %s\n", s->options->output);
	else
		fprintf(stderr, "prof: next: prof report\n");
}

static int session_exit_status(const struct session *s, int err)
{
	if (!s->ended)
		return 128 + SIGINT; /* stopped by hand while the command runs on */
	if (WIFSIGNALED(s->status))
		return 128 + WTERMSIG(s->status);
	if (WEXITSTATUS(s->status) == 0 && err)
		return 1;
	return WEXITSTATUS(s->status);
}

static void session_free(struct session *s)
{
	unwinding_free(s->unwinding);
	correlator_free(s->correlator);
	writer_free(s->writer);
	capture_free(s->capture);
	output_file_fini(&s->file);
	identity_fini(&s->identity);
	signals_fini(&s->signals);
}

/* Everything up to the command's execve; 0 or the exit status of a failed launch. */
static int session_start(struct session *s, const char *path)
{
	int status;

	if (s->options->symbols && s->options->stacks)
		s->symbolization = symbolization_new();
	if (s->options->stacks)
		s->unwinding = unwinding_new(path);
	status = session_prepare(s) ? EXIT_NOT_RUN : session_launch(s);
	if (status)
		output_file_discard(&s->file);
	return status;
}

static int session_run(struct session *s, const char *path)
{
	int status;

	/* First of all, while this process is small and has one thread: the child is a copy of it.
	 */
	if (child_spawn(path, s->argv, &s->identity, &s->launch_state, &s->child))
		return EXIT_NOT_RUN;
	status = session_start(s, path);
	if (status) {
		child_abandon(&s->child);
		return status;
	}
	session_follow(s);
	status = session_exit_status(s, session_finish(s));
	session_tell(s);
	return status;
}

int record_run(const struct record_options *options, char **argv)
{
	struct session s = {.options = options, .argv = argv, .signals.fd = -1};
	int status = EXIT_NOT_RUN, killed_by;
	scoped_free char *path = command_find(argv[0], &status);

	if (!path)
		return status;
	if (identity_of_invoker(options->as_root, &s.identity))
		return EXIT_NOT_RUN;
	launch_state_save(&s.launch_state);
	if (signals_catch(&s.signals))
		return EXIT_NOT_RUN;
	status = session_run(&s, path);
	killed_by = s.ended && WIFSIGNALED(s.status) ? WTERMSIG(s.status) : 0;
	session_free(&s);
	if (killed_by)
		signal_die_of(killed_by);
	return status;
}
