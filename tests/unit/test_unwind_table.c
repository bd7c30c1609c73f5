// SPDX-License-Identifier: MIT
/*
 * Tables of small files made by hand, each with one kind of call-frame information.
 */
#include "symbols_workdir.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/auxv.h>

#include "unwind/table.h"

enum { RAX = 0, RBX = 3, RBP = 6, RSP = 7, R10 = 10, R13 = 13 };

struct object {
	const char *path;
	struct unwind_table table;
};

static const char macros[] = ".macro begin name\n"
			     ".globl \\name\n"
			     ".type \\name,@function\n"
			     "\\name:\n"
			     ".cfi_startproc\n"
			     ".endm\n"
			     ".macro end name\n"
			     ".cfi_endproc\n"
			     ".size \\name, . - \\name\n"
			     ".endm\n"
			     ".text\n";

static int build_table(const char *path, struct unwind_table *out)
{
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return unwind_table_build(fd, out);
}

static void link_object(const char *assembly, const char *linker, const char *path,
			struct object *out)
{
	scoped_free char *source = xasprintf("%s%s", macros, assembly);

	need("gcc");
	write_text("object.s", source);
	assert_true(run("gcc -c -o object.o object.s && %s -o %s object.o", linker, path));
	*out = (struct object){.path = path};
	assert_int_equal(build_table(path, &out->table), 0);
}

static void assemble(const char *assembly, struct object *out)
{
	link_object(assembly, "ld -shared --eh-frame-hdr", "object.so", out);
}

/* Some of these symbols have no size. */
static uint64_t symbol_value(const char *path, const char *symbol)
{
	scoped_free char *command = xasprintf("nm '%s'", path);
	unsigned long value = 0;
	char line[1024], name[1024] = "";
	FILE *nm = popen(command, "r");

	assert_non_null(nm);
	while (strcmp(name, symbol) && fgets(line, sizeof line, nm))
		sscanf(line, "%lx %*c %1023s", &value, name);
	pclose(nm);
	assert_string_equal(name, symbol);
	return value;
}

static const struct unwind_rule *rule_at(const struct object *object, const char *symbol,
					 uint64_t plus)
{
	uint64_t address = symbol_value(object->path, symbol);

	return unwind_table_find(&object->table, code_offset(object->path, address) + plus);
}

static void assert_cfa(const struct unwind_rule *rule, int kind, int reg, int offset)
{
	assert_non_null(rule);
	assert_int_equal(rule->cfa_kind, kind);
	assert_int_equal(rule->cfa_reg, reg);
	assert_int_equal(rule->cfa_offset, offset);
}

static void assert_reg(const struct object *object, uint64_t plus, int reg, int offset)
{
	const struct unwind_rule *rule = rule_at(object, "f", plus);

	assert_cfa(rule, UNWIND_CFA_REG, reg, offset);
	assert_int_equal(rule->ra_kind, UNWIND_RA_CFA);
}

static void assert_unsupported(const struct object *object, uint64_t plus)
{
	const struct unwind_rule *rule = rule_at(object, "f", plus);

	assert_cfa(rule, UNWIND_CFA_UNSUPPORTED, 0, 0);
	assert_int_equal(rule->ra_kind, UNWIND_RA_UNSUPPORTED);
}

static void plain_frames(void **state)
{
	struct object o;
	const struct unwind_rule *rule;

	(void)state;
	assemble(".skip 64, 0x90\n"
		 "begin f\n"
		 "nop\n .cfi_def_cfa_offset 16\n .cfi_offset rbp, -16\n"
		 "nop\n .cfi_def_cfa_register rbp\n"
		 "nop\n .cfi_offset r12, -24\n .cfi_offset rbx, -2032\n"
		 "nop\n .cfi_remember_state\n .cfi_def_cfa rsp, 8\n .cfi_restore rbp\n"
		 "nop\n .cfi_restore_state\n"
		 "nop\n .cfi_def_cfa r13, -8\n"
		 "nop\n .cfi_undefined r14\n .cfi_undefined r10\n"
		 "nop\n .cfi_undefined rip\n"
		 "nop\n .cfi_offset rip, -8\n .cfi_offset r13, -2040\n"
		 "nop\n .cfi_same_value r13\n .cfi_register r15, r11\n"
		 "nop\n .cfi_same_value r15\n .cfi_register r10, r11\n"
		 "nop\n"
		 "end f\n"
		 ".skip 64, 0x90\n",
		 &o);
	assert_null(rule_at(&o, "f", -1));
	assert_reg(&o, 0, RSP, 8);
	assert_int_equal(rule_at(&o, "f", 0)->saved[UNWIND_RBP], UNWIND_UNCHANGED);
	assert_reg(&o, 1, RSP, 16);
	assert_int_equal(rule_at(&o, "f", 1)->saved[UNWIND_RBP], 2);
	assert_reg(&o, 2, RBP, 16);
	assert_reg(&o, 3, RBP, 16);
	rule = rule_at(&o, "f", 3);
	assert_int_equal(rule->saved[UNWIND_R12], 3);
	assert_int_equal(rule->saved[UNWIND_RBX], 254);
	assert_int_equal(rule->saved[UNWIND_R14], UNWIND_UNCHANGED);
	assert_reg(&o, 4, RSP, 8);
	assert_int_equal(rule_at(&o, "f", 4)->saved[UNWIND_RBP], UNWIND_UNCHANGED);
	assert_int_equal(rule_at(&o, "f", 4)->saved[UNWIND_R12], 3);
	assert_ptr_equal(rule_at(&o, "f", 5), rule);
	assert_reg(&o, 6, R13, -8);
	assert_int_equal(rule_at(&o, "f", 7)->saved[UNWIND_R14], UNWIND_UNKNOWN);
	assert_int_equal(rule_at(&o, "f", 7)->saved[UNWIND_R10], UNWIND_UNKNOWN);
	assert_int_equal(rule_at(&o, "f", 8)->ra_kind, UNWIND_RA_UNDEFINED);
	assert_unsupported(&o, 9);   /* r13 is too far away for a byte */
	assert_unsupported(&o, 10);  /* r15 is in another register */
	assert_reg(&o, 11, R13, -8); /* r10 is nobody's */
	assert_int_equal(rule_at(&o, "f", 11)->saved[UNWIND_R10], UNWIND_UNKNOWN);
	assert_null(rule_at(&o, "f", 12));
	assert_int_equal(o.table.nr_fdes, 1);
	assert_int_equal(o.table.nr_rows, 12); /* eleven rules, two of them one, and the end */
	assert_int_equal(o.table.nr_unsupported, 1);
	unwind_table_fini(&o.table);
}

static void expressions(void **state)
{
	struct object o;

	(void)state;
	/* deref(rsp+160), deref(r10-8)+16, a PLT with threshold 10, rbx+8, an address, deref(rip)
	 */
	assemble("begin f\n"
		 "nop\n .cfi_escape 0x0f, 4, 0x77, 0xa0, 1, 6\n"
		 "nop\n .cfi_escape 0x0f, 5, 0x7a, 0x78, 6, 0x23, 16\n"
		 "nop\n .cfi_escape 0x0f, 11, 0x77, 8, 0x80, 0, 0x3f, 0x1a, 0x3a, 0x2a, 0x33, "
		 "0x24, 0x22\n"
		 "nop\n .cfi_escape 0x0f, 2, 0x73, 8\n"
		 "nop\n .cfi_escape 0x0f, 9, 3, 1, 2, 3, 4, 5, 6, 7, 8\n"
		 "nop\n .cfi_escape 0x0f, 3, 0x80, 0, 6\n"
		 "nop\n .cfi_escape 0x0f, 6, 0x77, 0, 6, 0x23, 0x80, 1\n"
		 "nop\n .cfi_def_cfa rsp, 8\n"
		 "nop\n .cfi_escape 0x16, 16, 2, 0x77, 0\n"
		 "nop\n"
		 "end f\n",
		 &o);
	assert_cfa(rule_at(&o, "f", 1), UNWIND_CFA_DEREF, RSP, 160);
	assert_int_equal(rule_at(&o, "f", 1)->deref_offset, 0);
	assert_int_equal(rule_at(&o, "f", 1)->flags, 0); /* no signal: its CIE does not say so */
	assert_cfa(rule_at(&o, "f", 2), UNWIND_CFA_DEREF, R10, -8);
	assert_int_equal(rule_at(&o, "f", 2)->deref_offset, 16);
	assert_cfa(rule_at(&o, "f", 3), UNWIND_CFA_PLT, RSP, 10);
	assert_unsupported(&o, 4);
	assert_unsupported(&o, 5);
	assert_unsupported(&o, 6);
	assert_unsupported(&o, 7); /* + 128 is too much for a byte */
	assert_reg(&o, 8, RSP, 8);
	assert_unsupported(&o, 9); /* the return address by expression */
	assert_int_equal(o.table.nr_unsupported, 2);
	unwind_table_fini(&o.table);
}

/* As in functions that realign the stack. */
static void saved_from_rbp(void **state)
{
	struct object o;
	const struct unwind_rule *rule;

	(void)state;
	assemble("begin f\n"
		 "nop\n .cfi_def_cfa r10, 0\n .cfi_escape 0x10, 6, 2, 0x76, 0\n"
		 "nop\n .cfi_escape 0x10, 12, 2, 0x76, 0x70\n .cfi_offset rbx, -16\n"
		 "nop\n .cfi_escape 0x10, 12, 3, 0x76, 0x80, 8\n"
		 "nop\n .cfi_escape 0x10, 12, 2, 0x77, 8\n"
		 "nop\n .cfi_escape 0x10, 12, 2, 0x76, 4\n"
		 "nop\n"
		 "end f\n",
		 &o);
	rule = rule_at(&o, "f", 1);
	assert_cfa(rule, UNWIND_CFA_REG, R10, 0);
	assert_int_equal(rule->flags, UNWIND_FROM_RBP << UNWIND_RBP);
	assert_int_equal(rule->saved[UNWIND_RBP], UNWIND_RBP_ZERO);
	assert_int_equal(rule->saved[UNWIND_R12], UNWIND_UNCHANGED);
	rule = rule_at(&o, "f", 2);
	assert_int_equal(rule->saved[UNWIND_R12], UNWIND_RBP_ZERO + 2);
	assert_int_equal(rule->flags,
			 UNWIND_FROM_RBP << UNWIND_RBP | UNWIND_FROM_RBP << UNWIND_R12);
	assert_int_equal(rule->saved[UNWIND_RBX], 2); /* at the CFA - 16 */
	assert_unsupported(&o, 3);                    /* + 1024 */
	assert_unsupported(&o, 4);                    /* by rsp */
	assert_unsupported(&o, 5);                    /* + 4 */
	unwind_table_fini(&o.table);
}

static void rare_instructions(void **state)
{
	struct object o;
	const struct unwind_rule *rule;

	(void)state;
	assemble("begin f\n"
		 /* extended, signed, negative: the same register in all ways */
		 "nop\n .cfi_escape 0x05, 3, 2\n"
		 "nop\n .cfi_escape 0x11, 3, 0x03\n"
		 "nop\n .cfi_escape 0x2f, 3, 0x04\n" /* away from the frame */
		 "nop\n .cfi_escape 0x06, 3\n"
		 "nop\n .cfi_escape 0x12, 7, 0x7e\n" /* rsp + -2 * -8 */
		 "nop\n .cfi_escape 0x13, 0x7d\n"
		 "nop\n .cfi_escape 0x2e, 0x10\n" /* size of arguments: nothing changes */
		 "nop\n .cfi_escape 0x14, 6, 1\n" /* rbp is CFA - 8 itself */
		 "nop\n .cfi_same_value rbp\n .cfi_escape 0x15, 12, 0x7f\n"
		 "nop\n .cfi_same_value r12\n .cfi_escape 0x16, 13, 2, 0x77, 0\n"
		 "nop\n .cfi_same_value r13\n .cfi_register rip, rdi\n"
		 "nop\n .cfi_offset rip, -8\n .cfi_escape 0x14, 7, 0\n" /* rsp is the CFA */
		 "nop\n .cfi_escape 0x14, 7, 1\n"
		 "nop\n"
		 "end f\n",
		 &o);
	assert_int_equal(rule_at(&o, "f", 1)->saved[UNWIND_RBX], 2);
	assert_int_equal(rule_at(&o, "f", 2)->saved[UNWIND_RBX], 3);
	assert_unsupported(&o, 3);
	assert_int_equal(rule_at(&o, "f", 4)->saved[UNWIND_RBX], UNWIND_UNCHANGED);
	assert_reg(&o, 5, RSP, 16);
	assert_reg(&o, 6, RSP, 24);
	assert_ptr_equal(rule_at(&o, "f", 7), rule_at(&o, "f", 6));
	for (uint64_t plus = 8; plus <= 10; plus++)
		assert_unsupported(&o, plus);
	rule = rule_at(&o, "f", 11);
	assert_cfa(rule, UNWIND_CFA_REG, RSP, 24);
	assert_int_equal(rule->ra_kind, UNWIND_RA_REGISTER);
	assert_int_equal(rule->saved[UNWIND_R10], 5);
	assert_reg(&o, 12, RSP, 24);
	assert_unsupported(&o, 13);
	unwind_table_fini(&o.table);
}

/* What was right stays so; what follows something senseless is not trusted. */
static void senseless_instructions(void **state)
{
	static const char *const senseless[] = {
		".cfi_escape 0x3f", /* no such instruction */
		".cfi_escape 0x2d", /* of another architecture */
		".cfi_escape 0x0b", /* restores what was not remembered */
		".rept 17\n .cfi_remember_state\n .endr",
		".cfi_escape 0x0c, 17, 8",                           /* no such register here */
		".cfi_escape 0x0f, 1, 0x30\n .cfi_def_cfa_offset 8", /* half a CFA */
		".cfi_escape 0x0f, 0x7f", /* an expression beyond the end */
		".cfi_def_cfa_offset 0x7fffffff\n .cfi_adjust_cfa_offset 1",
		".cfi_offset rip, -16",
	};

	(void)state;
	for (size_t i = 0; i < sizeof senseless / sizeof *senseless; i++) {
		scoped_free char *text = xasprintf("begin f\nnop\n.cfi_def_cfa_offset 16\nnop\n%s\n"
						   "nop\nend f\n .skip 8, 0x90\n"
						   "begin g\nnop\nend g\n",
						   senseless[i]);
		struct object o;

		assemble(text, &o);
		assert_reg(&o, 1, RSP, 16);
		assert_unsupported(&o, 2);
		assert_null(rule_at(&o, "f", 3));
		assert_cfa(rule_at(&o, "g", 0), UNWIND_CFA_REG, RSP, 8);
		assert_int_equal(o.table.nr_unsupported, 1);
		unwind_table_fini(&o.table);
	}
}

static void signal_frames(void **state)
{
	struct object o;

	(void)state;
	assemble("begin f\n"
		 ".cfi_signal_frame\n"
		 ".cfi_escape 0x0f, 4, 0x77, 0xa0, 1, 6\n"  /* CFA: deref(rsp+160) */
		 ".cfi_escape 0x10, 16, 3, 0x77, 0xa8, 1\n" /* ra: at rsp+168 */
		 ".cfi_escape 0x10, 3, 3, 0x77, 0x80, 1\n"
		 "nop\n .cfi_def_cfa rsp, 8\n .cfi_offset rip, -8\n .cfi_same_value rbx\n"
		 "nop\n"
		 "end f\n",
		 &o);
	assert_cfa(rule_at(&o, "f", 0), UNWIND_CFA_DEREF, RSP, 160);
	assert_int_equal(rule_at(&o, "f", 0)->flags, UNWIND_SIGNAL_FRAME);
	assert_int_equal(rule_at(&o, "f", 0)->saved[UNWIND_RBX], UNWIND_UNCHANGED);
	/* Others than the kernel mark frames so: where it does not look like its frame, it is none.
	 */
	assert_reg(&o, 1, RSP, 8);
	assert_int_equal(rule_at(&o, "f", 1)->flags, 0);
	unwind_table_fini(&o.table);
}

static void neighbours(void **state)
{
	struct object o;

	(void)state;
	assemble("begin f\nnop\n.cfi_def_cfa_offset 16\nnop\nend f\n"
		 "begin g\n.cfi_def_cfa_offset 16\nnop\nend g\n" /* as before */
		 "nop\n"                                         /* the smallest gap */
		 "begin h\nnop\nend h\n",
		 &o);
	assert_int_equal(o.table.nr_fdes, 3);
	assert_int_equal(o.table.nr_rows, 5);
	assert_ptr_equal(rule_at(&o, "g", 0), rule_at(&o, "f", 1));
	assert_null(rule_at(&o, "g", 1));
	assert_reg(&o, 4, RSP, 8);
	assert_null(unwind_table_find(&o.table, 0));
	assert_null(unwind_table_find(&o.table, UINT64_MAX));
	unwind_table_fini(&o.table);
}

/* Entries by hand: a CIE and an FDE for `f`, which is eight bytes long. */
#define F_OF_8               ".globl f\n.type f,@function\nf: .skip 8, 0x90\n.size f, 8\n.skip 8, 0x90\n"
#define RULES                ".byte 0x0c, 7, 8, 0x90, 1\n" /* CFA = rsp + 8, ra at CFA - 8 */
#define ENTRY(name, content) ".long 2f - 1f\n1: " name ":\n" content ".balign 8, 0\n2:\n"
#define CIE(version, letters, content)                                                             \
	"c: " ENTRY("ci", ".long 0\n.byte " version "\n.asciz \"" letters "\"\n" content)
#define FDE(content) ENTRY("fd", ".long fd - c\n" content)

static void assert_entries(const char *entries, bool understood)
{
	scoped_free char *text =
		xasprintf("%s.section .eh_frame,\"a\",@progbits\n%s.long 0\n", F_OF_8, entries);
	const char *linker = "ld -Ttext=0x400000 -e 0 --no-ld-generated-unwind-info";
	scoped_free char *source = xasprintf("%s%s", macros, text);
	struct object o = {.path = "entries"};

	need("gcc");
	write_text("object.s", source);
	assert_true(run("gcc -c -o object.o object.s && %s -o entries object.o", linker));
	assert_int_equal(build_table("entries", &o.table), understood ? 0 : -ENODATA);
	if (understood) {
		assert_int_equal(o.table.nr_fdes, 1);
		assert_reg(&o, 0, RSP, 8);
		assert_reg(&o, 7, RSP, 8);
		assert_null(rule_at(&o, "f", 8));
		assert_null(rule_at(&o, "f", -1));
	}
	unwind_table_fini(&o.table);
}

static void encodings(void **state)
{
	(void)state;
	assert_entries(CIE("1", "", ".byte 1, 0x78, 16\n" RULES) FDE(".quad f\n.quad 8\n"), true);
	assert_entries(CIE("3", "", ".byte 1, 0x78, 16\n" RULES) FDE(".quad f, 8\n"), true);
	assert_entries(CIE("4", "", ".byte 8, 0, 1, 0x78, 16\n" RULES) FDE(".quad f, 8\n"), true);
	assert_entries(CIE("4", "", ".byte 4, 0, 1, 0x78, 16\n" RULES) FDE(".quad f, 8\n"), false);
	assert_entries(CIE("2", "", ".byte 1, 0x78, 16\n" RULES) FDE(".quad f, 8\n"), false);
	assert_entries(CIE("1", "", ".byte 1, 0x78, 30\n" RULES) FDE(".quad f, 8\n"), false);
	assert_entries(CIE("1", "eh", ".quad 0\n.byte 1, 0x78, 16\n" RULES) FDE(".quad f, 8\n"),
		       true);
#define ZR(encoding) CIE("1", "zR", ".byte 1, 0x78, 16, 1, " encoding "\n" RULES)
	assert_entries(ZR("0x00") FDE(".quad f, 8\n.byte 0\n"), true);
	assert_entries(ZR("0x03") FDE(".long f, 8\n.byte 0\n"), true);
	assert_entries(ZR("0x04") FDE(".quad f, 8\n.byte 0\n"), true);
	assert_entries(ZR("0x0b") FDE(".long f, 8\n.byte 0\n"), true);
	assert_entries(ZR("0x0c") FDE(".quad f, 8\n.byte 0\n"), true);
	assert_entries(ZR("0x01") FDE(".byte 0x80, 0x80, 0x80, 2, 8, 0\n"), true);
	assert_entries(ZR("0x09") FDE(".byte 0x80, 0x80, 0x80, 2, 8, 0\n"), true);
	assert_entries(ZR("0x10") FDE(".quad f - ., 8\n.byte 0\n"), true);
	assert_entries(ZR("0x1b") FDE(".long f - ., 8\n.byte 0\n"), true);
	assert_entries(ZR("0x1c") FDE(".quad f - ., 8\n.byte 0\n"), true);
	assert_entries(ZR("0x20") FDE(".quad f, 8\n.byte 0\n"), false); /* textrel */
	assert_entries(ZR("0x80") FDE(".quad f, 8\n.byte 0\n"), false); /* indirect */
	assert_entries(ZR("0x05") FDE(".quad f, 8\n.byte 0\n"), false); /* no such format */
	assert_entries(ZR("0xff") FDE(".quad f, 8\n.byte 0\n"), false); /* omitted */
	/* every letter; the personality's pointer is skipped in its own format */
	assert_entries(
		CIE("1", "zPLRSB", ".byte 1, 0x78, 16, 7, 0x9b\n.long 77\n.byte 0x1b, 0x1b\n" RULES)
			FDE(".long f - ., 8\n.byte 4\n.long 99\n"),
		true);
	assert_entries(
		CIE("1", "zPLR", ".byte 1, 0x78, 16, 11, 0x00\n.quad 77\n.byte 0x1b, 0x1b\n" RULES)
			FDE(".long f - ., 8\n.byte 4\n.long 99\n"),
		true);
	assert_entries(CIE("1", "zQR", ".byte 1, 0x78, 16, 1, 0x1b\n" RULES)
			       FDE(".long f - ., 8\n.byte 0\n"),
		       false);
	assert_entries(CIE("1", "R", ".byte 1, 0x78, 16, 0x1b\n" RULES) FDE(".quad f, 8\n"), false);
	assert_entries(CIE("1", "zR", ".byte 1, 0x78, 16, 0x7f, 0x1b\n" RULES)
			       FDE(".long f - ., 8\n.byte 0\n"),
		       false);
}

static void locations(void **state)
{
	(void)state;
	/* set_loc in the FDE's own encoding, and lengths of 64 bits, with narrow references */
	assert_entries(ZR("0x1b") FDE(".long f - ., 8\n.byte 0, 1\n.long f + 4 - .\n.byte 0x0a\n"),
		       true);
	assert_entries(ZR("0x00") FDE(".quad f, 8\n.byte 0, 2, 3, 0x0a, 3, 1, 0, 0x0a, 4, 1, 0, 0, "
				      "0, 0x0a\n"),
		       true);
	assert_entries("c: .long -1\n.quad 2f - 1f\n1: .long 0\n.byte 1\n.asciz \"\"\n"
		       ".byte 1, 0x78, 16\n" RULES ".balign 4, 0\n2:\n"
		       ".long -1\n.quad 4f - 3f\n3: .long 3b - c\n.quad f, 8\n4:\n",
		       true);
	/* no code, and code that is not in the file */
	assert_entries(ZR("0x00") FDE(".quad 0, 8\n.byte 0\n"), false);
	assert_entries(ZR("0x00") FDE(".quad f, 0\n.byte 0\n"), false);
	assert_entries(ZR("0x00") FDE(".quad f + 0x10000, 8\n.byte 0\n"), false);
	/* a reference to no CIE */
	assert_entries(ZR("0x00") ENTRY("fd", ".long fd - c + 1\n.quad f, 8\n.byte 0\n"), false);
}

#define FDE_OF(name, start, size)                                                                  \
	ENTRY(name, ".long " name " - c\n.quad " start ", " size "\n.byte 0\n")

static void overlaps(void **state)
{
	struct object o;

	(void)state;
	link_object(
		F_OF_8 ".section .eh_frame,\"a\",@progbits\n" ZR("0x00")
		/* out of order; of equal starts the longer one counts */
		ENTRY("f2", ".long f2 - c\n.quad f + 4, 2\n.byte 0, 0x0e, 24\n")
			ENTRY("f1", ".long f1 - c\n.quad f, 2\n.byte 0, 0x0e, 32\n") ENTRY(
				"f0", ".long f0 - c\n.quad f, 8\n.byte 0, 0x0e, 16\n") ".long 0\n",
		"ld -Ttext=0x400000 -e 0 --no-ld-generated-unwind-info", "overlaps", &o);
	assert_int_equal(o.table.nr_fdes, 2);
	assert_reg(&o, 0, RSP, 16);
	assert_reg(&o, 3, RSP, 16);
	assert_reg(&o, 4, RSP, 24);
	assert_reg(&o, 5, RSP, 24);
	assert_null(rule_at(&o, "f", 6));
	unwind_table_fini(&o.table);
}

static void debug_frame(void **state)
{
	static const char both[] = ".cfi_sections .debug_frame\n"
				   ".skip 16, 0x90\n"
				   "begin f\nnop\n.cfi_def_cfa_offset 16\nnop\nend f\n";
	struct object o;

	(void)state;
	link_object(both, "ld -shared", "debug.so", &o);
	assert_reg(&o, 0, RSP, 8);
	assert_reg(&o, 1, RSP, 16);
	assert_null(rule_at(&o, "f", 2));
	unwind_table_fini(&o.table);
	link_object(both, "ld -shared --compress-debug-sections=zlib", "compressed.so", &o);
	assert_reg(&o, 1, RSP, 16);
	unwind_table_fini(&o.table);
}

/* .eh_frame comes first; where it says nothing, the other one counts. */
static void both_sections(void **state)
{
	struct object o;

	(void)state;
	need("gcc");
	write_text("a.s", ".globl f\n.type f,@function\nf: .cfi_startproc\nnop\n.cfi_endproc\n"
			  ".size f, 1\n");
	write_text("b.s", ".cfi_sections .debug_frame\n.globl g\n.type g,@function\n"
			  "g: .cfi_startproc\n.cfi_def_cfa_offset 32\nnop\n.cfi_endproc\n"
			  ".size g, 1\n");
	assert_true(run("gcc -c a.s && gcc -c b.s && ld -shared -o both.so a.o b.o"));
	o.path = "both.so";
	assert_int_equal(build_table("both.so", &o.table), 0);
	assert_reg(&o, 0, RSP, 8);
	assert_cfa(rule_at(&o, "g", 0), UNWIND_CFA_REG, RSP, 32);
	assert_int_equal(o.table.nr_fdes, 2);
	unwind_table_fini(&o.table);
}

static void without_section_headers(void **state)
{
	struct object o;
	struct unwind_table stripped;
	Elf64_Ehdr header;
	FILE *file;

	(void)state;
	assemble("begin f\nnop\n.cfi_def_cfa_offset 16\nnop\nend f\nbegin g\nnop\nend g\n", &o);
	file = fopen("object.so", "r+");
	assert_int_equal(fread(&header, sizeof header, 1, file), 1);
	header.e_shoff = header.e_shnum = header.e_shstrndx = 0;
	rewind(file);
	assert_int_equal(fwrite(&header, sizeof header, 1, file), 1);
	fclose(file);
	assert_int_equal(build_table("object.so", &stripped), 0);
	assert_int_equal(stripped.nr_rows, o.table.nr_rows);
	assert_memory_equal(stripped.rows, o.table.rows, o.table.nr_rows * sizeof *o.table.rows);
	unwind_table_fini(&stripped);
	unwind_table_fini(&o.table);
}

/* Each executable segment has its own distance between addresses and offsets. */
static void several_segments(void **state)
{
	struct object o;
	const char *two = "begin f\nnop\n.cfi_def_cfa_offset 16\nnop\nend f\n"
			  ".section .second,\"ax\"\n"
			  "begin g\nnop\n.cfi_def_cfa_offset 24\nnop\nend g\n";

	(void)state;
	need("ld.lld");
	write_text("script", "PHDRS { a PT_LOAD FLAGS(5); b PT_LOAD FLAGS(5); }\n"
			     "SECTIONS { . = 0x10000; .text : { *(.text) } :a\n"
			     ".eh_frame : { *(.eh_frame) } :a\n"
			     ". = 0x345670; .second : { *(.second) } :b }\n");
	link_object(two, "ld -e 0 -T script", "segments", &o);
	assert_reg(&o, 1, RSP, 16);
	assert_cfa(rule_at(&o, "g", 1), UNWIND_CFA_REG, RSP, 24);
	assert_null(rule_at(&o, "g", 2));
	unwind_table_fini(&o.table);
	link_object(two, "ld.lld -shared --eh-frame-hdr", "lld.so", &o);
	assert_reg(&o, 1, RSP, 16);
	assert_cfa(rule_at(&o, "g", 1), UNWIND_CFA_REG, RSP, 24);
	unwind_table_fini(&o.table);
}

/* What handlers return to in a C library that describes nothing; the byte before it counts. */
static void handlers_return_to_what_nobody_describes(void **state)
{
	struct object o;

	(void)state;
	need("gcc");
	write_text("bare.s", ".globl _start, back\n.text\n_start: .rept 200\n nop\n.endr\n"
			     "back: mov $15,%rax\n syscall\n.rept 200\n nop\n.endr\n"
			     "f: .cfi_startproc\n nop\n ret\n.cfi_endproc\n");
	build("gcc -nostdlib -static -o bare bare.s");
	o.path = "bare";
	assert_int_equal(build_table("bare", &o.table), 0);
	assert_true(rule_at(&o, "back", -1)->flags & UNWIND_SIGNAL_FRAME);
	assert_true(rule_at(&o, "back", 8)->flags & UNWIND_SIGNAL_FRAME);
	assert_null(rule_at(&o, "back", -2));
	assert_null(rule_at(&o, "back", 9));
	unwind_table_fini(&o.table);
}

/* Code without call-frame information that is known by its instructions. */
static void missing_frames(void **state)
{
	struct object o;

	(void)state;
	need("gcc");
	write_text("program.c", "__asm__(\"bare: .rept 20\\n nop\\n.endr\");\n"
				"int main(void) { return 0; }\n");
	build("gcc -o program program.c");
	o.path = "program";
	assert_int_equal(build_table("program", &o.table), 0);
	assert_cfa(rule_at(&o, "_init", 0), UNWIND_CFA_REG, RSP, 8);
	assert_cfa(rule_at(&o, "_init", 4), UNWIND_CFA_REG, RSP, 16);
	assert_cfa(rule_at(&o, "_fini", 4), UNWIND_CFA_REG, RSP, 16);
	assert_cfa(rule_at(&o, "_fini", 8), UNWIND_CFA_REG, RSP, 8);
	assert_null(rule_at(&o, "_fini", 9));
	assert_cfa(rule_at(&o, "__do_global_dtors_aux", 0), UNWIND_CFA_REG, RSP, 8);
	assert_cfa(rule_at(&o, "__do_global_dtors_aux", 14), UNWIND_CFA_REG, RSP, 16);
	assert_int_equal(rule_at(&o, "__do_global_dtors_aux", 14)->saved[UNWIND_RBP], 2);
	assert_cfa(rule_at(&o, "frame_dummy", 0), UNWIND_CFA_REG, RSP, 8);
	assert_null(rule_at(&o, "bare", 0)); /* behind crtbegin, but none of it */
	assert_int_equal(rule_at(&o, "_start", 0)->ra_kind, UNWIND_RA_UNDEFINED);
	unwind_table_fini(&o.table);
	write_text("last.c", "int main(void) { return 0; }\n");
	build("gcc -O2 -o last last.c"); /* main comes first: crtbegin ends the code */
	o.path = "last";
	assert_int_equal(build_table("last", &o.table), 0);
	assert_cfa(rule_at(&o, "__do_global_dtors_aux", 14), UNWIND_CFA_REG, RSP, 16);
	assert_cfa(rule_at(&o, "frame_dummy", 0), UNWIND_CFA_REG, RSP, 8);
	unwind_table_fini(&o.table);
	build("gcc -static -o static program.c");
	o.path = "static";
	assert_int_equal(build_table("static", &o.table), 0);
	assert_cfa(rule_at(&o, "frame_dummy", 14), UNWIND_CFA_REG, RSP, 8);
	assert_cfa(rule_at(&o, "frame_dummy", 15), UNWIND_CFA_REG, RSP, 16); /* push %rbp */
	assert_cfa(rule_at(&o, "frame_dummy", 34), UNWIND_CFA_REG, RSP, 8);  /* pop %rbp */
	assert_null(rule_at(&o, "bare", 0));
	unwind_table_fini(&o.table);
	link_object(".globl _start\n.type _start,@function\n_start: .skip 20, 0x90\n.size _start, "
		    "20\nbegin f\nnop\nend f\n",
		    "ld", "entry", &o);
	assert_int_equal(rule_at(&o, "_start", 0)->ra_kind, UNWIND_RA_UNDEFINED);
	assert_int_equal(rule_at(&o, "_start", 19)->ra_kind, UNWIND_RA_UNDEFINED);
	assert_reg(&o, 0, RSP, 8);
	unwind_table_fini(&o.table);
}

/* As in glibc: clone is described up to its system call and from the child's code on, and whom
 * makecontext's functions return to claims a caller. */
static const char c_library[] = "begin clone\n"
				"nop\n"
				".cfi_endproc\n"
				"gap: syscall\n test %rax, %rax\n jl clone\n jz child\n ret\n"
				"child: .cfi_startproc\n .cfi_undefined rip\n"
				"nop\n"
				"end clone\n"
				".balign 16\n"
				"begin f\n"
				"mov %rbx, %rsp\n mov (%rsp), %rdi\n test %rdi, %rdi\n"
				"end f\n"
				"begin g\n"
				"mov %rbx, %rsp\n mov (%rsp), %rsi\n test %rsi, %rsi\n"
				"end g\n";

static void clone_and_makecontext(void **state)
{
	struct object o;

	(void)state;
	assemble(c_library, &o);
	assert_int_equal(rule_at(&o, "clone", 0)->ra_kind, UNWIND_RA_CFA);
	for (int i = 0; i < 10; i++) {
		assert_cfa(rule_at(&o, "gap", i), UNWIND_CFA_REG, RSP, 8);
		assert_int_equal(rule_at(&o, "gap", i)->ra_kind, UNWIND_RA_FORKED);
	}
	assert_int_equal(rule_at(&o, "child", 0)->ra_kind, UNWIND_RA_UNDEFINED);
	assert_null(rule_at(&o, "child", 1));
	assert_int_equal(rule_at(&o, "f", 0)->ra_kind, UNWIND_RA_UNDEFINED);
	assert_int_equal(rule_at(&o, "g", 0)->ra_kind, UNWIND_RA_CFA);
	unwind_table_fini(&o.table);
	assemble("begin f\nnop\n.cfi_endproc\n gap: syscall\n test %rbx, %rbx\n"
		 "child: .cfi_startproc\n .cfi_undefined rip\nnop\nend f\n",
		 &o);
	assert_null(rule_at(&o, "gap", 0)); /* it looks otherwise */
	unwind_table_fini(&o.table);
}

/* By the table of Go's run-time, of which test_go_table.c has more. */
static void go_functions(void **state)
{
	struct object o;

	(void)state;
	link_object(".globl _start\n"
		    "_start: f: .skip 16, 0x90\n"
		    "outer: .skip 16, 0x90\n"
		    "switch: .skip 16, 0x90\n"
		    "sigreturn: mov $15, %rax\nsyscall\n.balign 16\n"
		    ".macro function at, name, stack, flags\n"
		    ".long \\at, \\name, 0, 0, \\stack\n.skip 21\n.byte \\flags\n.skip 6\n"
		    ".endm\n"
		    ".section .gopclntab, \"a\"\n"
		    ".long 0xfffffff1, 0x08010000\n"
		    ".quad 4, 0, f, 72, 0, 0, 104, 128\n"
		    ".asciz \"f\", \"outer\", \"switch\", \"sigreturn\"\n"
		    ".org 104\n.byte 0, 2, 4, 0x30, 10, 0x2f, 2, 0\n" /* 0, 24, 0 bytes */
		    ".org 128\n.long 0, 40, 16, 88, 32, 136, 48, 184, 64\n.org 168\n"
		    "function 0, 0, 1, 0\nfunction 16, 2, 1, 1\n"
		    "function 32, 8, 1, 2\nfunction 48, 15, 1, 0\n",
		    "ld", "go", &o);
	assert_reg(&o, 3, RSP, 8);
	assert_reg(&o, 4, RSP, 32);
	assert_int_equal(rule_at(&o, "f", 4)->saved[UNWIND_RBP], 2);
	assert_int_equal(rule_at(&o, "f", 3)->saved[UNWIND_RBP], UNWIND_UNCHANGED);
	assert_reg(&o, 14, RSP, 8);
	assert_int_equal(rule_at(&o, "outer", 8)->ra_kind, UNWIND_RA_UNDEFINED);
	assert_int_equal(rule_at(&o, "switch", 8)->cfa_kind, UNWIND_CFA_ANYWHERE);
	assert_int_equal(rule_at(&o, "sigreturn", 0)->flags, UNWIND_SIGNAL_FRAME);
	assert_int_equal(rule_at(&o, "switch", 15)->flags, UNWIND_SIGNAL_FRAME);
	unwind_table_fini(&o.table);
}

/* 64-bit references and a CIE without augmentation. */
static void wide_debug_frame(void **state)
{
	struct object o;

	(void)state;
	link_object(F_OF_8 ".section .debug_frame,\"\",@progbits\n"
			   "c: .long -1\n.quad 2f - 1f\n1: .quad -1\n.byte 4\n.asciz \"\"\n"
			   ".byte 8, 0, 1, 0x78, 16\n" RULES ".balign 8, 0\n2:\n"
			   ".long -1\n.quad 4f - 3f\n3: .quad 0\n.quad f, 8\n"
			   ".byte 0x44, 0x0e, 16\n4:\n",
		    "ld -e 0", "wide", &o);
	assert_reg(&o, 3, RSP, 8);
	assert_reg(&o, 4, RSP, 16);
	assert_null(rule_at(&o, "f", 8));
	unwind_table_fini(&o.table);
}

/* Not described by every linker. */
static void undescribed_plt(void **state)
{
	struct object o;
	struct elf_file file;
	GElf_Shdr plt;
	const struct unwind_rule *rule;

	(void)state;
	need("ld.lld");
	link_object("begin f\ncall puts@plt\nend f\n", "ld.lld -shared --eh-frame-hdr", "plt.so",
		    &o);
	assert_int_equal(elf_file_open("plt.so", &file), 0);
	assert_non_null(elf_file_section(&file, ".plt", &plt));
	elf_file_close(&file);
	assert_int_equal(plt.sh_size, 32);
	assert_cfa(unwind_table_find(&o.table, plt.sh_offset), UNWIND_CFA_REG, RSP, 16);
	assert_cfa(unwind_table_find(&o.table, plt.sh_offset + 6), UNWIND_CFA_REG, RSP, 24);
	rule = unwind_table_find(&o.table, plt.sh_offset + 16);
	assert_cfa(rule, UNWIND_CFA_PLT, RSP, 11);
	assert_ptr_equal(unwind_table_find(&o.table, plt.sh_offset + 31), rule);
	assert_null(unwind_table_find(&o.table, plt.sh_offset + 32));
	unwind_table_fini(&o.table);
}

static void too_many_rules(void **state)
{
	struct object o;

	(void)state;
	assemble("begin f\n"
		 ".set n, 16\n"
		 ".rept 66000\n nop\n .cfi_def_cfa_offset n\n .set n, n + 8\n .endr\n"
		 "nop\n"
		 "end f\n",
		 &o);
	assert_int_equal(o.table.nr_rules, 65535);
	assert_reg(&o, 65532, RSP, 8 + 65532 * 8);
	assert_unsupported(&o, 65533);
	assert_unsupported(&o, 66000);
	assert_null(rule_at(&o, "f", 66001));
	unwind_table_fini(&o.table);
}

static void other_files(void **state)
{
	struct unwind_table table;

	(void)state;
	need("gcc");
	write_text("text", "no ELF file\n");
	assert_int_equal(build_table("text", &table), -ENOEXEC);
	assert_null(table.rows);
	write_text("empty", "");
	assert_int_equal(build_table("empty", &table), -ENOEXEC);
	write_text("a.s", "nop\n");
	assert_true(run("gcc -c a.s && ld -shared -o none.so a.o"));
	assert_int_equal(build_table("none.so", &table), -ENODATA);
	assert_int_equal(build_table("a.o", &table), -ENOEXEC);
	assert_int_equal(table.nr_rows, 0);
	unwind_table_fini(&table);
}

static void vdso(void **state)
{
	const uint8_t *image = (const uint8_t *)getauxval(AT_SYSINFO_EHDR);
	const Elf64_Phdr *segment;
	struct unwind_table table;

	(void)state;
	if (!image)
		skip();
	segment = (const void *)(image + ((const Elf64_Ehdr *)image)->e_phoff);
	assert_int_equal(segment->p_type, PT_LOAD);
	assert_int_equal(unwind_table_build_image(image, segment->p_filesz, &table), 0);
	assert_true(table.nr_rows > 5);
	assert_int_equal(table.nr_unsupported, 0);
	assert_true(table.rows[table.nr_rows - 1].offset < segment->p_filesz);
	unwind_table_fini(&table);
}

#define IN_WORKDIR(test) cmocka_unit_test_setup_teardown(test, workdir_enter, workdir_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORKDIR(plain_frames),
		IN_WORKDIR(expressions),
		IN_WORKDIR(saved_from_rbp),
		IN_WORKDIR(rare_instructions),
		IN_WORKDIR(senseless_instructions),
		IN_WORKDIR(signal_frames),
		IN_WORKDIR(neighbours),
		IN_WORKDIR(encodings),
		IN_WORKDIR(locations),
		IN_WORKDIR(overlaps),
		IN_WORKDIR(debug_frame),
		IN_WORKDIR(both_sections),
		IN_WORKDIR(without_section_headers),
		IN_WORKDIR(several_segments),
		IN_WORKDIR(handlers_return_to_what_nobody_describes),
		IN_WORKDIR(missing_frames),
		IN_WORKDIR(clone_and_makecontext),
		IN_WORKDIR(go_functions),
		IN_WORKDIR(wide_debug_frame),
		IN_WORKDIR(undescribed_plt),
		IN_WORKDIR(too_many_rules),
		IN_WORKDIR(other_files),
		cmocka_unit_test(vdso),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
