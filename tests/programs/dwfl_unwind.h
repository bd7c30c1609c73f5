/* SPDX-License-Identifier: MIT */
/*
 * Stacks of stopped threads by libdwfl, with the thread's memory and registers read by ptrace.
 *
 * A Dwfl is kept for each process, and told anew what is mapped only when its code has changed.
 * Stacks are lines of text, the innermost frame first: `END FRAME...`. A frame is `id:offset`, in
 * hexadecimal: an offset in the file that a line `F id path` has named, of a byte of the calling
 * instruction, or of the very instruction where a signal came. END is `whole`, or `gap` where the
 * last frame has no call-frame information: what libdwfl then guesses by frame pointer is left out.
 */
#ifndef TESTS_DWFL_UNWIND_H
#define TESTS_DWFL_UNWIND_H

#include "program.h"

#include <elfutils/libdwfl.h>
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

struct stack {
	uint64_t at[MAX_FRAMES];
	size_t nr_frames;
	bool gap;
};

static FILE *out;
static Elf *own_elf;
static struct space *spaces;

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

static bool set_registers(Dwfl_Thread *thread, void *arg)
{
	const struct user_regs_struct *r = &registers;
	Dwarf_Word words[] = {r->rax, r->rdx, r->rcx, r->rbx, r->rsi, r->rdi, r->rbp, r->rsp, r->r8,
			      r->r9,  r->r10, r->r11, r->r12, r->r13, r->r14, r->r15, r->rip};

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

/* A function that is returned to at its first instruction did not call: so contexts are made. What
 * lies outside of all files is no return address. */
static int take_frame(Dwfl_Frame *state, void *arg)
{
	struct stack *stack = arg;
	Dwfl *dwfl = dwfl_thread_dwfl(dwfl_frame_thread(state));
	Dwarf_Addr pc, at;
	bool active;

	if (!dwfl_frame_pc(state, &pc, &active) || stack->nr_frames == MAX_FRAMES)
		return DWARF_CB_ABORT;
	at = pc - !active;
	stack->gap = !has_cfi(dwfl, at);
	if (stack->gap && has_cfi(dwfl, pc))
		at = pc;
	if (dwfl_addrmodule(dwfl, at))
		stack->at[stack->nr_frames++] = at;
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

/* Of the stopped thread, with `registers`; to be freed. */
static char *unwind(struct space *space, pid_t tid)
{
	static struct stack stack;
	char *line = NULL;
	size_t size;
	FILE *text = open_memstream(&line, &size);

	space_refresh(space);
	stopped = tid;
	cache_forget();
	stack.nr_frames = 0;
	stack.gap = false;
	if (dwfl_getthread_frames(space->dwfl, tid, take_frame, &stack))
		stack.gap = true;
	fputs(stack.gap ? "gap" : "whole", text);
	for (size_t i = 0; i < stack.nr_frames; i++)
		print_frame(text, space, stack.at[i]);
	fclose(text);
	return line;
}

static bool has_code(const struct space *space, uint64_t start, uint64_t size)
{
	for (size_t i = 0; i < space->nr_maps; i++)
		if (space->maps[i].start < start + size && space->maps[i].end > start)
			return true;
	return false;
}

/* Notes a call that may change what code is mapped, with its first three arguments. Of others the
 * Dwfl is spared: while threads run, /proc/PID/maps is not read at one moment. */
static void note_call(struct space *space, uint64_t nr, const uint64_t *args)
{
	if (nr == SYS_mmap || nr == SYS_mprotect)
		space->stale |= args[2] & PROT_EXEC;
	if (nr == SYS_mmap || nr == SYS_munmap || nr == SYS_mprotect || nr == SYS_mremap)
		space->stale |= has_code(space, args[0], args[1]);
}

/* Starts the command, which stops before its exec. */
static pid_t launch(char **argv, long options)
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
	    ptrace(PTRACE_SETOPTIONS, pid, NULL, options))
		err(1, "cannot trace");
	return pid;
}

static void unwind_begin(const char *path)
{
	out = fopen(path, "we");
	if (!out)
		err(1, "%s", path);
	elf_version(EV_CURRENT);
	own_elf = elf_begin(open("/proc/self/exe", O_RDONLY | O_CLOEXEC), ELF_C_READ, NULL);
}

static void unwind_end(const char *path)
{
	if (fclose(out))
		err(1, "%s", path);
}

#endif
