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
#include "capture/target.h"
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
	const struct session_sink *sink;
	void *arg; /* the sink's own */

	/* From here on it is the session that sets them; a sink may look. */
	struct identity identity;
	struct launch_state launch_state;
	struct signals signals;
	struct capture *capture;
	struct unwinding *unwinding; /* NULL: no stacks */
	struct keeper keeper;
	struct mapped_files *files;
	struct allocators *allocators; /* NULL: they are not probed */
	struct child child;
	struct targets targets; /* attached to */
	uint64_t start_ns, wall_ns;
	bool sated;     /* the sink wants no more: the command runs unwatched */
	bool timed_out; /* at the limit */
	bool ended;     /* the command's process, with what follows; or all those attached to */
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

/* On the clock of the events. */
uint64_t session_now_ns(void);

#endif
