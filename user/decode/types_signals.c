// SPDX-License-Identifier: MIT
/*
 * The types of signals: their numbers, sets of them, what is done about them.
 */
#include "decode/types_signals.h"

#include <string.h>
#include <time.h>

#include "decode/constants.h"
#include "decode/siginfo.h"

#define SIGSET_BYTES 8

void sigset_print_at(struct decoder *d, uint64_t address, uint64_t size_bytes)
{
	uint64_t set = 0;

	if (size_bytes != SIGSET_BYTES)
		emit_pointer(d->e, address);
	else if (fetch_or_pointer(d, address, &set, sizeof set))
		sigset_emit(d->e, set);
}

void siginfo_print_at(struct decoder *d, uint64_t address)
{
	siginfo_t info;

	if (fetch_or_pointer(d, address, &info, sizeof info))
		siginfo_emit(d->e, &info);
}

static PRINT_FUNCTION(signal_print)
{
	(void)arg;
	signal_emit(d->e, (int)value);
}

static PRINT_FUNCTION(sigset_print)
{
	sigset_print_at(d, value, d->call->args[arg->of]);
}

/* Of a set that the call fills in, so much as it was asked for. */
static PRINT_FUNCTION(pending_print)
{
	uint64_t set = 0, size = d->call->args[arg->of];

	if (size > SIGSET_BYTES)
		emit_pointer(d->e, value);
	else if (fetch_or_pointer(d, value, &set, size))
		sigset_emit(d->e, set);
}

static PRINT_FUNCTION(siginfo_print)
{
	(void)arg;
	siginfo_print_at(d, value);
}

/* What rt_sigreturn() restores, of all that it restores. */
static void saved_mask_element(struct decoder *d, const void *bytes, uint64_t address)
{
	uint64_t set;

	(void)address;
	memcpy(&set, bytes, sizeof set);
	emit_open(d->e, EMIT_STRUCT);
	emit_name(d->e, "mask");
	sigset_emit(d->e, set);
	emit_close(d->e);
}

const struct arg_type type_saved_mask =
	STRUCT_TYPE(CAPTURE_ENTER, SIGSET_BYTES, saved_mask_element);

/* ---- Actions ---- */

/* As the kernel has it. */
struct kernel_sigaction {
	uint64_t handler, flags, restorer, mask;
};

static void action_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct kernel_sigaction action;

	(void)address;
	memcpy(&action, bytes, sizeof action);
	emit_open(d->e, EMIT_STRUCT);
	emit_name(d->e, "sa_handler");
	if (action.handler == (uint64_t)SIG_ERR)
		emit_word(d->e, "SIG_ERR");
	else if (action.handler == (uint64_t)SIG_IGN)
		emit_word(d->e, "SIG_IGN");
	else if (action.handler == (uint64_t)SIG_DFL)
		emit_word(d->e, "SIG_DFL");
	else
		emit_pointer(d->e, action.handler);
	emit_name(d->e, "sa_mask");
	sigset_emit(d->e, action.mask);
	emit_member_flags(d->e, "sa_flags", &sigaction_flags, action.flags);
	if (action.flags & 0x04000000 /* SA_RESTORER */)
		emit_member_pointer(d->e, "sa_restorer", action.restorer);
	emit_close(d->e);
}

static void stack_element(struct decoder *d, const void *bytes, uint64_t address)
{
	stack_t stack;

	(void)address;
	memcpy(&stack, bytes, sizeof stack);
	emit_open(d->e, EMIT_STRUCT);
	emit_member_pointer(d->e, "ss_sp", (uint64_t)stack.ss_sp);
	emit_member_flags(d->e, "ss_flags", &sigaltstack_flags, (uint32_t)stack.ss_flags);
	emit_member_uint(d->e, "ss_size", stack.ss_size);
	emit_close(d->e);
}

/* The signal that came. */
void result_signal(struct decoder *d)
{
	emit_int(d->e, d->call->result);
	if (d->call->result > 0 && !d->e->json) {
		const char *name = constant_name(&signal_names, (uint64_t)d->call->result);

		if (name) {
			emit_raw(d->e, " (");
			emit_raw(d->e, name);
			emit_raw(d->e, ")");
		}
	}
}

#define SIGSET_TYPE(print_function, time)                                                          \
	{                                                                                          \
		.print = print_function, .when = time, .captures = {                               \
			{.kind = CAPTURE_BYTES, .when = time, .element_bytes = SIGSET_BYTES}       \
		}                                                                                  \
	}

const struct arg_type type_signal = {.print = signal_print};
const struct arg_type type_sigmask_how = CHOICE_TYPE(4, sigmask_hows);
const struct arg_type type_in_sigset = SIGSET_TYPE(sigset_print, CAPTURE_ENTER);
const struct arg_type type_out_sigset = SIGSET_TYPE(sigset_print, CAPTURE_EXIT);
const struct arg_type type_pending_sigset = SIGSET_TYPE(pending_print, CAPTURE_EXIT);
const struct arg_type type_signalfd_flags = FLAGS_TYPE(4, signalfd_flags);
const struct arg_type type_in_sigaction =
	STRUCT_TYPE(CAPTURE_ENTER, sizeof(struct kernel_sigaction), action_element);
const struct arg_type type_out_sigaction =
	STRUCT_TYPE(CAPTURE_EXIT, sizeof(struct kernel_sigaction), action_element);
const struct arg_type type_in_sigaltstack =
	STRUCT_TYPE(CAPTURE_ENTER, sizeof(stack_t), stack_element);
const struct arg_type type_out_sigaltstack =
	STRUCT_TYPE(CAPTURE_EXIT, sizeof(stack_t), stack_element);
const struct arg_type type_in_siginfo = {
	.print = siginfo_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .element_bytes = sizeof(siginfo_t)}},
};
const struct arg_type type_out_siginfo = {
	.print = siginfo_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_EXIT,
		      .element_bytes = sizeof(siginfo_t)}},
};
