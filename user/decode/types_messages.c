// SPDX-License-Identifier: MIT
/*
 * The types of messages on sockets: struct msghdr, and the control data that goes with one.
 */
#include "decode/types_sockets.h"

#include <arpa/inet.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include "base/alloc.h"
#include "decode/constants.h"
#include "decode/fields.h"

/* As much as the kernel takes of control data by default. */
#define MAX_CONTROL_BYTES (128 * 1024)
#define MAX_CONTROL_ITEMS 32

/* ---- Control data ---- */

static void ints_data(struct decoder *d, const uint8_t *data, size_t size)
{
	int32_t value;

	emit_open(d->e, EMIT_ARRAY);
	for (size_t i = 0; i < size / sizeof value; i++) {
		memcpy(&value, data + i * sizeof value, sizeof value);
		emit_int(d->e, value);
	}
	emit_close(d->e);
}

static void fds_data(struct decoder *d, const uint8_t *data, size_t size)
{
	int fd;

	emit_open(d->e, EMIT_ARRAY);
	for (size_t i = 0; i < size / sizeof fd; i++) {
		memcpy(&fd, data + i * sizeof fd, sizeof fd);
		fd_print_value(d, fd);
	}
	emit_close(d->e);
}

static void octets_data(struct decoder *d, const uint8_t *data, size_t size)
{
	emit_open(d->e, EMIT_ARRAY);
	for (size_t i = 0; i < size && i < MAX_CONTROL_ITEMS; i++)
		emit_hex(d->e, data[i]);
	if (size > MAX_CONTROL_ITEMS)
		emit_more(d->e);
	emit_close(d->e);
}

static const struct field credential_fields[] = {
	FIELD(struct ucred, pid, FIELD_INT),
	FIELD(struct ucred, uid, FIELD_ID),
	FIELD(struct ucred, gid, FIELD_ID),
};

static void credentials_data(struct decoder *d, const uint8_t *data, size_t size)
{
	fields_print_struct(d, credential_fields, NR_FIELDS(credential_fields), data, size);
}

static void text_data(struct decoder *d, const uint8_t *data, size_t size)
{
	emit_string(d->e, data, size, false);
}

static void timeval_data(struct decoder *d, const uint8_t *data, size_t size)
{
	(void)size;
	timeval_element(d, data, 0);
}

static void timespec_data(struct decoder *d, const uint8_t *data, size_t size)
{
	(void)size;
	timespec_element(d, data, 0);
}

static void timespecs_data(struct decoder *d, const uint8_t *data, size_t size)
{
	(void)size;
	emit_open(d->e, EMIT_ARRAY);
	for (int i = 0; i < 3; i++)
		timespec_element(d, data + (size_t)i * sizeof(struct timespec), 0);
	emit_close(d->e);
}

static void inet_member(struct decoder *d, const char *name, struct in_addr address)
{
	char text[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &address, text, sizeof text);
	emit_name(d->e, name);
	emit_wordf(d->e, "inet_addr(\"%s\")", text);
}

static void packet_data(struct decoder *d, const uint8_t *data, size_t size)
{
	struct in_pktinfo info;

	(void)size;
	memcpy(&info, data, sizeof info);
	emit_open(d->e, EMIT_STRUCT);
	emit_name(d->e, "ipi_ifindex");
	interface_print_value(d, (uint32_t)info.ipi_ifindex);
	inet_member(d, "ipi_spec_dst", info.ipi_spec_dst);
	inet_member(d, "ipi_addr", info.ipi_addr);
	emit_close(d->e);
}

static const struct field error_fields[] = {
	FIELD(struct sock_extended_err, ee_errno, FIELD_UINT),
	FIELD(struct sock_extended_err, ee_origin, FIELD_UINT),
	FIELD(struct sock_extended_err, ee_type, FIELD_UINT),
	FIELD(struct sock_extended_err, ee_code, FIELD_UINT),
	FIELD(struct sock_extended_err, ee_info, FIELD_UINT),
	FIELD(struct sock_extended_err, ee_data, FIELD_UINT),
};

static void error_data(struct decoder *d, const uint8_t *data, size_t size)
{
	(void)size;
	emit_open(d->e, EMIT_STRUCT);
	fields_print(d, error_fields, NR_FIELDS(error_fields), data, SIZE_MAX);
	emit_name(d->e, "offender");
	sockaddr_print(d, data + sizeof(struct sock_extended_err), sizeof(struct sockaddr_in));
	emit_close(d->e);
}

static void address_data(struct decoder *d, const uint8_t *data, size_t size)
{
	sockaddr_print(d, data, size);
}

/* What the data of a kind is, if it is so long at least. */
static const struct control {
	int level, type;
	size_t min_bytes;
	void (*print)(struct decoder *d, const uint8_t *data, size_t size);
	bool is_unknown_if_short;
} controls[] = {
	{SOL_SOCKET, SCM_RIGHTS, sizeof(int), fds_data, false},
	{SOL_SOCKET, SCM_CREDENTIALS, sizeof(struct ucred), credentials_data, false},
	{SOL_SOCKET, 3 /* SCM_SECURITY */, 1, text_data, false},
	{SOL_SOCKET, 29 /* SO_TIMESTAMP_OLD */, sizeof(struct timeval), timeval_data, true},
	{SOL_SOCKET, 63 /* SO_TIMESTAMP_NEW */, sizeof(struct timeval), timeval_data, true},
	{SOL_SOCKET, 35 /* SO_TIMESTAMPNS_OLD */, sizeof(struct timespec), timespec_data, true},
	{SOL_SOCKET, 64 /* SO_TIMESTAMPNS_NEW */, sizeof(struct timespec), timespec_data, true},
	{SOL_SOCKET, 37 /* SO_TIMESTAMPING_OLD */, 3 * sizeof(struct timespec), timespecs_data,
	 true},
	{SOL_SOCKET, 65 /* SO_TIMESTAMPING_NEW */, 3 * sizeof(struct timespec), timespecs_data,
	 true},
	{SOL_IP, IP_TOS, 1, octets_data, false},
	{SOL_IP, IP_TTL, sizeof(int), ints_data, false},
	{SOL_IP, 3 /* SCM_SECURITY */, 1, text_data, false},
	{SOL_IP, IP_RECVOPTS, 1, octets_data, false},
	{SOL_IP, IP_RETOPTS, 1, octets_data, false},
	{SOL_IP, IP_PKTINFO, sizeof(struct in_pktinfo), packet_data, false},
	{SOL_IP, IP_RECVERR, sizeof(struct sock_extended_err) + sizeof(struct sockaddr_in),
	 error_data, false},
	{SOL_IP, IP_ORIGDSTADDR, sizeof(struct sockaddr_in), address_data, false},
	{SOL_IP, IP_CHECKSUM, sizeof(int), ints_data, false},
};

static void control_data_print(struct decoder *d, const struct cmsghdr *header, const uint8_t *data,
			       size_t size)
{
	for (size_t i = 0; i < sizeof controls / sizeof *controls; i++) {
		const struct control *control = &controls[i];

		if (control->level != header->cmsg_level || control->type != header->cmsg_type ||
		    !size)
			continue;
		if (size >= control->min_bytes) {
			emit_name(d->e, "cmsg_data");
			control->print(d, data, size);
		} else if (control->is_unknown_if_short) {
			emit_name(d->e, "cmsg_data");
			emit_word(d->e, "???");
		}
		return;
	}
}

static void control_message_print(struct decoder *d, const struct cmsghdr *header,
				  const uint8_t *data, size_t size)
{
	emit_open(d->e, EMIT_STRUCT);
	emit_member_uint(d->e, "cmsg_len", header->cmsg_len);
	emit_member_choice(d->e, "cmsg_level", &control_levels, (uint32_t)header->cmsg_level);
	if (header->cmsg_level == SOL_SOCKET)
		emit_member_choice(d->e, "cmsg_type", &control_messages,
				   (uint32_t)header->cmsg_type);
	else if (header->cmsg_level == SOL_IP)
		emit_member_choice(d->e, "cmsg_type", &control_messages_ip,
				   (uint32_t)header->cmsg_type);
	else
		emit_member_hex(d->e, "cmsg_type", (uint32_t)header->cmsg_type);
	control_data_print(d, header, data, size);
	emit_close(d->e);
}

static void control_messages_print(struct decoder *d, uint64_t address, const uint8_t *bytes,
				   size_t size)
{
	size_t at = 0;

	emit_open(d->e, EMIT_ARRAY);
	while (size - at >= sizeof(struct cmsghdr)) {
		struct cmsghdr header;
		size_t left = size - at, length;

		memcpy(&header, bytes + at, sizeof header);
		length = header.cmsg_len < sizeof header ? sizeof header : header.cmsg_len;
		if (length > left)
			length = left;
		control_message_print(d, &header, bytes + at + sizeof header,
				      length - sizeof header);
		if (CMSG_ALIGN(length) >= left)
			break;
		at += CMSG_ALIGN(length);
		if (size - at < sizeof header) {
			emit_more(d->e);
			emit_comment(d->e, "%#llx", (unsigned long long)(address + at));
		}
	}
	emit_close(d->e);
}

static void control_print_at(struct decoder *d, uint64_t address, uint64_t size)
{
	scoped_free uint8_t *bytes = NULL;

	if (size > MAX_CONTROL_BYTES)
		size = MAX_CONTROL_BYTES;
	if (size < sizeof(struct cmsghdr)) {
		emit_pointer(d->e, address);
		return;
	}
	bytes = xcalloc(size, 1);
	if (fetch_or_pointer(d, address, bytes, size))
		control_messages_print(d, address, bytes, size);
}

/* ---- Messages ---- */

/* Who the peer is says how the data is printed. */
static enum iovec_data data_of(struct decoder *d, const struct msghdr *message, int32_t name_size,
			       enum iovec_data data)
{
	uint16_t family;

	if (name_size < (int32_t)sizeof family ||
	    call_read(d->call, (uint64_t)message->msg_name, &family, sizeof family, d->when) !=
		    sizeof family ||
	    family != AF_NETLINK)
		return data;
	return data == IOVEC_RETURNED ? IOVEC_RECEIVED : IOVEC_SENT;
}

/* The message, whose data is `data_bytes` long, and for whose name there was `name_room`. */
static void message_print(struct decoder *d, const struct msghdr *message, enum iovec_data data,
			  uint64_t data_bytes, int32_t name_room)
{
	int32_t name_size = (int32_t)message->msg_namelen;
	int32_t known = name_size < name_room ? name_size : name_room;

	emit_open(d->e, EMIT_STRUCT);
	emit_name(d->e, "msg_name");
	sockaddr_print_at(d, (uint64_t)message->msg_name, known < 0 ? 0 : (uint64_t)known);
	emit_name(d->e, "msg_namelen");
	if (name_room == name_size) {
		emit_int(d->e, name_size);
	} else {
		emit_open_as(d->e, "", " => ", "", false);
		emit_int(d->e, name_room);
		emit_int(d->e, name_size);
		emit_close(d->e);
	}
	emit_name(d->e, "msg_iov");
	iovec_print_at(d, (uint64_t)message->msg_iov, message->msg_iovlen,
		       data_of(d, message, known, data), data_bytes);
	emit_member_uint(d->e, "msg_iovlen", message->msg_iovlen);
	if (message->msg_controllen) {
		emit_name(d->e, "msg_control");
		control_print_at(d, (uint64_t)message->msg_control, message->msg_controllen);
	}
	emit_member_uint(d->e, "msg_controllen", message->msg_controllen);
	emit_member_flags(d->e, "msg_flags", &message_flags, (uint32_t)message->msg_flags);
	emit_close(d->e);
}

static PRINT_FUNCTION(out_message_print)
{
	struct msghdr message;

	(void)arg;
	if (fetch_or_pointer(d, value, &message, sizeof message))
		message_print(d, &message, IOVEC_ENTERED, UINT64_MAX, (int32_t)message.msg_namelen);
}

/* Of a message that was not received, all that is told is how long a name it could have had. */
static PRINT_FUNCTION(in_message_print)
{
	struct msghdr before, after;

	(void)arg;
	d->when = CAPTURE_ENTER;
	if (!fetch_anyway_or_pointer(d, value, &before, sizeof before))
		return;
	d->when = CAPTURE_EXIT;
	if (!(d->call->flags & CALL_RETURNED)) {
		emit_pointer(d->e, value);
	} else if (call_failed(d->call)) {
		emit_open(d->e, EMIT_STRUCT);
		emit_member_int(d->e, "msg_namelen", (int32_t)before.msg_namelen);
		emit_close(d->e);
	} else if (fetch_or_pointer(d, value, &after, sizeof after)) {
		message_print(d, &after, IOVEC_RETURNED, (uint64_t)d->call->result,
			      (int32_t)before.msg_namelen);
	}
}

/* ---- Several at once ---- */

struct messages {
	bool are_received;
	uint64_t first;
	uint32_t nr_done; /* which have a length */
};

static void messages_element(struct decoder *d, const void *bytes, uint64_t address)
{
	const struct messages *messages = d->context;
	struct messages kept = *messages;
	struct mmsghdr item, before;
	bool is_done = (address - kept.first) / sizeof item < kept.nr_done;

	memcpy(&item, bytes, sizeof item);
	if (call_read(d->call, address, &before, sizeof before, CAPTURE_ENTER) != sizeof before)
		before = item;
	emit_open(d->e, EMIT_STRUCT);
	emit_name(d->e, "msg_hdr");
	message_print(d, &item.msg_hdr, kept.are_received ? IOVEC_RETURNED : IOVEC_ENTERED,
		      kept.are_received ? item.msg_len : UINT64_MAX,
		      (int32_t)before.msg_hdr.msg_namelen);
	if (is_done)
		emit_member_uint(d->e, "msg_len", item.msg_len);
	emit_close(d->e);
	d->context = (void *)messages;
}

static void messages_print(struct decoder *d, uint64_t address, uint64_t count, bool are_received)
{
	bool filled = d->call->flags & CALL_RETURNED && !call_failed(d->call);
	struct messages messages = {are_received, address, filled ? (uint32_t)d->call->result : 0};

	d->context = &messages;
	array_print_at(d, address, count, sizeof(struct mmsghdr), messages_element);
}

/* What they say is known before the call, how much of it was sent only after it. */
static PRINT_FUNCTION(out_messages_print)
{
	bool filled = d->call->flags & CALL_RETURNED && !call_failed(d->call);

	if (!filled) {
		d->when = CAPTURE_ENTER;
		d->late = false; /* they were there before, though the call has failed */
	}
	messages_print(d, value, (uint32_t)d->call->args[arg->of], false);
}

static PRINT_FUNCTION(in_messages_print)
{
	bool filled = d->call->flags & CALL_RETURNED && !call_failed(d->call);
	uint64_t count = (uint32_t)d->call->args[arg->of];
	struct mmsghdr before;

	for (uint64_t i = 0; value && i < count && i < MAX_CONTROL_ITEMS; i++)
		call_read(d->call, value + i * sizeof before, &before, sizeof before,
			  CAPTURE_ENTER);
	messages_print(d, value, filled ? (uint64_t)d->call->result : count, true);
}

#define MESSAGE_TYPE(print_function, time, capture_kind)                                           \
	{                                                                                          \
		.print = print_function, .when = time, .captures = {                               \
			{.kind = capture_kind, .when = time},                                      \
			{.kind = CAPTURE_BYTES,                                                    \
			 .when = CAPTURE_ENTER,                                                    \
			 .element_bytes = sizeof(struct msghdr)}                                   \
		}                                                                                  \
	}

const struct arg_type type_out_message =
	MESSAGE_TYPE(out_message_print, CAPTURE_ENTER, CAPTURE_MSGHDR);
const struct arg_type type_in_message =
	MESSAGE_TYPE(in_message_print, CAPTURE_EXIT, CAPTURE_MSGHDR);
const struct arg_type type_out_messages = {
	.print = out_messages_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_MMSGHDR, .when = CAPTURE_ENTER, .length = LENGTH_ARG},
		     {.kind = CAPTURE_BYTES,
		      .when = CAPTURE_EXIT,
		      .length = LENGTH_ARG,
		      .element_bytes = sizeof(struct mmsghdr),
		      .cap_bytes = 4096}},
};
const struct arg_type type_in_messages = {
	.print = in_messages_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_MMSGHDR, .when = CAPTURE_EXIT, .length = LENGTH_ARG},
		     {.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .length = LENGTH_ARG,
		      .element_bytes = sizeof(struct mmsghdr),
		      .cap_bytes = 4096}},
};

/* How many there were, and how much of the time was left. */
void result_messages(struct decoder *d)
{
	uint64_t timeout = d->call->args[4];
	uint8_t left[sizeof(struct timespec)];

	emit_int(d->e, d->call->result);
	if (!d->call->result)
		emit_raw(d->e, " (Timeout)");
	if (!d->call->result || d->e->json || !timeout ||
	    call_read(d->call, timeout, left, sizeof left, CAPTURE_EXIT) != sizeof left)
		return;
	emit_raw(d->e, " (left ");
	d->e->named = true;
	timespec_element(d, left, timeout);
	emit_raw(d->e, ")");
}
