// SPDX-License-Identifier: MIT
/*
 * The types of requests handed to the kernel in bulk: io_uring, and the older io_submit().
 */
#include "decode/types_kernel.h"

#include <linux/aio_abi.h>
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

static void made_ring_print(struct decoder *d, const struct io_uring_params *params)
{
	emit_member_uint(d->e, "sq_entries", params->sq_entries);
	emit_member_uint(d->e, "cq_entries", params->cq_entries);
	emit_member_flags(d->e, "features", &io_uring_features, params->features);
	emit_name(d->e, "sq_off");
	fields_print_struct(d, submission_fields, NR_FIELDS(submission_fields), &params->sq_off,
			    SIZE_MAX);
	emit_name(d->e, "cq_off");
	fields_print_struct(d, completion_fields, NR_FIELDS(completion_fields), &params->cq_off,
			    SIZE_MAX);
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

/* ---- io_submit() ---- */

static PRINT_FUNCTION(made_context_print)
{
	uint64_t context;

	(void)arg;
	if (!fetch_or_pointer(d, value, &context, sizeof context))
		return;
	emit_open(d->e, EMIT_ARRAY);
	emit_pointer(d->e, context);
	emit_close(d->e);
}

static void buffer_print(struct decoder *d, const struct iocb *request)
{
	switch (request->aio_lio_opcode) {
	case IOCB_CMD_PWRITE:
		emit_name(d->e, "aio_buf");
		bytes_print_at(d, request->aio_buf, request->aio_nbytes);
		break;
	case IOCB_CMD_PREAD:
		emit_member_pointer(d->e, "aio_buf", request->aio_buf);
		break;
	case IOCB_CMD_PREADV:
	case IOCB_CMD_PWRITEV:
		emit_name(d->e, "aio_buf");
		iovec_print_at(d, request->aio_buf, request->aio_nbytes,
			       request->aio_lio_opcode == IOCB_CMD_PWRITEV ? IOVEC_ENTERED
									   : IOVEC_ADDRESSES,
			       UINT64_MAX);
		break;
	default:
		return;
	}
	emit_member_uint(d->e, "aio_nbytes", request->aio_nbytes);
	emit_member_int(d->e, "aio_offset", request->aio_offset);
}

static void request_head_print(struct decoder *d, const struct iocb *request)
{
	const char *name = constant_name(&aio_commands, request->aio_lio_opcode);

	if (request->aio_data)
		emit_member_hex(d->e, "aio_data", request->aio_data);
	if (request->aio_key)
		emit_member_uint(d->e, "aio_key", request->aio_key);
	if (name) {
		emit_name(d->e, "aio_lio_opcode");
		emit_word(d->e, name);
	} else {
		emit_member_uint(d->e, "aio_lio_opcode", request->aio_lio_opcode);
		emit_comment(d->e, "%s", aio_commands.unknown);
	}
	if (request->aio_reqprio)
		emit_member_int(d->e, "aio_reqprio", request->aio_reqprio);
	emit_name(d->e, "aio_fildes");
	fd_print_value(d, (int)request->aio_fildes);
}

static void request_print_at(struct decoder *d, uint64_t address, bool is_whole)
{
	struct iocb request;

	if (!fetch_or_pointer(d, address, &request, sizeof request))
		return;
	emit_open(d->e, EMIT_STRUCT);
	request_head_print(d, &request);
	if (is_whole && constant_name(&aio_commands, request.aio_lio_opcode)) {
		if (request.aio_lio_opcode == IOCB_CMD_POLL)
			emit_member_flags(d->e, "aio_buf", &poll_events, request.aio_buf);
		buffer_print(d, &request);
		if (request.aio_flags & IOCB_FLAG_RESFD) {
			emit_member_flags(d->e, "aio_flags", &aio_flags, request.aio_flags);
			emit_name(d->e, "aio_resfd");
			fd_print_value(d, (int)request.aio_resfd);
		}
	}
	emit_close(d->e);
}

static void request_element(struct decoder *d, const void *bytes, uint64_t address)
{
	uint64_t pointer;

	(void)address;
	memcpy(&pointer, bytes, sizeof pointer);
	request_print_at(d, pointer, true);
}

static PRINT_FUNCTION(requests_print)
{
	int64_t count = (int64_t)d->call->args[arg->of];

	if (count < 0)
		emit_pointer(d->e, value);
	else
		array_print_at(d, value, (uint64_t)count, sizeof(uint64_t), request_element);
}

static PRINT_FUNCTION(request_print)
{
	(void)arg;
	request_print_at(d, value, false);
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
const struct arg_type type_made_context = {
	.print = made_context_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES, .when = CAPTURE_EXIT, .element_bytes = 8}},
};
const struct arg_type type_io_requests = {
	.print = requests_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .length = LENGTH_ARG,
		      .element_bytes = 8,
		      .cap_bytes = 256}},
};
const struct arg_type type_io_request = {
	.print = request_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .element_bytes = sizeof(struct iocb)}},
};
