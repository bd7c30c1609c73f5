// SPDX-License-Identifier: MIT
/*
 * The types of options of sockets.
 *
 * A value is shown by what its option is known to hold; else as a number if it is as long as one,
 * and as bytes if not.
 */
#include "decode/types_sockets.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "decode/constants.h"
#include "decode/fields.h"
#include "decode/syscalls.h"
#include "decode/types_control.h"

/* ---- Names ---- */

static const struct level {
	uint32_t number;
	const struct constant_set *options, *to_get, *to_set;
} levels[] = {
	{0, &sockopts_ip, &sockopts_ip_get, &sockopts_ip_set},
	{1, &sockopts_socket, &sockopts_socket_get, &sockopts_socket_set},
	{6, &sockopts_tcp, NULL, NULL},
	{17, &sockopts_udp, NULL, NULL},
	{40, &sockopts_vsock, NULL, NULL},
	{41, &sockopts_ipv6, &sockopts_ipv6_get, &sockopts_ipv6_set},
	{101, &sockopts_can_raw, NULL, NULL},
	{132, &sockopts_sctp, NULL, NULL},
	{255, &sockopts_raw, NULL, NULL},
	{256, &sockopts_ipx, NULL, NULL},
	{257, &sockopts_ax25, NULL, NULL},
	{263, &sockopts_packet, NULL, NULL},
	{266, &sockopts_irda, NULL, NULL},
	{268, &sockopts_llc, NULL, NULL},
	{269, &sockopts_dccp, NULL, NULL},
	{270, &sockopts_netlink, NULL, NULL},
	{271, &sockopts_tipc, NULL, NULL},
	{272, &sockopts_rxrpc, NULL, NULL},
	{273, &sockopts_pppol2tp, NULL, NULL},
	{274, &sockopts_bluetooth, NULL, NULL},
	{275, &sockopts_pnpipe, NULL, NULL},
	{276, &sockopts_rds, NULL, NULL},
	{277, &sockopts_iucv, NULL, NULL},
	{278, &sockopts_caif, NULL, NULL},
	{279, &sockopts_alg, NULL, NULL},
	{280, &sockopts_nfc, NULL, NULL},
	{281, &sockopts_kcm, NULL, NULL},
	{282, &sockopts_tls, NULL, NULL},
	{283, &sockopts_xdp, NULL, NULL},
	{284, &sockopts_mptcp, NULL, NULL},
	{286, &sockopts_smc, NULL, NULL},
};

static void option_print(struct decoder *d, uint32_t option, bool to_set)
{
	const struct level *level = NULL;
	const struct constant_set *special;
	const char *name;

	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
		if (levels[i].number == (uint32_t)d->call->args[1])
			level = &levels[i];
	}
	if (!level) {
		emit_uint(d->e, option);
		return;
	}
	special = to_set ? level->to_set : level->to_get;
	name = special ? constant_name(special, option) : NULL;
	if (name)
		emit_word(d->e, name);
	else
		emit_choice(d->e, level->options, option);
}

static PRINT_FUNCTION(option_to_get_print)
{
	(void)arg;
	option_print(d, (uint32_t)value, false);
}

static PRINT_FUNCTION(option_to_set_print)
{
	(void)arg;
	option_print(d, (uint32_t)value, true);
}

/* ---- Values ---- */

enum value_kind {
	VALUE_ANY,
	VALUE_INT,
	VALUE_LINGER,
	VALUE_CREDENTIALS,
	VALUE_FILTER,
	VALUE_MEMBERSHIP,
	VALUE_MEMBERSHIP6,
	VALUE_GROUP,
	VALUE_PACKET_MEMBERSHIP,
	VALUE_RING,
	VALUE_ICMP,
	VALUE_ERROR,
	VALUE_REHASH,
};

/* Options of SOL_SOCKET that hold a number. */
static const uint8_t socket_ints[] = {
	SO_DEBUG,
	SO_REUSEADDR,
	SO_DONTROUTE,
	SO_BROADCAST,
	SO_SNDBUF,
	SO_RCVBUF,
	SO_KEEPALIVE,
	SO_OOBINLINE,
	SO_NO_CHECK,
	SO_PRIORITY,
	SO_BSDCOMPAT,
	SO_REUSEPORT,
	SO_PASSCRED,
	SO_RCVLOWAT,
	SO_SNDLOWAT,
	SO_DETACH_FILTER,
	SO_TIMESTAMP_OLD,
	SO_ACCEPTCONN,
	SO_SNDBUFFORCE,
	SO_RCVBUFFORCE,
	SO_PASSSEC,
	SO_TIMESTAMPNS_OLD,
	SO_MARK,
	SO_TIMESTAMPING_OLD,
	SO_RXQ_OVFL,
	SO_WIFI_STATUS,
	SO_PEEK_OFF,
	SO_NOFCS,
	SO_LOCK_FILTER,
	SO_SELECT_ERR_QUEUE,
	SO_BUSY_POLL,
	SO_INCOMING_CPU,
	SO_CNX_ADVICE,
	SO_INCOMING_NAPI_ID,
	SO_ZEROCOPY,
	SO_TIMESTAMP_NEW,
	SO_TIMESTAMPNS_NEW,
	SO_TIMESTAMPING_NEW,
	SO_DETACH_REUSEPORT_BPF,
	SO_PREFER_BUSY_POLL,
	SO_BUSY_POLL_BUDGET,
	SO_RESERVE_MEM,
	SO_RCVMARK,
};

static enum value_kind socket_value(uint32_t option, bool to_set)
{
	switch (option) {
	case SO_LINGER:
		return VALUE_LINGER;
	case SO_PEERCRED:
		return to_set ? VALUE_ANY : VALUE_CREDENTIALS;
	case SO_ERROR:
		return to_set ? VALUE_ANY : VALUE_ERROR;
	case SO_ATTACH_FILTER:
	case SO_ATTACH_REUSEPORT_CBPF:
		return to_set ? VALUE_FILTER : VALUE_ANY;
	case SO_TXREHASH:
		return VALUE_REHASH;
	default:
		return option <= UINT8_MAX && memchr(socket_ints, (int)option, sizeof socket_ints)
			       ? VALUE_INT
			       : VALUE_ANY;
	}
}

static enum value_kind inet_value(uint32_t option)
{
	switch (option) {
	case IP_ADD_MEMBERSHIP:
	case IP_DROP_MEMBERSHIP:
		return VALUE_MEMBERSHIP;
	case MCAST_JOIN_GROUP:
	case MCAST_LEAVE_GROUP:
		return VALUE_GROUP;
	default:
		return VALUE_ANY;
	}
}

static enum value_kind inet6_value(uint32_t option)
{
	switch (option) {
	case IPV6_ADD_MEMBERSHIP:
	case IPV6_DROP_MEMBERSHIP:
	case IPV6_JOIN_ANYCAST:
	case IPV6_LEAVE_ANYCAST:
		return VALUE_MEMBERSHIP6;
	case MCAST_JOIN_GROUP:
	case MCAST_LEAVE_GROUP:
		return VALUE_GROUP;
	default:
		return VALUE_ANY;
	}
}

static enum value_kind value_kind_of(const struct call *call, bool to_set)
{
	uint32_t option = (uint32_t)call->args[2];

	switch ((uint32_t)call->args[1]) {
	case SOL_SOCKET:
		return socket_value(option, to_set);
	case SOL_IP:
		return to_set ? inet_value(option) : VALUE_ANY;
	case SOL_IPV6:
		return to_set ? inet6_value(option) : VALUE_ANY;
	case 263: /* SOL_PACKET */
		if (to_set && (option == PACKET_ADD_MEMBERSHIP || option == PACKET_DROP_MEMBERSHIP))
			return VALUE_PACKET_MEMBERSHIP;
		return to_set && (option == PACKET_RX_RING || option == PACKET_TX_RING) ? VALUE_RING
											: VALUE_ANY;
	case 270: /* SOL_NETLINK */
		return to_set ? VALUE_INT : VALUE_ANY;
	case 255: /* SOL_RAW */
		return option == 1 ? VALUE_ICMP : VALUE_ANY;
	default:
		return VALUE_ANY;
	}
}

static const struct field linger_fields[] = {
	FIELD(struct linger, l_onoff, FIELD_INT),
	FIELD(struct linger, l_linger, FIELD_INT),
};
static const struct field credential_fields[] = {
	FIELD(struct ucred, pid, FIELD_INT),
	FIELD(struct ucred, uid, FIELD_ID),
	FIELD(struct ucred, gid, FIELD_ID),
};
static const struct field ring_fields[] = {
	FIELD(struct tpacket_req, tp_block_size, FIELD_UINT),
	FIELD(struct tpacket_req, tp_block_nr, FIELD_UINT),
	FIELD(struct tpacket_req, tp_frame_size, FIELD_UINT),
	FIELD(struct tpacket_req, tp_frame_nr, FIELD_UINT),
};

static void int_print_at(struct decoder *d, uint64_t address)
{
	int32_t value;

	if (!fetch_or_pointer(d, address, &value, sizeof value))
		return;
	emit_open(d->e, EMIT_ARRAY);
	emit_int(d->e, value);
	emit_close(d->e);
}

/* SO_ERROR: what happened to the socket. */
static void error_print_at(struct decoder *d, uint64_t address)
{
	int32_t error;

	if (!fetch_or_pointer(d, address, &error, sizeof error))
		return;
	emit_open(d->e, EMIT_ARRAY);
	if (errno_name(error))
		emit_word(d->e, errno_name(error));
	else
		emit_int(d->e, error);
	emit_close(d->e);
}

/* Bytes too few for what they should be. */
static void short_print_at(struct decoder *d, uint64_t address, uint64_t size)
{
	enum emit_hex hex = d->e->hex_strings;

	d->e->hex_strings = HEX_ALWAYS;
	bytes_print_at(d, address, size);
	d->e->hex_strings = hex;
}

/* The members that all bytes are there of; of the first one at least what is there. */
static void members_print_at(struct decoder *d, uint64_t address, uint64_t size,
			     const struct field *fields, size_t nr)
{
	uint8_t bytes[64] = {0};
	enum emit_hex hex = d->e->hex_strings;

	if (size > sizeof bytes)
		size = sizeof bytes;
	if (!fetch_or_pointer(d, address, bytes, size))
		return;
	emit_open(d->e, EMIT_STRUCT);
	fields_print(d, fields, nr, bytes, size);
	if (size < fields[0].size_bytes) {
		emit_name(d->e, fields[0].name);
		d->e->hex_strings = HEX_ALWAYS;
		emit_string(d->e, bytes, size, false);
		d->e->hex_strings = hex;
	}
	emit_close(d->e);
}

static void inet_member(struct decoder *d, const char *name, const void *address)
{
	char text[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, address, text, sizeof text);
	emit_name(d->e, name);
	emit_wordf(d->e, "inet_addr(\"%s\")", text);
}

static void membership_print_at(struct decoder *d, uint64_t address)
{
	struct ip_mreq request;

	if (!fetch_or_pointer(d, address, &request, sizeof request))
		return;
	emit_open(d->e, EMIT_STRUCT);
	inet_member(d, "imr_multiaddr", &request.imr_multiaddr);
	inet_member(d, "imr_interface", &request.imr_interface);
	emit_close(d->e);
}

static void membership6_print_at(struct decoder *d, uint64_t address)
{
	struct ipv6_mreq request;
	char text[INET6_ADDRSTRLEN];

	if (!fetch_or_pointer(d, address, &request, sizeof request))
		return;
	inet_ntop(AF_INET6, &request.ipv6mr_multiaddr, text, sizeof text);
	emit_open(d->e, EMIT_STRUCT);
	emit_label(d->e, "ipv6mr_multiaddr");
	emit_wordf(d->e, "inet_pton(AF_INET6, \"%s\", &ipv6mr_multiaddr)", text);
	emit_name(d->e, "ipv6mr_interface");
	interface_print_value(d, request.ipv6mr_interface);
	emit_close(d->e);
}

static void group_print_at(struct decoder *d, uint64_t address)
{
	struct group_req request;

	if (!fetch_or_pointer(d, address, &request, sizeof request))
		return;
	emit_open(d->e, EMIT_STRUCT);
	emit_name(d->e, "gr_interface");
	interface_print_value(d, request.gr_interface);
	emit_name(d->e, "gr_group");
	sockaddr_print(d, (const uint8_t *)&request.gr_group, sizeof request.gr_group);
	emit_close(d->e);
}

static void packet_membership_print_at(struct decoder *d, uint64_t address)
{
	struct packet_mreq request;
	char text[32] = "";
	size_t size;

	if (!fetch_or_pointer(d, address, &request, sizeof request))
		return;
	emit_open(d->e, EMIT_STRUCT);
	emit_name(d->e, "mr_ifindex");
	interface_print_value(d, (uint32_t)request.mr_ifindex);
	emit_member_choice(d->e, "mr_type", &packet_memberships, request.mr_type);
	emit_member_uint(d->e, "mr_alen", request.mr_alen);
	size = request.mr_alen < sizeof request.mr_address ? request.mr_alen
							   : sizeof request.mr_address;
	for (size_t i = 0; i < size; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%02x", i ? ":" : "",
			 request.mr_address[i]);
	emit_name(d->e, "mr_address");
	emit_word(d->e, text);
	emit_close(d->e);
}

/* The types of messages that are kept back. */
static void icmp_print_at(struct decoder *d, uint64_t address, uint64_t size)
{
	uint32_t mask = UINT32_MAX;
	const char *name;

	if (!fetch_or_pointer(d, address, &mask, size < sizeof mask ? size : sizeof mask))
		return;
	emit_open(d->e, EMIT_SET);
	for (uint32_t type = 0; type < 32; type++) {
		if (!(mask >> type & 1))
			continue;
		name = constant_name(&icmp_filter_bits, type);
		if (name)
			emit_word(d->e, name);
		else
			emit_choice(d->e, &icmp_filter_bits, type);
	}
	emit_close(d->e);
}

static void rehash_print_at(struct decoder *d, uint64_t address)
{
	uint32_t value;

	if (!fetch_or_pointer(d, address, &value, sizeof value))
		return;
	emit_open(d->e, EMIT_ARRAY);
	emit_choice(d->e, &sockopt_rehash, value);
	emit_close(d->e);
}

static void any_print_at(struct decoder *d, uint64_t address, uint64_t size)
{
	if (size == sizeof(int32_t))
		int_print_at(d, address);
	else
		bytes_print_at(d, address, size);
}

static void got_value_print(struct decoder *d, uint64_t address, uint64_t size)
{
	switch (value_kind_of(d->call, false)) {
	case VALUE_REHASH:
	case VALUE_INT:
		if (size < sizeof(int32_t))
			short_print_at(d, address, size);
		else if (value_kind_of(d->call, false) == VALUE_INT)
			int_print_at(d, address);
		else
			rehash_print_at(d, address);
		return;
	case VALUE_ERROR:
		return size < sizeof(int32_t) ? short_print_at(d, address, size)
					      : error_print_at(d, address);
	case VALUE_LINGER:
		return members_print_at(d, address, size, linger_fields, NR_FIELDS(linger_fields));
	case VALUE_CREDENTIALS:
		return members_print_at(d, address, size, credential_fields,
					NR_FIELDS(credential_fields));
	case VALUE_ICMP:
		return icmp_print_at(d, address, size);
	default:
		return any_print_at(d, address, size);
	}
}

static bool size_read(struct decoder *d, uint64_t address, enum capture_when when, int32_t *out)
{
	return address && call_read(d->call, address, out, sizeof *out, when) == sizeof *out;
}

static PRINT_FUNCTION(value_to_get_print)
{
	bool filled = d->call->flags & CALL_RETURNED && !call_failed(d->call);
	uint64_t size_at = d->call->args[arg->of];
	int32_t room, size;

	if (size_read(d, size_at, CAPTURE_ENTER, &room) && filled &&
	    size_read(d, size_at, CAPTURE_EXIT, &size) && size > 0)
		got_value_print(d, value, (uint64_t)size);
	else
		emit_pointer(d->e, value);
}

static PRINT_FUNCTION(value_to_set_print)
{
	int32_t length = (int32_t)d->call->args[arg->of];
	uint64_t size = length < 0 ? 0 : (uint64_t)length;

	if (!size)
		return emit_pointer(d->e, value);
	switch (value_kind_of(d->call, true)) {
	case VALUE_INT:
		return size < sizeof(int32_t) ? emit_pointer(d->e, value) : int_print_at(d, value);
	case VALUE_REHASH:
		return size < sizeof(int32_t) ? emit_pointer(d->e, value)
					      : rehash_print_at(d, value);
	case VALUE_LINGER:
		return size < sizeof(struct linger)
			       ? emit_pointer(d->e, value)
			       : members_print_at(d, value, sizeof(struct linger), linger_fields,
						  NR_FIELDS(linger_fields));
	case VALUE_FILTER:
		return size < 16 ? emit_pointer(d->e, value) : socket_filter_print_at(d, value);
	case VALUE_MEMBERSHIP:
		return size < sizeof(struct ip_mreq) ? emit_pointer(d->e, value)
						     : membership_print_at(d, value);
	case VALUE_MEMBERSHIP6:
		return size < sizeof(struct ipv6_mreq) ? emit_pointer(d->e, value)
						       : membership6_print_at(d, value);
	case VALUE_GROUP:
		return size < sizeof(struct group_req) ? emit_pointer(d->e, value)
						       : group_print_at(d, value);
	case VALUE_PACKET_MEMBERSHIP:
		return size < sizeof(struct packet_mreq) ? emit_pointer(d->e, value)
							 : packet_membership_print_at(d, value);
	case VALUE_RING:
		return size < sizeof(struct tpacket_req)
			       ? emit_pointer(d->e, value)
			       : members_print_at(d, value, sizeof(struct tpacket_req), ring_fields,
						  NR_FIELDS(ring_fields));
	case VALUE_ICMP:
		return icmp_print_at(d, value, size);
	default:
		return any_print_at(d, value, size);
	}
}

const struct arg_type type_socket_level = CHOICE_TYPE(4, socket_levels);
const struct arg_type type_option_to_get = {.print = option_to_get_print};
const struct arg_type type_option_to_set = {.print = option_to_set_print};
const struct arg_type type_value_to_get = {
	.print = value_to_get_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_EXIT,
		      .length = LENGTH_AT_ARG,
		      .element_bytes = 1,
		      .cap_bytes = 512}},
};
const struct arg_type type_value_to_set = {
	.print = value_to_set_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .length = LENGTH_ARG,
		      .element_bytes = 1,
		      .cap_bytes = 512}},
};
