/* SPDX-License-Identifier: MIT */
/*
 * One step of a stack walk: from the registers of a frame to those of its caller.
 *
 * Compiled into the BPF programs and natively, so that tests run the very code that the kernel
 * does. Memory, mappings and tables are reached through hooks, which whoever includes this defines
 * first:
 *
 *   bool walk_read(struct walk *, __u64 address, __u64 *out)      a word of the stack
 *   bool walk_read_block(struct walk *, __u64 address, void *, __u32 size)
 *   bool walk_map(struct walk *, __u64 address)                    fills walk->mapping
 *   const __u64 *walk_page(struct walk *, __u32 index)             NULL beyond the end, as the next
 *   const struct unwind_row *walk_row(struct walk *, __u32 index)
 *   const struct unwind_rule *walk_rule(struct walk *, __u32 index)
 *   int walk_exactly(struct walk *, __u64 offset)     a step where no rule will do: as walk_step(),
 *                                                     or -1 where there is no other way either
 *
 * Registers are recovered lazily: a step notes where on the stack the caller's values lie, and a
 * value is read when a rule asks for it, which few do. So a frame usually costs one read, that of
 * its return address.
 */
#ifndef PROF_WALK_H
#define PROF_WALK_H

#include "event.h"
#include "unwind.h"

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

/* By DWARF's numbers for x86-64; elsewhere only these two stand for their likes. */
enum { WALK_RAX, WALK_RDX, WALK_RCX, WALK_RBX, WALK_RSI, WALK_RDI, WALK_FP, WALK_SP };
#define NR_WALK_REGISTERS 16
#define WALK_ALL_KNOWN    0xffffU
#define WALK_CALLEE_SAVED 0xf4c8U /* rbx, rbp, rsp, r10 (holds the CFA at times), r12-r15 */

/* The executable mapping that the last address was in. */
struct walk_mapping {
	__u64 start, end;
	__u64 base;                 /* where the file's first byte would lie */
	__u32 file;                 /* 0: none */
	__u32 first_page, nr_pages; /* of its table; 0 pages: not there yet */
	__u32 reserved;
};

struct walk {
	__u64 frames[MAX_FRAMES]; /* addresses inside the executing or calling instructions */
	__u64 ip;
	__u64 registers[NR_WALK_REGISTERS];
	__u64 saved_at[NR_WALK_REGISTERS]; /* where the value still lies; 0: in `registers` */
	__u32 known;                       /* registers whose value can be had, bit by bit */
	__u32 used;                        /* registers whose first value mattered, perhaps */
	__u32 exact; /* ip is the instruction itself, not the one behind a call */
	struct walk_mapping mapping;
	__u64 signal_registers[17];
	__u64 hash;
	__u32 nr_frames, flags;
};

/* One round of a 64-bit multiply-xorshift hash (the constant is 2^64 / golden ratio, made odd). */
static __always_inline __u64 hash_mix(__u64 hash, __u64 value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 29;
}

static __always_inline void walk_push(struct walk *walk, __u64 address)
{
	walk->frames[walk->nr_frames++ & (MAX_FRAMES - 1)] = address;
	walk->hash = hash_mix(walk->hash, address);
}

/* The frame is at `address` after all: it did not call. */
static __always_inline void walk_amend(struct walk *walk, __u64 address)
{
	walk->frames[(walk->nr_frames - 1) & (MAX_FRAMES - 1)] = address;
}

/* Ends the walk, for a reason. */
static __always_inline bool walk_end(struct walk *walk, __u32 flag)
{
	walk->flags |= flag;
	return false;
}

static __always_inline bool walk_register(struct walk *walk, __u32 which, __u64 *out)
{
	which &= NR_WALK_REGISTERS - 1;
	if (!(walk->known >> which & 1))
		return walk_end(walk, WALK_INCONSISTENT);
	if (walk->saved_at[which]) {
		if (!walk_read(walk, walk->saved_at[which], &walk->registers[which]))
			return walk_end(walk, WALK_UNREADABLE);
		walk->saved_at[which] = 0;
	} else {
		walk->used |= 1U << which;
	}
	*out = walk->registers[which];
	return true;
}

/* In BPF a function of its own, which the verifier looks at without all that its caller holds. */
#ifdef __bpf__
#define walk_function __weak __noinline
#else
#define walk_function static inline
#endif

/* The index of the last row before `end` that is at or before `offset`, from that of one that is.
 * Halving steps instead of halving intervals: each round then looks alike to the verifier. A page
 * holds at most a row a byte. */
walk_function __u32 walk_search(struct walk *walk, __u32 at, __u32 end, __u64 offset)
{
	for (__u32 step = 1U << UNWIND_PAGE_SHIFT; step; step /= 2) {
		const struct unwind_row *row;

		if (at + step >= end)
			continue;
		row = walk_row(walk, at + step);
		if (row && row->offset <= offset)
			at += step;
	}
	return at;
}

/*
 * The last row at or before `offset`, of the page's; the one behind it if that is a gap which ends
 * right there, because a function can be entered by a return to its first instruction.
 */
static __always_inline const struct unwind_row *walk_find_row(struct walk *walk, __u64 page_rows,
							      __u64 offset)
{
	const struct unwind_row *row, *next;
	__u32 first = page_rows, at;

	at = walk_search(walk, first, first + (__u32)(page_rows >> 32), offset);
	row = walk_row(walk, at);
	if (!row || row->rule)
		return row;
	next = walk_row(walk, at + 1);
	if (!next || walk->exact || next->offset != offset + 1)
		return row;
	walk_amend(walk, walk->ip);
	return next;
}

/* The rows of the page that `offset` is in, 0 while they are not there; a page behind the table's
 * end has the one row of a gap. */
static __always_inline __u64 walk_page_rows(struct walk *walk, __u64 offset)
{
	__u64 page = offset >> UNWIND_PAGE_SHIFT;
	const __u64 *entry;

	if (page >= walk->mapping.nr_pages)
		return UNWIND_PAGE_EMPTY;
	entry = walk_page(walk, walk->mapping.first_page + (__u32)page);
	return entry ? *(const volatile __u64 *)entry : UNWIND_PAGE_EMPTY;
}

/* Where the caller's callee-saved registers lie. `cfa` is that of the frame, and its rbp must still
 * be readable. */
static __always_inline bool walk_note_saved(struct walk *walk, const struct unwind_rule *rule,
					    __u64 cfa)
{
	static const __u8 numbers[NR_UNWIND_REGISTERS] = {3, 6, 10, 12, 13, 14, 15};
	__u64 from_fp = 0;

	if (rule->flags && !walk_register(walk, WALK_FP, &from_fp))
		return false;
	from_fp += 8 * UNWIND_RBP_ZERO - cfa;
#pragma GCC unroll 8
	for (int i = 0; i < NR_UNWIND_REGISTERS; i++) {
		__u8 slot = rule->saved[i];
		__u64 base;

		if (slot == UNWIND_UNCHANGED)
			continue;
		base = cfa + (from_fp & -(__u64)(rule->flags >> i & UNWIND_FROM_RBP));
		if (slot == UNWIND_UNKNOWN)
			walk->known &= ~(1U << numbers[i]);
		else
			walk->saved_at[numbers[i]] = base - 8 * (__u64)slot;
		if (slot != UNWIND_UNKNOWN)
			walk->known |= 1U << numbers[i];
	}
	return true;
}

/* The interrupted code's registers lie in the ucontext at rsp, all of them. */
static __always_inline bool walk_out_of_signal(struct walk *walk)
{
	__u64 *r = walk->registers;
	const __u64 *g = walk->signal_registers; /* r8-r15 rdi rsi rbp rbx rdx rax rcx rsp rip */

	if (!walk_read_block(walk, r[WALK_SP] + 40, walk->signal_registers,
			     sizeof walk->signal_registers))
		return walk_end(walk, WALK_UNREADABLE);
	if (walk->nr_frames > 1) /* else it is rt_sigreturn that is being called */
		walk_amend(walk, walk->ip);
#pragma GCC unroll 8
	for (int i = 0; i < 8; i++)
		r[8 + i] = g[i];
	r[WALK_RDI] = g[8], r[WALK_RSI] = g[9], r[WALK_FP] = g[10], r[WALK_RBX] = g[11];
	r[WALK_RDX] = g[12], r[WALK_RAX] = g[13], r[WALK_RCX] = g[14], r[WALK_SP] = g[15];
	walk->ip = g[16];
#pragma GCC unroll 16
	for (int i = 0; i < NR_WALK_REGISTERS; i++)
		walk->saved_at[i] = 0;
	walk->known = WALK_ALL_KNOWN;
	walk->exact = 1;
	return true;
}

#if defined(__TARGET_ARCH_arm64) || defined(__aarch64__)
#define WALK_X86 0
#else
#define WALK_X86 1
#endif

/*
 * Code that keeps frame pointers, interrupted where it has no frame of its own: 1, at its first
 * instruction, or at the return, with the return address on top of the stack; 2, where rbp is
 * pushed but not set yet. Else 0. Nothing but the instructions tell.
 */
static __always_inline __u32 walk_frameless_words(struct walk *walk)
{
	__u64 code;

	if (!WALK_X86 || !walk->exact || !walk_read(walk, walk->ip, &code))
		return 0;
	if ((code & 0xff) == 0x55 || (code & 0xff) == 0xc3 || (__u32)code == 0xfa1e0ff3)
		return 1; /* push %rbp; ret; endbr64 */
	code &= 0xffffff;
	return code == 0xe58948 || code == 0xec8b48 ? 2 : 0; /* mov %rsp,%rbp in both forms */
}

/* No table tells: believe the frame pointer if it looks like one, and say so. `anywhere`: it may
 * lead down. */
static __always_inline bool walk_by_frame_pointer(struct walk *walk, __u32 reason, bool anywhere)
{
	__u32 step = walk->mapping.file ? WALK_FRAME_POINTER : WALK_MADE_CODE;
	__u64 sp = walk->registers[WALK_SP], fp, ip;
	__u32 words;

	if (!(walk->known >> WALK_FP & 1))
		return walk_end(walk, reason);
	if (!walk_register(walk, WALK_FP, &fp))
		return false;
	words = anywhere ? 0 : walk_frameless_words(walk);
	if (words)
		fp = sp + 8 * words - 16;
	if ((fp < sp && !words && !anywhere) || fp & 7 || !walk_read(walk, fp + 8, &ip) ||
	    !walk_map(walk, ip - 1))
		return walk_end(walk, reason);
	walk->flags |= step;
	if (words != 1)
		walk->saved_at[WALK_FP] = fp;
	walk->registers[WALK_SP] = fp + 16;
	walk->known &= 1U << WALK_FP | 1U << WALK_SP;
	walk->ip = ip;
	walk->exact = 0;
	return true;
}

static __always_inline bool walk_cfa(struct walk *walk, const struct unwind_rule *rule, __u64 *out)
{
	__u64 value;

	if (rule->cfa_kind == UNWIND_CFA_PLT) {
		*out = walk->registers[WALK_SP] + 8;
		if ((walk->ip & 15) >= (__u64)rule->cfa_offset)
			*out += 8;
		return true;
	}
	if (!walk_register(walk, rule->cfa_reg, &value))
		return false;
	value += (__s64)rule->cfa_offset;
	if (rule->cfa_kind == UNWIND_CFA_DEREF) {
		if (!walk_read(walk, value, out))
			return walk_end(walk, WALK_UNREADABLE);
		*out += (__s64)rule->deref_offset;
		return true;
	}
	*out = value;
	return true;
}

/* A caller's frame lies above its callee's; or right there, if the return address was in a register
 * that is lost by going on, so that no rule can lead round in circles. */
static __always_inline bool walk_rises(const struct walk *walk, const struct unwind_rule *rule,
				       __u64 cfa)
{
	__u32 where = rule->saved[UNWIND_R10] & (NR_WALK_REGISTERS - 1);

	if (cfa == walk->registers[WALK_SP] && rule->ra_kind == UNWIND_RA_REGISTER)
		return !(WALK_CALLEE_SAVED >> where & 1);
	return cfa > walk->registers[WALK_SP];
}

static __always_inline bool walk_can_follow(const struct unwind_rule *rule)
{
	if (rule->cfa_kind == UNWIND_CFA_NONE)
		return false;
	return rule->flags & UNWIND_SIGNAL_FRAME || rule->ra_kind == UNWIND_RA_UNDEFINED ||
	       (rule->cfa_kind < UNWIND_CFA_ANYWHERE && rule->ra_kind != UNWIND_RA_UNSUPPORTED);
}

/* The result of the call that made a task is 0 in the new one, which has no caller. */
static __always_inline bool walk_is_new_task(struct walk *walk)
{
	walk->used |= 1U << WALK_RAX;
	return !walk->registers[WALK_RAX];
}

/* The caller's registers by the rule; false when there is no caller, or none can be found. */
static __always_inline bool walk_by_rule(struct walk *walk, const struct unwind_rule *rule)
{
	__u64 cfa, ip;

	if (rule->flags & UNWIND_SIGNAL_FRAME)
		return walk_out_of_signal(walk);
	if (rule->ra_kind == UNWIND_RA_UNDEFINED ||
	    (rule->ra_kind == UNWIND_RA_FORKED && walk_is_new_task(walk)))
		return walk_end(walk, WALK_COMPLETE);
	if (!walk_cfa(walk, rule, &cfa))
		return false;
	if (rule->ra_kind == UNWIND_RA_REGISTER) {
		if (!walk_register(walk, rule->saved[UNWIND_R10], &ip))
			return false;
	} else {
		if (!walk_read(walk, cfa - 8, &ip))
			return walk_end(walk, WALK_UNREADABLE);
		if (!walk_note_saved(walk, rule, cfa))
			return false;
	}
	if (!walk_rises(walk, rule, cfa))
		return walk_end(walk, WALK_INCONSISTENT);
	if (ip == 0)
		return walk_end(walk, WALK_COMPLETE);
	walk->registers[WALK_SP] = cfa;
	walk->known &= WALK_CALLEE_SAVED;
	walk->ip = ip;
	walk->exact = 0;
	return true;
}

/* Notes the frame and goes on to its caller; false when the walk is over. */
static __always_inline bool walk_step(struct walk *walk)
{
	__u64 at = walk->exact ? walk->ip : walk->ip - 1, offset = 0, page_rows;
	const struct unwind_rule *rule = NULL;
	const struct unwind_row *row = NULL;
	int step;

	if (walk->nr_frames >= MAX_FRAMES)
		return walk_end(walk, WALK_TOO_DEEP);
	walk_push(walk, at);
	if ((at < walk->mapping.start || at >= walk->mapping.end) && !walk_map(walk, at))
		return walk_end(walk, WALK_NO_CODE);
	if (walk->mapping.file) {
		if (!walk->mapping.nr_pages)
			return walk_end(walk, WALK_NO_TABLE);
		offset = at - walk->mapping.base;
		page_rows = walk_page_rows(walk, offset);
		if (!page_rows)
			return walk_end(walk, WALK_NO_TABLE);
		row = walk_find_row(walk, page_rows, offset);
		rule = row ? walk_rule(walk, row->rule) : NULL;
	}
	if (rule && walk_can_follow(rule))
		return walk_by_rule(walk, rule);
	if (rule && rule->cfa_kind == UNWIND_CFA_UNSUPPORTED) {
		step = walk_exactly(walk, row->offset > offset ? row->offset : offset);
		if (step >= 0)
			return step;
	}
	return walk_by_frame_pointer(walk, WALK_NO_RULE,
				     rule && rule->cfa_kind == UNWIND_CFA_ANYWHERE);
}

/* Begins at ip with `registers` as they are. `exact`: the instruction at ip itself is executing. */
static __always_inline void walk_start(struct walk *walk, __u64 ip, bool exact)
{
	walk->ip = ip;
	walk->exact = exact;
	walk->known = WALK_ALL_KNOWN;
#pragma GCC unroll 16
	for (int i = 0; i < NR_WALK_REGISTERS; i++)
		walk->saved_at[i] = 0;
	walk->mapping.start = walk->mapping.end = 0;
	walk->used = 0;
	walk->nr_frames = 0;
	walk->flags = 0;
}

#endif
