// SPDX-License-Identifier: MIT
#include "record/session.h"

#include <sys/wait.h>
#include <time.h>

#include "base/alloc.h"
#include "base/cut_files.h"

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
	return allocators_foresee(s->allocators, path);
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
		return -1;
	if (bytes > capture_rings(s->capture)->ring_bytes / 8)
		return 0;
	return bytes == 0 ? IDLE_SLEEP_MS : BUSY_SLEEP_MS;
}

static void session_follow(struct session *s)
{
	while (!s->ended && s->signals.interrupts < INTERRUPT_STOP) {
		signals_wait(&s->signals, s->sated ? -1 : session_round(s));
		if (s->signals.child_changed)
			session_reap(s);
	}
	if (!s->ended)
		s->wall_ns = session_now_ns() - s->start_ns;
}

/* Empties the rings: what the command did last, and what others are still in the middle of. */
static void session_empty(struct session *s)
{
	while (!s->sated && session_drain(s) > capture_rings(s->capture)->ring_bytes / 8)
		;
	capture_detach(s->capture);
	if (!s->sated)
		session_drain(s);
	if (!s->sated) {
		capture_tell_left(s->capture);
		session_drain(s);
	}
	if (s->unwinding)
		unwinding_end(s->unwinding);
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

/* Everything up to the command's execve; 0 or the exit status of a failed launch. */
static int session_start(struct session *s, const char *path)
{
	cut_files_survive(); /* not before the child was made: it has its own signals */
	if (s->sink->prepare)
		s->sink->prepare(s);
	if (s->capture_options.stacks)
		s->unwinding = unwinding_new(path);
	return session_prepare(s, path) ? EXIT_NOT_RUN : session_launch(s);
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
	status = session_start(s, path);
	if (status) {
		child_abandon(&s->child);
		return status;
	}
	session_follow(s);
	session_empty(s);
	return 0;
}

static void session_fini(struct session *s)
{
	unwinding_free(s->unwinding);
	allocators_free(s->allocators);
	mapped_files_free(s->files);
	keeper_fini(&s->keeper);
	capture_free(s->capture);
	identity_fini(&s->identity);
	signals_fini(&s->signals);
}

int session_run(struct session *s)
{
	int status = EXIT_NOT_RUN, killed_by;
	scoped_free char *path = command_find(s->argv[0], &status);

	if (!path)
		return status;
	if (identity_of_invoker(s->as_root, &s->identity))
		return EXIT_NOT_RUN;
	launch_state_save(&s->launch_state);
	if (signals_catch(&s->signals))
		return EXIT_NOT_RUN;
	status = session_watch(s, path);
	if (status) {
		s->sink->close(s, false);
	} else {
		status = session_exit_status(s, s->sink->finish(s));
		s->sink->close(s, true);
	}
	killed_by = s->ended && WIFSIGNALED(s->status) ? WTERMSIG(s->status) : 0;
	session_fini(s);
	if (killed_by)
		signal_die_of(killed_by);
	return status;
}
