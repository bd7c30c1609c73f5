/* SPDX-License-Identifier: MIT */
/*
 * Unwinding tables as the programs walk them and user space builds them.
 *
 * Call-frame information is turned into rows once per file. A row says which rule holds from an
 * offset of the file on; a rule says how the caller's registers follow from the callee's. Offsets
 * are those in the file, not addresses, so one table serves every place where the file is mapped;
 * rules are shared by all files, since a few thousand distinct ones cover whole systems.
 */
#ifndef PROF_UNWIND_H
#define PROF_UNWIND_H

#ifdef __bpf__
#include "vmlinux.h"
#else
#include <linux/types.h>
#endif

/* Covers [offset, the next row's offset). */
struct unwind_row {
	__u32 offset;
	__u16 rule;
	__u16 reserved;
};

enum unwind_cfa {
	UNWIND_CFA_NONE,        /* no information here: a gap between functions */
	UNWIND_CFA_REG,         /* register + cfa_offset */
	UNWIND_CFA_DEREF,       /* *(register + cfa_offset) + deref_offset */
	UNWIND_CFA_PLT,         /* rsp + 8 + 8 * ((ip & 15) >= cfa_offset) */
	UNWIND_CFA_ANYWHERE,    /* by frame pointer, to another stack */
	UNWIND_CFA_UNSUPPORTED, /* an expression: left to user space */
};

enum unwind_ra {
	UNWIND_RA_CFA,         /* at CFA - 8 */
	UNWIND_RA_UNDEFINED,   /* the outermost frame */
	UNWIND_RA_REGISTER,    /* in the register that `saved[UNWIND_R10]` numbers (vfork) */
	UNWIND_RA_UNSUPPORTED, /* an expression */
	UNWIND_RA_FORKED,      /* behind clone: of a child (rax is 0) the outermost frame */
};

/* The registers that are followed through frames, in the order of `saved`. */
enum unwind_register {
	UNWIND_RBX,
	UNWIND_RBP,
	UNWIND_R10,
	UNWIND_R12,
	UNWIND_R13,
	UNWIND_R14,
	UNWIND_R15,
	NR_UNWIND_REGISTERS
};

enum unwind_flag {
	UNWIND_FROM_RBP = 1,       /* << r: r is saved relative to rbp, not to the CFA */
	UNWIND_SIGNAL_FRAME = 128, /* all registers lie in the ucontext at rsp */
};

/* saved[r]: 0 = r is unchanged, 255 = its caller's value cannot be had, else it lies at
 * CFA - 8 * saved[r], or with UNWIND_FROM_RBP << r at rbp + 8 * (128 - saved[r]). */
enum { UNWIND_UNCHANGED = 0, UNWIND_UNKNOWN = 255, UNWIND_RBP_ZERO = 128 };

struct unwind_rule {
	__u8 cfa_kind; /* enum unwind_cfa */
	__u8 cfa_reg;  /* DWARF's number of the register */
	__u8 ra_kind;  /* enum unwind_ra */
	__u8 flags;    /* enum unwind_flag */
	__s32 cfa_offset;
	__u8 saved[NR_UNWIND_REGISTERS];
	__s8 deref_offset;
};

_Static_assert(sizeof(struct unwind_row) == 8, "two to a cache line's quarter");
_Static_assert(sizeof(struct unwind_rule) == 16, "no padding");

/*
 * One entry per 4 KiB of a file's offsets: low half the index of the last row at or before the
 * page's start, high half how many rows the page has from there on. A row of the next page follows
 * them. 0: the page's rows are not there yet. The first row of all is that of a gap.
 */
#define UNWIND_PAGE_SHIFT 12
#define UNWIND_PAGE_EMPTY (1ULL << 32)

/* A file's slice of the page index. Written once, at once. */
struct unwind_file {
	__u32 first_page, nr_pages; /* 0 pages: nothing of its table is there yet */
} __attribute__((aligned(8)));

#define MAX_UNWIND_RULES 65536

/* Rows beyond the first array of them come in chunks, of 2 MiB each: room for 16 million. */
#define UNWIND_CHUNK_ROWS (1 << 18)
#define MAX_UNWIND_CHUNKS 60

#endif
