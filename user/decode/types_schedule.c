// SPDX-License-Identifier: MIT
/*
 * How a task is scheduled: policies, priorities, processors.
 */
#include "decode/types.h"

#include <linux/sched/types.h>
#include <string.h>

#include "base/alloc.h"
#include "decode/constants.h"

/* ---- Policies ---- */

static void param_element(struct decoder *d, const void *bytes, uint64_t address)
{
	int32_t priority;

	(void)address;
	memcpy(&priority, bytes, sizeof priority);
	emit_open(d->e, EMIT_ARRAY);
	emit_int(d->e, priority);
	emit_close(d->e);
}

void result_policy(struct decoder *d)
{
	const char *name = constant_name(&sched_policies, (uint64_t)d->call->result);

	emit_hex(d->e, (uint64_t)d->call->result);
	if (name) {
		emit_raw(d->e, " (");
		emit_label(d->e, "policy");
		emit_word(d->e, name);
		emit_raw(d->e, ")");
	}
}

/* ---- Attributes, a struct that grows ---- */

#define FIRST_ATTR_BYTES 48
#define KEEP_POLICY      0x08
#define KEEP_PARAMS      0x10

static void print_attr_params(struct emit *e, const struct sched_attr *attr)
{
	emit_member_int(e, "sched_nice", attr->sched_nice);
	emit_member_uint(e, "sched_priority", attr->sched_priority);
	emit_member_uint(e, "sched_runtime", attr->sched_runtime);
	emit_member_uint(e, "sched_deadline", attr->sched_deadline);
	emit_member_uint(e, "sched_period", attr->sched_period);
}

/* `size` bytes of it are there. */
static void print_attr(struct decoder *d, const struct sched_attr *attr, uint32_t size)
{
	struct emit *e = d->e;
	bool setting = d->when == CAPTURE_ENTER;

	emit_open(e, EMIT_STRUCT);
	emit_member_uint(e, "size", attr->size);
	if (size >= FIRST_ATTR_BYTES) {
		if (!setting || !(attr->sched_flags & KEEP_POLICY))
			emit_member_choice(e, "sched_policy", &sched_policies, attr->sched_policy);
		emit_member_flags(e, "sched_flags", &sched_attr_flags, attr->sched_flags);
		if (!setting || !(attr->sched_flags & KEEP_PARAMS))
			print_attr_params(e, attr);
		if (size >= sizeof *attr) {
			emit_member_uint(e, "sched_util_min", attr->sched_util_min);
			emit_member_uint(e, "sched_util_max", attr->sched_util_max);
		}
		if (size > sizeof *attr)
			emit_more(e);
	}
	emit_close(e);
}

static PRINT_FUNCTION(attr_print)
{
	struct sched_attr attr = {0};
	uint32_t size;

	(void)arg;
	if (!fetch_or_pointer(d, value, &attr.size, sizeof attr.size))
		return;
	size = attr.size ? attr.size : FIRST_ATTR_BYTES;
	if (size < FIRST_ATTR_BYTES ||
	    fetch_or_pointer(d, value, &attr, size < sizeof attr ? size : sizeof attr))
		print_attr(d, &attr, size);
}

static PRINT_FUNCTION(out_attr_print)
{
	struct sched_attr attr = {0};
	uint32_t size = (uint32_t)d->call->args[arg->of];

	if (size > sizeof attr)
		size = sizeof attr;
	if (fetch_or_pointer(d, value, &attr, size))
		print_attr(d, &attr, size < attr.size ? size : attr.size);
}

/* ---- Sets of processors ---- */

#define MAX_SET_BYTES 128

static void print_processors(struct decoder *d, uint64_t address, uint64_t size_bytes)
{
	uint8_t bits[MAX_SET_BYTES];
	uint64_t size = (size_bytes + 7) / 8 * 8;
	size_t shown = size < sizeof bits ? size : sizeof bits;

	if (!fetch_or_pointer(d, address, bits, shown))
		return;
	emit_open(d->e, EMIT_SET);
	for (size_t i = 0; i < shown * 8; i++) {
		if (bits[i / 8] >> (i % 8) & 1)
			emit_uint(d->e, i);
	}
	if (size > shown)
		emit_more(d->e);
	emit_close(d->e);
}

static PRINT_FUNCTION(processors_print)
{
	print_processors(d, value, (uint32_t)d->call->args[arg->of]);
}

static PRINT_FUNCTION(out_processors_print)
{
	(void)arg;
	print_processors(d, value, (uint64_t)d->call->result);
}

/* ---- Priorities of input and output ---- */

#define IO_CLASS_SHIFT 13

void io_priority_emit(struct emit *e, uint32_t priority)
{
	uint32_t class = priority >> IO_CLASS_SHIFT, data = priority & ((1U << IO_CLASS_SHIFT) - 1);

	emit_open_as(e, "IOPRIO_PRIO_VALUE(", ", ", ")", false);
	emit_choice(e, &io_priority_classes, class);
	emit_uint(e, data);
	emit_close(e);
}

static PRINT_FUNCTION(io_priority_print)
{
	(void)arg;
	io_priority_emit(d->e, (uint32_t)value);
}

void result_io_priority(struct decoder *d)
{
	emit_int(d->e, d->call->result);
	emit_raw(d->e, " (");
	emit_label(d->e, "priority");
	io_priority_emit(d->e, (uint32_t)d->call->result);
	emit_raw(d->e, ")");
}

const struct arg_type type_policy = CHOICE_TYPE(4, sched_policies);
const struct arg_type type_sched_param = STRUCT_TYPE(CAPTURE_ENTER, 4, param_element);
const struct arg_type type_out_sched_param = STRUCT_TYPE(CAPTURE_EXIT, 4, param_element);
const struct arg_type type_sched_attr = {
	.print = attr_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .element_bytes = sizeof(struct sched_attr)}},
};
const struct arg_type type_out_sched_attr = {
	.print = out_attr_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_EXIT,
		      .length = LENGTH_ARG,
		      .element_bytes = 1,
		      .cap_bytes = sizeof(struct sched_attr)}},
};
const struct arg_type type_processors = {
	.print = processors_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .element_bytes = MAX_SET_BYTES}},
};
const struct arg_type type_out_processors = {
	.print = out_processors_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES, .when = CAPTURE_EXIT, .element_bytes = MAX_SET_BYTES}},
};
const struct arg_type type_priority_which = CHOICE_TYPE(4, priority_whiches);
const struct arg_type type_io_priority_who = CHOICE_TYPE(4, io_priority_whos);
const struct arg_type type_io_priority = {.print = io_priority_print};
