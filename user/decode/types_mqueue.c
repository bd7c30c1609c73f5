// SPDX-License-Identifier: MIT
/*
 * The types of POSIX message queues.
 */
#include "decode/types_ipc.h"

#include <fcntl.h>
#include <string.h>

#include "decode/constants.h"
#include "decode/constants_table.h"

/* clang-format off */
SET(queue_flags, "O_???", C(O_NONBLOCK))
/* clang-format on */

/* With what the kernel keeps for itself. */
struct queue_attributes {
	long mq_flags, mq_maxmsg, mq_msgsize, mq_curmsgs, reserved[4];
};

static bool makes_queue(const struct call *call, const struct argument *arg)
{
	return call->args[arg->of] & O_CREAT;
}

static void attributes_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct queue_attributes attributes;

	(void)address;
	memcpy(&attributes, bytes, sizeof attributes);
	emit_open(d->e, EMIT_STRUCT);
	if (d->signature->nr_args == 4) /* mq_open(), which does not look at them */
		emit_member_hex(d->e, "mq_flags", (uint64_t)attributes.mq_flags);
	else
		emit_member_flags(d->e, "mq_flags", &queue_flags, (uint64_t)attributes.mq_flags);
	emit_member_int(d->e, "mq_maxmsg", attributes.mq_maxmsg);
	emit_member_int(d->e, "mq_msgsize", attributes.mq_msgsize);
	emit_member_int(d->e, "mq_curmsgs", attributes.mq_curmsgs);
	emit_close(d->e);
}

static PRINT_FUNCTION(priority_print)
{
	uint32_t priority;

	(void)arg;
	if (!fetch_or_pointer(d, value, &priority, sizeof priority))
		return;
	emit_open(d->e, EMIT_ARRAY);
	emit_uint(d->e, priority);
	emit_close(d->e);
}

const struct arg_type type_mq_mode = {.print = mode_print, .applies = makes_queue};
const struct arg_type type_in_mq_attr =
	STRUCT_TYPE(CAPTURE_ENTER, sizeof(struct queue_attributes), attributes_element);
const struct arg_type type_out_mq_attr =
	STRUCT_TYPE(CAPTURE_EXIT, sizeof(struct queue_attributes), attributes_element);
const struct arg_type type_made_mq_attr = {
	.print = struct_print,
	.element = attributes_element,
	.size_bytes = sizeof(struct queue_attributes),
	.applies = makes_queue,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .element_bytes = sizeof(struct queue_attributes)}},
};
const struct arg_type type_mq_priority = {
	.print = priority_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES, .when = CAPTURE_EXIT, .element_bytes = 4}},
};
