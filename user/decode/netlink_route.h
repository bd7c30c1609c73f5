/* SPDX-License-Identifier: MIT */
/*
 * What the messages of NETLINK_ROUTE are made of: names, and attributes.
 */
#ifndef PROF_DECODE_NETLINK_ROUTE_H
#define PROF_DECODE_NETLINK_ROUTE_H

#include "decode/netlink.h"

/* constants_route.c */
extern const struct constant_set action_flags, bridging_commands, link_events, link_filters,
	link_statistics, neighbour_flags, neighbour_more_flags, neighbour_states, nexthop_flags,
	nexthop_group_kinds, route_address_flags, route_flags, route_kinds, route_protocols,
	route_scopes, route_service_types, route_tables, rule_actions, rule_flags, rule_tables,
	tunnel_kinds;

/* netlink_route_attributes.c */
extern const struct attribute_set action_attributes, address_attributes, bridging_attributes,
	configuration_attributes, label_attributes, link_attributes, link_statistics_attributes,
	namespace_attributes, neighbour_attributes, nexthop_attributes, port_attributes,
	route_attributes, rule_attributes, table_attributes, traffic_attributes;

#endif
