// SPDX-License-Identifier: MIT
/*
 * dwfl_faults FILE COMMAND [ARGUMENT]...: the stack of every page fault of a small command, by
 * libdwfl.
 *
 * The command runs instruction by instruction. The kernel's counter of its faults in user mode
 * tells which instructions had some; the stack is that of the registers before it. Only the
 * command's first thread is followed.
 *
 * FILE gets the files' names and the stacks (dwfl_unwind.h), one line for all faults of an
 * instruction:
 *
 *     P tid faults END FRAME...
 */
#include "dwfl_unwind.h"

#include <linux/perf_event.h>

static int open_counter(pid_t pid)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof attr,
		.config = PERF_COUNT_SW_PAGE_FAULTS,
		.exclude_kernel = 1,
	};
	int fd = syscall(SYS_perf_event_open, &attr, pid, -1, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		err(1, "cannot count page faults");
	return fd;
}

static uint64_t read_counter(int fd)
{
	uint64_t count;

	if (read(fd, &count, sizeof count) != sizeof count)
		err(1, "cannot read the count of page faults");
	return count;
}

/* Was it a system call? Its memory is not to be read before it has run: that would take its faults
 * away. */
static void note_step(struct space *space, const struct user_regs_struct *before)
{
	uint64_t args[] = {before->rdi, before->rsi, before->rdx};

	if (registers.rip == before->rip + 2 && registers.rcx == registers.rip)
		note_call(space, before->rax, args);
}

static void print_faults(struct space *space, uint64_t count, struct user_regs_struct before)
{
	struct user_regs_struct after = registers;
	char *stack;

	registers = before;
	stack = unwind(space, space->pid);
	fprintf(out, "P %d %" PRIu64 " %s\n", space->pid, count, stack);
	free(stack);
	registers = after;
}

static int follow(pid_t pid, int counter)
{
	struct space *space = space_of(pid);
	uint64_t seen = read_counter(counter);
	int status, signal = 0;

	ptrace(PTRACE_GETREGS, pid, NULL, &registers);
	while (ptrace(PTRACE_SINGLESTEP, pid, NULL, (long)signal) == 0 &&
	       waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		struct user_regs_struct before = registers;
		uint64_t count = read_counter(counter);

		ptrace(PTRACE_GETREGS, pid, NULL, &registers);
		if (count > seen)
			print_faults(space, count - seen, before);
		seen = count;
		note_step(space, &before);
		signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	int status, counter;
	pid_t pid;

	if (argc < 3)
		errx(2, "usage: dwfl_faults FILE COMMAND [ARGUMENT]...");
	unwind_begin(argv[1]);
	pid = launch(argv + 2, PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
	counter = open_counter(pid);
	ptrace(PTRACE_CONT, pid, NULL, NULL);
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		errx(1, "cannot execute %s", argv[2]);
	status = follow(pid, counter);
	unwind_end(argv[1]);
	return status;
}
