/* SPDX-License-Identifier: MIT */
/*
 * Stopping threads at system calls, by ptrace, while all else goes on as if nobody looked.
 *
 * The threads are seized, so that nothing is sent to them: signals are delivered as they came, job
 * control stops them and lets them go as before, and children are followed from their first
 * instruction. Entry and exit of a call are told apart by the kernel (PTRACE_GET_SYSCALL_INFO), not
 * by counting stops. What happens is told to a watcher. PTRACE_O_EXITKILL is not set: should prof
 * be killed, its targets go on.
 *
 * Stops are waited for in wait4() itself: the kernel then lets the tracer run in the tracee's
 * place, which halves what a stop takes. A timer ends the wait now and then. ptrace knows threads,
 * not processes: all functions are for one and the same thread.
 */
#ifndef PROF_PTRACE_TRACER_H
#define PROF_PTRACE_TRACER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

/* A system call, as its registers stood at its entry. */
struct stopped_call {
	uint64_t nr, args[6]; /* of rt_sigreturn, which has none: where the mask is that it restores
			       */
	bool is_compat;       /* a 32-bit entry: the number is of another table */
};

struct tracee {
	pid_t tid, pid;
	bool in_call; /* `call` is in progress */
	struct stopped_call call;
	bool began_before; /* the call was in progress when the thread was seized */
	void *own;         /* the watcher's */

	/* The tracer's: */
	bool is_held;      /* our own code runs, up to the command's first execve */
	bool wants_exit;   /* it is to be stopped when its call is over */
	bool is_new;       /* it ran when it was seized, and has not stopped since */
	bool may_go_on;    /* its call was interrupted by that, and the next stop says whether: */
	uint64_t ip, sp;   /* it would go on there, */
	int64_t gave_back; /* or this is what it has given back */
};

/* What happened when a new one was made. */
struct tracee_birth {
	bool is_thread;
	bool shares_memory;
};

/* Called while the thread is stopped, but for `ended`. */
struct tracer_watcher {
	/* The first execve of the command begins. */
	void (*started)(void *arg, struct tracee *t);
	/* It ran already, and was seized: not stopped yet, unlike with all others. NULL: none are.
	 */
	void (*joined)(void *arg, struct tracee *t);
	/* t->call begins when this returns. Whether its end is of interest. */
	bool (*entered)(void *arg, struct tracee *t);
	/* t->call is over; `now_ns`: since then, on the clock of the events. */
	void (*returned)(void *arg, struct tracee *t, int64_t result, uint64_t now_ns);
	void (*born)(void *arg, struct tracee *parent, struct tracee *child,
		     const struct tracee_birth *birth);
	/* `former`: the thread that called execve, whose place t has taken; NULL: t itself. That
	 * one is gone when this returns. */
	void (*executed)(void *arg, struct tracee *t, struct tracee *former);
	void (*signalled)(void *arg, struct tracee *t, const siginfo_t *info);
	void (*ended)(void *arg, struct tracee *t, int status);
};

struct tracer_options {
	bool all_calls; /* else those that a filter of the command's own stops (seccomp_filter.h) */
	bool follow;    /* all threads, and what they start, too */
	const struct tracer_watcher *watcher;
	void *arg;
};

struct tracer;

struct tracer *tracer_new(const struct tracer_options *options);
void tracer_free(struct tracer *tracer); /* NULL is fine */

/* Seizes a held child of this process (capture/child.h). 0 or -errno, reported. */
int tracer_seize(struct tracer *tracer, pid_t pid);

/* Seizes a process that runs already, or, unless told to follow, its first thread. How many threads
 * were seized; 0: none was there any more, or all are traced already. -errno, reported. */
int tracer_join(struct tracer *tracer, pid_t pid);

/*
 * Serves the stops that there are now, each thread at most once: so none has to wait for another
 * that never rests. Returns how many there were.
 */
unsigned int tracer_serve(struct tracer *tracer);

/* The same, but waits until there is one, for some milliseconds at most. */
unsigned int tracer_await(struct tracer *tracer);

/* Until there are no more, now that the command's process has ended; for a while at most. */
void tracer_serve_all(struct tracer *tracer);

/* Lets all threads go on for themselves. */
void tracer_let_go(struct tracer *tracer);

/* Whether the command's process has ended, and how; also after it was let go. */
bool tracer_has_ended(struct tracer *tracer, int *status, struct rusage *rusage);

/* How many threads are traced now. */
uint32_t tracer_nr_alive(const struct tracer *tracer);

/* Visits each of them. */
void tracer_each(struct tracer *tracer, void (*visit)(void *arg, struct tracee *t), void *arg);

#endif
