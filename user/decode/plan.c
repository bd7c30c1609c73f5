// SPDX-License-Identifier: MIT
#include "decode/plan.h"

#include <string.h>
#include <sys/syscall.h>

#include "decode/types.h"

static void plan_add(struct capture_plan *plan, const struct capture_op *template, uint8_t arg,
		     uint8_t length_arg, uint32_t max_string_bytes)
{
	struct capture_op *op = &plan->ops[plan->nr_ops++];

	*op = *template;
	op->arg = arg;
	op->length_arg = length_arg;
	if (!op->cap_bytes && op->length == LENGTH_ONE)
		op->cap_bytes = op->element_bytes; /* a struct: whole */
	if (!op->cap_bytes)
		op->cap_bytes = max_string_bytes + 1;
}

static void plan_argument(struct capture_plan *plan, const struct signature *signature, uint8_t arg,
			  uint32_t max_string_bytes)
{
	const struct arg_type *type = signature->args[arg].type;

	for (size_t i = 0; i < sizeof type->captures / sizeof *type->captures; i++) {
		if (type->captures[i].kind && plan->nr_ops < MAX_CAPTURE_OPS)
			plan_add(plan, &type->captures[i], arg, signature->args[arg].of,
				 max_string_bytes);
	}
	if (type == &type_fd_pair)
		plan->flags |= PLAN_MAKES_FDS | (uint32_t)arg << 8;
}

/* What no signature tells. Whether fcntl and recvmsg make any is seen when they have run. */
static uint32_t descriptor_flags(uint32_t nr)
{
	switch (nr) {
	case SYS_connect:
	case SYS_bind:
	case SYS_listen:
		return PLAN_CHANGES_SOCKET;
	case SYS_fcntl:
	case SYS_recvmsg:
		return PLAN_MAKES_FD;
	}
	return 0;
}

/* Calls that are over in no time, with a path and what is told of it. */
static uint32_t speed_flag(uint32_t nr)
{
	switch (nr) {
#ifdef SYS_stat /* newer architectures have none of them */
	case SYS_stat:
	case SYS_lstat:
	case SYS_readlink:
#endif
	case SYS_newfstatat:
	case SYS_statx:
	case SYS_readlinkat:
		return PLAN_AT_ONCE;
	}
	return 0;
}

void capture_plan_of(uint32_t nr, uint32_t max_string_bytes, struct capture_plan *out)
{
	const struct signature *signature = signature_of(nr);

	memset(out, 0, sizeof *out);
	if (!signature)
		return;
	for (uint8_t i = 0; i < signature->nr_args; i++)
		plan_argument(out, signature, i, max_string_bytes);
	if (signature->result == result_fd)
		out->flags |= PLAN_MAKES_FD;
	out->flags |= descriptor_flags(nr) | speed_flag(nr);
}
