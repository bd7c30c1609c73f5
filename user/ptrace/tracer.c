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
#include "base/vec.h"

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

/* A power of two; threads by their number. */
#define NR_SLOTS 1024

struct link {
	struct tracee tracee;
	struct link *next;
};

/* A child that stopped before its parent told of it; it stays so until then. */
struct unborn {
	pid_t tid;
	bool has_stopped;
};

struct tracer {
	struct tracer_options options;
	struct link *slots[NR_SLOTS];
	VEC(struct unborn) unborn;
	pid_t root;
	uint32_t nr_alive;
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

/* ---- Who is traced ---- */

static struct link **slot_of(struct tracer *tracer, pid_t tid)
{
	struct link **slot = &tracer->slots[(unsigned int)tid % NR_SLOTS];

	while (*slot && (*slot)->tracee.tid != tid)
		slot = &(*slot)->next;
	return slot;
}

static struct tracee *tracee_of(struct tracer *tracer, pid_t tid)
{
	struct link *link = *slot_of(tracer, tid);

	return link ? &link->tracee : NULL;
}

static struct tracee *tracee_add(struct tracer *tracer, pid_t tid, pid_t pid)
{
	struct link *link = xnew(struct link);

	link->tracee.tid = tid;
	link->tracee.pid = pid;
	*slot_of(tracer, tid) = link;
	tracer->nr_alive++;
	return &link->tracee;
}

static struct link *tracee_take_out(struct tracer *tracer, pid_t tid)
{
	struct link **slot = slot_of(tracer, tid), *link = *slot;

	*slot = link->next;
	link->next = NULL;
	return link;
}

static void tracee_remove(struct tracer *tracer, struct tracee *t)
{
	free(tracee_take_out(tracer, t->tid));
	tracer->nr_alive--;
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

static void take_call(struct tracer *tracer, struct tracee *t, const struct notice *notice)
{
	struct ptrace_syscall_info info = {0};

	if (request(PTRACE_GET_SYSCALL_INFO, t->tid, sizeof info, &info) < 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_EXIT)
		call_end(tracer, t, info.exit.rval, notice->now_ns);
	else if (info.op != PTRACE_SYSCALL_INFO_NONE)
		call_begin(tracer, t, &info);
}

/* ---- Births, execs, ends ---- */

/* Of which process a thread is; 0: it has gone. */
static pid_t process_of(pid_t tid)
{
	scoped_free char *path = xasprintf("/proc/%d/status", tid);
	FILE *file = fopen(path, "re");
	char line[256];
	int pid = 0;

	while (file && !pid && fgets(line, sizeof line, file))
		if (sscanf(line, "Tgid: %d", &pid) != 1)
			pid = 0;
	if (file)
		fclose(file);
	return pid;
}

/* Whether the child has stopped already: before its parent told of it. */
static bool unborn_take(struct tracer *tracer, pid_t tid)
{
	vec_each (&tracer->unborn, unborn) {
		if (unborn->tid != tid)
			continue;
		*unborn = tracer->unborn.items[--tracer->unborn.size];
		return true;
	}
	return false;
}

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
	if (tracee_of(tracer, tid))
		return;
	pid = process_of(tid);
	birth.is_thread = pid == parent->pid;
	birth.shares_memory =
		birth.is_thread || event == PTRACE_EVENT_VFORK || clone_shares_memory(parent);
	child = tracee_add(tracer, tid, pid ? pid : tid);
	tracer->options.watcher->born(tracer->options.arg, parent, child, &birth);
	if (unborn_take(tracer, tid))
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
	struct link *link;

	if (t->is_held)
		release(tracer, t);
	request(PTRACE_GETEVENTMSG, t->tid, 0, &message);
	former = (pid_t)message == t->tid ? NULL : tracee_of(tracer, (pid_t)message);
	if (!former) {
		watcher->executed(tracer->options.arg, t, NULL);
		return;
	}
	watcher->executed(tracer->options.arg, t, former);
	link = tracee_take_out(tracer, former->tid);
	former->pid = t->pid;
	former->tid = t->tid;
	tracee_remove(tracer, t);
	link->next = *slot_of(tracer, former->tid);
	*slot_of(tracer, former->tid) = link;
}

static void take_end(struct tracer *tracer, struct tracee *t, const struct notice *notice)
{
	if (t->tid == tracer->root) {
		tracer->has_ended = true;
		tracer->status = notice->status;
		tracer->rusage = notice->rusage;
	}
	tracer->options.watcher->ended(tracer->options.arg, t, notice->status);
	tracee_remove(tracer, t);
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
		take_call(tracer, t, notice);
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
	t = tracee_of(tracer, tid);
	if (t)
		resume(tracer, t, 0);
}

static void take_notice(struct tracer *tracer, const struct notice *notice)
{
	struct tracee *t = tracee_of(tracer, notice->tid);
	int signal = WSTOPSIG(notice->status), event = notice->status >> 16;

	if (!t && WIFSTOPPED(notice->status)) {
		vec_push(&tracer->unborn)->tid = notice->tid;
	} else if (!t) {
		unborn_take(tracer, notice->tid);
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

static int refuse_seize(int err)
{
	fail(err, "cannot trace the command");
	if (err == -EPERM)
		hint("kernel.yama.ptrace_scope, or a container's seccomp profile, may forbid it");
	return err;
}

int tracer_seize(const struct tracer_options *options, pid_t pid, struct tracer **out)
{
	struct tracer *tracer;
	struct tracee *t;
	int status;

	if (request(PTRACE_SEIZE, pid, 0, (void *)ptrace_options(options)) ||
	    request(PTRACE_INTERRUPT, pid, 0, NULL))
		return refuse_seize(-errno);
	if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
		return refuse_seize(-ESRCH);
	tracer = xnew(struct tracer);
	tracer->options = *options;
	tracer->root = pid;
	t = tracee_add(tracer, pid, pid);
	t->is_held = true;
	resume(tracer, t, 0);
	ticks_begin(tracer);
	*out = tracer;
	return 0;
}

void tracer_each(struct tracer *tracer, void (*visit)(void *arg, struct tracee *t), void *arg)
{
	for (unsigned int i = 0; i < NR_SLOTS; i++)
		for (struct link *link = tracer->slots[i]; link; link = link->next)
			visit(arg, &link->tracee);
}

/* A thread has to stop before it can be let go. */
static void interrupt(void *arg, struct tracee *t)
{
	(void)arg;
	request(PTRACE_INTERRUPT, t->tid, 0, NULL);
}

static void forget_all(struct tracer *tracer)
{
	for (unsigned int i = 0; i < NR_SLOTS; i++) {
		while (tracer->slots[i]) {
			struct link *link = tracer->slots[i];

			tracer->slots[i] = link->next;
			free(link);
		}
	}
	tracer->nr_alive = 0;
}

void tracer_let_go(struct tracer *tracer)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	struct notice notice;

	tracer->is_letting_go = true;
	tracer_each(tracer, interrupt, NULL);
	for (int i = 0; tracer->nr_alive && i < LET_GO_MS; i++) {
		while ((notice.tid = wait4(-1, &notice.status, WNOHANG | __WALL, &notice.rusage)) >
		       0) {
			struct tracee *t = tracee_of(tracer, notice.tid);
			int signal = WSTOPSIG(notice.status);
			bool is_signal = WIFSTOPPED(notice.status) && !(notice.status >> 16) &&
					 signal != (SIGTRAP | 0x80);

			if (t && !WIFSTOPPED(notice.status)) {
				take_end(tracer, t, &notice);
				continue;
			}
			request(PTRACE_DETACH, notice.tid, 0,
				(void *)(long)(is_signal ? signal : 0));
			if (t)
				tracee_remove(tracer, t);
		}
		if (tracer->nr_alive)
			nanosleep(&pause, NULL);
	}
	forget_all(tracer);
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
	return tracer->nr_alive;
}

void tracer_free(struct tracer *tracer)
{
	if (!tracer)
		return;
	timer_delete(tracer->ticks);
	forget_all(tracer);
	vec_free(&tracer->unborn);
	free(tracer);
}
