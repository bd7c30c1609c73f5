// SPDX-License-Identifier: MIT
#include "record/session.h"

#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

#include "base/alloc.h"
#include "base/cut_files.h"
#include "base/error.h"
#include "capture/join.h"
#include "unwind/dependencies.h"

/* How long the recorder sleeps between rounds: a 16 MiB ring takes some 60 ms to fill. */
#define BUSY_SLEEP_MS 2
#define IDLE_SLEEP_MS 5

uint64_t session_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* Everything that can fail without the command having run, in the order that loses nothing. */
static int session_prepare(struct session *s, const char *path)
{
	int err;

	if (s->unwinding)
		unwinding_room(s->unwinding, &s->capture_options);
	err = capture_new(&s->capture_options, &s->capture);
	if (err)
		return err;
	if (s->unwinding)
		unwinding_begin(s->unwinding, s->capture);
	s->files = mapped_files_new(s->capture, &s->keeper, s->keep_files);
	err = s->sink->open(s);
	if (err == 0)
		err = capture_attach(s->capture);
	if (err || !s->capture_options.allocs)
		return err;
	s->allocators = allocators_new(s->capture);
	return path ? allocators_foresee(s->allocators, path) : 0;
}

/* Lets the command go; 0 or the exit status of a failed launch. */
static int session_launch(struct session *s)
{
	int status;

	/* Whoever falls behind loses events, so the recorder goes first where it may. */
	setpriority(PRIO_PROCESS, 0, -20);
	if (capture_follow(s->capture, s->child.pid))
		return EXIT_NOT_RUN;
	s->start_ns = session_now_ns();
	s->sink->begin(s);
	status = child_release(&s->child, s->argv[0]);
	if (status)
		return status;
	capture_released(s->capture);
	s->signals.target = s->child.pid;
	return 0;
}

/* Files of code are kept for their tables and names. */
static void session_mapping(const struct session *s, const struct mapping_event *event)
{
	int fd;

	if (!(event->flags & MAPPING_EXEC))
		return;
	fd = mapped_files_meet(s->files, event);
	if (s->allocators)
		allocators_meet(s->allocators, fd);
	if (s->unwinding)
		unwinding_mapping(s->unwinding, event->file, fd);
	else
		scope_end_close(&fd);
}

static void session_event(void *session, uint32_t cpu, const struct event *event)
{
	struct session *s = session;

	if (event->type == EVENT_MAPPING)
		session_mapping(s, (const void *)event);
	s->sink->event(s, cpu, event);
}

static uint64_t session_drain(struct session *s)
{
	uint64_t bytes = rings_drain(capture_rings(s->capture), session_event, s);

	s->sated = !s->sink->round(s);
	if (s->sated)
		capture_detach(s->capture);
	return bytes;
}

static void session_reap(struct session *s)
{
	s->signals.child_changed = false;
	if (wait4(s->child.pid, &s->status, WNOHANG, &s->rusage) != s->child.pid)
		return;
	s->ended = true;
	s->signals.target = 0;
	s->wall_ns = session_now_ns() - s->start_ns;
}

/* Reads the rings once; how long to wait before the next time, for signals alone if there is none.
 */
static int session_round(struct session *s)
{
	uint64_t bytes = session_drain(s);

	if (s->sated)
		return s->ended ? 0 : -1;
	if (bytes > capture_rings(s->capture)->ring_bytes / 8)
		return 0;
	return bytes == 0 ? IDLE_SLEEP_MS : BUSY_SLEEP_MS;
}

/* Until the limit at most; ends the session there. */
static int session_wait_ms(struct session *s, int wait_ms)
{
	uint64_t spent_ns = session_now_ns() - s->start_ns, left_ms;

	if (!s->limit_ns)
		return wait_ms;
	s->timed_out = spent_ns >= s->limit_ns;
	left_ms = s->timed_out ? 0 : (s->limit_ns - spent_ns + 999999) / 1000000;
	return wait_ms < 0 || left_ms < (uint64_t)wait_ms ? (int)left_ms : wait_ms;
}

/* Beyond the end of the command. */
static bool session_goes_on(const struct session *s)
{
	return !s->choice && !s->sated && s->signals.interrupts == INTERRUPT_NONE &&
	       s->sink->goes_on && s->sink->goes_on(s);
}

static bool session_is_over(const struct session *s)
{
	return (s->ended && !session_goes_on(s)) || s->timed_out ||
	       s->signals.interrupts >= INTERRUPT_STOP || (s->choice && s->sated);
}

static void session_follow(struct session *s)
{
	while (!session_is_over(s)) {
		int wait_ms = s->sated ? -1 : session_round(s);

		signals_wait(&s->signals, session_wait_ms(s, wait_ms));
		if (s->choice)
			s->ended = targets_have_ended(&s->targets);
		else if (s->signals.child_changed)
			session_reap(s);
	}
	if (!s->ended || s->choice)
		s->wall_ns = session_now_ns() - s->start_ns;
}

/* Empties the rings: what the command did last, and what others are still in the middle of. */
static void session_empty(struct session *s)
{
	while (!s->sated && session_drain(s) > capture_rings(s->capture)->ring_bytes / 8)
		;
	if (!s->sated) {
		capture_stop(s->capture);
		session_drain(s);
	}
	capture_detach(s->capture);
	if (s->unwinding)
		unwinding_end(s->unwinding);
}

static int session_exit_status(const struct session *s, int err)
{
	if (s->choice || s->timed_out)
		return err ? 1 : 0;
	if (!s->ended)
		return 128 + SIGINT; /* stopped by hand while the command runs on */
	if (WIFSIGNALED(s->status))
		return 128 + WTERMSIG(s->status);
	if (WEXITSTATUS(s->status) == 0 && err)
		return 1;
	return WEXITSTATUS(s->status);
}

static void session_code_files(const struct session *s, const char *path, struct paths *out)
{
	*out = (struct paths){0};
	if (path)
		dependencies_find(path, out);
	vec_each (&s->targets.items, target)
		target_code_files(target, out);
}

/* Everything up to the moment that recording begins. 0 or -errno, reported. */
static int session_make_ready(struct session *s, const char *path)
{
	struct paths files;

	cut_files_survive(); /* not before the child was made: it has its own signals */
	if (s->sink->prepare)
		s->sink->prepare(s);
	if (s->capture_options.stacks) {
		session_code_files(s, path, &files);
		s->unwinding = unwinding_new(&files);
		paths_fini(&files);
	}
	return session_prepare(s, path);
}

/* 0 or the exit status of a failed launch. */
static int session_watch(struct session *s, const char *path)
{
	int status;

	/* First of all, while this process is small and has one thread: the child is a copy of it.
	 */
	if (child_spawn(path, s->argv, &s->identity, &s->launch_state, &s->child))
		return EXIT_NOT_RUN;
	keeper_init(&s->keeper);
	status = session_make_ready(s, path) ? EXIT_NOT_RUN : session_launch(s);
	if (status) {
		child_abandon(&s->child);
		return status;
	}
	session_follow(s);
	session_empty(s);
	return 0;
}

static void session_code_told(void *session)
{
	session_drain(session);
}

static void tell_attached(const struct session *s, int nr_threads)
{
	size_t nr = s->targets.items.size;

	if (!s->quiet)
		fprintf(stderr, "prof: attached to %zu process%s, %d thread%s; Ctrl-C ends it\n",
			nr, nr == 1 ? "" : "es", nr_threads, nr_threads == 1 ? "" : "s");
}

/* 0 or -errno, reported. */
static int session_join(struct session *s)
{
	int joined = 0;

	setpriority(PRIO_PROCESS, 0, -20);
	s->start_ns = session_now_ns();
	s->sink->begin(s);
	vec_each (&s->targets.items, target) {
		int result = process_join(s->capture, target->pid, target->loader,
					  s->capture_options.command_alone, session_code_told, s);

		if (result < 0)
			return result;
		joined += result;
	}
	if (joined) {
		tell_attached(s, joined);
		return 0;
	}
	refuse(-ESRCH, "cannot attach to %d: it has just ended", s->targets.items.items[0].pid);
	return -ESRCH;
}

/* The same for processes that run already. */
static int session_attach(struct session *s)
{
	vec_each (&s->choice->pids, pid) {
		if (targets_add(&s->targets, *pid))
			return EXIT_NOT_RUN;
	}
	keeper_init(&s->keeper);
	s->capture_options.joins = true;
	s->signals.interrupts = INTERRUPT_TARGET; /* there is no command for the first one */
	if (session_make_ready(s, NULL) || session_join(s))
		return EXIT_NOT_RUN;
	session_follow(s);
	session_empty(s);
	return 0;
}

static void session_fini(struct session *s)
{
	unwinding_free(s->unwinding);
	allocators_free(s->allocators);
	targets_fini(&s->targets);
	mapped_files_free(s->files);
	keeper_fini(&s->keeper);
	capture_free(s->capture);
	identity_fini(&s->identity);
	signals_fini(&s->signals);
}

int session_run(struct session *s)
{
	int status = EXIT_NOT_RUN, killed_by;
	scoped_free char *path = s->choice ? NULL : command_find(s->argv[0], &status);

	if (!s->choice && !path)
		return status;
	if (identity_of_invoker(s->as_root, &s->identity))
		return EXIT_NOT_RUN;
	launch_state_save(&s->launch_state);
	if (signals_catch(&s->signals))
		return EXIT_NOT_RUN;
	status = s->choice ? session_attach(s) : session_watch(s, path);
	if (status) {
		s->sink->close(s, false);
	} else {
		status = session_exit_status(s, s->sink->finish(s));
		s->sink->close(s, true);
	}
	killed_by = s->ended && !s->choice && WIFSIGNALED(s->status) ? WTERMSIG(s->status) : 0;
	session_fini(s);
	if (killed_by)
		signal_die_of(killed_by);
	return status;
}
