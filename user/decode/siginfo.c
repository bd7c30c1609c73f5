// SPDX-License-Identifier: MIT
#include "decode/siginfo.h"

#include <linux/audit.h>
#include <string.h>
#include <unistd.h>

#include "decode/constants.h"
#include "decode/syscalls.h"

#define NR_SIGNALS   64
/* A set that has more of them is shown by what it lacks. */
#define MOST_SIGNALS (NR_SIGNALS * 2 / 3)

void signal_emit(struct emit *e, int signal)
{
	const char *name = constant_name(&signal_names, (uint32_t)signal);

	if (name)
		emit_word(e, name);
	else
		emit_int(e, signal);
}

void sigset_emit(struct emit *e, uint64_t set)
{
	bool inverted = __builtin_popcountll(set) >= MOST_SIGNALS;

	emit_open_as(e, inverted ? "~[" : "[", " ", "]", false);
	if (inverted && e->json)
		emit_word(e, "~");
	for (unsigned int signal = 1; signal <= NR_SIGNALS; signal++) {
		if ((set >> (signal - 1) & 1) != inverted)
			emit_word(e, constant_name(&signal_names, signal) + strlen("SIG"));
	}
	emit_close(e);
}

/* The codes that a signal has of its own. */
static const struct constant_set *codes_of(int signal)
{
	switch (signal) {
	case SIGILL:
		return &si_codes_ill;
	case SIGFPE:
		return &si_codes_fpe;
	case SIGSEGV:
		return &si_codes_segv;
	case SIGBUS:
		return &si_codes_bus;
	case SIGTRAP:
		return &si_codes_trap;
	case SIGCHLD:
		return &si_codes_child;
	case SIGIO:
		return &si_codes_poll;
	case SIGSYS:
		return &si_codes_sys;
	default:
		return NULL;
	}
}

static void code_emit(struct emit *e, int signal, int code)
{
	const struct constant_set *own = codes_of(signal);
	const char *name = constant_name(&si_codes, (uint32_t)code);

	if (!name && own)
		name = constant_name(own, (uint32_t)code);
	emit_name(e, "si_code");
	if (name)
		emit_word(e, name);
	else
		emit_hex(e, (uint32_t)code);
}

static void id_member(struct emit *e, const char *name, uint32_t id)
{
	if (id == UINT32_MAX)
		emit_member_int(e, name, -1);
	else
		emit_member_uint(e, name, id);
}

static void sender_emit(struct emit *e, const siginfo_t *info)
{
	emit_member_int(e, "si_pid", info->si_pid);
	id_member(e, "si_uid", info->si_uid);
}

static void value_emit(struct emit *e, const siginfo_t *info)
{
	emit_member_int(e, "si_int", info->si_int);
	emit_member_pointer(e, "si_ptr", (uint64_t)info->si_ptr);
}

static void ticks_member(struct emit *e, const char *name, clock_t ticks)
{
	emit_member_uint(e, name, (uint64_t)ticks);
	/* The kernel's interface counts in hundredths, whatever its own clock does. */
	if (ticks)
		emit_comment(e, "%llu.%02llu s", (unsigned long long)ticks / 100,
			     (unsigned long long)ticks % 100);
}

static void child_emit(struct emit *e, const siginfo_t *info)
{
	sender_emit(e, info);
	emit_name(e, "si_status");
	if (info->si_code == CLD_EXITED)
		emit_int(e, info->si_status);
	else
		signal_emit(e, info->si_status);
	ticks_member(e, "si_utime", info->si_utime);
	ticks_member(e, "si_stime", info->si_stime);
}

static void fault_emit(struct emit *e, const siginfo_t *info)
{
	emit_member_pointer(e, "si_addr", (uint64_t)info->si_addr);
	if (info->si_signo == SIGBUS &&
	    (info->si_code == BUS_MCEERR_AR || info->si_code == BUS_MCEERR_AO)) {
		emit_member_hex(e, "si_addr_lsb", (uint16_t)info->si_addr_lsb);
	} else if (info->si_signo == SIGSEGV && info->si_code == SEGV_BNDERR) {
		emit_member_pointer(e, "si_lower", (uint64_t)info->si_lower);
		emit_member_pointer(e, "si_upper", (uint64_t)info->si_upper);
	} else if (info->si_signo == SIGSEGV && info->si_code == SEGV_PKUERR) {
		emit_member_uint(e, "si_pkey", info->si_pkey);
	}
}

static void syscall_emit(struct emit *e, const siginfo_t *info)
{
	bool is_native = info->si_arch == AUDIT_ARCH_X86_64 || info->si_arch == AUDIT_ARCH_AARCH64;
	const char *name = is_native ? syscall_name((uint32_t)info->si_syscall) : NULL;

	emit_member_pointer(e, "si_call_addr", (uint64_t)info->si_call_addr);
	emit_name(e, "si_syscall");
	if (name)
		emit_wordf(e, "__NR_%s", name);
	else
		emit_uint(e, (uint32_t)info->si_syscall);
	emit_member_choice(e, "si_arch", &audit_arches, info->si_arch);
}

/* Sent by a process, as is everything with a code that is not of a kind that says otherwise. */
static void sent_emit(struct emit *e, const siginfo_t *info)
{
	if (info->si_code == SI_USER || info->si_code == SI_TKILL) {
		sender_emit(e, info);
	} else if (info->si_code == SI_TIMER) {
		emit_member_hex(e, "si_timerid", (uint32_t)info->si_timerid);
		emit_member_int(e, "si_overrun", info->si_overrun);
		value_emit(e, info);
	} else if (info->si_code == SI_SIGIO) {
		emit_member_int(e, "si_band", info->si_band);
		emit_member_int(e, "si_fd", info->si_fd);
	} else {
		if (info->si_pid || info->si_uid)
			sender_emit(e, info);
		if (info->si_ptr)
			value_emit(e, info);
	}
}

static void by_kernel_emit(struct emit *e, const siginfo_t *info)
{
	switch (info->si_signo) {
	case SIGCHLD:
		child_emit(e, info);
		break;
	case SIGILL:
	case SIGFPE:
	case SIGSEGV:
	case SIGBUS:
	case SIGTRAP:
		fault_emit(e, info);
		break;
	case SIGIO:
		if (constant_name(&si_codes_poll, (uint32_t)info->si_code)) {
			emit_member_int(e, "si_band", info->si_band);
			emit_member_int(e, "si_fd", info->si_fd);
		}
		break;
	case SIGSYS:
		syscall_emit(e, info);
		break;
	default:
		sent_emit(e, info);
	}
}

void siginfo_emit(struct emit *e, const siginfo_t *info)
{
	emit_open(e, EMIT_STRUCT);
	if (info->si_signo) {
		emit_name(e, "si_signo");
		signal_emit(e, info->si_signo);
		code_emit(e, info->si_signo, info->si_code);
		if (info->si_errno) {
			const char *name = info->si_errno > 0 ? errno_name(info->si_errno) : NULL;

			emit_name(e, "si_errno");
			if (name)
				emit_word(e, name);
			else
				emit_uint(e, (uint32_t)info->si_errno);
		}
		if (info->si_code > 0)
			by_kernel_emit(e, info);
		else
			sent_emit(e, info);
	}
	emit_close(e);
}
