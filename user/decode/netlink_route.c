// SPDX-License-Identifier: MIT
/*
 * Messages of NETLINK_ROUTE: links, addresses, routes, neighbours, rules, queues.
 *
 * Four message types in a row are about one thing; each begins with a struct of its own, whose
 * first byte is a family, and attributes follow. Of a struct that is not there whole, only the
 * family is shown.
 */
#include <linux/dcbnl.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_addrlabel.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netconf.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "decode/constants.h"
#include "decode/netlink.h"
#include "decode/netlink_route.h"

/* ---- Structs ---- */

static const struct field link_fields[] = {
	FIELD_OF(struct ifinfomsg, ifi_type, FIELD_CHOICE, arp_hardware),
	FIELD(struct ifinfomsg, ifi_index, FIELD_INTERFACE),
	FIELD_OF(struct ifinfomsg, ifi_flags, FIELD_FLAGS, interface_flags),
	FIELD(struct ifinfomsg, ifi_change, FIELD_HEX),
};
static const struct field address_fields[] = {
	FIELD(struct ifaddrmsg, ifa_prefixlen, FIELD_UINT),
	FIELD_OF(struct ifaddrmsg, ifa_flags, FIELD_FLAGS, route_address_flags),
	FIELD_OF(struct ifaddrmsg, ifa_scope, FIELD_CHOICE, route_scopes),
	FIELD(struct ifaddrmsg, ifa_index, FIELD_INTERFACE),
};
static const struct field route_fields[] = {
	FIELD(struct rtmsg, rtm_dst_len, FIELD_UINT),
	FIELD(struct rtmsg, rtm_src_len, FIELD_UINT),
	FIELD_OF(struct rtmsg, rtm_tos, FIELD_FLAGS, route_service_types),
	FIELD_OF(struct rtmsg, rtm_table, FIELD_CHOICE, route_tables),
	FIELD_OF(struct rtmsg, rtm_protocol, FIELD_CHOICE, route_protocols),
	FIELD_OF(struct rtmsg, rtm_scope, FIELD_CHOICE, route_scopes),
	FIELD_OF(struct rtmsg, rtm_type, FIELD_CHOICE, route_kinds),
	FIELD_OF(struct rtmsg, rtm_flags, FIELD_FLAGS, route_flags),
};
static const struct field neighbour_fields[] = {
	FIELD(struct ndmsg, ndm_ifindex, FIELD_INTERFACE),
	FIELD_OF(struct ndmsg, ndm_state, FIELD_FLAGS, neighbour_states),
	FIELD_OF(struct ndmsg, ndm_flags, FIELD_FLAGS, neighbour_flags),
	FIELD_OF(struct ndmsg, ndm_type, FIELD_CHOICE, route_kinds),
};
static const struct field rule_fields[] = {
	FIELD(struct fib_rule_hdr, dst_len, FIELD_UINT),
	FIELD(struct fib_rule_hdr, src_len, FIELD_UINT),
	FIELD_OF(struct fib_rule_hdr, tos, FIELD_FLAGS, route_service_types),
	FIELD_OF(struct fib_rule_hdr, table, FIELD_CHOICE, rule_tables),
	FIELD_OF(struct fib_rule_hdr, action, FIELD_CHOICE, rule_actions),
	FIELD_OF(struct fib_rule_hdr, flags, FIELD_FLAGS, rule_flags),
};
static const struct field traffic_fields[] = {
	FIELD(struct tcmsg, tcm_ifindex, FIELD_INTERFACE),
	FIELD(struct tcmsg, tcm_handle, FIELD_UINT),
	FIELD(struct tcmsg, tcm_parent, FIELD_UINT),
	FIELD(struct tcmsg, tcm_info, FIELD_UINT),
};
static const struct field label_fields[] = {
	FIELD(struct ifaddrlblmsg, ifal_prefixlen, FIELD_UINT),
	FIELD(struct ifaddrlblmsg, ifal_flags, FIELD_UINT),
	FIELD(struct ifaddrlblmsg, ifal_index, FIELD_INTERFACE),
	FIELD(struct ifaddrlblmsg, ifal_seq, FIELD_UINT),
};
static const struct field bridging_fields[] = {
	FIELD_OF(struct dcbmsg, cmd, FIELD_CHOICE, bridging_commands),
};
static const struct field port_fields[] = {FIELD(struct br_port_msg, ifindex, FIELD_INTERFACE)};
static const struct field statistics_fields[] = {
	FIELD(struct if_stats_msg, pad1, FIELD_RESERVED),
	FIELD(struct if_stats_msg, pad2, FIELD_RESERVED),
	FIELD(struct if_stats_msg, ifindex, FIELD_INTERFACE),
	FIELD_OF(struct if_stats_msg, filter_mask, FIELD_FLAGS, link_statistics),
};
static const struct field nexthop_fields[] = {
	FIELD_OF(struct nhmsg, nh_scope, FIELD_CHOICE, route_scopes),
	FIELD_OF(struct nhmsg, nh_protocol, FIELD_CHOICE, route_protocols),
	FIELD(struct nhmsg, resvd, FIELD_RESERVED),
	FIELD_OF(struct nhmsg, nh_flags, FIELD_FLAGS, nexthop_flags),
};

/* What a group of message types begins with, and the attributes behind it. */
struct route_message {
	uint16_t first_type;
	uint16_t size_bytes;
	const char *family;
	const struct field *fields;
	size_t nr_fields;
	const struct attribute_set *attributes;
};

#define MESSAGE(type, name, head, table, set)                                                      \
	{                                                                                          \
		.first_type = type, .size_bytes = sizeof(struct head), .family = name,             \
		.fields = table, .nr_fields = NR_FIELDS(table), .attributes = &set                 \
	}
/* The struct says no more than the family. */
#define PLAIN_MESSAGE(type, name, bytes, set)                                                      \
	{                                                                                          \
		.first_type = type, .size_bytes = bytes, .family = name, .attributes = &set        \
	}

static const struct route_message messages[] = {
	MESSAGE(RTM_NEWLINK, "ifi_family", ifinfomsg, link_fields, link_attributes),
	MESSAGE(RTM_NEWADDR, "ifa_family", ifaddrmsg, address_fields, address_attributes),
	MESSAGE(RTM_NEWROUTE, "rtm_family", rtmsg, route_fields, route_attributes),
	MESSAGE(RTM_NEWNEIGH, "ndm_family", ndmsg, neighbour_fields, neighbour_attributes),
	MESSAGE(RTM_NEWRULE, "family", fib_rule_hdr, rule_fields, rule_attributes),
	MESSAGE(RTM_NEWQDISC, "tcm_family", tcmsg, traffic_fields, traffic_attributes),
	MESSAGE(RTM_NEWTCLASS, "tcm_family", tcmsg, traffic_fields, traffic_attributes),
	MESSAGE(RTM_NEWTFILTER, "tcm_family", tcmsg, traffic_fields, traffic_attributes),
	MESSAGE(RTM_NEWCHAIN, "tcm_family", tcmsg, traffic_fields, traffic_attributes),
	MESSAGE(RTM_GETMULTICAST - 2, "ifa_family", ifaddrmsg, address_fields, address_attributes),
	MESSAGE(RTM_GETANYCAST - 2, "ifa_family", ifaddrmsg, address_fields, address_attributes),
	MESSAGE(RTM_NEWADDRLABEL, "ifal_family", ifaddrlblmsg, label_fields, label_attributes),
	MESSAGE(RTM_GETDCB - 2, "dcb_family", dcbmsg, bridging_fields, bridging_attributes),
	MESSAGE(RTM_NEWMDB, "family", br_port_msg, port_fields, port_attributes),
	MESSAGE(RTM_NEWNEXTHOP, "nh_family", nhmsg, nexthop_fields, nexthop_attributes),
	MESSAGE(RTM_NEWSTATS, "family", if_stats_msg, statistics_fields,
		link_statistics_attributes),
	PLAIN_MESSAGE(RTM_NEWACTION, "tca_family", 1, action_attributes),
	PLAIN_MESSAGE(RTM_NEWNEIGHTBL, "ndtm_family", 4, table_attributes),
	PLAIN_MESSAGE(RTM_NEWNETCONF, "ncm_family", 1, configuration_attributes),
	PLAIN_MESSAGE(RTM_NEWNSID, "rtgen_family", 1, namespace_attributes),
	{.first_type = RTM_NEWCACHEREPORT, .size_bytes = 1, .family = "rtgen_family"},
};

static const struct route_message *message_of(uint16_t type)
{
	for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
		if (messages[i].first_type == (type & ~3))
			return constant_name(&netlink_route_types, type) ? &messages[i] : NULL;
	}
	return NULL;
}

/* Of which only the family is known. */
static void unknown_print(struct decoder *d, const struct netlink_data *data)
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

void route_message_print(struct decoder *d, uint16_t type, const struct netlink_data *data)
{
	const struct route_message *message = message_of(type);
	struct netlink_data rest;

	if (!message) {
		unknown_print(d, data);
		return;
	}
	emit_open(d->e, EMIT_STRUCT);
	emit_member_choice(d->e, message->family, &address_families, data->bytes[0]);
	if (data->size < message->size_bytes)
		emit_more(d->e);
	else
		fields_print(d, message->fields, message->nr_fields, data->bytes, SIZE_MAX);
	emit_close(d->e);
	rest = netlink_behind(data, NLMSG_ALIGN(message->size_bytes));
	if (!rest.size || data->size < message->size_bytes)
		return;
	if (message->attributes)
		attributes_print(d, &rest, message->attributes, data->bytes[0]);
	else
		netlink_bytes_print(d, &rest);
}
