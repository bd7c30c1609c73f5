// SPDX-License-Identifier: MIT
/*
 * Requests on network interfaces: a struct of a name, and of what the request is about.
 */
#include "decode/types_ioctl.h"

#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "decode/constants.h"
#include "decode/fields.h"
#include "decode/types_sockets.h"

#define MAX_INTERFACES 4096

enum part { PART_ADDRESS, PART_HARDWARE, PART_FLAGS, PART_INT, PART_MAP, PART_NAME, PART_INDEX };

static const struct request {
	uint32_t number;
	int kind;
	enum part part;
	const char *name;
} requests[] = {
	{SIOCGIFNAME, INTERFACE_READS, PART_INDEX, NULL},
	{SIOCGIFFLAGS, INTERFACE_READS, PART_FLAGS, "ifr_flags"},
	{SIOCSIFFLAGS, INTERFACE_WRITES, PART_FLAGS, "ifr_flags"},
	{SIOCGIFADDR, INTERFACE_READS, PART_ADDRESS, "ifr_addr"},
	{SIOCSIFADDR, INTERFACE_WRITES, PART_ADDRESS, "ifr_addr"},
	{SIOCGIFDSTADDR, INTERFACE_READS, PART_ADDRESS, "ifr_dstaddr"},
	{SIOCSIFDSTADDR, INTERFACE_WRITES, PART_ADDRESS, "ifr_dstaddr"},
	{SIOCGIFBRDADDR, INTERFACE_READS, PART_ADDRESS, "ifr_broadaddr"},
	{SIOCSIFBRDADDR, INTERFACE_WRITES, PART_ADDRESS, "ifr_broadaddr"},
	{SIOCGIFNETMASK, INTERFACE_READS, PART_ADDRESS, "ifr_netmask"},
	{SIOCSIFNETMASK, INTERFACE_WRITES, PART_ADDRESS, "ifr_netmask"},
	{SIOCGIFMETRIC, INTERFACE_READS, PART_INT, "ifr_metric"},
	{SIOCSIFMETRIC, INTERFACE_WRITES, PART_INT, "ifr_metric"},
	{SIOCGIFMTU, INTERFACE_READS, PART_INT, "ifr_mtu"},
	{SIOCSIFMTU, INTERFACE_WRITES, PART_INT, "ifr_mtu"},
	{SIOCGIFHWADDR, INTERFACE_READS, PART_HARDWARE, "ifr_hwaddr"},
	{SIOCSIFHWADDR, INTERFACE_WRITES, PART_HARDWARE, "ifr_hwaddr"},
	{SIOCADDMULTI, INTERFACE_WRITES, PART_HARDWARE, "ifr_hwaddr"},
	{SIOCDELMULTI, INTERFACE_WRITES, PART_HARDWARE, "ifr_hwaddr"},
	{SIOCGIFINDEX, INTERFACE_READS, PART_INT, "ifr_ifindex"},
	{SIOCGIFTXQLEN, INTERFACE_READS, PART_INT, "ifr_qlen"},
	{SIOCSIFTXQLEN, INTERFACE_WRITES, PART_INT, "ifr_qlen"},
	{SIOCGIFMAP, INTERFACE_READS, PART_MAP, "ifr_map"},
	{SIOCSIFMAP, INTERFACE_WRITES, PART_MAP, "ifr_map"},
	{SIOCGIFSLAVE, INTERFACE_READS, PART_NAME, "ifr_slave"},
	{SIOCSIFSLAVE, INTERFACE_WRITES, PART_NAME, "ifr_slave"},
	{SIOCSIFNAME, INTERFACE_WRITES, PART_NAME, "ifr_newname"},
};

static const struct request *request_of(uint32_t number)
{
	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
		if (requests[i].number == number)
			return &requests[i];
	}
	return NULL;
}

int interface_request_kind(uint32_t request)
{
	const struct request *known = request_of(request);

	return known ? known->kind : 0;
}

static void name_print(struct decoder *d, const char *member, const char *name)
{
	size_t size = strnlen(name, IFNAMSIZ);

	emit_name(d->e, member);
	emit_string(d->e, name, size < IFNAMSIZ ? size : IFNAMSIZ - 1, size == IFNAMSIZ);
}

/* How many an address of the hardware has. */
static size_t octets_of(uint16_t hardware)
{
	switch (hardware) {
	case ARPHRD_ETHER:
	case ARPHRD_LOOPBACK:
		return 6;
	case ARPHRD_NETROM:
	case ARPHRD_AX25:
		return 7;
	default:
		return sizeof(((struct sockaddr *)NULL)->sa_data);
	}
}

static void hardware_print(struct decoder *d, const struct sockaddr *address)
{
	const uint8_t *octets = (const uint8_t *)address->sa_data;
	size_t nr = octets_of(address->sa_family);
	char text[64] = "";

	for (size_t i = 0; i < nr; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%02x", i ? ":" : "",
			 octets[i]);
	emit_open(d->e, EMIT_STRUCT);
	emit_member_choice(d->e, "sa_family", &arp_hardware, address->sa_family);
	emit_name(d->e, "sa_data");
	emit_word(d->e, text);
	emit_close(d->e);
}

static const struct field map_fields[] = {
	FIELD(struct ifmap, mem_start, FIELD_HEX), FIELD(struct ifmap, mem_end, FIELD_HEX),
	FIELD(struct ifmap, base_addr, FIELD_HEX), FIELD(struct ifmap, irq, FIELD_HEX),
	FIELD(struct ifmap, dma, FIELD_HEX),       FIELD(struct ifmap, port, FIELD_HEX),
};

static void part_print(struct decoder *d, const struct request *request,
		       const struct ifreq *interface)
{
	if (request->part == PART_NAME) {
		name_print(d, request->name, interface->ifr_newname);
		return;
	}
	emit_name(d->e, request->name);
	switch (request->part) {
	case PART_ADDRESS:
		return sockaddr_print(d, (const uint8_t *)&interface->ifr_addr,
				      sizeof interface->ifr_addr);
	case PART_HARDWARE:
		return hardware_print(d, &interface->ifr_hwaddr);
	case PART_FLAGS:
		return emit_flags(d->e, &interface_flags, (uint16_t)interface->ifr_flags);
	case PART_MAP:
		return fields_print_struct(d, map_fields, NR_FIELDS(map_fields),
					   &interface->ifr_map, SIZE_MAX);
	default:
		return emit_int(d->e, interface->ifr_ifindex);
	}
}

void interface_print_at(struct decoder *d, uint32_t number, uint64_t address)
{
	const struct request *request = request_of(number);
	bool is_read = request->kind == INTERFACE_READS;
	bool is_known = !is_read || !call_failed(d->call);
	struct ifreq interface;

	if (is_read && (!is_known || !(d->call->flags & CALL_RETURNED)))
		d->when = CAPTURE_ENTER;
	if (!fetch_anyway_or_pointer(d, address, &interface, sizeof interface))
		return;
	emit_open(d->e, EMIT_STRUCT);
	if (request->part == PART_INDEX) {
		emit_member_int(d->e, "ifr_ifindex", interface.ifr_ifindex);
		if (is_known)
			name_print(d, "ifr_name", interface.ifr_name);
	} else {
		name_print(d, "ifr_name", interface.ifr_name);
		if (is_known)
			part_print(d, request, &interface);
	}
	emit_close(d->e);
}

static void interface_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct ifreq interface;

	(void)address;
	memcpy(&interface, bytes, sizeof interface);
	emit_open(d->e, EMIT_STRUCT);
	name_print(d, "ifr_name", interface.ifr_name);
	emit_name(d->e, "ifr_addr");
	sockaddr_print(d, (const uint8_t *)&interface.ifr_addr, sizeof interface.ifr_addr);
	emit_close(d->e);
}

static void length_print(struct emit *e, int length)
{
	size_t nr = length < 0 ? 0 : (size_t)length / sizeof(struct ifreq);

	emit_int(e, length);
	if (length >= 0 && nr * sizeof(struct ifreq) == (size_t)length)
		emit_comment(e, "%zu * sizeof(struct ifreq)", nr);
}

/* SIOCGIFCONF: all of them that there is room for. */
void interfaces_print_at(struct decoder *d, uint64_t address)
{
	struct ifconf before, after;
	bool filled = d->call->flags & CALL_RETURNED && !call_failed(d->call);

	d->when = CAPTURE_ENTER;
	if (!fetch_anyway_or_pointer(d, address, &before, sizeof before))
		return;
	d->when = CAPTURE_EXIT;
	after = before;
	if (filled)
		filled = call_read(d->call, address, &after, sizeof after, CAPTURE_EXIT) ==
			 sizeof after;
	emit_open(d->e, EMIT_STRUCT);
	emit_name(d->e, "ifc_len");
	emit_open_as(d->e, "", " => ", "", false);
	if (!filled || (before.ifc_buf && before.ifc_len != after.ifc_len))
		emit_int(d->e, before.ifc_len);
	if (filled)
		length_print(d->e, after.ifc_len);
	emit_close(d->e);
	emit_name(d->e, "ifc_buf");
	if (filled && after.ifc_len >= 0 &&
	    (size_t)after.ifc_len / sizeof(struct ifreq) < MAX_INTERFACES)
		array_print_at(d, (uint64_t)after.ifc_buf,
			       (size_t)after.ifc_len / sizeof(struct ifreq), sizeof(struct ifreq),
			       interface_element);
	else
		emit_pointer(d->e, (uint64_t)before.ifc_buf);
	emit_close(d->e);
}
