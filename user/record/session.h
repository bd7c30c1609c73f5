/* SPDX-License-Identifier: MIT */
/*
 * A command that runs under watch, from its launch to its end, whatever becomes of its events.
 *
 * The session is the part that any use of the events needs: it launches the command so that nothing
 * of it is missed, or joins processes that run already, reads the rings, passes signals on, waits,
 * and ends as the command did. The events themselves go to a sink: a recording, or lines on a
 * terminal.
 */
#ifndef PROF_RECORD_SESSION_H
#define PROF_RECORD_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

#include "capture/allocators.h"
#include "capture/capture.h"
#include "capture/child.h"
#include "capture/keeper.h"
#include "capture/mapped_files.h"
#include "capture/overhead.h"
#include "capture/target.h"
#include "ptrace/deep_calls.h"
#include "ptrace/source.h"
#include "record/signals.h"
#include "record/unwinding.h"

struct session_sink;

/* As the user names them. */
struct target_choice {
	VEC(pid_t) pids;
};

struct session {
	struct capture_options capture_options;
	bool as_root;    /* also under sudo */
	bool quiet;      /* does not tell that it is attached */
	bool keep_files; /* that the command maps, so that the sink can open them at the end */
	char **argv;
	const struct target_choice *choice; /* the processes to attach to; NULL: argv is launched */
	uint64_t limit_ns; /* the session ends after that time; 0: with the command */
	bool by_ptrace;    /* without BPF programs: events are made from ptrace stops */
	/* The command gets a filter that stops it at these calls, and at no others: by_ptrace, all
	 * that there is to be told; else what is to be read there and then. NULL: no filter. */
	const struct syscall_set *stop_at;
	const struct session_sink *sink;
	void *arg; /* the sink's own */

	/* From here on it is the session that sets them; a sink may look. */
	struct identity identity;
	struct launch_state launch_state;
	struct signals signals;
	struct capture *capture;       /* NULL: by_ptrace */
	struct ptrace_source *source;  /* by_ptrace */
	struct deep_calls *deep_calls; /* with BPF programs and stop_at */
	struct seccomp_filter filter;
	struct unwinding *unwinding; /* NULL: no stacks */
	struct keeper keeper;
	struct mapped_files *files;
	struct allocators *allocators; /* NULL: they are not probed */
	struct child child;
	struct targets targets; /* attached to */
	struct overhead overhead;
	uint64_t start_ns, wall_ns;
	uint64_t round_ns; /* the last round was at */
	bool sated;        /* the sink wants no more: the command runs unwatched */
	bool timed_out;    /* at the limit */
	bool ended;        /* the command's process, with what follows; or all those attached to */
	int status;
	struct rusage rusage;
};

/* What is done with the events. The functions are called in this order, by one thread. */
struct session_sink {
	/* The command's process waits (or runs, attached to), and the programs are not loaded yet,
	 * which takes a while: the time to begin in a thread what takes long, too. May be NULL. */
	void (*prepare)(struct session *s);
	/* Makes the place that events go to. 0 or -errno, reported: then the command never runs. */
	int (*open)(struct session *s);
	/* The command is released, or the processes are joined, next. */
	void (*begin)(struct session *s);
	event_handler *event; /* its `arg` is the session */
	/* A round of the rings is over. False: there is nothing more to be watched. */
	bool (*round)(struct session *s);
	/* The command has ended: whether what it started is still to be watched, until it ends,
	 * too, or somebody interrupts. May be NULL: no. */
	bool (*goes_on)(const struct session *s);
	/* There are no more events. 0 or -errno: what was wanted of them could not be kept. */
	int (*finish)(struct session *s);
	/* Frees what the sink has, opened or not; the command `has_run` or never will. */
	void (*close)(struct session *s, bool has_run);
};

/* How often the user has asked prof to end. */
enum interrupt { INTERRUPT_NONE, INTERRUPT_TARGET, INTERRUPT_STOP, INTERRUPT_HURRY };

/*
 * Runs the session. Returns prof's exit status: the command's own, 125 to 127 if it did not run,
 * 130 if it was left running by hand, 1 if it succeeded but the sink did not. A command killed by a
 * signal kills prof with the same one. Attached, or at the time limit: 0, or 1 if the sink did not
 * succeed.
 */
int session_run(struct session *s);

/* Of the events, or, by_ptrace, ones without a CPU. */
struct rings *session_rings(const struct session *s);

/* What a system call's totals are, whoever counted them. */
bool session_syscall_total(const struct session *s, uint32_t nr, struct total_sum *out);

/* Without the privileges for BPF programs a command can be watched by ptrace alone. */
bool session_needs_ptrace(void);

/* Reports what cannot be had by ptrace alone, with a remedy; returns -EPERM. */
int session_refuse_ptrace(const char *what);

/* Says what there is to know of a command that was stopped; `command`: of prof, that sudo makes do
 * without. */
void session_tell_stops(const struct session *s, const char *command);

/* Says what it has cost the processes attached to, which others may depend on. */
void session_tell_overhead(struct session *s);

#endif
