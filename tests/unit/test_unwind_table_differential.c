// SPDX-License-Identifier: MIT
/*
 * Every row that readelf prints for system libraries, compared with the rule that the table has
 * there.
 *
 * All columns that a rule knows must agree, at the row's first and last byte of code. Of
 * expressions, which readelf does not show in its table, only that they are some is compared here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <fcntl.h>
#include <gelf.h>

#include "base/vec.h"
#include "unwind/elf_code.h"
#include "unwind/table.h"

#define MAX_COLUMNS 24
#define CELL_BYTES  16

struct row {
	uint64_t address;
	char cells[MAX_COLUMNS][CELL_BYTES]; /* the CFA is the first */
};

/* What holds in an FDE without rows. */
struct cie_row {
	uint64_t offset;
	struct row row;
};

struct span {
	uint64_t start, end;
};

struct reference {
	FILE *lines;
	struct elf_code code;
	struct unwind_table table;
	char names[MAX_COLUMNS][CELL_BYTES]; /* of the columns */
	int nr_columns;
	bool in_fde, has_row;
	uint64_t end; /* of the FDE */
	struct row row;
	VEC(struct cie_row) cies;
	VEC(struct span) spans; /* of all FDEs */
	size_t cie;             /* of the FDE */
	uint64_t start;
	unsigned int rows, fdes, filled, special, mended, differences;
};

static int register_number(const char *name)
{
	static const char *const names[] = {"rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp",
					    "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};

	for (int i = 0; i < 16; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

static int saved_index(const char *name)
{
	static const char *const names[] = {"rbx", "rbp", "r10", "r12", "r13", "r14", "r15"};

	for (int i = 0; i < NR_UNWIND_REGISTERS; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

static bool same_cfa(const char *cell, const struct unwind_rule *rule)
{
	char name[CELL_BYTES] = "";
	int offset = 0;

	if (!strcmp(cell, "exp"))
		return rule->cfa_kind == UNWIND_CFA_DEREF || rule->cfa_kind == UNWIND_CFA_PLT ||
		       rule->cfa_kind == UNWIND_CFA_UNSUPPORTED;
	return sscanf(cell, "%15[a-z0-9]%d", name, &offset) == 2 &&
	       rule->cfa_kind == UNWIND_CFA_REG && rule->cfa_reg == register_number(name) &&
	       rule->cfa_offset == offset;
}

static bool same_return_address(const char *cell, const struct unwind_rule *rule)
{
	if (!strcmp(cell, "c-8"))
		return rule->ra_kind == UNWIND_RA_CFA;
	if (!strcmp(cell, "u"))
		return rule->ra_kind == UNWIND_RA_UNDEFINED;
	if (cell[0] == 'r')
		return rule->ra_kind == UNWIND_RA_REGISTER &&
		       rule->saved[UNWIND_R10] == atoi(cell + 1);
	return rule->ra_kind == UNWIND_RA_UNSUPPORTED;
}

static bool same_saved(const char *cell, const struct unwind_rule *rule, int which)
{
	bool from_rbp = rule->flags & UNWIND_FROM_RBP << which;
	uint8_t saved = rule->saved[which];
	int offset;

	if (sscanf(cell, "c%d", &offset) == 1)
		return saved == -offset / 8 && !from_rbp;
	if (!strcmp(cell, "exp"))
		return from_rbp || saved == UNWIND_UNKNOWN;
	return !from_rbp && saved == (strcmp(cell, "u") && strcmp(cell, "s") ? UNWIND_UNKNOWN
									     : UNWIND_UNCHANGED);
}

static bool same_rule(const struct reference *r, const struct row *row,
		      const struct unwind_rule *rule)
{
	bool same = same_cfa(row->cells[0], rule);

	for (int i = 1; i < r->nr_columns; i++) {
		int saved = saved_index(r->names[i]);

		if (!strcmp(r->names[i], "ra"))
			same &= same_return_address(row->cells[i], rule);
		else if (saved >= 0 && (saved != UNWIND_R10 || rule->ra_kind != UNWIND_RA_REGISTER))
			same &= same_saved(row->cells[i], rule, saved);
	}
	return same;
}

/* Is a register that callers may go by where no slot can tell? */
static bool is_far(const char *name, const char *cell)
{
	int which = saved_index(name), offset;

	if (which < 0 || which == UNWIND_R10 || !strcmp(cell, "u") || !strcmp(cell, "s"))
		return false;
	return sscanf(cell, "c%d", &offset) != 1 || offset % 8 || offset > -8 || offset < -2032;
}

/* What only user space can follow: expressions, and return addresses and other registers in odd
 * places. */
static bool is_special(const struct reference *r, const struct row *row)
{
	bool special = false;

	for (int i = 0; i < r->nr_columns; i++) {
		const char *cell = row->cells[i];

		special |= strstr(cell, "exp") ||
			   (!strcmp(r->names[i], "rsp") && strcmp(cell, "u")) ||
			   is_far(r->names[i], cell) ||
			   (!strcmp(r->names[i], "ra") && cell[0] == 'c' && strcmp(cell, "c-8"));
	}
	return special;
}

static void compare_at(struct reference *r, const struct row *row, uint64_t address)
{
	uint64_t offset, left;
	const struct unwind_rule *rule;
	bool same;

	if (!elf_code_locate(&r->code, address, &offset, &left))
		return;
	rule = unwind_table_find(&r->table, offset);
	same = rule && same_rule(r, row, rule);
	if (rule && !same && is_special(r, row))
		same = rule->flags & UNWIND_SIGNAL_FRAME ||
		       rule->cfa_kind == UNWIND_CFA_UNSUPPORTED;
	if (same)
		return;
	if (rule && rule->ra_kind == UNWIND_RA_UNDEFINED && !strcmp(row->cells[0], "rsp+8")) {
		r->mended++;
		return;
	}
	if (r->differences++ < 20)
		print_message("%llx: CFA %s: kind %d reg %d offset %d ra %d\n",
			      (unsigned long long)address, row->cells[0],
			      rule ? rule->cfa_kind : -1, rule ? rule->cfa_reg : -1,
			      rule ? rule->cfa_offset : -1, rule ? rule->ra_kind : -1);
}

static void compare_row(struct reference *r, uint64_t end)
{
	if (!r->has_row || end <= r->row.address)
		return;
	compare_at(r, &r->row, r->row.address);
	compare_at(r, &r->row, end - 1);
	r->rows++;
	r->special += is_special(r, &r->row);
	r->has_row = false;
}

static void entry_end(struct reference *r)
{
	if (!r->in_fde)
		return;
	if (!r->nr_columns && r->end > r->start) {
		r->nr_columns = 2;
		strcpy(r->names[1], "ra");
		r->row = r->cies.items[r->cie].row;
		r->row.address = r->start;
		r->has_row = true;
	}
	compare_row(r, r->end);
	r->in_fde = false;
}

static int split(char *line, char cells[MAX_COLUMNS][CELL_BYTES])
{
	int count = 0;
	char *save = NULL;

	for (char *word = strtok_r(line, " \n", &save); word && count < MAX_COLUMNS;
	     word = strtok_r(NULL, " \n", &save))
		if (*word != '(') /* the name of the register before */
			snprintf(cells[count++], CELL_BYTES, "%s", word);
	return count;
}

static void read_row(struct reference *r, char *line)
{
	char *cells;
	struct row row = {.address = strtoull(line, &cells, 16)};

	if (*cells != ' ')
		return;
	split(cells, row.cells);
	if (!r->in_fde) {
		r->cies.items[r->cies.size - 1].row = row;
		return;
	}
	compare_row(r, row.address);
	r->row = row;
	r->has_row = true;
}

static size_t find_cie(const struct reference *r, const char *mention)
{
	uint64_t offset = strtoull(mention + strlen(" cie="), NULL, 16);
	size_t i = 0;

	while (i < r->cies.size && r->cies.items[i].offset != offset)
		i++;
	assert_true(i < r->cies.size);
	return i;
}

static void read_line(struct reference *r, char *line)
{
	char *range = strstr(line, " pc=");

	if (range) {
		entry_end(r);
		r->in_fde = true;
		r->cie = find_cie(r, strstr(line, " cie="));
		r->start = strtoull(range + 4, &range, 16);
		r->end = strtoull(range + 2, NULL, 16);
		r->nr_columns = 0;
		r->fdes++;
		*vec_push(&r->spans) = (struct span){r->start, r->end};
	} else if (strstr(line, " CIE ")) {
		entry_end(r);
		vec_push(&r->cies)->offset = strtoull(line, NULL, 16);
	} else if (strstr(line, "   LOC ")) {
		r->nr_columns = split(strstr(line, "CFA"), r->names);
	} else if (strspn(line, "0123456789abcdef") >= 8) {
		read_row(r, line);
	}
}

static int compare_spans(const void *left, const void *right)
{
	const struct span *a = left, *b = right;

	return (a->start > b->start) - (a->start < b->start);
}

/* Counts the gaps between FDEs where the table has a rule none the less. */
static unsigned int count_filled_gaps(struct reference *r)
{
	unsigned int filled = 0;

	qsort(r->spans.items, r->spans.size, sizeof *r->spans.items, compare_spans);
	for (size_t i = 0; i < r->spans.size; i++) {
		const struct span *span = &r->spans.items[i];
		uint64_t offset, left;

		if ((i + 1 == r->spans.size || span[1].start > span->end) &&
		    elf_code_locate(&r->code, span->end, &offset, &left))
			filled += unwind_table_find(&r->table, offset) != NULL;
	}
	return filled;
}

static void compare(struct reference *r, int fd, const char *path)
{
	scoped_free char *command =
		xasprintf("readelf --debug-dump=frames-interp '%s' 2>/dev/null", path);
	scoped_free char *line = NULL;
	size_t capacity = 0;
	Elf *elf = elf_begin(fd, ELF_C_READ, NULL);

	assert_int_equal(unwind_table_build(fd, &r->table), 0);
	assert_int_equal(elf_code_init(&r->code, elf, lseek(fd, 0, SEEK_END)), 0);
	r->lines = popen(command, "r");
	assert_non_null(r->lines);
	while (getline(&line, &capacity, r->lines) > 0)
		read_line(r, line);
	entry_end(r);
	r->filled = count_filled_gaps(r);
	pclose(r->lines);
	vec_free(&r->cies);
	vec_free(&r->spans);
	elf_code_fini(&r->code);
	elf_end(elf);
}

static void assert_same_rows(const char *path, unsigned int min_rows)
{
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct reference r = {0};

	if (fd < 0 || system("command -v readelf >/dev/null")) {
		print_message("skipped: no %s here\n", fd < 0 ? path : "readelf");
		skip();
	}
	compare(&r, fd, path);
	print_message(
		"%s: %u FDEs, %u gaps filled, %u rows, %u special, %u mended, %u differences\n",
		path, r.fdes, r.filled, r.rows, r.special, r.mended, r.differences);
	assert_true(r.rows > min_rows);
	assert_int_equal(r.differences, 0);
	assert_in_range(r.filled, 0, 5); /* entry, .fini, crtbegin, clone, clone3: without an FDE */
	assert_in_range(r.mended, 0, 2); /* __start_context's only row, begin and end */
	assert_in_range(r.table.nr_unsupported, 0, r.rows / 1000 + 2);
	unwind_table_fini(&r.table);
}

static void c_library(void **state)
{
	(void)state;
	assert_same_rows("/lib/x86_64-linux-gnu/libc.so.6", 20000);
}

static void dynamic_linker(void **state)
{
	(void)state;
	assert_same_rows("/lib64/ld-linux-x86-64.so.2", 1500);
}

static void cpp_library(void **state)
{
	(void)state;
	assert_same_rows("/usr/lib/x86_64-linux-gnu/libstdc++.so.6", 20000);
}

static void shell(void **state)
{
	(void)state;
	assert_same_rows("/bin/bash", 5000);
}

static void python(void **state)
{
	(void)state;
	assert_same_rows("/usr/bin/python3", 20000);
}

/* Hand-written, with frames in registers and expressions that compilers do not write. */
static void crypto_library(void **state)
{
	(void)state;
	assert_same_rows("/usr/lib/x86_64-linux-gnu/libcrypto.so.3", 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(c_library),   cmocka_unit_test(dynamic_linker),
		cmocka_unit_test(cpp_library), cmocka_unit_test(shell),
		cmocka_unit_test(python),      cmocka_unit_test(crypto_library),
	};

	elf_version(EV_CURRENT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
