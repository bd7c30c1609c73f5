// SPDX-License-Identifier: MIT
/*
 * The types of sockets: what is made, addresses that go in, and those that come back with the size
 * of their buffer, which the call makes the size of the address.
 */
#include "decode/types_sockets.h"

#include <string.h>
#include <sys/socket.h>

#include "decode/constants.h"
#include "decode/netlink.h"

/* ---- Making one ---- */

static PRINT_FUNCTION(socket_type_print)
{
	const char *name = constant_name(&socket_types, value & 0xf);
	uint32_t flags;

	(void)arg;
	if (name) {
		emit_open(d->e, EMIT_FLAGS);
		emit_word(d->e, name);
		flags = (uint32_t)value & ~0xfU;
		if (flags && emit_flag_names(d->e, &socket_flags, flags) == flags)
			emit_comment(d->e, "%s", socket_flags.unknown);
		emit_close(d->e);
	} else {
		emit_flags(d->e, &socket_flags, (uint32_t)value);
	}
}

/* The protocols of each family that names its own. */
static const struct constant_set *protocols_of(uint64_t family)
{
	switch (family) {
	case AF_INET:
	case AF_INET6:
		return &inet_protocols;
	case AF_NETLINK:
		return &netlink_protocols;
	case AF_BLUETOOTH:
		return &bluetooth_protocols;
	case AF_CAN:
		return &can_protocols;
	case AF_CAIF:
		return &caif_protocols;
	case AF_IRDA:
		return &irda_protocols;
	case AF_ISDN:
		return &isdn_protocols;
	case AF_KCM:
		return &kcm_protocols;
	case AF_NFC:
		return &nfc_protocols;
	case AF_PHONET:
		return &phonet_protocols;
	case 43: /* AF_SMC */
		return &smc_protocols;
	case AF_RXRPC:
		return &address_families;
	default:
		return NULL;
	}
}

static PRINT_FUNCTION(protocol_print)
{
	uint64_t family = d->call->args[arg->of];
	uint32_t protocol = (uint32_t)value;
	const struct constant_set *protocols = protocols_of(family);
	const char *name = constant_name(&ax25_protocols, protocol);

	if (family == AF_PACKET) {
		ethernet_type_print(d, (uint16_t)protocol);
	} else if (family == AF_AX25 && name) {
		emit_hex(d->e, protocol);
		emit_comment(d->e, "%s", name);
	} else if (family == AF_AX25) {
		emit_choice(d->e, &ax25_protocols, protocol);
	} else if (protocols) {
		emit_choice(d->e, protocols, protocol);
	} else {
		emit_uint(d->e, value);
	}
}

/* ---- Data ---- */

/* What went through the socket that the call's first argument is. */
static void socket_data_print_at(struct decoder *d, uint64_t address, uint64_t size)
{
	int protocol = netlink_protocol_of(d, (int)d->call->args[0]);

	if (protocol == NETLINK_NONE)
		bytes_print_at(d, address, size);
	else
		netlink_print_at(d, address, size, protocol);
}

static PRINT_FUNCTION(sent_data_print)
{
	socket_data_print_at(d, value, d->call->args[arg->of]);
}

static PRINT_FUNCTION(received_data_print)
{
	(void)arg;
	if (is_not_filled_in(d))
		emit_pointer(d->e, value);
	else
		socket_data_print_at(d, value, (uint64_t)d->call->result);
}

/* ---- Addresses ---- */

static PRINT_FUNCTION(in_sockaddr_print)
{
	int32_t size = (int32_t)d->call->args[arg->of];

	sockaddr_print_at(d, value, size < 0 ? 0 : (uint64_t)size);
}

static bool size_read(struct decoder *d, uint64_t address, enum capture_when when, int32_t *out)
{
	return address && call_read(d->call, address, out, sizeof *out, when) == sizeof *out;
}

static bool is_filled_in(const struct decoder *d)
{
	return d->call->flags & CALL_RETURNED && !call_failed(d->call);
}

/* As much of the address as there was room for. */
static PRINT_FUNCTION(out_sockaddr_print)
{
	uint64_t size_at = d->call->args[arg->of];
	int32_t room, size;

	if (size_read(d, size_at, CAPTURE_ENTER, &room) && is_filled_in(d) &&
	    size_read(d, size_at, CAPTURE_EXIT, &size) && room >= 0 && size >= 0)
		sockaddr_print_at(d, value, (uint64_t)(size < room ? size : room));
	else
		emit_pointer(d->e, value);
}

static PRINT_FUNCTION(sockaddr_size_print)
{
	uint64_t address = d->call->args[arg->of];
	int32_t room, size;
	bool returned = is_filled_in(d) && size_read(d, value, CAPTURE_EXIT, &size);

	if (!address || !size_read(d, value, CAPTURE_ENTER, &room)) {
		emit_pointer(d->e, value);
		return;
	}
	emit_open(d->e, EMIT_CHANGE);
	emit_int(d->e, room);
	if (returned && size != room)
		emit_int(d->e, size);
	emit_close(d->e);
}

const struct arg_type type_address_family = CHOICE_TYPE(4, address_families);
const struct arg_type type_socket_type = {.print = socket_type_print};
const struct arg_type type_protocol = {.print = protocol_print};
const struct arg_type type_socket_flags = FLAGS_TYPE(4, socket_flags);
const struct arg_type type_message_flags = FLAGS_TYPE(4, message_flags);
const struct arg_type type_shutdown_how = CHOICE_TYPE(4, shutdown_hows);
const struct arg_type type_sent_data = {
	.print = sent_data_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .length = LENGTH_ARG,
		      .is_message = 1,
		      .element_bytes = 1}},
};
const struct arg_type type_received_data = {
	.print = received_data_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_EXIT,
		      .length = LENGTH_RESULT,
		      .is_message = 1,
		      .element_bytes = 1}},
};
const struct arg_type type_in_sockaddr = {
	.print = in_sockaddr_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .length = LENGTH_ARG,
		      .element_bytes = 1,
		      .cap_bytes = sizeof(struct sockaddr_storage)}},
};
const struct arg_type type_out_sockaddr = {
	.print = out_sockaddr_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_EXIT,
		      .length = LENGTH_AT_ARG,
		      .element_bytes = 1,
		      .cap_bytes = sizeof(struct sockaddr_storage)}},
};
const struct arg_type type_sockaddr_size = {
	.print = sockaddr_size_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER | CAPTURE_EXIT,
		      .element_bytes = sizeof(int32_t)}},
};
