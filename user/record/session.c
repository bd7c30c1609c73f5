// SPDX-License-Identifier: MIT
#include "record/session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/cut_files.h"
#include "base/error.h"
#include "capture/join.h"
#include "capture/privileges.h"
#include "cli/number.h"
#include "record/new_syscalls.h"
#include "unwind/dependencies.h"

/* How long the recorder sleeps between rounds: a 16 MiB ring takes some 60 ms to fill. */
#define BUSY_SLEEP_MS 2
#define IDLE_SLEEP_MS 5

struct rings *session_rings(const struct session *s)
{
	return s->by_ptrace ? ptrace_source_rings(s->source) : capture_rings(s->capture);
}

bool session_syscall_total(const struct session *s, uint32_t nr, struct total_sum *out)
{
	return s->by_ptrace ? ptrace_source_total(s->source, nr, out)
			    : capture_total(s->capture, CAPTURE_SYSCALL_TOTALS, nr, out);
}

/* ---- Events ---- */

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

	if (s->sated)
		return;
	if (event->type == EVENT_MAPPING)
		session_mapping(s, (const void *)event);
	s->sink->event(s, cpu, event);
}

/* Those of the rings. */
static void session_take(void *session, uint32_t cpu, const struct event *event)
{
	struct session *s = session;

	if (s->deep_calls)
		deep_calls_join(s->deep_calls, cpu, event);
	else
		session_event(s, cpu, event);
}

/* ---- Begin ---- */

/* The programs. 0 or -errno, reported. */
static int session_load(struct session *s)
{
	struct new_syscalls calls;
	int err;

	new_syscalls_find(&calls);
	s->capture_options.new_syscalls = calls.items.size;
	err = capture_new(&s->capture_options, &s->capture);
	if (!err)
		new_syscalls_learn(&calls, s->capture);
	new_syscalls_fini(&calls);
	return err;
}

/* Everything that can fail without the command having run, in the order that loses nothing. */
static int session_prepare(struct session *s, const char *path)
{
	int err;

	if (s->by_ptrace) {
		bool filtered = s->stop_at || !s->capture_options.syscalls;

		s->source = ptrace_source_new(&s->capture_options, filtered, session_event, s);
		s->files = mapped_files_new(NULL, &s->keeper, false);
		return s->sink->open(s);
	}
	if (s->unwinding)
		unwinding_room(s->unwinding, &s->capture_options);
	err = session_load(s);
	if (err)
		return err;
	if (s->unwinding)
		unwinding_begin(s->unwinding, s->capture);
	s->files = mapped_files_new(s->capture, &s->keeper, s->keep_files);
	err = s->sink->open(s);
	if (err == 0)
		err = capture_attach(s->capture);
	if (s->stop_at)
		s->deep_calls =
			deep_calls_new(&s->capture_options, s->stop_at,
				       capture_rings(s->capture)->nr_cpus, session_event, s);
	if (err || !s->capture_options.allocs)
		return err;
	s->allocators = allocators_new(s->capture);
	return path ? allocators_foresee(s->allocators, path) : 0;
}

/* Who stops the command; NULL: nobody does. */
static struct tracer *session_tracer(const struct session *s)
{
	if (s->source)
		return ptrace_source_tracer(s->source);
	return s->deep_calls ? deep_calls_tracer(s->deep_calls) : NULL;
}

/* Without a filter the command can go on alone; with one, the calls that it stops at would fail. */
static void session_unwatch(struct session *s)
{
	if (s->capture)
		capture_detach(s->capture);
	if (s->deep_calls)
		deep_calls_end(s->deep_calls);
	if (s->source && !s->stop_at && session_tracer(s))
		tracer_let_go(session_tracer(s));
}

static int session_seize(struct session *s)
{
	if (s->source)
		return ptrace_source_follow(s->source, s->child.pid);
	return s->deep_calls ? deep_calls_follow(s->deep_calls, s->child.pid) : 0;
}

/* A child that stops on its way has to be served meanwhile. 0 or an exit status. */
static int session_release(struct session *s)
{
	if (session_seize(s))
		return EXIT_NOT_RUN;
	child_let_go(&s->child);
	while (session_tracer(s) && !child_has_answered(&s->child)) {
		tracer_await(session_tracer(s));
		signals_wait(&s->signals, 0);
	}
	return child_answer(&s->child, s->argv[0]);
}

/* Lets the command go; 0 or the exit status of a failed launch. */
static int session_launch(struct session *s)
{
	int status;

	/* Whoever falls behind loses events, so the recorder goes first where it may. */
	setpriority(PRIO_PROCESS, 0, -20);
	if (s->capture && capture_follow(s->capture, s->child.pid))
		return EXIT_NOT_RUN;
	s->start_ns = now_ns();
	s->sink->begin(s);
	status = session_release(s);
	if (status)
		return status;
	if (s->capture)
		capture_released(s->capture);
	s->signals.target = s->child.pid;
	return 0;
}

/* ---- The command runs ---- */

static uint64_t session_drain(struct session *s)
{
	uint64_t bytes = rings_drain(session_rings(s), session_take, s);

	if (s->deep_calls)
		deep_calls_round(s->deep_calls);
	s->sated = !s->sink->round(s);
	if (s->sated)
		session_unwatch(s);
	s->round_ns = now_ns();
	overhead_round(&s->overhead, s->round_ns);
	return bytes;
}

/*
 * A command may ask to be traced by its parent, which is us. It stops at its signals then, as it
 * would under a shell that knows nothing of it; it goes on, with the signal, and is traced no more.
 */
static void session_reap(struct session *s)
{
	struct tracer *tracer = session_tracer(s);

	s->signals.child_changed = false;
	if (tracer ? !tracer_has_ended(tracer, &s->status, &s->rusage)
		   : wait4(s->child.pid, &s->status, WNOHANG, &s->rusage) != s->child.pid)
		return;
	if (WIFSTOPPED(s->status)) {
		int signal = WSTOPSIG(s->status);

		/* SIGTRAP is no signal but tells that it has executed a program. */
		ptrace(PTRACE_DETACH, s->child.pid, NULL, signal == SIGTRAP ? 0 : signal);
		return;
	}
	s->ended = true;
	s->signals.target = 0;
	s->wall_ns = now_ns() - s->start_ns;
}

/* Reads the rings once; how long to wait before the next time, for signals alone if there is none.
 */
static int session_round(struct session *s)
{
	uint64_t bytes = session_drain(s);

	if (s->sated)
		return s->ended ? 0 : -1;
	if (bytes > session_rings(s)->ring_bytes / 8)
		return 0;
	return bytes == 0 ? IDLE_SLEEP_MS : BUSY_SLEEP_MS;
}

/* Until the limit at most; ends the session there. */
static int session_wait_ms(struct session *s, int wait_ms)
{
	uint64_t spent_ns = now_ns() - s->start_ns, left_ms;

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

/* Where threads stop, it is they that are waited for; the rings are read now and then. */
static void session_turn(struct session *s)
{
	struct tracer *tracer = session_tracer(s);
	bool serves = tracer && tracer_nr_alive(tracer);
	int wait_ms = -1;

	if (serves && tracer_await(tracer) && now_ns() - s->round_ns < BUSY_SLEEP_MS * 1000000ULL)
		return;
	if (!s->sated)
		wait_ms = session_round(s);
	signals_wait(&s->signals, session_wait_ms(s, serves ? 0 : wait_ms));
}

static bool session_is_over(const struct session *s)
{
	return (s->ended && !session_goes_on(s)) || s->timed_out ||
	       s->signals.interrupts >= INTERRUPT_STOP || (s->choice && s->sated);
}

static void session_follow(struct session *s)
{
	while (!session_is_over(s)) {
		session_turn(s);
		if (s->choice)
			s->ended = targets_have_ended(&s->targets);
		else if (!s->ended && (s->signals.child_changed || session_tracer(s)))
			session_reap(s);
	}
	if (!s->ended || s->choice)
		s->wall_ns = now_ns() - s->start_ns;
	overhead_end(&s->overhead, now_ns());
}

/* Empties the rings: what the command did last, and what others are still in the middle of. */
static void session_empty(struct session *s)
{
	if (session_tracer(s))
		tracer_serve_all(session_tracer(s));
	while (!s->sated && session_drain(s) > session_rings(s)->ring_bytes / 8)
		;
	if (!s->sated && s->source)
		ptrace_source_tell_left(s->source);
	if (!s->sated && s->capture)
		capture_stop(s->capture);
	if (!s->sated)
		session_drain(s);
	session_unwatch(s);
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
	const struct launch launch = {
		.path = path,
		.argv = s->argv,
		.identity = &s->identity,
		.state = &s->launch_state,
		.filter = s->stop_at ? &s->filter : NULL,
	};
	int status;

	/* First of all, while this process is small and has one thread: the child is a copy of it.
	 */
	if (s->stop_at)
		seccomp_filter_make(s->stop_at, &s->filter);
	if (child_spawn(&launch, &s->child))
		return EXIT_NOT_RUN;
	keeper_init(&s->keeper);
	status = session_make_ready(s, path) ? EXIT_NOT_RUN : session_launch(s);
	if (status) {
		if (session_tracer(s)) /* it may be stopped */
			kill(s->child.pid, SIGKILL);
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

/* How many threads have joined, or -errno, reported. */
static int session_join_one(struct session *s, const struct target *target)
{
	if (s->source)
		return ptrace_source_join(s->source, target->pid);
	return process_join(s->capture, target->pid, target->loader,
			    s->capture_options.command_alone, session_code_told, s);
}

/* 0 or -errno, reported. */
static int session_join(struct session *s)
{
	int joined = 0;

	setpriority(PRIO_PROCESS, 0, -20);
	s->start_ns = now_ns();
	s->sink->begin(s);
	vec_each (&s->targets.items, target) {
		int result = session_join_one(s, target);

		if (result < 0) {
			session_unwatch(s);
			return result;
		}
		joined += result;
	}
	if (joined) {
		if (s->capture)
			overhead_begin(&s->overhead, now_ns());
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
	deep_calls_free(s->deep_calls);
	ptrace_source_free(s->source);
	seccomp_filter_fini(&s->filter);
	capture_free(s->capture);
	identity_fini(&s->identity);
	signals_fini(&s->signals);
}

bool session_needs_ptrace(void)
{
	char missing[PRIVILEGE_LIST_SIZE];

	return privileges_missing(missing);
}

int session_refuse_ptrace(const char *what)
{
	char missing[PRIVILEGE_LIST_SIZE];

	if (privileges_missing(missing)) {
		refuse(-EPERM, "%s: not without BPF programs (missing %s)", what, missing);
		hint("sudo prof ... loads them");
	} else {
		refuse(-EPERM, "%s: not with --ptrace", what);
	}
	return -EPERM;
}

static void tell_deep(const struct deep_counts *counts)
{
	if (counts->mismatches || counts->unmatched)
		note("of %" PRIu64 " calls that were stopped at, %" PRIu64
		     " did not agree with the kernel's events; %" PRIu64 " events had none",
		     counts->stops, counts->mismatches, counts->unmatched);
}

void session_tell_stops(const struct session *s, const char *command)
{
	char missing[PRIVILEGE_LIST_SIZE];

	if (s->deep_calls)
		tell_deep(deep_calls_counts(s->deep_calls));
	if (!s->by_ptrace || !s->capture_options.syscalls)
		return;
	if (privileges_missing(missing))
		note("traced by ptrace, for want of %s: times include tracing", missing);
	else
		note("traced by ptrace: times include tracing");
	if (ptrace_source_nr_untraced(s->source))
		note("%" PRIu32 " of the command's processes could not be followed: made with "
		     "CLONE_UNTRACED",
		     ptrace_source_nr_untraced(s->source));
	if (*missing)
		hint("sudo prof %s ... takes the kernel's own times, page faults and stacks",
		     command);
}

void session_tell_overhead(struct session *s)
{
	char programs[NUMBER_SIZE], share[NUMBER_SIZE], own[NUMBER_SIZE];
	uint64_t programs_ns;

	duration_format(overhead_of_prof(), own);
	if (s->capture && overhead_of_programs(&s->overhead, s->capture, s->wall_ns, &programs_ns))
		fprintf(stderr,
			"prof: overhead: %s in the BPF programs (%s of one processor), %s of "
			"prof's "
			"own processor time\n",
			duration_format(programs_ns, programs),
			percent_format(programs_ns, s->wall_ns, share), own);
	else
		fprintf(stderr, "prof: overhead: %s of prof's own processor time\n", own);
}

/* What is left of the command is stopped at some calls: somebody has to be there. */
static void session_stay(struct session *s)
{
	struct tracer *tracer = session_tracer(s);

	if (!tracer || !s->stop_at || !tracer_nr_alive(tracer))
		return;
	note("the command stops at some calls, so prof stays with what is left of it; Ctrl-C again "
	     "leaves it, and these calls fail then");
	while (tracer_nr_alive(tracer) && s->signals.interrupts < INTERRUPT_HURRY) {
		tracer_await(tracer);
		signals_wait(&s->signals, 0);
	}
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
		session_stay(s);
	}
	killed_by = s->ended && !s->choice && WIFSIGNALED(s->status) ? WTERMSIG(s->status) : 0;
	session_fini(s);
	if (killed_by)
		signal_die_of(killed_by);
	return status;
}
