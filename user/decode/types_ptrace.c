// SPDX-License-Identifier: MIT
/*
 * The types of ptrace(): the request decides what its address and its data are.
 */
#include "decode/types_control.h"

#include <linux/ptrace.h>
#include <string.h>
#include <sys/uio.h>
#include <sys/user.h>

#include "decode/constants.h"
#include "decode/fields.h"
#include "decode/siginfo.h"
#include "decode/types_signals.h"

/* What glibc calls these is PEEKUSR, and it has an enumeration of its own for the rest. */
enum {
	REQUEST_TRACEME = 0,
	REQUEST_PEEKTEXT = 1,
	REQUEST_PEEKDATA = 2,
	REQUEST_PEEKUSER = 3,
	REQUEST_POKETEXT = 4,
	REQUEST_POKEDATA = 5,
	REQUEST_POKEUSER = 6,
	REQUEST_CONT = 7,
	REQUEST_KILL = 8,
	REQUEST_SINGLESTEP = 9,
	REQUEST_GETREGS = 12,
	REQUEST_SETREGS = 13,
	REQUEST_GETFPREGS = 14,
	REQUEST_SETFPREGS = 15,
	REQUEST_ATTACH = 16,
	REQUEST_DETACH = 17,
	REQUEST_OLDSETOPTIONS = 21,
	REQUEST_SYSCALL = 24,
	REQUEST_SYSEMU = 31,
	REQUEST_SYSEMU_SINGLESTEP = 32,
	REQUEST_SINGLEBLOCK = 33,
};

#define USER_FIELD(member) FIELD(struct user_regs_struct, member, FIELD_HEX)

#if defined(__x86_64__)
static const struct field register_fields[] = {
	USER_FIELD(r15), USER_FIELD(r14),     USER_FIELD(r13),     USER_FIELD(r12),
	USER_FIELD(rbp), USER_FIELD(rbx),     USER_FIELD(r11),     USER_FIELD(r10),
	USER_FIELD(r9),  USER_FIELD(r8),      USER_FIELD(rax),     USER_FIELD(rcx),
	USER_FIELD(rdx), USER_FIELD(rsi),     USER_FIELD(rdi),     USER_FIELD(orig_rax),
	USER_FIELD(rip), USER_FIELD(cs),      USER_FIELD(eflags),  USER_FIELD(rsp),
	USER_FIELD(ss),  USER_FIELD(fs_base), USER_FIELD(gs_base), USER_FIELD(ds),
	USER_FIELD(es),  USER_FIELD(fs),      USER_FIELD(gs),
};
static const char *const user_words[] = {
	"8*R15", "8*R14", "8*R13", "8*R12",     "8*RBP",     "8*RBX", "8*R11",      "8*R10", "8*R9",
	"8*R8",  "8*RAX", "8*RCX", "8*RDX",     "8*RSI",     "8*RDI", "8*ORIG_RAX", "8*RIP", "8*CS",
	"8*EFL", "8*RSP", "8*SS",  "8*FS_BASE", "8*GS_BASE", "8*DS",  "8*ES",       "8*FS",  "8*GS",
};
static const struct {
	uint32_t offset;
	const char *name;
} user_parts[] = {
	{offsetof(struct user, u_fpvalid), "u_fpvalid"},
	{offsetof(struct user, i387), "i387"},
	{offsetof(struct user, u_tsize), "u_tsize"},
	{offsetof(struct user, u_dsize), "u_dsize"},
	{offsetof(struct user, u_ssize), "u_ssize"},
	{offsetof(struct user, start_code), "start_code"},
	{offsetof(struct user, start_stack), "start_stack"},
	{offsetof(struct user, signal), "signal"},
	{offsetof(struct user, reserved), "reserved"},
	{offsetof(struct user, u_ar0), "u_ar0"},
	{offsetof(struct user, u_fpstate), "u_fpstate"},
	{offsetof(struct user, magic), "magic"},
	{offsetof(struct user, u_comm), "u_comm"},
	{offsetof(struct user, u_debugreg), "u_debugreg"},
};

/* An offset into struct user, by the register or the member that is there. */
static void user_offset_print(struct decoder *d, uint64_t offset)
{
	size_t i = sizeof user_parts / sizeof *user_parts;

	if (offset < sizeof(struct user_regs_struct)) {
		if (offset % 8)
			emit_wordf(d->e, "%s+%u", user_words[offset / 8],
				   (unsigned int)(offset % 8));
		else
			emit_word(d->e, user_words[offset / 8]);
		return;
	}
	while (i && user_parts[i - 1].offset > offset)
		i--;
	if (!i || offset >= sizeof(struct user))
		emit_hex(d->e, offset);
	else if (user_parts[i - 1].offset == offset)
		emit_wordf(d->e, "offsetof(struct user, %s)", user_parts[i - 1].name);
	else
		emit_wordf(d->e, "offsetof(struct user, %s)+%u", user_parts[i - 1].name,
			   (unsigned int)offset - user_parts[i - 1].offset);
}
#else
static const struct field register_fields[] = {
	USER_FIELD(sp),
	USER_FIELD(pc),
	USER_FIELD(pstate),
};

static void user_offset_print(struct decoder *d, uint64_t offset)
{
	emit_hex(d->e, offset);
}
#endif

static uint64_t request_of(const struct call *call)
{
	return call->args[0];
}

static bool has_pid(const struct call *call, const struct argument *arg)
{
	(void)arg;
	return request_of(call) != REQUEST_TRACEME;
}

static bool has_address(const struct call *call, const struct argument *arg)
{
	switch (request_of(call)) {
	case REQUEST_TRACEME:
	case REQUEST_KILL:
	case REQUEST_ATTACH:
	case REQUEST_GETREGS:
	case REQUEST_SETREGS:
	case REQUEST_GETFPREGS:
	case REQUEST_SETFPREGS:
	case PTRACE_INTERRUPT:
	case PTRACE_LISTEN:
		return false;
	default:
		(void)arg;
		return true;
	}
}

static bool has_data(const struct call *call, const struct argument *arg)
{
	switch (request_of(call)) {
	case REQUEST_GETREGS:
	case REQUEST_SETREGS:
	case REQUEST_GETFPREGS:
	case REQUEST_SETFPREGS:
		return true;
	default:
		return has_address(call, arg);
	}
}

static enum capture_when data_when(const struct call *call)
{
	switch (request_of(call)) {
	case REQUEST_PEEKTEXT:
	case REQUEST_PEEKDATA:
	case REQUEST_PEEKUSER:
	case REQUEST_GETREGS:
	case REQUEST_GETFPREGS:
	case PTRACE_GETREGSET:
	case PTRACE_GETEVENTMSG:
	case PTRACE_GETSIGINFO:
	case PTRACE_PEEKSIGINFO:
	case PTRACE_GETSIGMASK:
	case PTRACE_SECCOMP_GET_FILTER:
	case PTRACE_SECCOMP_GET_METADATA:
	case PTRACE_GET_SYSCALL_INFO:
	case PTRACE_GET_RSEQ_CONFIGURATION:
		return CAPTURE_EXIT;
	default:
		return CAPTURE_ENTER;
	}
}

static const struct field peek_fields[] = {
	FIELD(struct ptrace_peeksiginfo_args, off, FIELD_UINT),
	FIELD_OF(struct ptrace_peeksiginfo_args, flags, FIELD_FLAGS, ptrace_peek_flags),
	FIELD(struct ptrace_peeksiginfo_args, nr, FIELD_INT),
};

static PRINT_FUNCTION(address_print)
{
	struct ptrace_peeksiginfo_args peek;

	(void)arg;
	switch (request_of(d->call)) {
	case REQUEST_PEEKUSER:
	case REQUEST_POKEUSER:
		return user_offset_print(d, value);
	case PTRACE_GETREGSET:
	case PTRACE_SETREGSET:
		return emit_choice(d->e, &register_sets, value);
	case PTRACE_GETSIGMASK:
	case PTRACE_SETSIGMASK:
	case PTRACE_SECCOMP_GET_FILTER:
	case PTRACE_SECCOMP_GET_METADATA:
	case PTRACE_GET_SYSCALL_INFO:
		return emit_uint(d->e, value);
	case PTRACE_PEEKSIGINFO:
		if (fetch_or_pointer(d, value, &peek, sizeof peek))
			fields_print_struct(d, peek_fields, NR_FIELDS(peek_fields), &peek,
					    SIZE_MAX);
		return;
	default:
		return emit_pointer(d->e, value);
	}
}

static void word_print_at(struct decoder *d, uint64_t address, bool is_hex)
{
	uint64_t word;

	if (!fetch_or_pointer(d, address, &word, sizeof word))
		return;
	emit_open(d->e, EMIT_ARRAY);
	if (is_hex)
		emit_pointer(d->e, word);
	else
		emit_uint(d->e, word);
	emit_close(d->e);
}

static void registers_print_at(struct decoder *d, uint64_t address)
{
	struct user_regs_struct registers;

	if (fetch_or_pointer(d, address, &registers, sizeof registers))
		fields_print_struct(d, register_fields, NR_FIELDS(register_fields), &registers,
				    SIZE_MAX);
}

/* A vector, whose length the kernel makes that of the set. */
static void register_set_print_at(struct decoder *d, uint64_t address)
{
	struct iovec before, after;
	enum capture_when when = d->when;

	if (!address ||
	    call_read(d->call, address, &before, sizeof before, CAPTURE_ENTER) != sizeof before) {
		emit_pointer(d->e, address);
		return;
	}
	after = before;
	if (when == CAPTURE_EXIT && !call_failed(d->call))
		call_read(d->call, address, &after, sizeof after, CAPTURE_EXIT);
	emit_open(d->e, EMIT_STRUCT);
	emit_name(d->e, "iov_base");
	if (d->call->args[2] == 1 && after.iov_len >= sizeof(struct user_regs_struct))
		registers_print_at(d, (uint64_t)before.iov_base);
	else
		emit_pointer(d->e, (uint64_t)before.iov_base);
	emit_name(d->e, "iov_len");
	emit_open_as(d->e, "", " => ", "", false);
	emit_uint(d->e, before.iov_len);
	if (after.iov_len != before.iov_len)
		emit_uint(d->e, after.iov_len);
	emit_close(d->e);
	emit_close(d->e);
}

static void siginfo_element(struct decoder *d, const void *bytes, uint64_t address)
{
	siginfo_t info;

	(void)address;
	memcpy(&info, bytes, sizeof info);
	siginfo_emit(d->e, &info);
}

static void syscall_info_rest(struct decoder *d, const struct ptrace_syscall_info *info)
{
	bool is_exit = info->op == PTRACE_SYSCALL_INFO_EXIT;

	emit_name(d->e, is_exit                                 ? "exit"
			: info->op == PTRACE_SYSCALL_INFO_ENTRY ? "entry"
								: "seccomp");
	emit_open(d->e, EMIT_STRUCT);
	if (is_exit) {
		emit_member_int(d->e, "rval", info->exit.rval);
		emit_member_uint(d->e, "is_error", info->exit.is_error);
		emit_close(d->e);
		return;
	}
	emit_member_uint(d->e, "nr", info->entry.nr);
	emit_name(d->e, "args");
	emit_open(d->e, EMIT_ARRAY);
	for (int i = 0; i < 6; i++)
		emit_hex(d->e, info->entry.args[i]);
	emit_close(d->e);
	if (info->op == PTRACE_SYSCALL_INFO_SECCOMP)
		emit_member_uint(d->e, "ret_data", info->seccomp.ret_data);
	emit_close(d->e);
}

static void syscall_info_print_at(struct decoder *d, uint64_t address)
{
	struct ptrace_syscall_info info = {0};
	uint64_t room = d->call->args[2];

	if (room > sizeof info)
		room = sizeof info;
	if (room < offsetof(struct ptrace_syscall_info, entry)) {
		emit_pointer(d->e, address);
		return;
	}
	if (!fetch_or_pointer(d, address, &info, room))
		return;
	emit_open(d->e, EMIT_STRUCT);
	emit_member_choice(d->e, "op", &ptrace_syscall_info_ops, info.op);
	emit_member_choice(d->e, "arch", &audit_arches, info.arch);
	emit_member_pointer(d->e, "instruction_pointer", info.instruction_pointer);
	emit_member_pointer(d->e, "stack_pointer", info.stack_pointer);
	if (info.op != PTRACE_SYSCALL_INFO_NONE)
		syscall_info_rest(d, &info);
	emit_close(d->e);
}

static PRINT_FUNCTION(data_print)
{
	(void)arg;
	switch (request_of(d->call)) {
	case REQUEST_PEEKTEXT:
	case REQUEST_PEEKDATA:
	case REQUEST_PEEKUSER:
		return word_print_at(d, value, true);
	case REQUEST_POKETEXT:
	case REQUEST_POKEDATA:
	case REQUEST_POKEUSER:
		return emit_pointer(d->e, value);
	case REQUEST_CONT:
	case REQUEST_SYSCALL:
	case REQUEST_SINGLESTEP:
	case REQUEST_SINGLEBLOCK:
	case REQUEST_SYSEMU:
	case REQUEST_SYSEMU_SINGLESTEP:
	case REQUEST_DETACH:
		return signal_emit(d->e, (int)value);
	case REQUEST_OLDSETOPTIONS:
	case PTRACE_SETOPTIONS:
	case PTRACE_SEIZE:
		return emit_flags(d->e, &ptrace_options, value);
	case REQUEST_GETREGS:
	case REQUEST_SETREGS:
		return registers_print_at(d, value);
	case PTRACE_GETREGSET:
	case PTRACE_SETREGSET:
		return register_set_print_at(d, value);
	case PTRACE_GETEVENTMSG:
		return word_print_at(d, value, false);
	case PTRACE_GETSIGINFO:
	case PTRACE_SETSIGINFO:
		return siginfo_print_at(d, value);
	case PTRACE_PEEKSIGINFO:
		return array_print_at(d, value, (uint64_t)d->call->result, sizeof(siginfo_t),
				      siginfo_element);
	case PTRACE_GETSIGMASK:
	case PTRACE_SETSIGMASK:
		return sigset_print_at(d, value, d->call->args[2]);
	case PTRACE_GET_SYSCALL_INFO:
		return syscall_info_print_at(d, value);
	default:
		return emit_pointer(d->e, value);
	}
}

const struct arg_type type_ptrace_request = CHOICE_TYPE(8, ptrace_requests);
const struct arg_type type_ptrace_pid = {.print = int_print, .size_bytes = 4, .applies = has_pid};
const struct arg_type type_ptrace_address = {
	.print = address_print,
	.applies = has_address,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .element_bytes = sizeof(struct ptrace_peeksiginfo_args)}},
};
const struct arg_type type_ptrace_data = {
	.print = data_print,
	.applies = has_data,
	.when_of = data_when,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER | CAPTURE_EXIT,
		      .element_bytes = 256}},
};
