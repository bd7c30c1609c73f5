// SPDX-License-Identifier: MIT
/*
 * The types of the older way to hand the kernel requests in bulk: io_submit() and its kin.
 */
#include "decode/types_kernel.h"

#include <linux/aio_abi.h>
#include <string.h>

#include "decode/constants.h"
#include "decode/types_signals.h"

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
		emit_member_hex(d->e, "aio_buf", request->aio_buf);
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

	emit_member_hex(d->e, "aio_data", request->aio_data);
	if (request->aio_key)
		emit_member_uint(d->e, "aio_key", request->aio_key);
	if (request->aio_rw_flags)
		emit_member_flags(d->e, "aio_rw_flags", &rwf_flags,
				  (uint32_t)request->aio_rw_flags);
	if (name) {
		emit_name(d->e, "aio_lio_opcode");
		emit_word(d->e, name);
	} else {
		emit_member_uint(d->e, "aio_lio_opcode", request->aio_lio_opcode);
		emit_comment(d->e, "%s", aio_commands.unknown);
	}
	if (request->aio_flags & IOCB_FLAG_IOPRIO) {
		emit_name(d->e, "aio_reqprio");
		io_priority_emit(d->e, (uint16_t)request->aio_reqprio);
	} else if (request->aio_reqprio) {
		emit_member_int(d->e, "aio_reqprio", request->aio_reqprio);
	}
	emit_name(d->e, "aio_fildes");
	fd_print_value(d, (int)request->aio_fildes);
}

/* A command without a buffer is shown without what follows that. */
static bool has_more(const struct iocb *request)
{
	switch (request->aio_lio_opcode) {
	case IOCB_CMD_PREAD:
	case IOCB_CMD_PWRITE:
	case IOCB_CMD_PREADV:
	case IOCB_CMD_PWRITEV:
		return true;
	default:
		return false;
	}
}

static void flags_print_rest(struct decoder *d, const struct iocb *request)
{
	if (request->aio_flags)
		emit_member_flags(d->e, "aio_flags", &aio_flags, request->aio_flags);
	if (request->aio_flags & IOCB_FLAG_RESFD) {
		emit_name(d->e, "aio_resfd");
		fd_print_value(d, (int)request->aio_resfd);
	} else if (request->aio_resfd) {
		emit_member_hex(d->e, "aio_resfd", request->aio_resfd);
	}
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
		if (has_more(&request))
			flags_print_rest(d, &request);
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

/* ---- What has become of them ---- */

static void event_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct io_event event;

	(void)address;
	memcpy(&event, bytes, sizeof event);
	emit_open(d->e, EMIT_STRUCT);
	emit_member_hex(d->e, "data", event.data);
	emit_member_hex(d->e, "obj", event.obj);
	emit_member_int(d->e, "res", event.res);
	emit_member_int(d->e, "res2", event.res2);
	emit_close(d->e);
}

/* As many as the call returned. */
static PRINT_FUNCTION(events_print)
{
	(void)arg;
	array_print_at(d, value, (uint64_t)d->call->result, sizeof(struct io_event), event_element);
}

/* A mask and its size, behind one pointer. */
static PRINT_FUNCTION(mask_print)
{
	uint64_t mask[2];

	(void)arg;
	if (!fetch_anyway_or_pointer(d, value, mask, sizeof mask))
		return;
	emit_open(d->e, EMIT_STRUCT);
	emit_name(d->e, "sigmask");
	sigset_print_at(d, mask[0], mask[1]);
	emit_member_uint(d->e, "sigsetsize", mask[1]);
	emit_close(d->e);
}

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
const struct arg_type type_io_event =
	STRUCT_TYPE(CAPTURE_EXIT, sizeof(struct io_event), event_element);
const struct arg_type type_io_events = {
	.print = events_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_EXIT,
		      .length = LENGTH_RESULT,
		      .element_bytes = sizeof(struct io_event),
		      .cap_bytes = 4096}},
};
const struct arg_type type_io_mask = {
	.print = mask_print,
	.captures = {{.kind = CAPTURE_BYTES, .when = CAPTURE_ENTER, .element_bytes = 16}},
};
