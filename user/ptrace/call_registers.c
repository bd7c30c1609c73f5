// SPDX-License-Identifier: MIT
#include "ptrace/call_registers.h"

#include <elf.h>
#include <errno.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

/* Known to the kernel alone: ERESTARTSYS and ERESTART_RESTARTBLOCK. */
#define FIRST_RESTART -516
#define LAST_RESTART  -512

#ifdef __x86_64__
/* As the kernel shows them of a process of 32 bits. */
struct registers_32 {
	uint32_t bx, cx, dx, si, di, bp, ax, ds, es, fs, gs, orig_ax, ip, cs, flags, sp, ss;
};

static void read_native(const struct user_regs_struct *regs, struct call_in_flight *out)
{
	*out = (struct call_in_flight){
		.call = {.nr = regs->orig_rax,
			 .args = {regs->rdi, regs->rsi, regs->rdx, regs->r10, regs->r8, regs->r9}},
		.result = (int64_t)regs->rax,
		.ip = regs->rip,
		.sp = regs->rsp,
	};
}

static void read_compat(const struct registers_32 *regs, struct call_in_flight *out)
{
	*out = (struct call_in_flight){
		.call = {.nr = (uint64_t)(int32_t)regs->orig_ax,
			 .args = {regs->bx, regs->cx, regs->dx, regs->si, regs->di, regs->bp},
			 .is_compat = true},
		.result = (int32_t)regs->ax,
		.ip = regs->ip,
		.sp = regs->sp,
	};
}

bool call_in_flight_read(pid_t tid, struct call_in_flight *out)
{
	union {
		struct user_regs_struct native;
		struct registers_32 compat;
	} regs;
	struct iovec room = {&regs, sizeof regs};

	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &room) < 0)
		return false;
	if (room.iov_len == sizeof regs.compat)
		read_compat(&regs.compat, out);
	else
		read_native(&regs.native, out);
	return (int64_t)out->call.nr >= 0;
}

void call_refuse(pid_t tid)
{
	struct user_regs_struct regs;
	struct iovec room = {&regs, sizeof regs};

	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &room) < 0 || room.iov_len < sizeof regs)
		return;
	regs.orig_rax = -1ULL;
	regs.rax = (uint64_t)-ENOSYS;
	ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &room);
}
#else
bool call_in_flight_read(pid_t tid, struct call_in_flight *out)
{
	(void)tid;
	(void)out;
	return false;
}

void call_refuse(pid_t tid)
{
	(void)tid;
}
#endif

bool call_is_to_restart(const struct call_in_flight *flight)
{
	return flight->result >= FIRST_RESTART && flight->result <= LAST_RESTART;
}
