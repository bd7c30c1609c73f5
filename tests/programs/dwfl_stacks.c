// SPDX-License-Identifier: MIT
/*
 * dwfl_stacks FILE COMMAND [ARGUMENT]...: the stack of every system call of a command, by libdwfl.
 *
 * Recorded together with its command this is what prof's stacks are held against: ptrace stops each
 * thread where its calls return, with the registers and the memory that prof saw a moment before.
 * Calls that replace their registers (exec, sigreturn, exit) are taken where they begin, as prof
 * does. Children and threads are followed.
 *
 * FILE gets the files' names and the stacks (dwfl_unwind.h), one line a call. One that did not
 * return has the result `?`:
 *
 *     C tid nr result END FRAME...
 */
#include "dwfl_unwind.h"

struct thread {
	pid_t tid;
	struct thread *next;
	struct space *space;
	bool started; /* its first stop is over */
	uint64_t nr;  /* of the call that it is in */
	uint64_t args[3];
	char *kept; /* the stack where that began */
};

static struct thread *threads;

/* ---- Stops ---- */

/* A process that shares memory with its parent has a space of its own, too. */
static struct thread *thread_of(pid_t tid)
{
	struct thread *thread = threads;
	char name[64], line[256];
	FILE *status;
	pid_t pid = tid;

	while (thread && thread->tid != tid)
		thread = thread->next;
	if (thread)
		return thread;
	snprintf(name, sizeof name, "/proc/%d/status", tid);
	status = fopen(name, "re");
	while (status && fgets(line, sizeof line, status))
		if (sscanf(line, "Tgid: %d", &pid) == 1)
			break;
	if (status)
		fclose(status);
	thread = calloc(1, sizeof *thread);
	*thread = (struct thread){.tid = tid, .next = threads, .space = space_of(pid)};
	return threads = thread;
}

static void space_reset(struct space *space)
{
	if (space->dwfl)
		dwfl_end(space->dwfl);
	space->dwfl = NULL;
	space->stale = true;
}

static void space_end(pid_t pid)
{
	for (struct space **at = &spaces; *at; at = &(*at)->next) {
		struct space *space = *at;

		if (space->pid != pid)
			continue;
		*at = space->next;
		space_reset(space);
		free(space);
		return;
	}
}

static void thread_end(pid_t tid)
{
	for (struct thread **at = &threads; *at; at = &(*at)->next) {
		struct thread *thread = *at;

		if (thread->tid != tid)
			continue;
		*at = thread->next;
		free(thread->kept);
		free(thread);
		break;
	}
	space_end(tid);
}

static bool returns_elsewhere(uint64_t nr)
{
	return nr == SYS_execve || nr == SYS_execveat || nr == SYS_rt_sigreturn || nr == SYS_exit ||
	       nr == SYS_exit_group;
}

/* The program counter is put back into the instruction that makes the call. */
static char *unwind_call(struct thread *thread)
{
	if (ptrace(PTRACE_GETREGS, thread->tid, NULL, &registers))
		err(1, "PTRACE_GETREGS");
	registers.rip--;
	return unwind(thread->space, thread->tid);
}

static void call_begins(struct thread *thread, uint64_t nr, const uint64_t *args)
{
	thread->nr = nr;
	memcpy(thread->args, args, sizeof thread->args);
	free(thread->kept);
	thread->kept = returns_elsewhere(nr) ? unwind_call(thread) : NULL;
	if (nr == SYS_exit || nr == SYS_exit_group)
		fprintf(out, "C %d %" PRIu64 " ? %s\n", thread->tid, nr, thread->kept);
}

static void call_returns(struct thread *thread, int64_t result)
{
	char *stack = thread->kept ? thread->kept : unwind_call(thread);

	thread->kept = NULL;
	fprintf(out, "C %d %" PRIu64 " %" PRId64 " %s\n", thread->tid, thread->nr, result, stack);
	free(stack);
	note_call(thread->space, thread->nr, thread->args);
}

static void at_call(struct thread *thread)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, thread->tid, sizeof info, &info) <= 0)
		return; /* killed meanwhile */
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		call_begins(thread, info.entry.nr, info.entry.args);
	else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
		call_returns(thread, info.exit.rval);
}

/* The signal that the thread is to go on with. */
static int at_stop(struct thread *thread, int status)
{
	int signal = WSTOPSIG(status);

	if (signal == (SIGTRAP | 0x80)) {
		at_call(thread);
		return 0;
	}
	if (status >> 16) {
		if (status >> 16 == PTRACE_EVENT_EXEC)
			space_reset(thread->space);
		return 0;
	}
	if (signal == SIGSTOP && !thread->started)
		signal = 0;
	thread->started = true;
	return signal;
}

static int follow(pid_t root)
{
	int status, root_status = 0;
	pid_t tid;

	while ((tid = waitpid(-1, &status, __WALL)) > 0) {
		if (!WIFSTOPPED(status)) {
			if (tid == root)
				root_status = status;
			thread_end(tid);
			continue;
		}
		ptrace(PTRACE_SYSCALL, tid, NULL, (long)at_stop(thread_of(tid), status));
	}
	return WIFEXITED(root_status) ? WEXITSTATUS(root_status) : 128 + WTERMSIG(root_status);
}

int main(int argc, char **argv)
{
	int status;
	pid_t root;

	if (argc < 3)
		errx(2, "usage: dwfl_stacks FILE COMMAND [ARGUMENT]...");
	unwind_begin(argv[1]);
	root = launch(argv + 2, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
					PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
					PTRACE_O_EXITKILL);
	thread_of(root)->started = true;
	ptrace(PTRACE_SYSCALL, root, NULL, NULL);
	status = follow(root);
	unwind_end(argv[1]);
	return status;
}
