// SPDX-License-Identifier: MIT
/*
 * Programs run instruction by instruction, with the rule of each checked against what really
 * happened.
 *
 * A shadow stack keeps, for each call, where the return address was pushed and what the registers
 * held that a function must give back. At every instruction the rule has to lead to just these. It
 * must say that the frame is the outermost one if and only if nobody was called yet.
 * PROF_TEST_STEPS asks for more instructions.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <elf.h>
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "base/vec.h"
#include "unwind/table.h"

#define MAX_SHOWN 20

struct file {
	char *path;
	struct unwind_table table;
};

struct mapping {
	uint64_t start, end, offset;
	size_t file;
};

struct call {
	uint64_t slot, return_address;
	uint64_t registers[16];
};

struct walk {
	pid_t pid;
	bool spoil; /* the tables, to see that it is noticed */
	VEC(struct file) files;
	VEC(struct mapping) mappings;
	VEC(struct call) calls;
	uint64_t registers[17]; /* by DWARF's numbers */
	uint8_t code[16];       /* of the next instruction */
	unsigned long steps, checked, no_rule, unsupported, outermost, unknown_saved, wrong;
};

static bool read_memory(const struct walk *w, uint64_t address, void *out, size_t size)
{
	struct iovec local = {out, size}, remote = {(void *)address, size};

	return process_vm_readv(w->pid, &local, 1, &remote, 1, 0) == (ssize_t)size;
}

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

static size_t find_file(struct walk *w, const char *path)
{
	struct file *file;

	for (size_t i = 0; i < w->files.size; i++)
		if (!strcmp(w->files.items[i].path, path))
			return i;
	file = vec_push(&w->files);
	file->path = xstrdup(path);
	if (!strcmp(path, "[vdso]")) {
		build_vdso(&file->table);
	} else {
		scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC);

		assert_int_equal(unwind_table_build(fd, &file->table), 0);
	}
	if (w->spoil)
		spoil(&file->table);
	return w->files.size - 1;
}

static void read_mappings(struct walk *w)
{
	scoped_free char *path = xasprintf("/proc/%d/maps", w->pid);
	FILE *maps = fopen(path, "re");
	unsigned long start, end, offset;
	char line[4096], name[2048], rights[8];

	assert_non_null(maps);
	w->mappings.size = 0;
	while (fgets(line, sizeof line, maps))
		if (sscanf(line, "%lx-%lx %7s %lx %*s %*s %2047s", &start, &end, rights, &offset,
			   name) == 5 &&
		    rights[2] == 'x' && strcmp(name, "[vsyscall]"))
			*vec_push(&w->mappings) =
				(struct mapping){start, end, offset, find_file(w, name)};
	fclose(maps);
}

static const struct mapping *find_mapping(struct walk *w, uint64_t pc)
{
	for (int round = 0; round < 2; round++) {
		vec_each (&w->mappings, mapping)
			if (pc >= mapping->start && pc < mapping->end)
				return mapping;
		read_mappings(w);
	}
	return NULL;
}

static const struct unwind_rule *find_rule(struct walk *w, uint64_t pc)
{
	const struct mapping *mapping = find_mapping(w, pc);

	assert_non_null(mapping);
	return unwind_table_find(&w->files.items[mapping->file].table,
				 pc - mapping->start + mapping->offset);
}

static void show(struct walk *w, const char *what)
{
	uint64_t pc = w->registers[16];
	const struct mapping *mapping = find_mapping(w, pc);

	if (w->wrong++ < MAX_SHOWN)
		print_message("%s at %s+%lx\n", what, w->files.items[mapping->file].path,
			      (unsigned long)(pc - mapping->start + mapping->offset));
}

static uint64_t rule_cfa(const struct walk *w, const struct unwind_rule *rule)
{
	uint64_t base = w->registers[rule->cfa_reg], loaded = 0;

	switch (rule->cfa_kind) {
	case UNWIND_CFA_REG:
		return base + rule->cfa_offset;
	case UNWIND_CFA_PLT:
		return base + 8 + 8 * ((w->registers[16] & 15) >= (unsigned int)rule->cfa_offset);
	case UNWIND_CFA_DEREF:
		read_memory(w, base + rule->cfa_offset, &loaded, sizeof loaded);
		return loaded + rule->deref_offset;
	default:
		return 0;
	}
}

static uint64_t load(const struct walk *w, uint64_t address)
{
	uint64_t value = 0;

	read_memory(w, address, &value, sizeof value);
	return value;
}

static void check_saved(struct walk *w, const struct unwind_rule *rule, const struct call *call)
{
	/* r10 is not given back. */
	static const uint8_t followed[] = {UNWIND_RBX, UNWIND_RBP, UNWIND_R12,
					   UNWIND_R13, UNWIND_R14, UNWIND_R15};
	static const uint8_t numbers[] = {3, 6, 10, 12, 13, 14, 15};

	for (size_t i = 0; i < sizeof followed; i++) {
		uint8_t number = numbers[followed[i]], saved = rule->saved[followed[i]];
		uint64_t value = w->registers[number];

		if (saved == UNWIND_UNKNOWN) {
			w->unknown_saved++;
			continue;
		}
		if (saved && rule->flags & UNWIND_SAVED_FROM_RBP)
			value = load(w, w->registers[6] + 8 * (UNWIND_RBP_ZERO - saved));
		else if (saved)
			value = load(w, call->slot + 8 - 8 * saved);
		if (value != call->registers[number])
			show(w, "wrong register");
	}
}

static void check_rule(struct walk *w, const struct unwind_rule *rule, const struct call *call)
{
	uint64_t return_address = 0;

	w->checked++;
	if (rule_cfa(w, rule) != call->slot + 8)
		show(w, "wrong CFA");
	if (rule->ra_kind == UNWIND_RA_CFA)
		return_address = load(w, call->slot);
	else if (rule->ra_kind == UNWIND_RA_REGISTER)
		return_address = w->registers[rule->saved[UNWIND_R10]];
	if (return_address != call->return_address)
		show(w, "wrong return address");
	else
		check_saved(w, rule, call);
}

static void check(struct walk *w)
{
	const struct unwind_rule *rule = find_rule(w, w->registers[16]);

	if (!rule)
		w->no_rule++;
	else if (rule->cfa_kind == UNWIND_CFA_UNSUPPORTED)
		w->unsupported++;
	else if (!w->calls.size && rule->ra_kind == UNWIND_RA_UNDEFINED)
		w->outermost++;
	else if (!w->calls.size || rule->ra_kind == UNWIND_RA_UNDEFINED)
		show(w, "wrong end of the stack");
	else
		check_rule(w, rule, &w->calls.items[w->calls.size - 1]);
}

static void fetch(struct walk *w)
{
	struct user_regs_struct r;

	assert_int_equal(ptrace(PTRACE_GETREGS, w->pid, NULL, &r), 0);
	memcpy(w->registers,
	       (uint64_t[]){r.rax, r.rdx, r.rcx, r.rbx, r.rsi, r.rdi, r.rbp, r.rsp, r.r8, r.r9,
			    r.r10, r.r11, r.r12, r.r13, r.r14, r.r15, r.rip},
	       sizeof w->registers);
	memset(w->code, 0, sizeof w->code);
	if (!read_memory(w, r.rip, w->code, sizeof w->code))
		read_memory(w, r.rip, w->code, 0x1000 - r.rip % 0x1000);
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

/* Keeps the shadow stack: what `before` did led to what `w` is now. */
static void follow(struct walk *w, const struct walk *before)
{
	uint64_t rsp = w->registers[7], rsp_before = before->registers[7];
	struct call *last = w->calls.size ? &w->calls.items[w->calls.size - 1] : NULL;

	if (is_call(before->code) && rsp == rsp_before - 8) {
		last = vec_push(&w->calls);
		last->slot = rsp;
		last->return_address = load(w, rsp);
		memcpy(last->registers, before->registers, sizeof last->registers);
	} else if (is_return(before->code) && last && last->slot == rsp_before) {
		w->calls.size--;
	}
	while (w->calls.size && w->calls.items[w->calls.size - 1].slot + 8 < rsp)
		w->calls.size--;
}

/* False when the program has ended. */
static bool step(struct walk *w)
{
	struct walk before = *w;
	int status;

	assert_int_equal(ptrace(PTRACE_SINGLESTEP, w->pid, NULL, NULL), 0);
	assert_int_equal(waitpid(w->pid, &status, 0), w->pid);
	if (!WIFSTOPPED(status))
		return false;
	assert_int_equal(WSTOPSIG(status), SIGTRAP);
	w->steps++;
	fetch(w);
	follow(w, &before);
	return true;
}

static bool start(struct walk *w, char *const *argv)
{
	int status;

	w->pid = fork();
	assert_true(w->pid >= 0);
	if (!w->pid) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execvp(argv[0], argv);
		_exit(127);
	}
	assert_int_equal(waitpid(w->pid, &status, 0), w->pid);
	return WIFSTOPPED(status);
}

static void walk_fini(struct walk *w)
{
	kill(w->pid, SIGKILL);
	waitpid(w->pid, NULL, 0);
	vec_each (&w->files, file) {
		free(file->path);
		unwind_table_fini(&file->table);
	}
	vec_free(&w->files);
	vec_free(&w->mappings);
	vec_free(&w->calls);
}

static void walk(struct walk *w, char *const *argv, unsigned long max_steps)
{
	if (!start(w, argv)) {
		print_message("skipped: cannot trace %s\n", argv[0]);
		skip();
	}
	fetch(w);
	do
		check(w);
	while (w->steps < max_steps && step(w));
	walk_fini(w);
}

static void assert_right(char *const *argv, unsigned long max_steps)
{
	const char *wanted = getenv("PROF_TEST_STEPS");
	struct walk w = {0};

	max_steps = wanted ? strtoul(wanted, NULL, 10) : max_steps;
	walk(&w, argv, max_steps);
	print_message("%s: %lu steps, %lu checked, %lu outermost, %lu without a rule, %lu "
		      "unsupported, %lu registers unknown, %lu wrong\n",
		      argv[0], w.steps, w.checked, w.outermost, w.no_rule, w.unsupported,
		      w.unknown_saved, w.wrong);
	assert_int_equal(w.wrong, 0);
	assert_true(w.outermost > 1);
	assert_true(w.checked > max_steps / 2 || w.checked > 50000);
	assert_in_range(w.no_rule + w.unsupported, 0, w.steps / 5000);
}

static void program_true(void **state)
{
	(void)state;
	assert_right((char *[]){"/bin/true", NULL}, 200000);
}

static void program_ls(void **state)
{
	(void)state;
	assert_right((char *[]){"/bin/ls", "-l", "/", NULL}, 50000);
}

static void wrong_tables(void **state)
{
	struct walk w = {.spoil = true};

	(void)state;
	walk(&w, (char *[]){"/bin/true", NULL}, 2000);
	assert_true(w.wrong > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(program_true),
		cmocka_unit_test(program_ls),
		cmocka_unit_test(wrong_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
