/* SPDX-License-Identifier: MIT */
/* What differs between processors: registers, and the mark of a 32-bit system call. */
#ifndef PROF_ARCH_BPF_H
#define PROF_ARCH_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#if defined(__TARGET_ARCH_x86)

/* From the stack pointer at rt_sigreturn to the signal mask: its ucontext begins there. */
#define SAVED_MASK_OFFSET 296

#define TS_COMPAT 2 /* arch/x86/include/asm/thread_info.h */

static __always_inline bool task_in_compat_syscall(struct task_struct *task)
{
	return task->thread_info.status & TS_COMPAT;
}

#define regs_ip(regs)      ((regs)->ip)
#define regs_ip_read(regs) BPF_CORE_READ(regs, ip) /* of any pointer */
#define regs_nr(regs)      ((long)(regs)->orig_ax)
#define regs_sp(regs)      ((regs)->sp)
#define regs_fp(regs)      ((regs)->bp)

#define regs_result(regs) ((regs)->ax)

/* Of a function that begins. */
static __always_inline void regs_call_args(struct pt_regs *regs, __u64 args[3])
{
	args[0] = regs->di, args[1] = regs->si, args[2] = regs->dx;
}

/* The stack pointer of a function's caller, by what it was at the function's entry. */
static __always_inline __u64 sp_returned(__u64 sp_at_entry)
{
	return sp_at_entry + 8;
}

/* By DWARF's numbers (walk.h). */
static __always_inline void regs_copy(struct pt_regs *regs, __u64 out[16])
{
	out[0] = regs->ax, out[1] = regs->dx, out[2] = regs->cx, out[3] = regs->bx;
	out[4] = regs->si, out[5] = regs->di, out[6] = regs->bp, out[7] = regs->sp;
	out[8] = regs->r8, out[9] = regs->r9, out[10] = regs->r10, out[11] = regs->r11;
	out[12] = regs->r12, out[13] = regs->r13, out[14] = regs->r14, out[15] = regs->r15;
}

static __always_inline void regs_args(struct pt_regs *regs, bool compat, __u64 args[6])
{
	if (compat) {
		args[0] = regs->bx, args[1] = regs->cx, args[2] = regs->dx;
		args[3] = regs->si, args[4] = regs->di, args[5] = regs->bp;
	} else {
		args[0] = regs->di, args[1] = regs->si, args[2] = regs->dx;
		args[3] = regs->r10, args[4] = regs->r8, args[5] = regs->r9;
	}
}

#elif defined(__TARGET_ARCH_arm64)

#define SAVED_MASK_OFFSET (128 + 40) /* the ucontext is behind the siginfo */

#define TIF_32BIT 22 /* arch/arm64/include/asm/thread_info.h */

static __always_inline bool task_in_compat_syscall(struct task_struct *task)
{
	return task->thread_info.flags >> TIF_32BIT & 1;
}

#define regs_ip(regs)      ((regs)->pc)
#define regs_ip_read(regs) BPF_CORE_READ(regs, pc)
#define regs_nr(regs)      ((long)(regs)->syscallno)
#define regs_sp(regs)      ((regs)->sp)
#define regs_fp(regs)      ((regs)->regs[29])

#define regs_result(r) ((r)->regs[0])

static __always_inline void regs_call_args(struct pt_regs *regs, __u64 args[3])
{
	args[0] = regs->regs[0], args[1] = regs->regs[1], args[2] = regs->regs[2];
}

static __always_inline __u64 sp_returned(__u64 sp_at_entry)
{
	return sp_at_entry;
}

/* There are no tables for this processor yet: frame pointer and stack pointer, where walk.h wants
 * them, are all that a walk asks for. */
static __always_inline void regs_copy(struct pt_regs *regs, __u64 out[16])
{
	out[6] = regs->regs[29];
	out[7] = regs->sp;
}

static __always_inline void regs_args(struct pt_regs *regs, bool compat, __u64 args[6])
{
	args[0] = regs->orig_x0, args[1] = regs->regs[1], args[2] = regs->regs[2];
	args[3] = regs->regs[3], args[4] = regs->regs[4], args[5] = regs->regs[5];
}

#endif

#endif
