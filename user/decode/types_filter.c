// SPDX-License-Identifier: MIT
/*
 * The types of filters: classic BPF programs, of sockets and of system calls.
 */
#include "decode/types_control.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>

#include "decode/constants.h"

#define MAX_INSTRUCTIONS 4096

static void code_word(struct emit *e, const struct constant_set *set, uint32_t value)
{
	const char *name = constant_name(set, value);

	if (name)
		emit_word(e, name);
	else
		emit_choice(e, set, value);
}

static void code_print(struct emit *e, uint16_t code)
{
	uint32_t class = BPF_CLASS(code);

	emit_open(e, EMIT_FLAGS);
	code_word(e, &filter_classes, class);
	switch (class) {
	case BPF_LD:
	case BPF_LDX:
		code_word(e, &filter_sizes, BPF_SIZE(code));
		code_word(e, &filter_modes, BPF_MODE(code));
		break;
	case BPF_ALU:
		code_word(e, &filter_sources, BPF_SRC(code));
		code_word(e, &filter_ops, BPF_OP(code));
		break;
	case BPF_JMP:
		code_word(e, &filter_sources, BPF_SRC(code));
		code_word(e, &filter_jumps, BPF_OP(code));
		break;
	case BPF_RET:
		code_word(e, &filter_returns, BPF_RVAL(code));
		if (code & ~(uint32_t)(7 | BPF_RVAL(0xffff)))
			emit_hex(e, code & ~(uint32_t)(7 | BPF_RVAL(0xffff)));
		break;
	case BPF_MISC:
		code_word(e, &filter_misc_ops, BPF_MISCOP(code));
		break;
	default:
		if (code & ~7)
			emit_hex(e, code & ~7);
	}
	emit_close(e);
}

/* What a filter of system calls returns: an action, and its data. */
static void action_print(struct emit *e, uint32_t value)
{
	const char *name = constant_name(&seccomp_actions, value & SECCOMP_RET_ACTION_FULL);

	if (!name) {
		emit_hex(e, value);
		return;
	}
	emit_open(e, EMIT_FLAGS);
	emit_word(e, name);
	if (value & SECCOMP_RET_DATA)
		emit_hex(e, value & SECCOMP_RET_DATA);
	emit_close(e);
}

static void instruction_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct sock_filter instruction;
	bool is_jump;

	(void)address;
	memcpy(&instruction, bytes, sizeof instruction);
	is_jump = instruction.jt || instruction.jf;
	emit_open_as(d->e, is_jump ? "BPF_JUMP(" : "BPF_STMT(", ", ", ")", false);
	code_print(d->e, instruction.code);
	if (d->context && BPF_CLASS(instruction.code) == BPF_RET)
		action_print(d->e, instruction.k);
	else
		emit_hex(d->e, instruction.k);
	if (is_jump) {
		emit_hex(d->e, instruction.jt);
		emit_hex(d->e, instruction.jf);
	}
	emit_close(d->e);
}

void filter_instructions_print(struct decoder *d, uint64_t address, uint64_t count)
{
	if (!d->options->verbose || count > MAX_INSTRUCTIONS)
		emit_pointer(d->e, address);
	else
		array_print_at(d, address, count, sizeof(struct sock_filter), instruction_element);
}

static void program_print(struct decoder *d, uint64_t address)
{
	struct sock_fprog program;

	if (!fetch_or_pointer(d, address, &program, sizeof program))
		return;
	emit_open(d->e, EMIT_STRUCT);
	emit_member_uint(d->e, "len", program.len);
	emit_name(d->e, "filter");
	filter_instructions_print(d, (uint64_t)program.filter, program.len);
	emit_close(d->e);
}

void filter_print_at(struct decoder *d, uint64_t address)
{
	void *context = d->context;

	d->context = d; /* says that it is of system calls */
	program_print(d, address);
	d->context = context;
}

void socket_filter_print_at(struct decoder *d, uint64_t address)
{
	void *context = d->context;

	d->context = NULL;
	program_print(d, address);
	d->context = context;
}

static void action_print_at(struct decoder *d, uint64_t address)
{
	uint32_t action;

	if (!fetch_or_pointer(d, address, &action, sizeof action))
		return;
	emit_open(d->e, EMIT_ARRAY);
	emit_choice(d->e, &seccomp_actions, action);
	emit_close(d->e);
}

static void sizes_print_at(struct decoder *d, uint64_t address)
{
	struct seccomp_notif_sizes sizes;

	if (!fetch_or_pointer(d, address, &sizes, sizeof sizes))
		return;
	emit_open(d->e, EMIT_STRUCT);
	emit_member_uint(d->e, "seccomp_notif", sizes.seccomp_notif);
	emit_member_uint(d->e, "seccomp_notif_resp", sizes.seccomp_notif_resp);
	emit_member_uint(d->e, "seccomp_data", sizes.seccomp_data);
	emit_close(d->e);
}

static PRINT_FUNCTION(seccomp_flags_print)
{
	(void)arg;
	if ((uint32_t)d->call->args[0] == SECCOMP_SET_MODE_FILTER)
		emit_flags(d->e, &seccomp_flags, (uint32_t)value);
	else
		emit_hex(d->e, (uint32_t)value);
}

static PRINT_FUNCTION(seccomp_args_print)
{
	(void)arg;
	switch ((uint32_t)d->call->args[0]) {
	case SECCOMP_SET_MODE_FILTER:
		return filter_print_at(d, value);
	case SECCOMP_GET_ACTION_AVAIL:
		return action_print_at(d, value);
	case SECCOMP_GET_NOTIF_SIZES:
		return sizes_print_at(d, value);
	default:
		return emit_pointer(d->e, value);
	}
}

static enum capture_when seccomp_when(const struct call *call)
{
	return (uint32_t)call->args[0] == SECCOMP_GET_NOTIF_SIZES ? CAPTURE_EXIT : CAPTURE_ENTER;
}

const struct arg_type type_seccomp_op = CHOICE_TYPE(4, seccomp_ops);
const struct arg_type type_seccomp_flags = {.print = seccomp_flags_print};
const struct arg_type type_seccomp_args = {
	.print = seccomp_args_print,
	.when_of = seccomp_when,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER | CAPTURE_EXIT,
		      .element_bytes = sizeof(struct sock_fprog)}},
};
