// SPDX-License-Identifier: MIT
/*
 * The types of vectors of buffers.
 *
 * The vector is read as it was before the call, and so is data that goes out; data that comes in is
 * as much as the call returned, and fills one buffer after the other.
 */
#include "decode/types.h"

#include <string.h>
#include <sys/uio.h>

#include "decode/netlink.h"

/* The vector itself. */
#define VECTOR_CAPTURE                                                                             \
	{                                                                                          \
		.kind = CAPTURE_BYTES, .when = CAPTURE_ENTER, .length = LENGTH_ARG,                \
		.element_bytes = sizeof(struct iovec), .cap_bytes = 4096                           \
	}

struct iovec_printer {
	enum iovec_data data;
	uint64_t left; /* bytes of data behind the rest of the vector */
};

static void iovec_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct iovec_printer *p = d->context;
	enum capture_when when = d->when;
	struct iovec iov;
	uint64_t size;

	(void)address;
	memcpy(&iov, bytes, sizeof iov);
	size = iov.iov_len < p->left ? iov.iov_len : p->left;
	if (p->left != UINT64_MAX)
		p->left -= size;
	emit_open(d->e, EMIT_STRUCT);
	emit_name(d->e, "iov_base");
	d->when = p->data == IOVEC_RETURNED || p->data == IOVEC_RECEIVED ? CAPTURE_EXIT
									 : CAPTURE_ENTER;
	if (p->data == IOVEC_ADDRESSES)
		emit_pointer(d->e, (uint64_t)iov.iov_base);
	else if (p->data == IOVEC_SENT || p->data == IOVEC_RECEIVED)
		netlink_print_at(d, (uint64_t)iov.iov_base, size,
				 netlink_protocol_of(d, (int)d->call->args[0]));
	else
		bytes_print_at(d, (uint64_t)iov.iov_base, size);
	d->when = when;
	emit_member_uint(d->e, "iov_len", iov.iov_len);
	emit_close(d->e);
}

/* That of a message is read with the message, after a call that fills it. */
static enum capture_when time_of_vector(struct decoder *d, uint64_t address)
{
	uint8_t first;

	return call_read(d->call, address, &first, 1, CAPTURE_ENTER) ? CAPTURE_ENTER : d->when;
}

void iovec_print_at(struct decoder *d, uint64_t address, uint64_t count, enum iovec_data data,
		    uint64_t data_bytes)
{
	struct iovec_printer printer = {data, data_bytes};
	enum capture_when when = d->when;
	bool late = d->late;

	d->when = time_of_vector(d, address);
	d->late = false; /* it was there before, also if the call has failed */
	d->context = &printer;
	array_print_at(d, address, count, sizeof(struct iovec), iovec_element);
	d->when = when;
	d->late = late;
}

static PRINT_FUNCTION(in_iovec_print)
{
	iovec_print_at(d, value, d->call->args[arg->of], IOVEC_ENTERED, UINT64_MAX);
}

static PRINT_FUNCTION(out_iovec_print)
{
	bool filled = d->call->flags & CALL_RETURNED && !call_failed(d->call);

	iovec_print_at(d, value, d->call->args[arg->of], filled ? IOVEC_RETURNED : IOVEC_ADDRESSES,
		       filled ? (uint64_t)d->call->result : 0);
}

static PRINT_FUNCTION(addresses_print)
{
	iovec_print_at(d, value, d->call->args[arg->of], IOVEC_ADDRESSES, 0);
}

const struct arg_type type_in_iovec = {
	.print = in_iovec_print,
	.captures = {{.kind = CAPTURE_IOVEC, .when = CAPTURE_ENTER, .length = LENGTH_ARG}},
};
const struct arg_type type_out_iovec = {
	.print = out_iovec_print,
	.when = CAPTURE_EXIT,
	.captures = {VECTOR_CAPTURE,
		     {.kind = CAPTURE_IOVEC, .when = CAPTURE_EXIT, .length = LENGTH_ARG}},
};
const struct arg_type type_address_iovec = {
	.print = addresses_print,
	.captures = {VECTOR_CAPTURE},
};
