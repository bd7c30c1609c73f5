// SPDX-License-Identifier: MIT
#include "decode/netlink.h"

#include <linux/netlink.h>
#include <string.h>

#include "base/alloc.h"
#include "decode/constants.h"
#include "decode/syscalls.h"

#define MAX_BYTES 65536

struct netlink_data netlink_behind(const struct netlink_data *data, size_t size)
{
	if (size > data->size)
		size = data->size;
	return (struct netlink_data){data->bytes + size, data->size - size, data->is_cut};
}

struct netlink_data netlink_first(const struct netlink_data *data, size_t length,
				  size_t header_bytes)
{
	if (length < header_bytes || length > data->size)
		return *data;
	return (struct netlink_data){data->bytes, length, false};
}

size_t netlink_step(const struct netlink_data *data, size_t length, size_t header_bytes)
{
	if (length < header_bytes || length > data->size) /* beyond 32 bits NLMSG_ALIGN() wraps */
		return data->size;
	return NLMSG_ALIGN(length) < data->size ? NLMSG_ALIGN(length) : data->size;
}

void netlink_bytes_print(struct decoder *d, const struct netlink_data *data)
{
	size_t shown = d->options->max_string_bytes;
	enum emit_hex hex = d->e->hex_strings;

	d->e->hex_strings = HEX_ALWAYS;
	emit_string(d->e, data->bytes, data->size < shown ? data->size : shown,
		    data->size > shown || data->is_cut);
	d->e->hex_strings = hex;
}

int netlink_protocol_of(struct decoder *d, int fd)
{
	if (!d->options->netlink_protocol)
		return NETLINK_NONE;
	return d->options->netlink_protocol(d->options->context, fd);
}

/* ---- Headers ---- */

/* What the types from NLMSG_MIN_TYPE on are, by protocol. */
static const struct constant_set *types_of(int protocol, uint16_t type)
{
	if (type < NLMSG_MIN_TYPE)
		return &netlink_types;
	switch (protocol) {
	case NETLINK_ROUTE:
		return &netlink_route_types;
	case NETLINK_SOCK_DIAG:
		return &netlink_sock_diag_types;
	case NETLINK_XFRM:
		return &netlink_xfrm_types;
	case NETLINK_SELINUX:
		return &netlink_selinux_types;
	case NETLINK_AUDIT:
		return &netlink_audit_types;
	default:
		return &netlink_types;
	}
}

/* The upper flags mean another thing with each verb. */
static const struct constant_set *verb_flags_of(int protocol, uint16_t type)
{
	static const struct constant_set *const route[] = {
		&netlink_new_flags, &netlink_delete_flags, &netlink_get_flags, NULL};
	const char *name;

	if (type == NLMSG_ERROR)
		return &netlink_ack_flags;
	if (type < NLMSG_MIN_TYPE)
		return NULL;
	if (protocol == NETLINK_ROUTE)
		return route[type & 3];
	if (protocol == NETLINK_SOCK_DIAG)
		return &netlink_get_flags;
	if (protocol != NETLINK_XFRM)
		return NULL;
	name = constant_name(&netlink_xfrm_types, type);
	if (!name)
		return NULL;
	name += strlen("XFRM_MSG_");
	return !strncmp(name, "NEW", 3) || !strncmp(name, "UPD", 3) ? &netlink_new_flags
	       : !strncmp(name, "DEL", 3)                           ? &netlink_delete_flags
	       : !strncmp(name, "GET", 3)                           ? &netlink_get_flags
								    : NULL;
}

static void flags_emit(struct emit *e, const struct constant_set *verb, uint16_t flags)
{
	uint16_t common = 0;

	for (size_t i = 0; i < netlink_flags.nr; i++)
		common |= (uint16_t)netlink_flags.items[i].value;
	if (!(flags & common) || !(flags & ~common) || !verb) {
		emit_flags(e, verb && !(flags & common) && flags ? verb : &netlink_flags, flags);
		return;
	}
	emit_open(e, EMIT_FLAGS);
	emit_flag_names(e, &netlink_flags, flags & common);
	emit_flag_names(e, verb, (uint16_t)(flags & ~common));
	emit_close(e);
}

static void type_emit(struct emit *e, int protocol, uint16_t type)
{
	if (protocol != NETLINK_GENERIC || type < NLMSG_MIN_TYPE) {
		emit_choice(e, types_of(protocol, type), type);
	} else if (type ==
		   NLMSG_MIN_TYPE) { /* the only one whose number is not given at run time */
		emit_word(e, "nlctrl");
	} else {
		emit_hex(e, type);
		emit_comment(e, "GENERIC_FAMILY_???");
	}
}

static void header_print(struct decoder *d, const struct nlmsghdr *header, int protocol)
{
	struct emit *e = d->e;

	emit_open(e, EMIT_STRUCT);
	emit_member_uint(e, "nlmsg_len", header->nlmsg_len);
	emit_name(e, "nlmsg_type");
	type_emit(e, protocol, header->nlmsg_type);
	emit_name(e, "nlmsg_flags");
	flags_emit(e, verb_flags_of(protocol, header->nlmsg_type), header->nlmsg_flags);
	emit_member_uint(e, "nlmsg_seq", header->nlmsg_seq);
	emit_member_int(e, "nlmsg_pid", (int32_t)header->nlmsg_pid);
	emit_close(e);
}

/* ---- Contents ---- */

/* A result may be a number alone. */
static void done_print(struct decoder *d, const struct netlink_data *data)
{
	int32_t result;

	if (data->size != sizeof result) {
		netlink_bytes_print(d, data);
		return;
	}
	memcpy(&result, data->bytes, sizeof result);
	emit_int(d->e, result);
}

/* A family, and what of it is not known. */
static void family_print(struct decoder *d, const struct netlink_data *data)
{
	struct netlink_data rest = netlink_behind(data, 1);

	emit_open(d->e, EMIT_STRUCT);
	emit_member_choice(d->e, "family", &address_families, data->bytes[0]);
	if (rest.size) {
		emit_name(d->e, "data");
		netlink_bytes_print(d, &rest);
	}
	emit_close(d->e);
}

static void selinux_print(struct decoder *d, uint16_t type, const struct netlink_data *data)
{
	uint32_t number;

	if (data->size < sizeof number || type > NLMSG_MIN_TYPE + 1) {
		netlink_bytes_print(d, data);
		return;
	}
	memcpy(&number, data->bytes, sizeof number);
	emit_open(d->e, EMIT_STRUCT);
	if (type == NLMSG_MIN_TYPE)
		emit_member_int(d->e, "val", (int32_t)number);
	else
		emit_member_uint(d->e, "seqno", number);
	emit_close(d->e);
}

static void contents_print(struct decoder *d, int protocol, uint16_t type,
			   const struct netlink_data *data)
{
	if (type == NLMSG_DONE)
		done_print(d, data);
	else if (type < NLMSG_MIN_TYPE)
		netlink_bytes_print(d, data);
	else if (protocol == NETLINK_ROUTE)
		route_message_print(d, type, data);
	else if (protocol == NETLINK_SOCK_DIAG)
		family_print(d, data);
	else if (protocol == NETLINK_SELINUX)
		selinux_print(d, type, data);
	else
		netlink_bytes_print(d, data);
}

/* ---- Messages ---- */

/* One, of so many bytes; an error tells of another one, which is printed within it. */
static void message_print(struct decoder *d, const struct netlink_data *data, int protocol)
{
	struct netlink_data contents = netlink_behind(data, NLMSG_HDRLEN);
	struct nlmsghdr header, inner;
	int32_t error;

	memcpy(&header, data->bytes, sizeof header);
	if (header.nlmsg_len < NLMSG_HDRLEN || !contents.size) {
		header_print(d, &header, protocol);
		return;
	}
	emit_open(d->e, EMIT_ARRAY);
	header_print(d, &header, protocol);
	if (header.nlmsg_type == NLMSG_ERROR && contents.size >= sizeof error + sizeof inner) {
		memcpy(&error, contents.bytes, sizeof error);
		emit_open(d->e, EMIT_STRUCT);
		emit_name(d->e, "error");
		if (error < 0 && errno_name(-error))
			emit_wordf(d->e, "-%s", errno_name(-error));
		else
			emit_int(d->e, error);
		emit_name(d->e, "msg");
		contents = netlink_behind(&contents, sizeof error);
		memcpy(&inner, contents.bytes, sizeof inner);
		if (inner.nlmsg_type == NLMSG_ERROR) /* errors within errors: no more than this */
			header_print(d, &inner, protocol);
		else
			message_print(d, &contents, protocol);
		emit_close(d->e);
	} else {
		contents_print(d, protocol, header.nlmsg_type, &contents);
	}
	emit_close(d->e);
}

static uint32_t message_length(const struct netlink_data *data)
{
	struct nlmsghdr header;

	memcpy(&header, data->bytes, sizeof header);
	return header.nlmsg_len;
}

static struct netlink_data message_of(const struct netlink_data *data)
{
	return netlink_first(data, message_length(data), NLMSG_HDRLEN);
}

static size_t step_of(const struct netlink_data *data)
{
	return netlink_step(data, message_length(data), NLMSG_HDRLEN);
}

static void messages_print(struct decoder *d, struct netlink_data data, int protocol)
{
	uint64_t shown = d->options->verbose ? UINT64_MAX : d->options->max_string_bytes;
	size_t step = step_of(&data);

	if (step == data.size) {
		struct netlink_data message = message_of(&data);

		message_print(d, &message, protocol);
		return;
	}
	emit_open(d->e, EMIT_ARRAY);
	for (uint64_t i = 0; data.size; i++) {
		struct netlink_data message;

		if (i == shown) {
			emit_more(d->e);
			break;
		}
		if (data.size < NLMSG_HDRLEN) {
			netlink_bytes_print(d, &data);
			break;
		}
		message = message_of(&data);
		message_print(d, &message, protocol);
		data = netlink_behind(&data, step_of(&data));
	}
	emit_close(d->e);
}

void netlink_print_at(struct decoder *d, uint64_t address, uint64_t size, int protocol)
{
	size_t wanted = size < MAX_BYTES ? size : MAX_BYTES;
	scoped_free uint8_t *bytes = xcalloc(wanted + 1, 1);
	struct netlink_data data = {.bytes = bytes};

	if (protocol == NETLINK_KOBJECT_UEVENT) {
		bytes_print_at(d, address, size);
		return;
	}
	if (address && !is_not_filled_in(d))
		data.size = call_read(d->call, address, bytes, wanted, d->when);
	data.is_cut = data.size < size;
	if (!data.size && size)
		emit_pointer(d->e, address);
	else if (data.size < NLMSG_HDRLEN)
		netlink_bytes_print(d, &data);
	else
		messages_print(d, data, protocol);
}
