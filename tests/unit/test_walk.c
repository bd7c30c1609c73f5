// SPDX-License-Identifier: MIT
/*
 * The step of a stack walk, over made-up stacks and tables: the code that the kernel side runs.
 *
 * Code lies at CODE in file 5, one function every 0x100 bytes, each with a rule of its own. The
 * stack is an array of words at STACK; reading elsewhere fails.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "unwind/publish.h"

#define CODE        0x400000ULL
#define CODE_BYTES  0x4000ULL
#define ANONYMOUS   0x900000ULL /* executable, but of no file */
#define STACK       0x7000ULL
#define STACK_WORDS 4096
#define THE_FILE    5

struct walk;

static struct unwind_row rows[4096];
static uint64_t pages[64];
static struct unwind_rule rules[MAX_UNWIND_RULES];
static struct unwind_file files[8];
static uint64_t stack[STACK_WORDS];
static uint8_t made_code[8]; /* at ANONYMOUS */
static uint32_t nr_reads;

static bool walk_read(struct walk *walk, __u64 address, __u64 *out)
{
	(void)walk;
	nr_reads++;
	if (address == ANONYMOUS) {
		memcpy(out, made_code, sizeof made_code);
		return true;
	}
	if (address < STACK || address - STACK >= sizeof stack)
		return false;
	memcpy(out, (char *)stack + (address - STACK), sizeof *out);
	return true;
}

static bool walk_read_block(struct walk *walk, __u64 address, void *out, __u32 size)
{
	for (__u32 i = 0; i < size / 8; i++)
		if (!walk_read(walk, address + 8 * i, (__u64 *)out + i))
			return false;
	return true;
}

static const __u64 *walk_page(struct walk *walk, __u32 index)
{
	(void)walk;
	return index < 64 ? (const __u64 *)&pages[index] : NULL;
}

static const struct unwind_row *walk_row(struct walk *walk, __u32 index)
{
	(void)walk;
	return index < 4096 ? &rows[index] : NULL;
}

static const struct unwind_rule *walk_rule(struct walk *walk, __u32 index)
{
	(void)walk;
	return &rules[index];
}

static bool walk_map(struct walk *walk, __u64 address);

/* What a step that only user space could do would come to: -1, nobody can. */
static int exact_result = -1;
static __u64 exact_offset;

static int walk_exactly(struct walk *walk, __u64 offset)
{
	(void)walk;
	exact_offset = offset;
	return exact_result;
}

#include "walk.h"

static bool walk_map(struct walk *walk, __u64 address)
{
	if (address >= CODE && address < CODE + CODE_BYTES) {
		walk->mapping = (struct walk_mapping){.start = CODE,
						      .end = CODE + CODE_BYTES,
						      .base = CODE,
						      .file = THE_FILE,
						      .first_page = files[THE_FILE].first_page,
						      .nr_pages = files[THE_FILE].nr_pages};
		return true;
	}
	if (address >= ANONYMOUS && address < ANONYMOUS + 4096) {
		walk->mapping = (struct walk_mapping){.start = ANONYMOUS, .end = ANONYMOUS + 4096};
		return true;
	}
	return false;
}

/* ---- Fixtures ---- */

#define AT(function)     (CODE + 0x100 * (function))
#define RETURN(function) (AT(function) + 0x40) /* into the middle of it */
#define SLOT(index)      (STACK + 8 * (index))

/* The functions, by the rule of their code. Behind each lies a gap, from 0x80 on. */
enum {
	LEAF,       /* CFA = rsp + 8 */
	SPILLS,     /* CFA = rsp + 32, rbp at CFA - 16, rbx at CFA - 24 */
	FRAMED,     /* CFA = rbp + 16, rbp at CFA - 16 */
	BY_RBX,     /* CFA = rbx + 16 */
	BY_RAX,     /* CFA = rax + 8 */
	REALIGNED,  /* CFA = *(rbp - 8) + 0, rbp at rbp + 0, r13 at CFA - 16 */
	PLT,        /* CFA = rsp + 8, or + 16 from the 11th byte of 16 on */
	SIGNAL,     /* registers in the ucontext */
	START,      /* the outermost */
	VFORK,      /* returns to where rdi says */
	STANDS,     /* CFA = rsp, returns to where rbx says */
	SHRINKS,    /* CFA = rsp - 8 */
	SWITCHES,   /* by rbp, to another stack */
	EXPRESSION, /* left to user space */
	CLONE,      /* CFA = rsp + 8 in the parent, the outermost in the child */
	BY_R13,     /* CFA = r13 + 0 */
	LOSES_RBP,  /* CFA = rsp + 16, the caller's rbp cannot be had */
	NR_FUNCTIONS
};

#define REG(number, offset) .cfa_kind = UNWIND_CFA_REG, .cfa_reg = (number), .cfa_offset = (offset)

static struct unwind_rule function_rules[NR_FUNCTIONS + 1] = {
	[LEAF + 1] = {REG(7, 8)},
	[SPILLS + 1] = {REG(7, 32), .saved = {[UNWIND_RBP] = 2, [UNWIND_RBX] = 3}},
	[FRAMED + 1] = {REG(6, 16), .saved = {[UNWIND_RBP] = 2}},
	[BY_RBX + 1] = {REG(3, 16)},
	[BY_RAX + 1] = {REG(0, 8)},
	[REALIGNED + 1] = {.cfa_kind = UNWIND_CFA_DEREF,
			   .cfa_reg = 6,
			   .cfa_offset = -8,
			   .flags = UNWIND_FROM_RBP << UNWIND_RBP,
			   .saved = {[UNWIND_RBP] = UNWIND_RBP_ZERO, [UNWIND_R13] = 2}},
	[PLT + 1] = {.cfa_kind = UNWIND_CFA_PLT, .cfa_offset = 11},
	[SIGNAL + 1] = {REG(7, 0), .flags = UNWIND_SIGNAL_FRAME},
	[START + 1] = {REG(7, 8), .ra_kind = UNWIND_RA_UNDEFINED},
	[VFORK + 1] = {REG(7, 0), .ra_kind = UNWIND_RA_REGISTER, .saved = {[UNWIND_R10] = 5}},
	[STANDS + 1] = {REG(7, 0), .ra_kind = UNWIND_RA_REGISTER, .saved = {[UNWIND_R10] = 3}},
	[SHRINKS + 1] = {REG(7, -8)},
	[SWITCHES + 1] = {.cfa_kind = UNWIND_CFA_ANYWHERE},
	[EXPRESSION + 1] = {.cfa_kind = UNWIND_CFA_UNSUPPORTED},
	[CLONE + 1] = {REG(7, 8), .ra_kind = UNWIND_RA_FORKED},
	[BY_R13 + 1] = {REG(13, 0)},
	[LOSES_RBP + 1] = {REG(7, 16), .saved = {[UNWIND_RBP] = UNWIND_UNKNOWN}},
};

static int begin(void **state)
{
	struct unwind_store store = {
		.rows = rows,
		.pages = pages,
		.rules = rules,
		.files = files,
		.max_rows = 4096,
		.max_pages = 64,
		.max_files = 8,
	};
	struct unwind_row own[2 * NR_FUNCTIONS];
	struct unwind_table table = {
		.rows = own, .rules = function_rules, .nr_rules = NR_FUNCTIONS + 1};

	(void)state;
	for (uint32_t i = 0; i < NR_FUNCTIONS; i++) {
		own[table.nr_rows++] = (struct unwind_row){.offset = 0x100 * i, .rule = i + 1};
		own[table.nr_rows++] = (struct unwind_row){.offset = 0x100 * i + 0x80};
	}
	memset(stack, 0, sizeof stack);
	unwind_store_begin(&store);
	assert_int_equal(unwind_publish(&store, THE_FILE, &table), 0);
	unwind_store_fini(&store);
	return 0;
}

/* rsp is at the bottom of the stack, rbp 100 words up, rbx 200, rax 300. */
static void walk_from(struct walk *walk, uint64_t ip, bool exact)
{
	memset(walk, 0, sizeof *walk);
	walk->registers[WALK_SP] = SLOT(0);
	walk->registers[WALK_FP] = SLOT(100);
	walk->registers[WALK_RBX] = SLOT(200);
	walk->registers[WALK_RAX] = SLOT(300);
	walk_start(walk, ip, exact);
	nr_reads = 0;
}

static void walk_all(struct walk *walk, uint64_t ip)
{
	walk_from(walk, ip, true);
	for (uint32_t i = 0; i <= MAX_FRAMES && walk_step(walk); i++)
		;
}

static void assert_frames(const struct walk *walk, uint32_t flags, uint32_t nr,
			  const uint64_t *wanted)
{
	assert_int_equal(walk->flags, flags);
	assert_int_equal(walk->nr_frames, nr);
	for (uint32_t i = 0; i < nr; i++)
		assert_int_equal(walk->frames[i], wanted[i]);
}

#define FRAMES(walk, flags, ...)                                                                   \
	do {                                                                                       \
		const uint64_t wanted_[] = {__VA_ARGS__};                                          \
		assert_frames(walk, flags, sizeof wanted_ / sizeof *wanted_, wanted_);             \
	} while (0)

/* ---- Tests ---- */

static void test_reads_one_word_a_frame(void **state)
{
	struct walk walk;

	(void)state;
	stack[0] = RETURN(SPILLS);
	stack[1 + 3] = RETURN(LEAF);
	stack[5] = RETURN(START);
	walk_all(&walk, AT(LEAF));
	FRAMES(&walk, WALK_COMPLETE, AT(LEAF), RETURN(SPILLS) - 1, RETURN(LEAF) - 1,
	       RETURN(START) - 1);
	assert_int_equal(nr_reads, 3); /* and none for what SPILLS saved */
}

static void test_registers_are_found_where_a_caller_saved_them(void **state)
{
	struct walk walk;

	(void)state;
	stack[3] = RETURN(FRAMED); /* CFA of SPILLS is slot 4 */
	stack[2] = SLOT(50);       /* rbp of FRAMED */
	stack[1] = SLOT(60);       /* rbx of BY_RBX, untouched by FRAMED */
	stack[51] = RETURN(BY_RBX);
	stack[61] = RETURN(START);
	walk_all(&walk, AT(SPILLS));
	FRAMES(&walk, WALK_COMPLETE, AT(SPILLS), RETURN(FRAMED) - 1, RETURN(BY_RBX) - 1,
	       RETURN(START) - 1);
}

static void test_scratch_registers_are_known_in_the_first_frame_alone(void **state)
{
	struct walk walk;

	(void)state;
	stack[300] = RETURN(START);
	walk_all(&walk, AT(BY_RAX));
	FRAMES(&walk, WALK_COMPLETE, AT(BY_RAX), RETURN(START) - 1);
	stack[0] = RETURN(BY_RAX);
	walk_all(&walk, AT(LEAF));
	FRAMES(&walk, WALK_INCONSISTENT, AT(LEAF), RETURN(BY_RAX) - 1);
}

static void test_register_that_a_callee_destroyed(void **state)
{
	struct walk walk;

	(void)state;
	stack[1] = RETURN(FRAMED);
	walk_all(&walk, AT(LOSES_RBP));
	FRAMES(&walk, WALK_INCONSISTENT, AT(LOSES_RBP), RETURN(FRAMED) - 1);
}

static void test_realigned_stack(void **state)
{
	struct walk walk;

	(void)state;
	stack[99] = SLOT(120);  /* rbp - 8 holds the CFA */
	stack[100] = SLOT(150); /* rbp + 0 holds the caller's rbp */
	stack[119] = RETURN(FRAMED);
	stack[151] = RETURN(START);
	walk_all(&walk, AT(REALIGNED));
	FRAMES(&walk, WALK_COMPLETE, AT(REALIGNED), RETURN(FRAMED) - 1, RETURN(START) - 1);
}

static void test_realigned_stack_with_another_register_saved_by_the_cfa(void **state)
{
	struct walk walk;

	(void)state;
	stack[99] = SLOT(120);
	stack[118] = SLOT(200); /* the caller's r13 */
	stack[119] = RETURN(BY_R13);
	stack[199] = RETURN(START);
	walk_all(&walk, AT(REALIGNED));
	FRAMES(&walk, WALK_COMPLETE, AT(REALIGNED), RETURN(BY_R13) - 1, RETURN(START) - 1);
}

static void test_clone_in_parent_and_child(void **state)
{
	struct walk walk;

	(void)state;
	stack[0] = RETURN(START);
	walk_from(&walk, AT(CLONE), true);
	walk.registers[WALK_RAX] = 4711;
	while (walk_step(&walk))
		;
	FRAMES(&walk, WALK_COMPLETE, AT(CLONE), RETURN(START) - 1);
	assert_true(walk.used >> WALK_RAX & 1); /* what keeps walks must not keep this one */
	walk_from(&walk, AT(CLONE), true);
	walk.registers[WALK_RAX] = 0;
	while (walk_step(&walk))
		;
	FRAMES(&walk, WALK_COMPLETE, AT(CLONE));
}

static void test_procedure_linkage_table(void **state)
{
	struct walk walk;

	(void)state;
	stack[0] = RETURN(START);
	stack[1] = RETURN(LEAF);
	stack[2] = RETURN(START);
	walk_all(&walk, AT(PLT) + 16 + 10);
	FRAMES(&walk, WALK_COMPLETE, AT(PLT) + 26, RETURN(START) - 1);
	walk_all(&walk, AT(PLT) + 16 + 11);
	FRAMES(&walk, WALK_COMPLETE, AT(PLT) + 27, RETURN(LEAF) - 1, RETURN(START) - 1);
}

static void test_signal_frame_gives_all_registers_back(void **state)
{
	struct walk walk;

	(void)state;
	stack[0] = AT(SIGNAL) + 1;      /* the handler returns there, rsp is slot 1 then */
	stack[1 + 5 + 13] = SLOT(400);  /* rax */
	stack[1 + 5 + 15] = SLOT(2);    /* rsp: below where we are, as on an alternate stack */
	stack[1 + 5 + 16] = AT(BY_RAX); /* rip: its first instruction, nothing called there */
	stack[400] = RETURN(START);
	walk_all(&walk, AT(LEAF));
	FRAMES(&walk, WALK_COMPLETE, AT(LEAF), AT(SIGNAL) + 1, AT(BY_RAX), RETURN(START) - 1);
}

/* The system call that ends a handler is one: it has an instruction before where it returns to. */
static void test_sigreturn_itself(void **state)
{
	struct walk walk;

	(void)state;
	stack[5 + 15] = SLOT(300);
	stack[5 + 16] = AT(LEAF);
	stack[300] = RETURN(START);
	walk_from(&walk, AT(SIGNAL) + 9, false);
	while (walk_step(&walk))
		;
	FRAMES(&walk, WALK_COMPLETE, AT(SIGNAL) + 8, AT(LEAF), RETURN(START) - 1);
}

static void test_return_address_in_a_register(void **state)
{
	struct walk walk;

	(void)state;
	walk_from(&walk, AT(VFORK), true);
	walk.registers[WALK_RDI] = RETURN(LEAF);
	stack[0] = RETURN(START);
	while (walk_step(&walk))
		;
	FRAMES(&walk, WALK_COMPLETE, AT(VFORK), RETURN(LEAF) - 1, RETURN(START) - 1);
}

static void test_call_that_ends_a_function(void **state)
{
	struct walk walk;

	(void)state;
	stack[0] = AT(START) + 0x80; /* the call was START's last instruction */
	walk_all(&walk, AT(LEAF));
	FRAMES(&walk, WALK_COMPLETE, AT(LEAF), AT(START) + 0x7f);
	stack[0] = AT(START); /* not called: made to return to its start */
	walk_all(&walk, AT(LEAF));
	FRAMES(&walk, WALK_COMPLETE, AT(LEAF), AT(START));
}

static void test_system_call_is_looked_up_before_its_return(void **state)
{
	struct walk walk;

	(void)state;
	walk_from(&walk, AT(START) + 0x80, false);
	while (walk_step(&walk))
		;
	FRAMES(&walk, WALK_COMPLETE, AT(START) + 0x7f);
}

static void test_frame_pointer_where_there_is_no_table(void **state)
{
	struct walk walk;

	(void)state;
	stack[100] = SLOT(110);
	stack[101] = RETURN(FRAMED);
	stack[111] = RETURN(START);
	walk_all(&walk, AT(LEAF) + 0x90);
	FRAMES(&walk, WALK_COMPLETE | WALK_FRAME_POINTER, AT(LEAF) + 0x90, RETURN(FRAMED) - 1,
	       RETURN(START) - 1);
	walk_all(&walk, ANONYMOUS + 1);
	FRAMES(&walk, WALK_COMPLETE | WALK_MADE_CODE, ANONYMOUS + 1, RETURN(FRAMED) - 1,
	       RETURN(START) - 1);
	walk_all(&walk, AT(EXPRESSION));
	FRAMES(&walk, WALK_COMPLETE | WALK_FRAME_POINTER, AT(EXPRESSION), RETURN(FRAMED) - 1,
	       RETURN(START) - 1);
	stack[101] = SLOT(7); /* no code there: it was no frame pointer */
	walk_all(&walk, AT(LEAF) + 0x90);
	FRAMES(&walk, WALK_NO_RULE, AT(LEAF) + 0x90);
}

static void test_another_stack_below(void **state)
{
	struct walk walk;

	(void)state;
	stack[100] = SLOT(110);
	stack[101] = RETURN(FRAMED);
	stack[111] = RETURN(START);
	stack[300] = RETURN(SWITCHES);
	walk_from(&walk, AT(LEAF), true);
	walk.registers[WALK_SP] = SLOT(300);
	while (walk_step(&walk))
		;
	FRAMES(&walk, WALK_COMPLETE | WALK_FRAME_POINTER, AT(LEAF), RETURN(SWITCHES) - 1,
	       RETURN(FRAMED) - 1, RETURN(START) - 1);
	stack[300] = RETURN(EXPRESSION); /* which has to lead up */
	walk_from(&walk, AT(LEAF), true);
	walk.registers[WALK_SP] = SLOT(300);
	while (walk_step(&walk))
		;
	FRAMES(&walk, WALK_NO_RULE, AT(LEAF), RETURN(EXPRESSION) - 1);
}

/* Where rbp is the caller's still, or again, the instructions say so. */
static void test_made_code_without_a_frame(void **state)
{
	static const struct {
		uint8_t code[8];
		uint32_t words; /* from rsp to behind the return address */
	} cases[] = {
		{{0x55, 0x48, 0x89, 0xe5}, 1},       /* push %rbp */
		{{0xf3, 0x0f, 0x1e, 0xfa, 0x55}, 1}, /* endbr64 */
		{{0xc3}, 1},
		{{0x48, 0x89, 0xe5}, 2}, /* mov %rsp,%rbp */
		{{0x48, 0x8b, 0xec}, 2},
	};
	struct walk walk;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		memcpy(made_code, cases[i].code, sizeof made_code);
		memset(stack, 0, sizeof stack);
		stack[0] = SLOT(100); /* rbp, where it has been pushed */
		stack[cases[i].words - 1] = RETURN(FRAMED);
		stack[101] = RETURN(START);
		walk_all(&walk, ANONYMOUS);
		FRAMES(&walk, WALK_COMPLETE | WALK_MADE_CODE, ANONYMOUS, RETURN(FRAMED) - 1,
		       RETURN(START) - 1);
	}
	memset(made_code, 0x90, sizeof made_code); /* of any other it is believed to be its own */
	walk_all(&walk, ANONYMOUS);
	FRAMES(&walk, WALK_COMPLETE | WALK_MADE_CODE, ANONYMOUS, RETURN(START) - 1);
}

static void test_why_a_walk_ends(void **state)
{
	struct walk walk;

	(void)state;
	walk_all(&walk, 0x1234);
	FRAMES(&walk, WALK_NO_CODE, 0x1234);
	stack[0] = 0;
	walk_all(&walk, AT(LEAF));
	FRAMES(&walk, WALK_COMPLETE, AT(LEAF)); /* nowhere to return to */
	walk_from(&walk, AT(LEAF), true);
	walk.registers[WALK_SP] = 0x10;
	assert_false(walk_step(&walk));
	FRAMES(&walk, WALK_UNREADABLE, AT(LEAF));
	files[THE_FILE].nr_pages = 0;
	walk_all(&walk, AT(LEAF));
	FRAMES(&walk, WALK_NO_TABLE, AT(LEAF));
}

static void test_caller_below_its_callee(void **state)
{
	struct walk walk;

	(void)state;
	walk_from(&walk, AT(SHRINKS), true);
	walk.registers[WALK_SP] = SLOT(10);
	stack[8] = RETURN(START);
	assert_false(walk_step(&walk));
	FRAMES(&walk, WALK_INCONSISTENT, AT(SHRINKS));
	stack[8] = 0; /* which elsewhere means that there is no caller */
	walk_from(&walk, AT(SHRINKS), true);
	walk.registers[WALK_SP] = SLOT(10);
	assert_false(walk_step(&walk));
	FRAMES(&walk, WALK_INCONSISTENT, AT(SHRINKS));
}

static void test_rules_that_lead_in_circles(void **state)
{
	struct walk walk;

	(void)state;
	walk_from(&walk, AT(STANDS), true);
	walk.registers[WALK_RBX] = RETURN(STANDS);
	assert_false(walk_step(&walk));
	FRAMES(&walk, WALK_INCONSISTENT, AT(STANDS));
	stack[100] = SLOT(100); /* rbp leads to itself */
	stack[101] = ANONYMOUS + 8;
	walk_all(&walk, ANONYMOUS + 1);
	FRAMES(&walk, WALK_NO_RULE | WALK_MADE_CODE, ANONYMOUS + 1, ANONYMOUS + 7);
	stack[0] = AT(SIGNAL) + 1; /* the signal came at the end of its own frame */
	stack[1 + 5 + 15] = SLOT(1);
	stack[1 + 5 + 16] = AT(SIGNAL);
	walk_all(&walk, AT(LEAF));
	assert_int_equal(walk.flags, WALK_TOO_DEEP);
	assert_int_equal(walk.nr_frames, MAX_FRAMES);
}

static void test_depth_is_limited(void **state)
{
	struct walk walk;

	(void)state;
	for (size_t i = 0; i < STACK_WORDS; i++)
		stack[i] = RETURN(LEAF);
	walk_all(&walk, AT(LEAF));
	assert_int_equal(walk.flags, WALK_TOO_DEEP);
	assert_int_equal(walk.nr_frames, MAX_FRAMES);
	stack[MAX_FRAMES - 2] = RETURN(START);
	walk_all(&walk, AT(LEAF));
	assert_int_equal(walk.flags, WALK_COMPLETE);
	assert_int_equal(walk.nr_frames, MAX_FRAMES);
}

/* Each row of a table is found from its first byte to its last one. */
static void test_every_offset_finds_its_row(void **state)
{
	struct walk walk;

	(void)state;
	walk_from(&walk, AT(LEAF), true);
	assert_true(walk_map(&walk, AT(LEAF)));
	for (uint64_t offset = 0; offset < 0x100 * NR_FUNCTIONS; offset++) {
		const struct unwind_row *row =
			walk_find_row(&walk, walk_page_rows(&walk, offset), offset);

		assert_int_equal(row->offset, offset & ~0x7fULL);
		assert_int_equal(row->rule != 0, !(offset & 0x80));
	}
	assert_int_equal(walk_page_rows(&walk, 0x2000), UNWIND_PAGE_EMPTY);
	assert_int_equal(walk_find_row(&walk, UNWIND_PAGE_EMPTY, 0x2000)->rule, 0);
}

static void test_store_refuses_what_does_not_fit(void **state)
{
	struct unwind_store store = {.rows = rows,
				     .pages = pages,
				     .rules = rules,
				     .files = files,
				     .max_rows = 8,
				     .max_pages = 1,
				     .max_files = 8};
	struct unwind_row own[] = {{.offset = 16, .rule = 1}, {.offset = 32}, {.offset = 48}};
	struct unwind_table table = {
		.rows = own, .nr_rows = 2, .rules = function_rules, .nr_rules = 2};

	(void)state;
	unwind_store_begin(&store);
	assert_int_equal(unwind_publish(&store, 8, &table), -EINVAL);
	table.nr_rows = 3; /* with the first four of the store, and two around them */
	assert_int_equal(unwind_publish(&store, 1, &table), -ENOSPC);
	assert_int_equal(files[1].nr_pages, 0);
	table.nr_rows = 2;
	assert_int_equal(unwind_publish(&store, 1, &table), 0);
	assert_int_equal(files[1].nr_pages, 1);
	assert_int_equal(unwind_publish(&store, 2, &table), -ENOSPC);
	unwind_store_fini(&store);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_one_word_a_frame),
		TEST(registers_are_found_where_a_caller_saved_them),
		TEST(scratch_registers_are_known_in_the_first_frame_alone),
		TEST(register_that_a_callee_destroyed),
		TEST(realigned_stack),
		TEST(realigned_stack_with_another_register_saved_by_the_cfa),
		TEST(clone_in_parent_and_child),
		TEST(procedure_linkage_table),
		TEST(signal_frame_gives_all_registers_back),
		TEST(sigreturn_itself),
		TEST(return_address_in_a_register),
		TEST(call_that_ends_a_function),
		TEST(system_call_is_looked_up_before_its_return),
		TEST(frame_pointer_where_there_is_no_table),
		TEST(another_stack_below),
		TEST(made_code_without_a_frame),
		TEST(why_a_walk_ends),
		TEST(caller_below_its_callee),
		TEST(rules_that_lead_in_circles),
		TEST(depth_is_limited),
		TEST(every_offset_finds_its_row),
		TEST(store_refuses_what_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
