// SPDX-License-Identifier: MIT
/*
 * The types of io_uring: rings, and what is registered with them.
 */
#include "decode/types_kernel.h"

#include <linux/io_uring.h>
#include <string.h>

#include "decode/constants.h"
#include "decode/fields.h"

/* ---- io_uring ---- */

static const struct field submission_fields[] = {
	FIELD(struct io_sqring_offsets, head, FIELD_UINT),
	FIELD(struct io_sqring_offsets, tail, FIELD_UINT),
	FIELD(struct io_sqring_offsets, ring_mask, FIELD_UINT),
	FIELD(struct io_sqring_offsets, ring_entries, FIELD_UINT),
	FIELD(struct io_sqring_offsets, flags, FIELD_UINT),
	FIELD(struct io_sqring_offsets, dropped, FIELD_UINT),
	FIELD(struct io_sqring_offsets, array, FIELD_UINT),
};
static const struct field completion_fields[] = {
	FIELD(struct io_cqring_offsets, head, FIELD_UINT),
	FIELD(struct io_cqring_offsets, tail, FIELD_UINT),
	FIELD(struct io_cqring_offsets, ring_mask, FIELD_UINT),
	FIELD(struct io_cqring_offsets, ring_entries, FIELD_UINT),
	FIELD(struct io_cqring_offsets, overflow, FIELD_UINT),
	FIELD(struct io_cqring_offsets, cqes, FIELD_UINT),
	FIELD(struct io_cqring_offsets, flags, FIELD_UINT),
};

/* Behind the offsets there are a word and a long, which were to be zero at first. */
static void offsets_print(struct decoder *d, const struct field *fields, size_t nr,
			  const void *offsets)
{
	uint32_t word;
	uint64_t last;

	memcpy(&word, (const uint8_t *)offsets + sizeof(struct io_sqring_offsets) - 12,
	       sizeof word);
	memcpy(&last, (const uint8_t *)offsets + sizeof(struct io_sqring_offsets) - 8, sizeof last);
	emit_open(d->e, EMIT_STRUCT);
	fields_print(d, fields, nr, offsets, SIZE_MAX);
	if (word)
		emit_member_hex(d->e, "resv1", word);
	if (last)
		emit_member_hex(d->e, "resv2", last);
	emit_close(d->e);
}

static void made_ring_print(struct decoder *d, const struct io_uring_params *params)
{
	emit_member_uint(d->e, "sq_entries", params->sq_entries);
	emit_member_uint(d->e, "cq_entries", params->cq_entries);
	emit_member_flags(d->e, "features", &io_uring_features, params->features);
	emit_name(d->e, "sq_off");
	offsets_print(d, submission_fields, NR_FIELDS(submission_fields), &params->sq_off);
	emit_name(d->e, "cq_off");
	offsets_print(d, completion_fields, NR_FIELDS(completion_fields), &params->cq_off);
}

static void reserved_print(struct emit *e, const uint32_t *words, size_t nr)
{
	uint32_t any = 0;

	for (size_t i = 0; i < nr; i++)
		any |= words[i];
	if (!any)
		return;
	emit_name(e, "resv");
	emit_open(e, EMIT_ARRAY);
	for (size_t i = 0; i < nr; i++)
		emit_hex(e, words[i]);
	emit_close(e);
}

static PRINT_FUNCTION(ring_params_print)
{
	struct io_uring_params params, made;

	(void)arg;
	if (!fetch_or_pointer(d, value, &params, sizeof params))
		return;
	emit_open(d->e, EMIT_STRUCT);
	emit_member_flags(d->e, "flags", &io_uring_setup_flags, params.flags);
	emit_member_hex(d->e, "sq_thread_cpu", params.sq_thread_cpu);
	emit_member_uint(d->e, "sq_thread_idle", params.sq_thread_idle);
	if (params.flags & IORING_SETUP_ATTACH_WQ) {
		emit_name(d->e, "wq_fd");
		fd_print_value(d, (int)params.wq_fd);
	}
	reserved_print(d->e, params.resv, 3);
	if (entered_ends(d) && !call_failed(d->call) &&
	    call_read(d->call, value, &made, sizeof made, CAPTURE_EXIT) == sizeof made)
		made_ring_print(d, &made);
	emit_close(d->e);
}

static void descriptor_element(struct decoder *d, const void *bytes, uint64_t address)
{
	int32_t fd;

	(void)address;
	memcpy(&fd, bytes, sizeof fd);
	fd_print_value(d, fd);
}

static void operation_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct io_uring_probe_op operation;

	(void)address;
	memcpy(&operation, bytes, sizeof operation);
	emit_open(d->e, EMIT_STRUCT);
	emit_member_choice(d->e, "op", &io_uring_ops, operation.op);
	emit_member_flags(d->e, "flags", &io_uring_op_flags, operation.flags);
	emit_close(d->e);
}

static void probe_print_at(struct decoder *d, uint64_t address, uint32_t count)
{
	struct io_uring_probe probe;
	const char *name;

	if (!fetch_or_pointer(d, address, &probe, sizeof probe))
		return;
	name = constant_name(&io_uring_ops, probe.last_op);
	emit_open(d->e, EMIT_STRUCT);
	emit_member_uint(d->e, "last_op", probe.last_op);
	emit_comment(d->e, "%s", name ? name : io_uring_ops.unknown);
	emit_member_uint(d->e, "ops_len", probe.ops_len);
	emit_name(d->e, "ops");
	array_print_at(d, address + sizeof probe, probe.ops_len < count ? probe.ops_len : count,
		       sizeof(struct io_uring_probe_op), operation_element);
	emit_close(d->e);
}

static PRINT_FUNCTION(register_arg_print)
{
	uint32_t count = (uint32_t)d->call->args[arg->of];

	switch ((uint32_t)d->call->args[1]) {
	case IORING_REGISTER_BUFFERS:
		return count ? iovec_print_at(d, value, count, IOVEC_ADDRESSES, 0)
			     : emit_pointer(d->e, value);
	case IORING_REGISTER_FILES:
	case IORING_REGISTER_EVENTFD:
	case IORING_REGISTER_EVENTFD_ASYNC:
		return array_print_at(d, value, count, sizeof(int32_t), descriptor_element);
	case IORING_REGISTER_PROBE:
		return probe_print_at(d, value, count);
	default:
		return emit_pointer(d->e, value);
	}
}

static enum capture_when register_when(const struct call *call)
{
	return (uint32_t)call->args[1] == IORING_REGISTER_PROBE ? CAPTURE_EXIT : CAPTURE_ENTER;
}

const struct arg_type type_ring_params = {
	.print = ring_params_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER | CAPTURE_EXIT,
		      .element_bytes = sizeof(struct io_uring_params)}},
};
const struct arg_type type_ring_enter_flags = FLAGS_TYPE(4, io_uring_enter_flags);
const struct arg_type type_ring_register_op = CHOICE_TYPE(4, io_uring_register_ops);
const struct arg_type type_ring_register_arg = {
	.print = register_arg_print,
	.when_of = register_when,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER | CAPTURE_EXIT,
		      .element_bytes = 512}},
};
