// SPDX-License-Identifier: MIT
/*
 * Addresses of sockets, family by family. An address too short for its family is shown as the bytes
 * that are there.
 */
#include "decode/types_sockets.h"

#include <arpa/inet.h>
#include <linux/if_alg.h>
#include <linux/if_packet.h>
#include <linux/if_xdp.h>
#include <linux/netlink.h>
#include <linux/qrtr.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#include "decode/constants.h"

/* An array of so many bytes in hexadecimal, as far as there are some. */
static void octets_print(struct decoder *d, const char *name, const uint8_t *octets, size_t wanted,
			 size_t size)
{
	emit_name(d->e, name);
	emit_open(d->e, EMIT_ARRAY);
	for (size_t i = 0; i < wanted && i < size; i++)
		emit_wordf(d->e, octets[i] ? "%#02x" : "%02x", octets[i]);
	if (wanted > size)
		emit_more(d->e);
	emit_close(d->e);
}

void interface_print_value(struct decoder *d, uint32_t index)
{
	char name[16] = "";

	/* The first one is the same everywhere. */
	if (index == 1)
		strcpy(name, "lo");
	else if (index && d->options->interface_name)
		d->options->interface_name(d->options->context, index, name);
	if (*name)
		emit_wordf(d->e, "if_nametoindex(\"%s\")", name);
	else
		emit_uint(d->e, index);
}

void ethernet_type_print(struct decoder *d, uint16_t network_order)
{
	emit_open_as(d->e, "htons(", "", ")", false);
	emit_choice(d->e, &ethernet_types, ntohs(network_order));
	emit_close(d->e);
}

static void raw_print(struct decoder *d, const uint8_t *bytes, size_t size)
{
	if (size <= 2)
		return;
	emit_name(d->e, "sa_data");
	emit_string(d->e, bytes + 2, size - 2, false);
}

static bool unix_print(struct decoder *d, const uint8_t *bytes, size_t size)
{
	const char *path = (const char *)bytes + 2;
	size_t path_size = size - 2;

	if (path_size > sizeof(((struct sockaddr_un *)NULL)->sun_path))
		path_size = sizeof(((struct sockaddr_un *)NULL)->sun_path);
	if (!path_size)
		return true;
	emit_name(d->e, "sun_path");
	if (path[0]) {
		emit_string(d->e, path, strnlen(path, path_size), false);
	} else {
		emit_raw(d->e, "@");
		emit_string(d->e, path + 1, path_size - 1, false);
	}
	return true;
}

static bool inet_print(struct decoder *d, const uint8_t *bytes, size_t size)
{
	struct sockaddr_in in;
	char text[INET_ADDRSTRLEN];

	if (size < sizeof in)
		return false;
	memcpy(&in, bytes, sizeof in);
	emit_name(d->e, "sin_port");
	emit_wordf(d->e, "htons(%u)", ntohs(in.sin_port));
	inet_ntop(AF_INET, &in.sin_addr, text, sizeof text);
	emit_name(d->e, "sin_addr");
	emit_wordf(d->e, "inet_addr(\"%s\")", text);
	return true;
}

static bool inet6_print(struct decoder *d, const uint8_t *bytes, size_t size)
{
	struct sockaddr_in6 in6 = {0};
	const uint8_t *octets = in6.sin6_addr.s6_addr;
	char text[INET6_ADDRSTRLEN];

	if (size < offsetof(struct sockaddr_in6, sin6_scope_id))
		return false;
	memcpy(&in6, bytes, size < sizeof in6 ? size : sizeof in6);
	emit_name(d->e, "sin6_port");
	emit_wordf(d->e, "htons(%u)", ntohs(in6.sin6_port));
	emit_name(d->e, "sin6_flowinfo");
	emit_wordf(d->e, "htonl(%u)", ntohl(in6.sin6_flowinfo));
	inet_ntop(AF_INET6, &in6.sin6_addr, text, sizeof text);
	emit_label(d->e, "sin6_addr");
	emit_wordf(d->e, "inet_pton(AF_INET6, \"%s\", &sin6_addr)", text);
	if (size < sizeof in6)
		return true;
	emit_name(d->e, "sin6_scope_id");
	if (IN6_IS_ADDR_LINKLOCAL(octets) || IN6_IS_ADDR_MC_LINKLOCAL(octets))
		interface_print_value(d, in6.sin6_scope_id);
	else
		emit_uint(d->e, in6.sin6_scope_id);
	return true;
}

static bool netlink_print(struct decoder *d, const uint8_t *bytes, size_t size)
{
	struct sockaddr_nl nl;

	if (size < sizeof nl)
		return false;
	memcpy(&nl, bytes, sizeof nl);
	if (nl.nl_pad)
		emit_member_hex(d->e, "nl_pad", nl.nl_pad);
	emit_member_uint(d->e, "nl_pid", nl.nl_pid);
	emit_name(d->e, "nl_groups");
	emit_wordf(d->e, "%#08x", nl.nl_groups);
	return true;
}

static bool packet_print(struct decoder *d, const uint8_t *bytes, size_t size)
{
	struct sockaddr_ll ll;

	if (size < sizeof ll)
		return false;
	memcpy(&ll, bytes, sizeof ll);
	emit_name(d->e, "sll_protocol");
	ethernet_type_print(d, ll.sll_protocol);
	emit_name(d->e, "sll_ifindex");
	interface_print_value(d, (uint32_t)ll.sll_ifindex);
	emit_member_choice(d->e, "sll_hatype", &arp_hardware, ll.sll_hatype);
	emit_member_choice(d->e, "sll_pkttype", &packet_types, ll.sll_pkttype);
	emit_member_uint(d->e, "sll_halen", ll.sll_halen);
	if (ll.sll_halen)
		octets_print(d, "sll_addr", bytes + offsetof(struct sockaddr_ll, sll_addr),
			     ll.sll_halen, size - offsetof(struct sockaddr_ll, sll_addr));
	return true;
}

static bool vsock_print(struct decoder *d, const uint8_t *bytes, size_t size)
{
	struct sockaddr_vm vm;

	if (size < sizeof vm)
		return false;
	memcpy(&vm, bytes, sizeof vm);
	if (vm.svm_reserved1)
		emit_member_hex(d->e, "svm_reserved1", vm.svm_reserved1);
	emit_name(d->e, "svm_cid");
	if (constant_name(&vsock_cids, vm.svm_cid))
		emit_word(d->e, constant_name(&vsock_cids, vm.svm_cid));
	else
		emit_hex(d->e, vm.svm_cid);
	emit_name(d->e, "svm_port");
	if (vm.svm_port == VMADDR_PORT_ANY)
		emit_word(d->e, "VMADDR_PORT_ANY");
	else
		emit_hex(d->e, vm.svm_port);
	emit_member_flags(d->e, "svm_flags", &vsock_flags, vm.svm_flags);
	return true;
}

static bool alg_print(struct decoder *d, const uint8_t *bytes, size_t size)
{
	struct sockaddr_alg alg = {0};
	size_t name_size = sizeof alg.salg_name;

	if (size <= offsetof(struct sockaddr_alg, salg_name))
		return false;
	memcpy(&alg, bytes, size < sizeof alg ? size : sizeof alg);
	if (size < sizeof alg)
		name_size = size - offsetof(struct sockaddr_alg, salg_name);
	emit_name(d->e, "salg_type");
	string_print(d, (const char *)alg.salg_type, sizeof alg.salg_type);
	emit_member_hex(d->e, "salg_feat", alg.salg_feat);
	emit_member_hex(d->e, "salg_mask", alg.salg_mask);
	emit_name(d->e, "salg_name");
	string_print(d, (const char *)alg.salg_name, name_size);
	return true;
}

static void bluetooth_address(struct decoder *d, const char *name, const uint8_t *octets)
{
	emit_name(d->e, name);
	emit_wordf(d->e, "%02x:%02x:%02x:%02x:%02x:%02x", octets[0], octets[1], octets[2],
		   octets[3], octets[4], octets[5]);
}

/* What an offset from the first free number means to L2CAP. */
static void channel_print(struct decoder *d, const char *name, const struct constant_set *set,
			  const char *dynamic, uint16_t first, uint16_t value)
{
	emit_name(d->e, name);
	if (value >= first && !constant_name(set, value)) {
		emit_wordf(d->e, "htobs(%s+%u)", dynamic, value - first);
	} else {
		emit_open_as(d->e, "htobs(", "", ")", false);
		emit_choice(d->e, set, value);
		emit_close(d->e);
	}
}

static void l2cap_print(struct decoder *d, const uint8_t *bytes, size_t size)
{
	uint16_t psm, cid;

	memcpy(&psm, bytes + 2, sizeof psm);
	memcpy(&cid, bytes + 10, sizeof cid);
	channel_print(d, "l2_psm", &bluetooth_psms, "L2CAP_PSM_DYN_START", 0x1001, psm);
	bluetooth_address(d, "l2_bdaddr", bytes + 4);
	channel_print(d, "l2_cid", &bluetooth_cids, "L2CAP_CID_DYN_START", 0x40, cid);
	if (size >= 14)
		emit_member_choice(d->e, "l2_bdaddr_type", &bluetooth_address_types, bytes[12]);
}

/* Which kind of Bluetooth address it is, its size says. */
static bool bluetooth_print(struct decoder *d, const uint8_t *bytes, size_t size)
{
	uint16_t first, second;

	switch (size) {
	case 6:
		memcpy(&first, bytes + 2, sizeof first);
		memcpy(&second, bytes + 4, sizeof second);
		emit_name(d->e, "hci_dev");
		emit_wordf(d->e, "htobs(%u)", first);
		emit_member_choice(d->e, "hci_channel", &bluetooth_channels, second);
		return true;
	case 8:
		bluetooth_address(d, "sco_bdaddr", bytes + 2);
		return true;
	case 10:
		bluetooth_address(d, "rc_bdaddr", bytes + 2);
		emit_member_uint(d->e, "rc_channel", bytes[8]);
		return true;
	case 12:
	case 14:
		l2cap_print(d, bytes, size);
		return true;
	default:
		return false;
	}
}

static bool qipcrtr_print(struct decoder *d, const uint8_t *bytes, size_t size)
{
	struct sockaddr_qrtr qrtr;

	if (size < sizeof qrtr)
		return false;
	memcpy(&qrtr, bytes, sizeof qrtr);
	emit_member_hex(d->e, "sq_node", qrtr.sq_node);
	emit_member_hex(d->e, "sq_port", qrtr.sq_port);
	return true;
}

static bool xdp_print(struct decoder *d, const uint8_t *bytes, size_t size)
{
	struct sockaddr_xdp xdp = {0};

	if (size < offsetof(struct sockaddr_xdp, sxdp_shared_umem_fd))
		return false;
	memcpy(&xdp, bytes, size < sizeof xdp ? size : sizeof xdp);
	emit_member_flags(d->e, "sxdp_flags", &xdp_flags, xdp.sxdp_flags);
	emit_name(d->e, "sxdp_ifindex");
	interface_print_value(d, xdp.sxdp_ifindex);
	emit_member_uint(d->e, "sxdp_queue_id", xdp.sxdp_queue_id);
	if (xdp.sxdp_flags & XDP_SHARED_UMEM && size >= sizeof xdp) {
		emit_name(d->e, "sxdp_shared_umem_fd");
		fd_print_value(d, (int)xdp.sxdp_shared_umem_fd);
	}
	return true;
}

static const struct {
	uint16_t family;
	bool (*print)(struct decoder *d, const uint8_t *bytes, size_t size);
} printers[] = {
	{AF_UNIX, unix_print},       {AF_INET, inet_print},           {AF_INET6, inet6_print},
	{AF_NETLINK, netlink_print}, {AF_PACKET, packet_print},       {AF_VSOCK, vsock_print},
	{AF_ALG, alg_print},         {AF_BLUETOOTH, bluetooth_print}, {AF_QIPCRTR, qipcrtr_print},
	{AF_XDP, xdp_print},
};

void sockaddr_print(struct decoder *d, const uint8_t *bytes, size_t size)
{
	bool done = false;
	uint16_t family;

	memcpy(&family, bytes, sizeof family);
	emit_open(d->e, EMIT_STRUCT);
	emit_member_choice(d->e, "sa_family", &address_families, family);
	for (size_t i = 0; i < sizeof printers / sizeof *printers && !done; i++) {
		if (printers[i].family == family)
			done = printers[i].print(d, bytes, size);
	}
	if (!done)
		raw_print(d, bytes, size);
	emit_close(d->e);
}

void sockaddr_print_at(struct decoder *d, uint64_t address, uint64_t size)
{
	uint8_t bytes[sizeof(struct sockaddr_storage)];

	if (size > sizeof bytes)
		size = sizeof bytes;
	if (size < sizeof(uint16_t))
		emit_pointer(d->e, address);
	else if (fetch_anyway_or_pointer(d, address, bytes, size))
		sockaddr_print(d, bytes, size);
}
