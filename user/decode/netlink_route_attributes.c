// SPDX-License-Identifier: MIT
/*
 * The attributes of NETLINK_ROUTE's messages. Of kinds of links and queues, which have attributes
 * of their own, these stay bytes.
 */
#include <linux/dcbnl.h>
#include <linux/fib_rules.h>
#include <linux/gen_stats.h>
#include <linux/if_addr.h>
#include <linux/if_addrlabel.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/net_namespace.h>
#include <linux/netconf.h>
#include <linux/nexthop.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include "decode/constants.h"
#include "decode/netlink_route.h"

/* clang-format off */

#define BYTES(number)        {.type = number, .name = #number}
#define TEXT(number)         {.type = number, .name = #number, .kind = ATTRIBUTE_TEXT}
#define ADDRESS(number)      {.type = number, .name = #number, .kind = ATTRIBUTE_ADDRESS}
#define HARDWARE(number)     {.type = number, .name = #number, .kind = ATTRIBUTE_HARDWARE}
#define INTERFACE(number)    {.type = number, .name = #number, .kind = ATTRIBUTE_INTERFACE, .size = 4}
#define UINT(number, bytes)  {.type = number, .name = #number, .kind = ATTRIBUTE_UINT, .size = bytes}
#define INT(number, bytes)   {.type = number, .name = #number, .kind = ATTRIBUTE_INT, .size = bytes}
#define HEX(number, bytes)   {.type = number, .name = #number, .kind = ATTRIBUTE_HEX, .size = bytes}
#define NETWORK(number, bytes) \
	{.type = number, .name = #number, .kind = ATTRIBUTE_NETWORK, .size = bytes}
#define FLAGS(number, bytes, set) \
	{.type = number, .name = #number, .kind = ATTRIBUTE_FLAGS, .size = bytes, .constants = &set}
#define CHOICE(number, bytes, set) \
	{.type = number, .name = #number, .kind = ATTRIBUTE_CHOICE, .size = bytes, .constants = &set}
#define STRUCT(number, type_, table) \
	{.type = number, .name = #number, .kind = ATTRIBUTE_STRUCT, .size = sizeof(type_), \
	 .fields = table, .nr_fields = NR_FIELDS(table)}
#define NESTED(number, set) \
	{.type = number, .name = #number, .kind = ATTRIBUTE_NESTED, .nested = &set}
#define ATTRIBUTES(table, text) {table, sizeof table / sizeof *table, text}

static const struct attribute statistics_attributes_items[] = {
	BYTES(TCA_STATS_UNSPEC),
	BYTES(TCA_STATS_BASIC),
	BYTES(TCA_STATS_RATE_EST),
	BYTES(TCA_STATS_QUEUE),
	BYTES(TCA_STATS_APP),
	BYTES(TCA_STATS_RATE_EST64),
	BYTES(TCA_STATS_PAD),
	BYTES(TCA_STATS_BASIC_HW),
	BYTES(TCA_STATS_PKT64),
};
static const struct attribute_set statistics_attributes = ATTRIBUTES(statistics_attributes_items, "TCA_STATS_???");

static const struct attribute size_attributes_items[] = {
	BYTES(TCA_STAB_UNSPEC),
	BYTES(TCA_STAB_BASE),
	BYTES(TCA_STAB_DATA),
};
static const struct attribute_set size_attributes = ATTRIBUTES(size_attributes_items, "TCA_STAB_???");

static const struct attribute multicast_attributes_items[] = {
	BYTES(MDBA_MDB_UNSPEC),
	BYTES(MDBA_MDB_ENTRY),
};
static const struct attribute_set multicast_attributes = ATTRIBUTES(multicast_attributes_items, "MDBA_MDB_???");

static const struct attribute router_attributes_items[] = {
	BYTES(MDBA_ROUTER_UNSPEC),
	BYTES(MDBA_ROUTER_PORT),
};
static const struct attribute_set router_attributes = ATTRIBUTES(router_attributes_items, "MDBA_ROUTER_???");

static const struct attribute forwarding_attributes_items[] = {
	BYTES(NFEA_UNSPEC),
	BYTES(NFEA_ACTIVITY_NOTIFY),
	BYTES(NFEA_DONT_REFRESH),
};
static const struct attribute_set forwarding_attributes = ATTRIBUTES(forwarding_attributes_items, "NFEA_???");

static const struct attribute function_attributes_items[] = {
	BYTES(IFLA_VF_INFO_UNSPEC),
	BYTES(IFLA_VF_INFO),
};
static const struct attribute_set function_attributes = ATTRIBUTES(function_attributes_items, "IFLA_VF_INFO_???");

static const struct attribute function_port_attributes_items[] = {
	BYTES(IFLA_VF_PORT_UNSPEC),
	BYTES(IFLA_VF_PORT),
};
static const struct attribute_set function_port_attributes = ATTRIBUTES(function_port_attributes_items, "IFLA_VF_PORT_???");

static const struct attribute own_port_attributes_items[] = {
	BYTES(IFLA_PORT_UNSPEC),
	BYTES(IFLA_PORT_VF),
	BYTES(IFLA_PORT_PROFILE),
	BYTES(IFLA_PORT_VSI_TYPE),
	BYTES(IFLA_PORT_INSTANCE_UUID),
	BYTES(IFLA_PORT_HOST_UUID),
	BYTES(IFLA_PORT_REQUEST),
	BYTES(IFLA_PORT_RESPONSE),
};
static const struct attribute_set own_port_attributes = ATTRIBUTES(own_port_attributes_items, "IFLA_VF_PORT_???");

static const struct attribute family_items[] = {
	{.type = 0, .name = "AF_UNSPEC"}, {.type = 1, .name = "AF_UNIX"}, {.type = 2, .name = "AF_INET"},
	{.type = 7, .name = "AF_BRIDGE"}, {.type = 10, .name = "AF_INET6"}, {.type = 28, .name = "AF_MPLS"},
	{.type = 45, .name = "AF_MCTP"},
};
static const struct attribute_set family_attributes = ATTRIBUTES(family_items, "AF_???");

static const struct field map_fields[] = {
	FIELD(struct rtnl_link_ifmap, mem_start, FIELD_HEX),
	FIELD(struct rtnl_link_ifmap, mem_end, FIELD_HEX),
	FIELD(struct rtnl_link_ifmap, base_addr, FIELD_HEX),
	FIELD(struct rtnl_link_ifmap, irq, FIELD_UINT),
	FIELD(struct rtnl_link_ifmap, dma, FIELD_UINT),
	FIELD(struct rtnl_link_ifmap, port, FIELD_UINT),
};

static const struct field statistics_fields[] = {
	FIELD(struct rtnl_link_stats, rx_packets, FIELD_UINT),
	FIELD(struct rtnl_link_stats, tx_packets, FIELD_UINT),
	FIELD(struct rtnl_link_stats, rx_bytes, FIELD_UINT),
	FIELD(struct rtnl_link_stats, tx_bytes, FIELD_UINT),
	FIELD(struct rtnl_link_stats, rx_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats, tx_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats, rx_dropped, FIELD_UINT),
	FIELD(struct rtnl_link_stats, tx_dropped, FIELD_UINT),
	FIELD(struct rtnl_link_stats, multicast, FIELD_UINT),
	FIELD(struct rtnl_link_stats, collisions, FIELD_UINT),
	FIELD(struct rtnl_link_stats, rx_length_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats, rx_over_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats, rx_crc_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats, rx_frame_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats, rx_fifo_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats, rx_missed_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats, tx_aborted_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats, tx_carrier_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats, tx_fifo_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats, tx_heartbeat_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats, tx_window_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats, rx_compressed, FIELD_UINT),
	FIELD(struct rtnl_link_stats, tx_compressed, FIELD_UINT),
	FIELD(struct rtnl_link_stats, rx_nohandler, FIELD_UINT),
};

static const struct field wide_statistics_fields[] = {
	FIELD(struct rtnl_link_stats64, rx_packets, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, tx_packets, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, rx_bytes, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, tx_bytes, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, rx_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, tx_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, rx_dropped, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, tx_dropped, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, multicast, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, collisions, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, rx_length_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, rx_over_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, rx_crc_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, rx_frame_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, rx_fifo_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, rx_missed_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, tx_aborted_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, tx_carrier_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, tx_fifo_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, tx_heartbeat_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, tx_window_errors, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, rx_compressed, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, tx_compressed, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, rx_nohandler, FIELD_UINT),
	FIELD(struct rtnl_link_stats64, rx_otherhost_dropped, FIELD_UINT),
};

static const struct attribute link_kind_attributes_items[] = {
	BYTES(IFLA_INFO_UNSPEC),
	TEXT(IFLA_INFO_KIND),
	BYTES(IFLA_INFO_DATA),
	BYTES(IFLA_INFO_XSTATS),
	TEXT(IFLA_INFO_SLAVE_KIND),
	BYTES(IFLA_INFO_SLAVE_DATA),
};
static const struct attribute_set link_kind_attributes = ATTRIBUTES(link_kind_attributes_items, "IFLA_INFO_???");

static const struct attribute program_attributes_items[] = {
	BYTES(IFLA_XDP_UNSPEC),
	INT(IFLA_XDP_FD, 4),
	UINT(IFLA_XDP_ATTACHED, 1),
	BYTES(IFLA_XDP_FLAGS),
	UINT(IFLA_XDP_PROG_ID, 4),
	UINT(IFLA_XDP_DRV_PROG_ID, 4),
	UINT(IFLA_XDP_SKB_PROG_ID, 4),
	UINT(IFLA_XDP_HW_PROG_ID, 4),
	INT(IFLA_XDP_EXPECTED_FD, 4),
};
static const struct attribute_set program_attributes = ATTRIBUTES(program_attributes_items, "IFLA_XDP_???");

static const struct attribute property_attributes_items[] = {
	BYTES(IFLA_UNSPEC),
	TEXT(IFLA_ALT_IFNAME),
};
static const struct attribute_set property_attributes = ATTRIBUTES(property_attributes_items, "IFLA_???");

static const struct attribute down_attributes_items[] = {
	BYTES(IFLA_PROTO_DOWN_REASON_UNSPEC),
	HEX(IFLA_PROTO_DOWN_REASON_MASK, 4),
	HEX(IFLA_PROTO_DOWN_REASON_VALUE, 4),
};
static const struct attribute_set down_attributes = ATTRIBUTES(down_attributes_items, "IFLA_PROTO_DOWN_REASON_???");

static const struct attribute link_attributes_items[] = {
	BYTES(IFLA_UNSPEC),
	HARDWARE(IFLA_ADDRESS),
	HARDWARE(IFLA_BROADCAST),
	TEXT(IFLA_IFNAME),
	UINT(IFLA_MTU, 4),
	INTERFACE(IFLA_LINK),
	TEXT(IFLA_QDISC),
	STRUCT(IFLA_STATS, struct rtnl_link_stats, statistics_fields),
	BYTES(IFLA_COST),
	BYTES(IFLA_PRIORITY),
	INTERFACE(IFLA_MASTER),
	BYTES(IFLA_WIRELESS),
	BYTES(IFLA_PROTINFO),
	UINT(IFLA_TXQLEN, 4),
	STRUCT(IFLA_MAP, struct rtnl_link_ifmap, map_fields),
	UINT(IFLA_WEIGHT, 4),
	UINT(IFLA_OPERSTATE, 1),
	UINT(IFLA_LINKMODE, 1),
	NESTED(IFLA_LINKINFO, link_kind_attributes),
	UINT(IFLA_NET_NS_PID, 4),
	TEXT(IFLA_IFALIAS),
	UINT(IFLA_NUM_VF, 4),
	NESTED(IFLA_VFINFO_LIST, function_attributes),
	STRUCT(IFLA_STATS64, struct rtnl_link_stats64, wide_statistics_fields),
	NESTED(IFLA_VF_PORTS, function_port_attributes),
	NESTED(IFLA_PORT_SELF, own_port_attributes),
	NESTED(IFLA_AF_SPEC, family_attributes),
	UINT(IFLA_GROUP, 4),
	INT(IFLA_NET_NS_FD, 4),
	FLAGS(IFLA_EXT_MASK, 0, link_filters),
	UINT(IFLA_PROMISCUITY, 4),
	UINT(IFLA_NUM_TX_QUEUES, 4),
	UINT(IFLA_NUM_RX_QUEUES, 4),
	UINT(IFLA_CARRIER, 1),
	BYTES(IFLA_PHYS_PORT_ID),
	UINT(IFLA_CARRIER_CHANGES, 4),
	BYTES(IFLA_PHYS_SWITCH_ID),
	INT(IFLA_LINK_NETNSID, 4),
	TEXT(IFLA_PHYS_PORT_NAME),
	UINT(IFLA_PROTO_DOWN, 1),
	UINT(IFLA_GSO_MAX_SEGS, 4),
	UINT(IFLA_GSO_MAX_SIZE, 4),
	BYTES(IFLA_PAD),
	NESTED(IFLA_XDP, program_attributes),
	CHOICE(IFLA_EVENT, 4, link_events),
	INT(IFLA_NEW_NETNSID, 4),
	INT(IFLA_IF_NETNSID, 4),
	UINT(IFLA_CARRIER_UP_COUNT, 4),
	UINT(IFLA_CARRIER_DOWN_COUNT, 4),
	INTERFACE(IFLA_NEW_IFINDEX),
	UINT(IFLA_MIN_MTU, 4),
	UINT(IFLA_MAX_MTU, 4),
	NESTED(IFLA_PROP_LIST, property_attributes),
	TEXT(IFLA_ALT_IFNAME),
	HARDWARE(IFLA_PERM_ADDRESS),
	NESTED(IFLA_PROTO_DOWN_REASON, down_attributes),
	TEXT(IFLA_PARENT_DEV_NAME),
	TEXT(IFLA_PARENT_DEV_BUS_NAME),
	UINT(IFLA_GRO_MAX_SIZE, 4),
	UINT(IFLA_TSO_MAX_SIZE, 4),
	UINT(IFLA_TSO_MAX_SEGS, 4),
	UINT(IFLA_ALLMULTI, 4),
};
const struct attribute_set link_attributes = ATTRIBUTES(link_attributes_items, "IFLA_???");

static const struct field age_fields[] = {
	FIELD(struct ifa_cacheinfo, ifa_prefered, FIELD_UINT),
	FIELD(struct ifa_cacheinfo, ifa_valid, FIELD_UINT),
	FIELD(struct ifa_cacheinfo, cstamp, FIELD_UINT),
	FIELD(struct ifa_cacheinfo, tstamp, FIELD_UINT),
};

static const struct attribute address_attributes_items[] = {
	BYTES(IFA_UNSPEC),
	ADDRESS(IFA_ADDRESS),
	ADDRESS(IFA_LOCAL),
	TEXT(IFA_LABEL),
	ADDRESS(IFA_BROADCAST),
	ADDRESS(IFA_ANYCAST),
	STRUCT(IFA_CACHEINFO, struct ifa_cacheinfo, age_fields),
	ADDRESS(IFA_MULTICAST),
	FLAGS(IFA_FLAGS, 4, route_address_flags),
	UINT(IFA_RT_PRIORITY, 4),
	INT(IFA_TARGET_NETNSID, 4),
	BYTES(IFA_PROTO),
};
const struct attribute_set address_attributes = ATTRIBUTES(address_attributes_items, "IFA_???");

static const struct attribute metric_attributes_items[] = {
	BYTES(RTAX_UNSPEC),
	BYTES(RTAX_LOCK),
	UINT(RTAX_MTU, 4),
	UINT(RTAX_WINDOW, 4),
	UINT(RTAX_RTT, 4),
	UINT(RTAX_RTTVAR, 4),
	UINT(RTAX_SSTHRESH, 4),
	UINT(RTAX_CWND, 4),
	UINT(RTAX_ADVMSS, 4),
	UINT(RTAX_REORDERING, 4),
	UINT(RTAX_HOPLIMIT, 4),
	UINT(RTAX_INITCWND, 4),
	BYTES(RTAX_FEATURES),
	UINT(RTAX_RTO_MIN, 4),
	UINT(RTAX_INITRWND, 4),
	UINT(RTAX_QUICKACK, 4),
	TEXT(RTAX_CC_ALGO),
	UINT(RTAX_FASTOPEN_NO_COOKIE, 4),
};
static const struct attribute_set metric_attributes = ATTRIBUTES(metric_attributes_items, "RTAX_???");

static const struct field use_fields[] = {
	FIELD(struct rta_cacheinfo, rta_clntref, FIELD_UINT),
	FIELD(struct rta_cacheinfo, rta_lastuse, FIELD_UINT),
	FIELD(struct rta_cacheinfo, rta_expires, FIELD_INT),
	FIELD(struct rta_cacheinfo, rta_error, FIELD_UINT),
	FIELD(struct rta_cacheinfo, rta_used, FIELD_UINT),
	FIELD(struct rta_cacheinfo, rta_id, FIELD_HEX),
	FIELD(struct rta_cacheinfo, rta_ts, FIELD_UINT),
	FIELD(struct rta_cacheinfo, rta_tsage, FIELD_UINT),
};

static const struct field forwarded_fields[] = {
	FIELD(struct rta_mfc_stats, mfcs_packets, FIELD_UINT),
	FIELD(struct rta_mfc_stats, mfcs_bytes, FIELD_UINT),
	FIELD(struct rta_mfc_stats, mfcs_wrong_if, FIELD_UINT),
};

static const struct attribute route_attributes_items[] = {
	BYTES(RTA_UNSPEC),
	ADDRESS(RTA_DST),
	ADDRESS(RTA_SRC),
	INTERFACE(RTA_IIF),
	INTERFACE(RTA_OIF),
	ADDRESS(RTA_GATEWAY),
	UINT(RTA_PRIORITY, 4),
	ADDRESS(RTA_PREFSRC),
	NESTED(RTA_METRICS, metric_attributes),
	BYTES(RTA_MULTIPATH),
	UINT(RTA_PROTOINFO, 4),
	UINT(RTA_FLOW, 4),
	STRUCT(RTA_CACHEINFO, struct rta_cacheinfo, use_fields),
	BYTES(RTA_SESSION),
	UINT(RTA_MP_ALGO, 4),
	CHOICE(RTA_TABLE, 4, route_tables),
	UINT(RTA_MARK, 4),
	STRUCT(RTA_MFC_STATS, struct rta_mfc_stats, forwarded_fields),
	BYTES(RTA_VIA),
	ADDRESS(RTA_NEWDST),
	UINT(RTA_PREF, 1),
	CHOICE(RTA_ENCAP_TYPE, 2, tunnel_kinds),
	BYTES(RTA_ENCAP),
	UINT(RTA_EXPIRES, 8),
	BYTES(RTA_PAD),
	UINT(RTA_UID, 4),
	UINT(RTA_TTL_PROPAGATE, 1),
	UINT(RTA_IP_PROTO, 1),
	UINT(RTA_SPORT, 2),
	UINT(RTA_DPORT, 2),
	BYTES(RTA_NH_ID),
};
const struct attribute_set route_attributes = ATTRIBUTES(route_attributes_items, "RTA_???");

static const struct field neighbour_age_fields[] = {
	FIELD(struct nda_cacheinfo, ndm_confirmed, FIELD_UINT),
	FIELD(struct nda_cacheinfo, ndm_used, FIELD_UINT),
	FIELD(struct nda_cacheinfo, ndm_updated, FIELD_UINT),
	FIELD(struct nda_cacheinfo, ndm_refcnt, FIELD_UINT),
};

static const struct attribute neighbour_attributes_items[] = {
	BYTES(NDA_UNSPEC),
	ADDRESS(NDA_DST),
	HARDWARE(NDA_LLADDR),
	STRUCT(NDA_CACHEINFO, struct nda_cacheinfo, neighbour_age_fields),
	UINT(NDA_PROBES, 4),
	UINT(NDA_VLAN, 2),
	NETWORK(NDA_PORT, 2),
	UINT(NDA_VNI, 4),
	INTERFACE(NDA_IFINDEX),
	INTERFACE(NDA_MASTER),
	UINT(NDA_LINK_NETNSID, 4),
	UINT(NDA_SRC_VNI, 4),
	CHOICE(NDA_PROTOCOL, 0, inet_protocols),
	UINT(NDA_NH_ID, 4),
	NESTED(NDA_FDB_EXT_ATTRS, forwarding_attributes),
	FLAGS(NDA_FLAGS_EXT, 0, neighbour_more_flags),
	FLAGS(NDA_NDM_STATE_MASK, 0, neighbour_states),
	FLAGS(NDA_NDM_FLAGS_MASK, 0, neighbour_flags),
};
const struct attribute_set neighbour_attributes = ATTRIBUTES(neighbour_attributes_items, "NDA_???");

static const struct field user_range_fields[] = {
	FIELD(struct fib_rule_uid_range, start, FIELD_UINT),
	FIELD(struct fib_rule_uid_range, end, FIELD_UINT),
};
static const struct field port_range_fields[] = {
	FIELD(struct fib_rule_port_range, start, FIELD_UINT),
	FIELD(struct fib_rule_port_range, end, FIELD_UINT),
};

static const struct attribute rule_attributes_items[] = {
	BYTES(FRA_UNSPEC),
	ADDRESS(FRA_DST),
	ADDRESS(FRA_SRC),
	TEXT(FRA_IIFNAME),
	BYTES(FRA_IFNAME),
	UINT(FRA_GOTO, 4),
	BYTES(FRA_UNUSED2),
	UINT(FRA_PRIORITY, 4),
	BYTES(FRA_UNUSED3),
	BYTES(FRA_UNUSED4),
	BYTES(FRA_UNUSED5),
	UINT(FRA_FWMARK, 4),
	UINT(FRA_FLOW, 4),
	NETWORK(FRA_TUN_ID, 8),
	UINT(FRA_SUPPRESS_IFGROUP, 4),
	UINT(FRA_SUPPRESS_PREFIXLEN, 4),
	CHOICE(FRA_TABLE, 4, route_tables),
	UINT(FRA_FWMASK, 4),
	TEXT(FRA_OIFNAME),
	BYTES(FRA_PAD),
	UINT(FRA_L3MDEV, 1),
	STRUCT(FRA_UID_RANGE, struct fib_rule_uid_range, user_range_fields),
	CHOICE(FRA_PROTOCOL, 1, route_protocols),
	CHOICE(FRA_IP_PROTO, 0, inet_protocols),
	STRUCT(FRA_SPORT_RANGE, struct fib_rule_port_range, port_range_fields),
	STRUCT(FRA_DPORT_RANGE, struct fib_rule_port_range, port_range_fields),
};
const struct attribute_set rule_attributes = ATTRIBUTES(rule_attributes_items, "FRA_???");

static const struct field traffic_statistics_fields[] = {
	FIELD(struct tc_stats, bytes, FIELD_UINT),
	FIELD(struct tc_stats, packets, FIELD_UINT),
	FIELD(struct tc_stats, drops, FIELD_UINT),
	FIELD(struct tc_stats, overlimits, FIELD_UINT),
	FIELD(struct tc_stats, bps, FIELD_UINT),
	FIELD(struct tc_stats, pps, FIELD_UINT),
	FIELD(struct tc_stats, qlen, FIELD_UINT),
	FIELD(struct tc_stats, backlog, FIELD_UINT),
};
static const struct field rate_fields[] = {
	FIELD(struct tc_estimator, interval, FIELD_INT),
	FIELD(struct tc_estimator, ewma_log, FIELD_UINT),
};

static const struct attribute traffic_attributes_items[] = {
	BYTES(TCA_UNSPEC),
	TEXT(TCA_KIND),
	BYTES(TCA_OPTIONS),
	STRUCT(TCA_STATS, struct tc_stats, traffic_statistics_fields),
	BYTES(TCA_XSTATS),
	STRUCT(TCA_RATE, struct tc_estimator, rate_fields),
	UINT(TCA_FCNT, 4),
	NESTED(TCA_STATS2, statistics_attributes),
	NESTED(TCA_STAB, size_attributes),
	BYTES(TCA_PAD),
	BYTES(TCA_DUMP_INVISIBLE),
	UINT(TCA_CHAIN, 4),
	UINT(TCA_HW_OFFLOAD, 1),
	UINT(TCA_INGRESS_BLOCK, 4),
	UINT(TCA_EGRESS_BLOCK, 4),
	UINT(TCA_DUMP_FLAGS, 4),
};
const struct attribute_set traffic_attributes = ATTRIBUTES(traffic_attributes_items, "TCA_???");

static const struct attribute action_attributes_items[] = {
	BYTES(TCA_ACT_UNSPEC),
	TEXT(TCA_ACT_KIND),
	BYTES(TCA_ACT_OPTIONS),
	UINT(TCA_ACT_INDEX, 4),
	NESTED(TCA_ACT_STATS, statistics_attributes),
	BYTES(TCA_ACT_PAD),
	BYTES(TCA_ACT_COOKIE),
	FLAGS(TCA_ACT_FLAGS, 4, action_flags),
};
const struct attribute_set action_attributes = ATTRIBUTES(action_attributes_items, "TCA_ACT_???");

static const struct attribute label_attributes_items[] = {
	ADDRESS(IFAL_ADDRESS),
	UINT(IFAL_LABEL, 4),
};
const struct attribute_set label_attributes = ATTRIBUTES(label_attributes_items, "IFAL_???");

static const struct attribute bridging_attributes_items[] = {
	BYTES(DCB_ATTR_UNDEFINED),
	BYTES(DCB_ATTR_IFNAME),
	BYTES(DCB_ATTR_STATE),
	BYTES(DCB_ATTR_PFC_STATE),
	BYTES(DCB_ATTR_PFC_CFG),
	BYTES(DCB_ATTR_NUM_TC),
	BYTES(DCB_ATTR_PG_CFG),
	BYTES(DCB_ATTR_SET_ALL),
	BYTES(DCB_ATTR_PERM_HWADDR),
	BYTES(DCB_ATTR_CAP),
	BYTES(DCB_ATTR_NUMTCS),
	BYTES(DCB_ATTR_BCN),
	BYTES(DCB_ATTR_APP),
	BYTES(DCB_ATTR_IEEE),
	BYTES(DCB_ATTR_DCBX),
	BYTES(DCB_ATTR_FEATCFG),
	BYTES(DCB_ATTR_CEE),
};
const struct attribute_set bridging_attributes = ATTRIBUTES(bridging_attributes_items, "DCB_ATTR_???");

static const struct attribute port_attributes_items[] = {
	BYTES(MDBA_UNSPEC),
	NESTED(MDBA_MDB, multicast_attributes),
	NESTED(MDBA_ROUTER, router_attributes),
};
const struct attribute_set port_attributes = ATTRIBUTES(port_attributes_items, "MDBA_???");

static const struct attribute nexthop_attributes_items[] = {
	BYTES(NHA_UNSPEC),
	UINT(NHA_ID, 4),
	BYTES(NHA_GROUP),
	CHOICE(NHA_GROUP_TYPE, 0, nexthop_group_kinds),
	BYTES(NHA_BLACKHOLE),
	INTERFACE(NHA_OIF),
	ADDRESS(NHA_GATEWAY),
	CHOICE(NHA_ENCAP_TYPE, 2, tunnel_kinds),
	BYTES(NHA_ENCAP),
	BYTES(NHA_GROUPS),
	INTERFACE(NHA_MASTER),
	BYTES(NHA_FDB),
	BYTES(NHA_RES_GROUP),
	BYTES(NHA_RES_BUCKET),
};
const struct attribute_set nexthop_attributes = ATTRIBUTES(nexthop_attributes_items, "NHA_???");

static const struct attribute parameter_attributes_items[] = {
	BYTES(NDTPA_UNSPEC),
	INTERFACE(NDTPA_IFINDEX),
	UINT(NDTPA_REFCNT, 4),
	UINT(NDTPA_REACHABLE_TIME, 8),
	UINT(NDTPA_BASE_REACHABLE_TIME, 8),
	UINT(NDTPA_RETRANS_TIME, 8),
	UINT(NDTPA_GC_STALETIME, 8),
	UINT(NDTPA_DELAY_PROBE_TIME, 8),
	UINT(NDTPA_QUEUE_LEN, 4),
	UINT(NDTPA_APP_PROBES, 4),
	UINT(NDTPA_UCAST_PROBES, 4),
	UINT(NDTPA_MCAST_PROBES, 4),
	UINT(NDTPA_ANYCAST_DELAY, 8),
	UINT(NDTPA_PROXY_DELAY, 8),
	UINT(NDTPA_PROXY_QLEN, 4),
	UINT(NDTPA_LOCKTIME, 8),
	UINT(NDTPA_QUEUE_LENBYTES, 4),
	UINT(NDTPA_MCAST_REPROBES, 4),
	BYTES(NDTPA_PAD),
	BYTES(NDTPA_INTERVAL_PROBE_TIME_MS),
};
static const struct attribute_set parameter_attributes = ATTRIBUTES(parameter_attributes_items, "NDTPA_???");

static const struct attribute table_attributes_items[] = {
	BYTES(NDTA_UNSPEC),
	TEXT(NDTA_NAME),
	UINT(NDTA_THRESH1, 4),
	UINT(NDTA_THRESH2, 4),
	UINT(NDTA_THRESH3, 4),
	BYTES(NDTA_CONFIG),
	NESTED(NDTA_PARMS, parameter_attributes),
	BYTES(NDTA_STATS),
	UINT(NDTA_GC_INTERVAL, 8),
	BYTES(NDTA_PAD),
};
const struct attribute_set table_attributes = ATTRIBUTES(table_attributes_items, "NDTA_???");

static const struct attribute configuration_attributes_items[] = {
	BYTES(NETCONFA_UNSPEC),
	INTERFACE(NETCONFA_IFINDEX),
	INT(NETCONFA_FORWARDING, 4),
	INT(NETCONFA_RP_FILTER, 4),
	INT(NETCONFA_MC_FORWARDING, 4),
	INT(NETCONFA_PROXY_NEIGH, 4),
	INT(NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN, 4),
	INT(NETCONFA_INPUT, 4),
	INT(NETCONFA_BC_FORWARDING, 4),
};
const struct attribute_set configuration_attributes = ATTRIBUTES(configuration_attributes_items, "NETCONFA_???");

static const struct attribute namespace_attributes_items[] = {
	BYTES(NETNSA_NONE),
	INT(NETNSA_NSID, 4),
	UINT(NETNSA_PID, 4),
	INT(NETNSA_FD, 4),
	INT(NETNSA_TARGET_NSID, 4),
	INT(NETNSA_CURRENT_NSID, 4),
};
const struct attribute_set namespace_attributes = ATTRIBUTES(namespace_attributes_items, "NETNSA_???");

static const struct attribute link_statistics_items[] = {
	BYTES(IFLA_STATS_UNSPEC),
	STRUCT(IFLA_STATS_LINK_64, struct rtnl_link_stats64, wide_statistics_fields),
	BYTES(IFLA_STATS_LINK_XSTATS),
	BYTES(IFLA_STATS_LINK_XSTATS_SLAVE),
	BYTES(IFLA_STATS_LINK_OFFLOAD_XSTATS),
	NESTED(IFLA_STATS_AF_SPEC, family_attributes),
};
const struct attribute_set link_statistics_attributes = ATTRIBUTES(link_statistics_items, "IFLA_STATS_???");
