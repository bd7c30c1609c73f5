// SPDX-License-Identifier: MIT
/*
 * The types of making processes, and of relating to others.
 *
 * clone() is shown in another order than that of its registers, and by name: its arguments mean
 * something or nothing by its flags.
 */
#include "decode/types_process.h"

#include <linux/sched.h>
#include <sched.h>
#include <sys/personality.h>
#include <stdio.h>
#include <string.h>

#include "decode/constants.h"
#include "decode/fields.h"
#include "decode/siginfo.h"

/* ---- clone() ---- */

enum { CLONE_ARG_FLAGS, CLONE_ARG_STACK, CLONE_ARG_PARENT, CLONE_ARG_CHILD, CLONE_ARG_TLS };

static bool clone_flag(const struct call *call, uint64_t flags)
{
	return call->args[CLONE_ARG_FLAGS] & flags;
}

static PRINT_FUNCTION(clone_stack_print)
{
	(void)arg, (void)value;
	emit_raw(d->e, "child_stack=");
	emit_pointer(d->e, d->call->args[CLONE_ARG_STACK]);
}

static PRINT_FUNCTION(clone_flags_print)
{
	uint64_t flags = d->call->args[CLONE_ARG_FLAGS];
	uint32_t signal = flags & CSIGNAL;

	(void)arg, (void)value;
	emit_raw(d->e, "flags=");
	emit_open(d->e, EMIT_FLAGS);
	if (!flags)
		emit_uint(d->e, 0);
	if (flags & ~(uint64_t)CSIGNAL)
		emit_flag_names(d->e, &clone_flags, flags & ~(uint64_t)CSIGNAL);
	if (signal)
		signal_emit(d->e, (int)signal);
	emit_close(d->e);
}

static bool clone_has_parent(const struct call *call, const struct argument *arg)
{
	(void)arg;
	return clone_flag(call, CLONE_PARENT_SETTID | CLONE_PIDFD);
}

static PRINT_FUNCTION(clone_parent_print)
{
	int32_t number;

	(void)arg;
	emit_raw(d->e, "parent_tid=");
	if (fetch_or_pointer(d, value, &number, sizeof number)) {
		emit_open(d->e, EMIT_ARRAY);
		if (clone_flag(d->call, CLONE_PIDFD))
			fd_print_value(d, number);
		else
			emit_int(d->e, number);
		emit_close(d->e);
	}
}

static bool clone_has_tls(const struct call *call, const struct argument *arg)
{
	(void)arg;
	return clone_flag(call, CLONE_SETTLS);
}

static PRINT_FUNCTION(clone_tls_print)
{
	(void)arg, (void)value;
	emit_raw(d->e, "tls=");
	emit_pointer(d->e, d->call->args[CLONE_ARG_TLS]);
}

static bool clone_has_child(const struct call *call, const struct argument *arg)
{
	(void)arg;
	return clone_flag(call, CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID);
}

static PRINT_FUNCTION(clone_child_print)
{
	(void)arg, (void)value;
	emit_raw(d->e, "child_tidptr=");
	emit_pointer(d->e, d->call->args[CLONE_ARG_CHILD]);
}

/* ---- clone3() ---- */

/* The first and the last size that it ever had. */
#define CLONE_ARGS_OLD_BYTES 64

static void tid_element(struct decoder *d, const void *bytes, uint64_t address)
{
	int32_t tid;

	(void)address;
	memcpy(&tid, bytes, sizeof tid);
	emit_int(d->e, tid);
}

static void clone_args_in_print(struct decoder *d, const struct clone_args *args)
{
	struct emit *e = d->e;

	emit_member_flags(e, "flags", &clone3_flags, args->flags);
	if (args->flags & CLONE_PIDFD)
		emit_member_pointer(e, "pidfd", args->pidfd);
	if (args->flags & (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID))
		emit_member_pointer(e, "child_tid", args->child_tid);
	if (args->flags & CLONE_PARENT_SETTID)
		emit_member_pointer(e, "parent_tid", args->parent_tid);
	emit_name(e, "exit_signal");
	if (args->exit_signal <= INT32_MAX)
		signal_emit(e, (int)args->exit_signal);
	else
		emit_uint(e, args->exit_signal);
	emit_member_pointer(e, "stack", args->stack);
	emit_member_hex(e, "stack_size", args->stack_size);
	if (args->flags & CLONE_SETTLS)
		emit_member_pointer(e, "tls", args->tls);
}

/* The kernel takes 32 at most. */
static void clone_args_more_print(struct decoder *d, const struct clone_args *args, size_t size)
{
	if (args->set_tid || args->set_tid_size) {
		emit_name(d->e, "set_tid");
		if (!args->set_tid_size || args->set_tid_size > 32)
			emit_pointer(d->e, args->set_tid);
		else
			array_print_at(d, args->set_tid, args->set_tid_size, sizeof(int32_t),
				       tid_element);
		emit_member_uint(d->e, "set_tid_size", args->set_tid_size);
	}
	if (size >= sizeof *args && (args->flags & CLONE_INTO_CGROUP || args->cgroup)) {
		emit_name(d->e, "cgroup");
		if (args->cgroup <= INT32_MAX)
			fd_print_value(d, (int)args->cgroup);
		else
			emit_uint(d->e, args->cgroup);
	}
}

static void pidfd_print_at(struct decoder *d, uint64_t address)
{
	int32_t number;

	emit_name(d->e, "pidfd");
	if (fetch_or_pointer(d, address, &number, sizeof number)) {
		emit_open(d->e, EMIT_ARRAY);
		fd_print_value(d, number);
		emit_close(d->e);
	}
}

static void clone_args_out_print(struct decoder *d, const struct clone_args *args)
{
	if (call_failed(d->call) || !(args->flags & (CLONE_PIDFD | CLONE_PARENT_SETTID)))
		return;
	d->when = CAPTURE_EXIT;
	emit_raw(d->e, " => ");
	d->e->named = true;
	emit_open(d->e, EMIT_STRUCT);
	if (args->flags & CLONE_PIDFD)
		pidfd_print_at(d, args->pidfd);
	if (args->flags & CLONE_PARENT_SETTID) { /* the kernel puts the result there */
		emit_name(d->e, "parent_tid");
		emit_open(d->e, EMIT_ARRAY);
		emit_int(d->e, d->call->result);
		emit_close(d->e);
	}
	emit_close(d->e);
}

static PRINT_FUNCTION(clone_args_print)
{
	struct clone_args args = {0};
	uint64_t size = d->call->args[arg->of];
	size_t known = size < sizeof args ? size : sizeof args;

	if (size < CLONE_ARGS_OLD_BYTES) {
		emit_pointer(d->e, value);
		return;
	}
	if (!fetch_or_pointer(d, value, &args, known))
		return;
	emit_open(d->e, EMIT_STRUCT);
	clone_args_in_print(d, &args);
	clone_args_more_print(d, &args, known);
	rest_print_at(d, value, sizeof args, size);
	emit_close(d->e);
	if (!d->e->json && entered_ends(d))
		clone_args_out_print(d, &args);
}

/* ---- Others ---- */

static PRINT_FUNCTION(robust_head_print)
{
	uint64_t head;

	(void)arg;
	if (fetch_or_pointer(d, value, &head, sizeof head)) {
		emit_open(d->e, EMIT_ARRAY);
		emit_pointer(d->e, head);
		emit_close(d->e);
	}
}

static PRINT_FUNCTION(robust_size_print)
{
	uint64_t size;

	(void)arg;
	if (fetch_or_pointer(d, value, &size, sizeof size)) {
		emit_open(d->e, EMIT_ARRAY);
		emit_uint(d->e, size);
		emit_close(d->e);
	}
}

/* What is compared: descriptors, or two whole properties of the processes. */
static bool kcmp_has_indices(const struct call *call, const struct argument *arg)
{
	const char *name = constant_name(&kcmp_types, (uint32_t)call->args[2]);

	(void)arg;
	return !name || !strcmp(name, "KCMP_FILE") || !strcmp(name, "KCMP_EPOLL_TFD");
}

static PRINT_FUNCTION(kcmp_index_print)
{
	(void)arg;
	if (constant_name(&kcmp_types, (uint32_t)d->call->args[2]))
		fd_print_value(d, (int)value);
	else
		emit_hex(d->e, value);
}

struct epoll_slot {
	uint32_t efd, tfd, toff;
};

static PRINT_FUNCTION(kcmp_slot_print)
{
	const char *name = constant_name(&kcmp_types, (uint32_t)d->call->args[2]);
	struct epoll_slot slot;

	if (!name || strcmp(name, "KCMP_EPOLL_TFD")) {
		kcmp_index_print(d, arg, value);
	} else if (fetch_or_pointer(d, value, &slot, sizeof slot)) {
		emit_open(d->e, EMIT_STRUCT);
		emit_name(d->e, "efd");
		fd_print_value(d, (int)slot.efd);
		emit_name(d->e, "tfd");
		fd_print_value(d, (int)slot.tfd);
		emit_member_uint(d->e, "toff", slot.toff);
		emit_close(d->e);
	}
}

static bool membarrier_has_cpu(const struct call *call, const struct argument *arg)
{
	(void)arg;
	return call->args[1] & 1; /* MEMBARRIER_CMD_FLAG_CPU */
}

/* A query's result is the set of commands. */
void result_membarrier(struct decoder *d)
{
	uint64_t commands = (uint64_t)d->call->result;

	if (d->call->args[0] || !commands) {
		emit_int(d->e, d->call->result);
		return;
	}
	emit_hex(d->e, commands);
	if (d->e->json)
		return;
	emit_raw(d->e, " (");
	emit_flags(d->e, &membarrier_commands, commands);
	emit_raw(d->e, ")");
}

static void personality_emit(struct decoder *d, uint32_t value)
{
	const char *name = constant_name(&personality_types, value & PER_MASK);

	emit_open(d->e, EMIT_FLAGS);
	if (name)
		emit_word(d->e, name);
	else
		emit_choice(d->e, &personality_types, value & PER_MASK);
	if (value & ~(uint32_t)PER_MASK)
		emit_flag_names(d->e, &personality_flags, value & ~(uint32_t)PER_MASK);
	emit_close(d->e);
}

static PRINT_FUNCTION(personality_print)
{
	(void)arg;
	if ((uint32_t)value == UINT32_MAX)
		emit_hex(d->e, UINT32_MAX);
	else
		personality_emit(d, (uint32_t)value);
}

void result_personality(struct decoder *d)
{
	emit_hex(d->e, (uint64_t)d->call->result);
	if (d->e->json)
		return;
	emit_raw(d->e, " (");
	personality_emit(d, (uint32_t)d->call->result);
	emit_raw(d->e, ")");
}

const struct arg_type type_clone_stack = {.print = clone_stack_print};
const struct arg_type type_clone_flags = {.print = clone_flags_print};
const struct arg_type type_clone_parent = {
	.print = clone_parent_print,
	.applies = clone_has_parent,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES, .when = CAPTURE_EXIT, .element_bytes = 4}},
};
const struct arg_type type_clone_tls = {.print = clone_tls_print, .applies = clone_has_tls};
const struct arg_type type_clone_child = {.print = clone_child_print, .applies = clone_has_child};
const struct arg_type type_clone_args = {
	.print = clone_args_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .length = LENGTH_ARG,
		      .element_bytes = 1,
		      .cap_bytes = 256}},
};
const struct arg_type type_unshare_flags = FLAGS_TYPE(8, unshare_flags);
const struct arg_type type_namespace_flags = FLAGS_TYPE(4, namespace_flags);
const struct arg_type type_pidfd_flags = FLAGS_TYPE(4, pidfd_open_flags);
const struct arg_type type_robust_head = {
	.print = robust_head_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES, .when = CAPTURE_EXIT, .element_bytes = 8}},
};
const struct arg_type type_robust_size = {
	.print = robust_size_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES, .when = CAPTURE_EXIT, .element_bytes = 8}},
};
const struct arg_type type_kcmp_type = CHOICE_TYPE(4, kcmp_types);
const struct arg_type type_kcmp_index = {.print = kcmp_index_print, .applies = kcmp_has_indices};
const struct arg_type type_kcmp_slot = {
	.print = kcmp_slot_print,
	.applies = kcmp_has_indices,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .element_bytes = sizeof(struct epoll_slot)}},
};
const struct arg_type type_membarrier_command = CHOICE_TYPE(4, membarrier_commands);
const struct arg_type type_membarrier_flags = FLAGS_TYPE(4, membarrier_flags);
const struct arg_type type_membarrier_cpu = {
	.print = int_print, .size_bytes = 4, .applies = membarrier_has_cpu};
const struct arg_type type_personality = {.print = personality_print};
