// SPDX-License-Identifier: MIT
/*
 * dwfl_stacks FILE COMMAND [ARGUMENT]...: the stack of every system call of a command, by libdwfl.
 *
 * Recorded together with its command this is what prof's stacks are held against: ptrace stops each
 * thread where its calls return, with the registers and the memory that prof saw a moment before.
 * Calls that replace their registers (exec, sigreturn, exit) are taken where they begin, as prof
 * does. Children and threads are followed.
 *
 * FILE gets a line per file, `F id path`, and one per call, with the innermost frame first:
 *
 *     C tid nr result end FRAME...
 *
 * A result of `?` did not return. A frame is `id:offset`, in hexadecimal, of a byte of the calling
 * instruction, or of the very instruction where a signal came; `id` 0 is no file, and the offset an
 * address. `end` is `whole`, or `gap` where the last frame has no call-frame information:
 * what libdwfl then guesses by frame pointer is left out.
 */
#include "program.h"

#include <elfutils/libdwfl.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <search.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#define MAX_FRAMES    1100 /* more than prof takes */
#define NR_CACHE      64
#define FRAME_BYTES   32
#define MAX_FILE_MAPS 4096

struct file_map {
	uint64_t start, end, offset;
	uint32_t file;
};

/* What all threads of a process share. */
struct space {
	pid_t pid;
	struct space *next;
	Dwfl *dwfl;
	bool stale; /* its code has changed */
	struct file_map maps[MAX_FILE_MAPS];
	size_t nr_maps;
};

struct thread {
	pid_t tid;
	struct thread *next;
	struct space *space;
	bool started; /* its first stop is over */
	uint64_t nr;  /* of the call that it is in */
	char *kept;   /* the stack where that began */
};

struct stack {
	uint64_t at[MAX_FRAMES];
	size_t nr_frames;
	bool gap;
};

static FILE *out;
static Elf *own_elf;
static struct space *spaces;
static struct thread *threads;

/* What libdwfl's callbacks need of the stopped thread. */
static pid_t stopped;
static struct user_regs_struct registers;
static struct {
	uint64_t page; /* 1: none */
	uint8_t bytes[PAGE_BYTES];
} cache[NR_CACHE];

/* ---- Memory and registers for libdwfl ---- */

static void cache_forget(void)
{
	for (size_t i = 0; i < NR_CACHE; i++)
		cache[i].page = 1;
}

static bool read_word(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *result, void *arg)
{
	uint64_t page = address & -PAGE_BYTES, slot = page / PAGE_BYTES % NR_CACHE;
	struct iovec local = {cache[slot].bytes, PAGE_BYTES}, remote = {(void *)page, PAGE_BYTES};

	(void)dwfl;
	(void)arg;
	if (address - page > PAGE_BYTES - sizeof *result)
		return false;
	if (cache[slot].page != page) {
		cache[slot].page = 1;
		if (process_vm_readv(stopped, &local, 1, &remote, 1, 0) != PAGE_BYTES)
			return false;
		cache[slot].page = page;
	}
	memcpy(result, cache[slot].bytes + (address - page), sizeof *result);
	return true;
}

/* The program counter is put back into the instruction that makes the call. */
static bool set_registers(Dwfl_Thread *thread, void *arg)
{
	const struct user_regs_struct *r = &registers;
	Dwarf_Word words[] = {r->rax, r->rdx, r->rcx, r->rbx, r->rsi,    r->rdi,
			      r->rbp, r->rsp, r->r8,  r->r9,  r->r10,    r->r11,
			      r->r12, r->r13, r->r14, r->r15, r->rip - 1};

	(void)arg;
	return dwfl_thread_state_registers(thread, 0, sizeof words / sizeof *words, words);
}

static pid_t next_thread(Dwfl *dwfl, void *arg, void **thread)
{
	(void)dwfl;
	(void)arg;
	(void)thread;
	return 0;
}

static bool get_thread(Dwfl *dwfl, pid_t tid, void *arg, void **thread)
{
	(void)dwfl;
	(void)tid;
	*thread = arg;
	return true;
}

static int no_debuginfo(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base,
			const char *file, const char *link, GElf_Word crc, char **found)
{
	(void)module, (void)data, (void)name, (void)base;
	(void)file, (void)link, (void)crc, (void)found;
	return -1;
}

static const Dwfl_Thread_Callbacks thread_callbacks = {
	.next_thread = next_thread,
	.get_thread = get_thread,
	.memory_read = read_word,
	.set_initial_registers = set_registers,
};

static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_linux_proc_find_elf,
	.find_debuginfo = no_debuginfo,
};

/* ---- Address spaces ---- */

struct file {
	char *path;
	uint32_t id;
};

static int file_compare(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

static uint32_t file_id(char *path)
{
	static void *known;
	static uint32_t nr_files;
	struct file key = {path, 0}, **found = tfind(&key, &known, file_compare), *file;

	if (found)
		return (*found)->id;
	file = malloc(sizeof *file);
	*file = (struct file){strdup(path), ++nr_files};
	tsearch(file, &known, file_compare);
	fprintf(out, "F %x %s\n", file->id, path);
	return file->id;
}

static void read_maps(struct space *space)
{
	char name[64], line[8192], path[4096];
	FILE *maps;

	snprintf(name, sizeof name, "/proc/%d/maps", space->pid);
	maps = fopen(name, "re");
	if (!maps)
		err(1, "%s", name);
	space->nr_maps = 0;
	while (fgets(line, sizeof line, maps)) {
		struct file_map *map = &space->maps[space->nr_maps];
		char rights[8];

		if (sscanf(line, "%lx-%lx %7s %lx %*s %*s %4095[^\n]", &map->start, &map->end,
			   rights, &map->offset, path) != 5 ||
		    rights[2] != 'x' || space->nr_maps == MAX_FILE_MAPS - 1)
			continue;
		if (!strcmp(path, "[vdso]"))
			map->offset = 0;
		else if (*path == '[')
			continue;
		map->file = file_id(path);
		space->nr_maps++;
	}
	fclose(maps);
}

static void space_refresh(struct space *space)
{
	if (!space->stale)
		return;
	space->stale = false;
	read_maps(space);
	if (space->dwfl)
		dwfl_report_begin(space->dwfl);
	else
		space->dwfl = dwfl_begin(&callbacks);
	if (dwfl_linux_proc_report(space->dwfl, space->pid) ||
	    dwfl_report_end(space->dwfl, NULL, NULL))
		errx(1, "cannot tell the files of %d: %s", space->pid, dwfl_errmsg(-1));
	if (dwfl_pid(space->dwfl) < 0 &&
	    !dwfl_attach_state(space->dwfl, own_elf, space->pid, &thread_callbacks, space))
		errx(1, "cannot attach to %d: %s", space->pid, dwfl_errmsg(-1));
}

static void space_reset(struct space *space)
{
	if (space->dwfl)
		dwfl_end(space->dwfl);
	space->dwfl = NULL;
	space->stale = true;
}

static struct space *space_of(pid_t pid)
{
	struct space *space = spaces;

	while (space && space->pid != pid)
		space = space->next;
	if (space)
		return space;
	space = calloc(1, sizeof *space);
	*space = (struct space){.pid = pid, .next = spaces, .stale = true};
	return spaces = space;
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

/* ---- Stacks ---- */

static bool has_cfi(Dwfl *dwfl, uint64_t address)
{
	Dwfl_Module *module = dwfl_addrmodule(dwfl, address);
	Dwarf_CFI *(*const sources[])(Dwfl_Module *, Dwarf_Addr *) = {dwfl_module_eh_cfi,
								      dwfl_module_dwarf_cfi};

	for (size_t i = 0; module && i < 2; i++) {
		Dwarf_Addr bias;
		Dwarf_CFI *cfi = sources[i](module, &bias);
		Dwarf_Frame *frame;

		if (cfi && !dwarf_cfi_addrframe(cfi, address - bias, &frame)) {
			free(frame);
			return true;
		}
	}
	return false;
}

static int take_frame(Dwfl_Frame *state, void *arg)
{
	struct stack *stack = arg;
	Dwfl *dwfl = dwfl_thread_dwfl(dwfl_frame_thread(state));
	Dwarf_Addr pc;
	bool active;

	if (!dwfl_frame_pc(state, &pc, &active) || stack->nr_frames == MAX_FRAMES)
		return DWARF_CB_ABORT;
	stack->at[stack->nr_frames] = pc - !active;
	stack->gap = !has_cfi(dwfl, pc - !active);
	stack->nr_frames++;
	return stack->gap ? DWARF_CB_ABORT : DWARF_CB_OK;
}

static void print_frame(FILE *text, const struct space *space, uint64_t address)
{
	for (size_t i = 0; i < space->nr_maps; i++) {
		const struct file_map *map = &space->maps[i];

		if (address >= map->start && address < map->end) {
			fprintf(text, " %x:%" PRIx64, map->file,
				address - map->start + map->offset);
			return;
		}
	}
	fprintf(text, " 0:%" PRIx64, address);
}

/* `END FRAME...` of the stopped thread, to be freed. */
static char *unwind(struct thread *thread)
{
	static struct stack stack;
	char *line = NULL;
	size_t size;
	FILE *text = open_memstream(&line, &size);

	if (ptrace(PTRACE_GETREGS, thread->tid, NULL, &registers))
		err(1, "PTRACE_GETREGS");
	space_refresh(thread->space);
	stopped = thread->tid;
	cache_forget();
	stack.nr_frames = 0;
	stack.gap = false;
	if (dwfl_getthread_frames(thread->space->dwfl, thread->tid, take_frame, &stack) &&
	    !stack.gap)
		stack.gap = true;
	fputs(stack.gap ? "gap" : "whole", text);
	for (size_t i = 0; i < stack.nr_frames; i++)
		print_frame(text, thread->space, stack.at[i]);
	fclose(text);
	return line;
}

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

static bool changes_code(uint64_t nr)
{
	return nr == SYS_mmap || nr == SYS_munmap || nr == SYS_mprotect || nr == SYS_mremap;
}

static bool returns_elsewhere(uint64_t nr)
{
	return nr == SYS_execve || nr == SYS_execveat || nr == SYS_rt_sigreturn || nr == SYS_exit ||
	       nr == SYS_exit_group;
}

static void call_begins(struct thread *thread, uint64_t nr)
{
	thread->nr = nr;
	free(thread->kept);
	thread->kept = returns_elsewhere(nr) ? unwind(thread) : NULL;
	if (nr == SYS_exit || nr == SYS_exit_group)
		fprintf(out, "C %d %" PRIu64 " ? %s\n", thread->tid, nr, thread->kept);
}

static void call_returns(struct thread *thread, int64_t result)
{
	char *stack = thread->kept ? thread->kept : unwind(thread);

	thread->kept = NULL;
	fprintf(out, "C %d %" PRIu64 " %" PRId64 " %s\n", thread->tid, thread->nr, result, stack);
	free(stack);
	if (changes_code(thread->nr) && (result >= 0 || result < -4095))
		thread->space->stale = true;
}

static void at_call(struct thread *thread)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, thread->tid, sizeof info, &info) <= 0)
		return; /* killed meanwhile */
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		call_begins(thread, info.entry.nr);
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

static pid_t launch(char **argv)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execvp(argv[0], argv);
		err(127, "%s", argv[0]);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL,
		   PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			   PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL))
		err(1, "cannot trace");
	thread_of(pid)->started = true;
	ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
	return pid;
}

int main(int argc, char **argv)
{
	int status;

	if (argc < 3)
		errx(2, "usage: dwfl_stacks FILE COMMAND [ARGUMENT]...");
	out = fopen(argv[1], "we");
	if (!out)
		err(1, "%s", argv[1]);
	elf_version(EV_CURRENT);
	own_elf = elf_begin(open("/proc/self/exe", O_RDONLY | O_CLOEXEC), ELF_C_READ, NULL);
	status = follow(launch(argv + 2));
	if (fclose(out))
		err(1, "%s", argv[1]);
	return status;
}
