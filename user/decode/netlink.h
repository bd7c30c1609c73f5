/* SPDX-License-Identifier: MIT */
/*
 * What is said through netlink sockets: messages, and attributes within them.
 *
 *     [{nlmsg_len=32, nlmsg_type=RTM_GETLINK, ...}, {ifi_family=AF_UNSPEC, ...}, ATTRIBUTES]
 *
 * A message is its header, or an array of header and contents; an attribute likewise. Several of
 * them are an array once more. Lengths are what the sender claims: nothing is read beyond the
 * buffer, and what does not fit its type is bytes.
 */
#ifndef PROF_DECODE_NETLINK_H
#define PROF_DECODE_NETLINK_H

#include "decode/fields.h"
#include "decode/types.h"

#define NETLINK_NONE    -1 /* the descriptor is no such socket */
#define NETLINK_UNKNOWN -2 /* it is, but of what protocol is not known */

/* What the buffer holds from somewhere on; `is_cut`: there was more, that was not captured. */
struct netlink_data {
	const uint8_t *bytes;
	size_t size;
	bool is_cut;
};

/* What is left behind the first `size` bytes. */
struct netlink_data netlink_behind(const struct netlink_data *data, size_t size);

/* What begins here and claims to be `length` bytes: these, or all that is there where that cannot
 * be, for it has a header of `header_bytes`. Both messages and attributes are aligned to four. */
struct netlink_data netlink_first(const struct netlink_data *data, size_t length,
				  size_t header_bytes);
/* How far the next one lies, or all that is there. */
size_t netlink_step(const struct netlink_data *data, size_t length, size_t header_bytes);

/* NETLINK_ROUTE and the like, of a socket. */
int netlink_protocol_of(struct decoder *d, int fd);
/* Messages of `size` bytes, as of d->when. */
void netlink_print_at(struct decoder *d, uint64_t address, uint64_t size, int protocol);
/* Bytes, as hexadecimal. */
void netlink_bytes_print(struct decoder *d, const struct netlink_data *data);

/* ---- Attributes (netlink_attributes.c) ---- */

enum attribute_kind {
	ATTRIBUTE_BYTES,
	ATTRIBUTE_TEXT,
	ATTRIBUTE_UINT, /* of `size` bytes, as are the next ones */
	ATTRIBUTE_INT,
	ATTRIBUTE_HEX,
	ATTRIBUTE_FLAGS,  /* of `constants` */
	ATTRIBUTE_CHOICE, /* of `constants` */
	ATTRIBUTE_INTERFACE,
	ATTRIBUTE_NETWORK,  /* a number in the network's order */
	ATTRIBUTE_ADDRESS,  /* of the message's family */
	ATTRIBUTE_HARDWARE, /* the address of a device */
	ATTRIBUTE_STRUCT,   /* `fields`, of `size` bytes */
	ATTRIBUTE_NESTED,   /* attributes again */
};

struct attribute_set;

struct attribute {
	uint16_t type;
	uint8_t kind; /* enum attribute_kind */
	uint8_t size; /* 0: any up to eight bytes */
	const char *name;
	const struct constant_set *constants;
	const struct field *fields;
	uint32_t nr_fields;
	const struct attribute_set *nested;
};

struct attribute_set {
	const struct attribute *items;
	size_t nr;
	const char *unknown;
};

/* `family`: of addresses among them. `set` may be NULL. */
void attributes_print(struct decoder *d, const struct netlink_data *data,
		      const struct attribute_set *set, uint8_t family);

/* ---- Contents of messages, each in the file of its protocol ---- */

void route_message_print(struct decoder *d, uint16_t type, const struct netlink_data *data);

/* constants_netlink.c */
extern const struct constant_set netlink_ack_flags, netlink_attribute_flags, netlink_audit_types,
	netlink_delete_flags, netlink_flags, netlink_get_flags, netlink_new_flags,
	netlink_route_types, netlink_selinux_types, netlink_sock_diag_types, netlink_types,
	netlink_xfrm_types;

#endif
