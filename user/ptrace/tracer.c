// SPDX-License-Identifier: MIT
#include "ptrace/tracer.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/ptrace.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "capture/seccomp_filter.h"
#include "ptrace/call_registers.h"
#include "ptrace/proc_facts.h"
#include "ptrace/seizing.h"
#include "ptrace/tracees.h"

#ifdef __x86_64__
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#endif

/* From the stack pointer at rt_sigreturn to the signal mask: as in bpf/arch.bpf.h. */
#ifdef __x86_64__
#define SAVED_MASK_OFFSET 296
#else
#define SAVED_MASK_OFFSET (128 + 40)
#endif

#define TICK_NS   5000000
#define LET_GO_MS 1000

/* Threads that stop at the same time are served in turns of so many. */
#define BATCH 64

/* What has stopped while the command ended: so many turns are enough for thousands of threads. */
#define MAX_LAST_TURNS 1000

struct tracer {
	struct tracer_options options;
	struct tracees tracees;
	pid_t root; /* the held child; 0: none */
	bool is_letting_go;
	timer_t ticks;
	bool has_ended; /* the root, with: */
	int status;
	struct rusage rusage;
};

/* What wait4() said. */
struct notice {
	pid_t tid;
	int status;
	uint64_t now_ns;
	struct rusage rusage;
};

/* The names are those of the kernel's header, which glibc's does not go with. */
static long request(int what, pid_t tid, unsigned long address, void *data)
{
	return syscall(SYS_ptrace, (long)what, (long)tid, address, data);
}

/* ---- Going on ---- */

/* A thread that has been killed meanwhile is told of by its end. */
static void resume(const struct tracer *tracer, const struct tracee *t, int signal)
{
	bool to_next = tracer->options.all_calls || t->wants_exit;

	if (tracer->is_letting_go)
		request(PTRACE_DETACH, t->tid, 0, (void *)(long)signal);
	else
		request(to_next ? PTRACE_SYSCALL : PTRACE_CONT, t->tid, 0, (void *)(long)signal);
}

/* ---- Calls ---- */

static bool is_exec(const struct stopped_call *call)
{
	return !call->is_compat && (call->nr == SYS_execve || call->nr == SYS_execveat);
}

/* Our own code has come to its end: from here on the thread is the command. */
static void release(struct tracer *tracer, struct tracee *t)
{
	t->is_held = false;
	tracer->options.watcher->started(tracer->options.arg, t);
}

static void call_begin(struct tracer *tracer, struct tracee *t,
		       const struct ptrace_syscall_info *info)
{
	bool by_filter = info->op == PTRACE_SYSCALL_INFO_SECCOMP;

	t->call = (struct stopped_call){
		.nr = by_filter ? info->seccomp.nr : info->entry.nr,
		.is_compat = info->arch != NATIVE_ARCH,
	};
	for (int i = 0; i < 6; i++)
		t->call.args[i] = by_filter ? info->seccomp.args[i] : info->entry.args[i];
	if (t->call.nr == SYS_rt_sigreturn && !t->call.is_compat)
		t->call.args[0] = info->stack_pointer + SAVED_MASK_OFFSET;
	if (t->is_held && is_exec(&t->call))
		release(tracer, t);
	if (t->is_held)
		return;
	t->in_call = true;
	t->began_before = false;
	t->wants_exit = tracer->options.watcher->entered(tracer->options.arg, t);
}

static void call_end(struct tracer *tracer, struct tracee *t, int64_t result, uint64_t at_ns)
{
	t->wants_exit = false;
	if (!t->in_call)
		return;
	t->in_call = false;
	tracer->options.watcher->returned(tracer->options.arg, t, result, at_ns);
}

/* ---- Calls that were in progress when their thread was seized ---- */

/* Within the call that makes a child. */
static bool is_birth(int event)
{
	return event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
	       event == PTRACE_EVENT_CLONE;
}

/* An execve that far has left nothing of its arguments. */
static void take_first_stop(struct tracer *tracer, struct tracee *t, int event, uint64_t at_ns)
{
	struct call_in_flight flight;

	t->is_new = false;
	if (event == PTRACE_EVENT_EXEC || !call_in_flight_read(t->tid, &flight))
		return;
	t->call = flight.call;
	t->in_call = t->began_before = true;
	t->wants_exit = tracer->options.watcher->entered(tracer->options.arg, t);
	t->may_go_on = !is_birth(event) && call_is_to_restart(&flight);
	t->ip = flight.ip;
	t->sp = flight.sp;
	t->gave_back = flight.result;
	if (!is_birth(event) && !t->may_go_on)
		call_end(tracer, t, flight.result, at_ns);
}

static bool is_same_call(const struct tracee *t, const struct ptrace_syscall_info *info)
{
	return info->instruction_pointer == t->ip && info->stack_pointer == t->sp &&
	       (info->entry.nr == t->call.nr || info->entry.nr == SYS_restart_syscall ||
		t->call.is_compat);
}

/* Whether the call that begins is the interrupted one, which goes on. Else a handler has come in
 * between, and that one is over. */
static bool call_goes_on(struct tracer *tracer, struct tracee *t,
			 const struct ptrace_syscall_info *info, uint64_t at_ns)
{
	if (!t->may_go_on)
		return false;
	t->may_go_on = false;
	if (is_same_call(t, info))
		return true;
	call_end(tracer, t, t->gave_back, at_ns);
	return false;
}

static void take_call(struct tracer *tracer, struct tracee *t, const struct notice *notice)
{
	struct ptrace_syscall_info info = {0};

	if (request(PTRACE_GET_SYSCALL_INFO, t->tid, sizeof info, &info) < 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_EXIT)
		call_end(tracer, t, info.exit.rval, notice->now_ns);
	else if (info.op != PTRACE_SYSCALL_INFO_NONE &&
		 !call_goes_on(tracer, t, &info, notice->now_ns))
		call_begin(tracer, t, &info);
}

/* A filter of the command's own may ask for a tracer, too, where there would be none. */
static void take_filtered(struct tracer *tracer, struct tracee *t, const struct notice *notice)
{
	unsigned long mark = 0;

	if (request(PTRACE_GETEVENTMSG, t->tid, 0, &mark) == 0 && mark != SECCOMP_FILTER_MARK)
		call_refuse(t->tid);
	else
		take_call(tracer, t, notice);
}

/* ---- Births, execs, ends ---- */

static bool clone_shares_memory(const struct tracee *parent)
{
	return parent->in_call && !parent->call.is_compat && parent->call.nr == SYS_clone &&
	       parent->call.args[0] & 0x100; /* CLONE_VM */
}

static void take_birth(struct tracer *tracer, struct tracee *parent, int event)
{
	struct tracee_birth birth = {0};
	unsigned long message = 0;
	struct tracee *child;
	pid_t tid, pid;

	if (request(PTRACE_GETEVENTMSG, parent->tid, 0, &message))
		return;
	tid = (pid_t)message;
	if (tracees_find(&tracer->tracees, tid))
		return;
	pid = proc_number(tid, "Tgid");
	birth.is_thread = pid == parent->pid;
	birth.shares_memory =
		birth.is_thread || event == PTRACE_EVENT_VFORK || clone_shares_memory(parent);
	child = tracees_add(&tracer->tracees, tid, pid ? pid : tid);
	tracer->options.watcher->born(tracer->options.arg, parent, child, &birth);
	if (tracees_take_unborn(&tracer->tracees, tid))
		resume(tracer, child, 0);
}

/*
 * A thread that executes a program ends all others and takes over the number of its process's first
 * one, of whose end nothing is told.
 */
static void take_exec(struct tracer *tracer, struct tracee *t)
{
	const struct tracer_watcher *watcher = tracer->options.watcher;
	unsigned long message = 0;
	struct tracee *former;

	if (t->is_held)
		release(tracer, t);
	request(PTRACE_GETEVENTMSG, t->tid, 0, &message);
	former = (pid_t)message == t->tid ? NULL : tracees_find(&tracer->tracees, (pid_t)message);
	if (!former) {
		watcher->executed(tracer->options.arg, t, NULL);
		return;
	}
	watcher->executed(tracer->options.arg, t, former);
	tracees_replace(&tracer->tracees, t, former);
}

static void note_end_of_root(struct tracer *tracer, const struct notice *notice)
{
	if (notice->tid != tracer->root)
		return;
	tracer->has_ended = true;
	tracer->status = notice->status;
	tracer->rusage = notice->rusage;
}

static void take_end(struct tracer *tracer, struct tracee *t, const struct notice *notice)
{
	note_end_of_root(tracer, notice);
	tracer->options.watcher->ended(tracer->options.arg, t, notice->status);
	tracees_remove(&tracer->tracees, t);
}

/* ---- Stops ---- */

static bool is_job_control(int signal)
{
	return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

/* Stopped by job control a thread stays so, but wakes when it is continued. */
static void take_stop(const struct tracer *tracer, const struct tracee *t, int signal)
{
	if (is_job_control(signal) && !tracer->is_letting_go)
		request(PTRACE_LISTEN, t->tid, 0, NULL);
	else
		resume(tracer, t, 0);
}

static void take_signal(struct tracer *tracer, struct tracee *t, int signal)
{
	siginfo_t info;

	if (!t->is_held && !request(PTRACE_GETSIGINFO, t->tid, 0, &info))
		tracer->options.watcher->signalled(tracer->options.arg, t, &info);
	resume(tracer, t, signal);
}

static void take_event(struct tracer *tracer, struct tracee *t, const struct notice *notice,
		       int event)
{
	pid_t tid = notice->tid;

	switch (event) {
	case PTRACE_EVENT_SECCOMP:
		take_filtered(tracer, t, notice);
		break;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		take_birth(tracer, t, event);
		break;
	case PTRACE_EVENT_EXEC:
		take_exec(tracer, t);
		break;
	}
	t = tracees_find(&tracer->tracees, tid);
	if (t)
		resume(tracer, t, 0);
}

static void take_notice(struct tracer *tracer, const struct notice *notice)
{
	struct tracee *t = tracees_find(&tracer->tracees, notice->tid);
	int signal = WSTOPSIG(notice->status), event = notice->status >> 16;

	if (t && t->is_new && WIFSTOPPED(notice->status))
		take_first_stop(tracer, t, event, notice->now_ns);
	if (!t && WIFSTOPPED(notice->status)) {
		tracees_note_unborn(&tracer->tracees, notice->tid);
	} else if (!t) {
		tracees_take_unborn(&tracer->tracees, notice->tid);
	} else if (!WIFSTOPPED(notice->status)) {
		take_end(tracer, t, notice);
	} else if (event == PTRACE_EVENT_STOP) {
		take_stop(tracer, t, signal);
	} else if (event) {
		take_event(tracer, t, notice, event);
	} else if (signal == (SIGTRAP | 0x80)) {
		take_call(tracer, t, notice);
		resume(tracer, t, 0);
	} else {
		take_signal(tracer, t, signal);
	}
}

/* `flags` are those of the first wait. */
static unsigned int serve(struct tracer *tracer, int flags)
{
	struct notice batch[BATCH];
	unsigned int nr = 0;

	for (; nr < BATCH; flags = WNOHANG) {
		struct notice *notice = &batch[nr];

		notice->tid = wait4(-1, &notice->status, flags | __WALL, &notice->rusage);
		if (notice->tid <= 0)
			break;
		notice->now_ns = now_ns();
		nr++;
	}
	for (unsigned int i = 0; i < nr; i++)
		take_notice(tracer, &batch[i]);
	return nr;
}

unsigned int tracer_serve(struct tracer *tracer)
{
	return serve(tracer, WNOHANG);
}

unsigned int tracer_await(struct tracer *tracer)
{
	return serve(tracer, 0);
}

void tracer_serve_all(struct tracer *tracer)
{
	for (int i = 0; i < MAX_LAST_TURNS && tracer_serve(tracer); i++)
		;
}

/* ---- Begin and end ---- */

static unsigned long ptrace_options(const struct tracer_options *options)
{
	unsigned long flags = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC;

	if (options->follow)
		flags |= PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;
	if (!options->all_calls)
		flags |= PTRACE_O_TRACESECCOMP;
	return flags;
}

static void on_tick(int signal)
{
	(void)signal; /* it has ended the wait */
}

/* Ticks come again and again: one that comes just before a wait does no harm. */
static void ticks_begin(struct tracer *tracer)
{
	const struct itimerspec every = {{.tv_nsec = TICK_NS}, {.tv_nsec = TICK_NS}};
	struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	event._sigev_un._tid = gettid();
	sigaction(SIGALRM, &(struct sigaction){.sa_handler = on_tick}, NULL);
	if (timer_create(CLOCK_MONOTONIC, &event, &tracer->ticks) ||
	    timer_settime(tracer->ticks, 0, &every, NULL))
		BUG("no timer for the tracer");
}

struct tracer *tracer_new(const struct tracer_options *options)
{
	struct tracer *tracer = xnew(struct tracer);

	tracer->options = *options;
	ticks_begin(tracer);
	return tracer;
}

/* Until the thread has stopped; ticks do not end this wait. 0 or -errno. */
static int await_stop(pid_t tid)
{
	int status;
	pid_t got;

	do
		got = waitpid(tid, &status, __WALL);
	while (got < 0 && errno == EINTR);
	return got == tid && WIFSTOPPED(status) ? 0 : -ESRCH;
}

int tracer_seize(struct tracer *tracer, pid_t pid)
{
	int err = thread_seize(pid, ptrace_options(&tracer->options));
	struct tracee *t;

	if (!err && request(PTRACE_INTERRUPT, pid, 0, NULL))
		err = -errno;
	if (!err)
		err = await_stop(pid);
	if (err)
		return seizing_fail(pid, err);
	tracer->root = pid;
	t = tracees_add(&tracer->tracees, pid, pid);
	t->is_held = true;
	resume(tracer, t, 0);
	return 0;
}

struct process_to_join {
	struct tracer *tracer;
	pid_t pid;
};

/* Only a thread that has been stopped stops at its calls. */
static void take_joined(void *arg, pid_t tid)
{
	const struct process_to_join *joining = arg;
	struct tracer *tracer = joining->tracer;
	struct tracee *t = tracees_add(&tracer->tracees, tid, joining->pid);

	t->is_new = true;
	tracer->options.watcher->joined(tracer->options.arg, t);
	request(PTRACE_INTERRUPT, tid, 0, NULL);
}

int tracer_join(struct tracer *tracer, pid_t pid)
{
	struct process_to_join joining = {tracer, pid};

	return threads_seize(pid, !tracer->options.follow, ptrace_options(&tracer->options),
			     take_joined, &joining);
}

void tracer_each(struct tracer *tracer, void (*visit)(void *arg, struct tracee *t), void *arg)
{
	tracees_each(&tracer->tracees, visit, arg);
}

/* A thread has to stop before it can be let go. */
static void interrupt(void *arg, struct tracee *t)
{
	(void)arg;
	request(PTRACE_INTERRUPT, t->tid, 0, NULL);
}

/* The command may end as soon as it was let go: then this is its end as a child. */
static void let_go(struct tracer *tracer, const struct notice *notice)
{
	struct tracee *t = tracees_find(&tracer->tracees, notice->tid);
	int signal = WSTOPSIG(notice->status);
	bool is_signal = !(notice->status >> 16) && signal != (SIGTRAP | 0x80);

	if (!WIFSTOPPED(notice->status)) {
		if (t)
			take_end(tracer, t, notice);
		else
			note_end_of_root(tracer, notice);
		return;
	}
	request(PTRACE_DETACH, notice->tid, 0, (void *)(long)(is_signal ? signal : 0));
	if (t)
		tracees_remove(&tracer->tracees, t);
}

void tracer_let_go(struct tracer *tracer)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	struct notice notice;

	tracer->is_letting_go = true;
	tracer_each(tracer, interrupt, NULL);
	for (int i = 0; tracer->tracees.nr && i < LET_GO_MS; i++) {
		while ((notice.tid = wait4(-1, &notice.status, WNOHANG | __WALL, &notice.rusage)) >
		       0)
			let_go(tracer, &notice);
		if (tracer->tracees.nr)
			nanosleep(&pause, NULL);
	}
	tracees_remove_all(&tracer->tracees);
}

bool tracer_has_ended(struct tracer *tracer, int *status, struct rusage *rusage)
{
	if (tracer->is_letting_go && !tracer->has_ended)
		tracer->has_ended = wait4(tracer->root, &tracer->status, WNOHANG,
					  &tracer->rusage) == tracer->root;
	if (tracer->has_ended) {
		*status = tracer->status;
		*rusage = tracer->rusage;
	}
	return tracer->has_ended;
}

uint32_t tracer_nr_alive(const struct tracer *tracer)
{
	return tracer->tracees.nr;
}

void tracer_free(struct tracer *tracer)
{
	if (!tracer)
		return;
	timer_delete(tracer->ticks);
	tracees_fini(&tracer->tracees);
	free(tracer);
}
