/* SPDX-License-Identifier: MIT */
/*
 * A program run instruction by instruction, and what it really does with its stacks.
 *
 * A shadow stack keeps, for each call, where the return address was pushed and what the registers
 * held that a function must give back. Signals are calls that the kernel makes. When the stack
 * pointer jumps to another stack (of a signal handler, of a coroutine) a shadow stack of its own
 * begins; while the jump is under way, until its `ret`, nobody can say what the stack is.
 */
#ifndef TESTS_STEPPING_H
#define TESTS_STEPPING_H

#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/vec.h"
#include "unwind/table.h"

/* By DWARF's numbers. */
enum { REG_AX = 0, REG_BP = 6, REG_SP = 7, REG_IP = 16 };

#define FAR_BYTES (1 << 20) /* a jump of the stack pointer that leaves for another stack */

struct file {
	char *path;
	struct unwind_table table;
};

struct mapping {
	uint64_t start, end, offset;
	size_t file;
};

enum call_kind {
	CALL_INSTRUCTION,
	CALL_SIGNAL,  /* its return address is that of the interrupted instruction */
	CALL_CONTEXT, /* the bottom of a made stack: returns to where nobody called */
};

struct call {
	enum call_kind kind;
	uint64_t slot, return_address;
	size_t from; /* CALL_SIGNAL: the shadow stack of what was interrupted */
	uint64_t registers[16];
};

struct shadow {
	uint64_t top;
	VEC(struct call) calls;
};

struct stepped {
	pid_t pid;
	bool spoil; /* the tables, to see that it is noticed */
	VEC(struct file) files;
	VEC(struct mapping) mappings;
	VEC(struct shadow) shadows;
	size_t shadow;          /* the one in use */
	bool in_transit;        /* between two of them */
	uint64_t registers[17]; /* by DWARF's numbers */
	uint8_t code[16];       /* of the next instruction */
	unsigned long steps, signals;
};

static bool read_memory(const struct stepped *s, uint64_t address, void *out, size_t size)
{
	struct iovec local = {out, size}, remote = {(void *)address, size};

	return process_vm_readv(s->pid, &local, 1, &remote, 1, 0) == (ssize_t)size;
}

static uint64_t load(const struct stepped *s, uint64_t address)
{
	uint64_t value = 0;

	read_memory(s, address, &value, sizeof value);
	return value;
}

/* ---- Code and its tables ---- */

static void build_vdso(struct unwind_table *out)
{
	const uint8_t *image = (const uint8_t *)getauxval(AT_SYSINFO_EHDR);
	const Elf64_Ehdr *header = (const void *)image;
	const Elf64_Phdr *segment = (const void *)(image + header->e_phoff);

	while (segment->p_type != PT_LOAD)
		segment++;
	assert_int_equal(unwind_table_build_image(image, segment->p_filesz, out), 0);
}

static void spoil(struct unwind_table *table)
{
	for (size_t i = 0; i < table->nr_rules; i++)
		if (table->rules[i].cfa_offset == 16)
			table->rules[i].cfa_offset = 24;
}

static size_t find_file(struct stepped *s, const char *path)
{
	struct file *file;

	for (size_t i = 0; i < s->files.size; i++)
		if (!strcmp(s->files.items[i].path, path))
			return i;
	file = vec_push(&s->files);
	file->path = xstrdup(path);
	if (!strcmp(path, "[vdso]")) {
		build_vdso(&file->table);
	} else {
		scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC);

		assert_int_equal(unwind_table_build(fd, &file->table), 0);
	}
	if (s->spoil)
		spoil(&file->table);
	return s->files.size - 1;
}

static void read_mappings(struct stepped *s)
{
	scoped_free char *path = xasprintf("/proc/%d/maps", s->pid);
	FILE *maps = fopen(path, "re");
	unsigned long start, end, offset;
	char line[4096], name[2048], rights[8];

	assert_non_null(maps);
	s->mappings.size = 0;
	while (fgets(line, sizeof line, maps))
		if (sscanf(line, "%lx-%lx %7s %lx %*s %*s %2047s", &start, &end, rights, &offset,
			   name) == 5 &&
		    rights[2] == 'x' && strcmp(name, "[vsyscall]"))
			*vec_push(&s->mappings) =
				(struct mapping){start, end, offset, find_file(s, name)};
	fclose(maps);
}

static const struct mapping *known_mapping(const struct stepped *s, uint64_t pc)
{
	vec_each (&s->mappings, mapping)
		if (pc >= mapping->start && pc < mapping->end)
			return mapping;
	return NULL;
}

/* What is executing is mapped, if only since a moment ago. */
static const struct mapping *current_mapping(struct stepped *s)
{
	const struct mapping *mapping = known_mapping(s, s->registers[REG_IP]);

	if (mapping)
		return mapping;
	read_mappings(s);
	return known_mapping(s, s->registers[REG_IP]);
}

/* ---- The shadow stacks ---- */

static struct shadow *shadow_of(const struct stepped *s)
{
	return &s->shadows.items[s->shadow];
}

static struct call *last_call(const struct stepped *s)
{
	struct shadow *shadow = shadow_of(s);

	return shadow->calls.size ? &shadow->calls.items[shadow->calls.size - 1] : NULL;
}

static void push_call(struct stepped *s, enum call_kind kind, uint64_t slot,
		      uint64_t return_address, const uint64_t *registers)
{
	struct call *call = vec_push(&shadow_of(s)->calls);

	call->kind = kind;
	call->slot = slot;
	call->return_address = return_address;
	memcpy(call->registers, registers, sizeof call->registers);
}

static void drop_calls_below(struct stepped *s, uint64_t slot)
{
	while (last_call(s) && last_call(s)->slot < slot)
		shadow_of(s)->calls.size--;
}

static bool is_far(uint64_t a, uint64_t b)
{
	return (a > b ? a - b : b - a) > FAR_BYTES;
}

/* The stack that rsp is on now; a new one has nothing on it yet. */
static void choose_shadow(struct stepped *s)
{
	uint64_t rsp = s->registers[REG_SP];

	for (s->shadow = 0; s->shadow < s->shadows.size; s->shadow++)
		if (!is_far(shadow_of(s)->top, rsp))
			return;
	vec_push(&s->shadows)->top = rsp;
}

static const uint8_t *skip_prefixes(const uint8_t *code)
{
	while (*code && (strchr("\x3e\xf2\xf3\x66", *code) || (*code & 0xf0) == 0x40))
		code++;
	return code;
}

static bool is_call(const uint8_t *code)
{
	code = skip_prefixes(code);
	return code[0] == 0xe8 || (code[0] == 0xff && (code[1] >> 3 & 7) == 2);
}

static bool is_return(const uint8_t *code)
{
	code = skip_prefixes(code);
	return code[0] == 0xc3 || code[0] == 0xc2;
}

static bool is_indirect_jump(const uint8_t *code)
{
	code = skip_prefixes(code);
	return code[0] == 0xff && (code[1] >> 3 & 7) == 4;
}

static bool is_sigreturn(const struct stepped *s)
{
	return s->code[0] == 0x0f && s->code[1] == 0x05 && s->registers[REG_AX] == SYS_rt_sigreturn;
}

/* Out of the handler: its shadow stack is the innermost one with a signal on it. */
static void follow_sigreturn(struct stepped *s)
{
	struct call *call = last_call(s);

	assert_true(call && call->kind == CALL_SIGNAL);
	assert_int_equal(call->return_address, s->registers[REG_IP]);
	shadow_of(s)->calls.size--;
	choose_shadow(s);
}

/* A return that no call belongs to, or the like: the end of a longjmp, of a switch to another
 * stack, or the first step of a coroutine. */
static void follow_jump(struct stepped *s)
{
	uint64_t rsp = s->registers[REG_SP];

	drop_calls_below(s, rsp);
	if (s->in_transit && !last_call(s))
		push_call(s, CALL_CONTEXT, rsp, load(s, rsp), s->registers);
	s->in_transit = false;
}

/* Keeps the shadow stacks: what `before` did led to what `s` is now. */
static void follow(struct stepped *s, const struct stepped *before)
{
	uint64_t rsp = s->registers[REG_SP], rsp_before = before->registers[REG_SP];
	struct call *last = last_call(s);

	if (!memcmp(s->registers, before->registers, sizeof s->registers))
		return; /* a signal was first */
	if (is_sigreturn(before)) {
		follow_sigreturn(s);
	} else if (is_call(before->code) && rsp == rsp_before - 8) {
		push_call(s, CALL_INSTRUCTION, rsp, load(s, rsp), before->registers);
	} else if (is_return(before->code) && last && last->slot == rsp_before) {
		shadow_of(s)->calls.size--;
		s->in_transit = false;
	} else if (is_return(before->code) || is_indirect_jump(before->code)) {
		follow_jump(s);
	} else if (is_far(rsp, rsp_before)) {
		choose_shadow(s);
		s->in_transit = true;
	} else if (!s->in_transit) {
		drop_calls_below(s, rsp - 8);
	}
}

/* The kernel has put the handler's frame where it belongs; rip is at its first instruction. */
static void follow_signal(struct stepped *s, const struct stepped *before)
{
	uint64_t rsp = s->registers[REG_SP];
	size_t from = s->shadow;

	s->signals++;
	if (is_far(rsp, before->registers[REG_SP]))
		choose_shadow(s);
	push_call(s, CALL_SIGNAL, rsp + 8, before->registers[REG_IP], before->registers);
	last_call(s)->from = from;
	push_call(s, CALL_INSTRUCTION, rsp, load(s, rsp), before->registers);
}

/* ---- The process ---- */

static void fetch(struct stepped *s)
{
	struct user_regs_struct r;

	assert_int_equal(ptrace(PTRACE_GETREGS, s->pid, NULL, &r), 0);
	memcpy(s->registers,
	       (uint64_t[]){r.rax, r.rdx, r.rcx, r.rbx, r.rsi, r.rdi, r.rbp, r.rsp, r.r8, r.r9,
			    r.r10, r.r11, r.r12, r.r13, r.r14, r.r15, r.rip},
	       sizeof s->registers);
	memset(s->code, 0, sizeof s->code);
	if (!read_memory(s, r.rip, s->code, sizeof s->code))
		read_memory(s, r.rip, s->code, 0x1000 - r.rip % 0x1000);
}

/* Why it stopped, if not for a signal: these are not numbers of any. */
enum { STOP_STEP = 0, STOP_ENDED = -1, STOP_HANDLER = -2 };

static int resume(struct stepped *s, int signal)
{
	siginfo_t info;
	int status;

	assert_int_equal(ptrace(PTRACE_SINGLESTEP, s->pid, NULL, (long)signal), 0);
	assert_int_equal(waitpid(s->pid, &status, 0), s->pid);
	if (!WIFSTOPPED(status))
		return STOP_ENDED;
	assert_int_equal(ptrace(PTRACE_GETSIGINFO, s->pid, NULL, &info), 0);
	fetch(s);
	if (info.si_signo != SIGTRAP || info.si_code <= 0 || info.si_code > SIGTRAP)
		return info.si_signo;
	return info.si_code == SIGTRAP ? STOP_HANDLER : STOP_STEP; /* as ptrace_notify() says it */
}

/* One instruction, or the entry into a signal's handler; false when the program has ended. */
static bool step(struct stepped *s)
{
	struct stepped before = *s;
	int stop = resume(s, 0);

	s->steps++;
	if (stop > 0) {
		follow(s, &before);
		before = *s;
		stop = resume(s, stop);
	}
	assert_true(stop <= 0);
	if (stop == STOP_HANDLER)
		follow_signal(s, &before);
	else if (stop == STOP_STEP)
		follow(s, &before);
	return stop != STOP_ENDED;
}

static bool start(struct stepped *s, char *const *argv)
{
	int status;

	s->pid = fork();
	assert_true(s->pid >= 0);
	if (!s->pid) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execvp(argv[0], argv);
		_exit(127);
	}
	assert_int_equal(waitpid(s->pid, &status, 0), s->pid);
	if (!WIFSTOPPED(status))
		return false;
	fetch(s);
	choose_shadow(s);
	return true;
}

static void stepped_fini(struct stepped *s)
{
	if (s->pid > 0) { /* 0, where nothing was started, would mean all of our own group */
		kill(s->pid, SIGKILL);
		waitpid(s->pid, NULL, 0);
	}
	vec_each (&s->files, file) {
		free(file->path);
		unwind_table_fini(&file->table);
	}
	vec_each (&s->shadows, shadow)
		vec_free(&shadow->calls);
	vec_free(&s->files);
	vec_free(&s->mappings);
	vec_free(&s->shadows);
}

#endif
