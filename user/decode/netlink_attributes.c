// SPDX-License-Identifier: MIT
/*
 * Attributes of netlink messages, from tables of what each set of them means.
 */
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "decode/constants.h"
#include "decode/netlink.h"
#include "decode/types_sockets.h"

#define MAX_HARDWARE_BYTES 32
#define MAX_NESTING        8 /* what is deeper stays bytes */

static uint64_t number_of(const uint8_t *bytes, size_t size)
{
	uint64_t number = 0;

	memcpy(&number, bytes, size);
	return number;
}

static void number_print(struct decoder *d, const struct attribute *attribute, uint64_t number)
{
	struct emit *e = d->e;

	switch ((enum attribute_kind)attribute->kind) {
	case ATTRIBUTE_INT:
		return emit_int(e, attribute->size == 8 ? (int64_t)number : (int32_t)number);
	case ATTRIBUTE_HEX:
		return emit_hex(e, number);
	case ATTRIBUTE_FLAGS:
		return emit_flags(e, attribute->constants, number);
	case ATTRIBUTE_CHOICE:
		return emit_choice(e, attribute->constants, number);
	case ATTRIBUTE_INTERFACE:
		return interface_print_value(d, (uint32_t)number);
	case ATTRIBUTE_NETWORK:
		return attribute->size == 8
			       ? emit_wordf(e, "htobe64(%llu)",
					    (unsigned long long)__builtin_bswap64(number))
			       : emit_wordf(e, "htons(%u)", ntohs((uint16_t)number));
	default:
		return emit_uint(e, number);
	}
}

/* Text that ends at its NUL, which is its last byte. */
static void text_print(struct decoder *d, const struct netlink_data *data)
{
	size_t shown = d->options->max_string_bytes, size = data->size;
	bool more = true;

	if (size && !data->bytes[size - 1]) {
		size--;
		more = size > shown;
	}
	emit_string(d->e, data->bytes, size < shown ? size : shown, more);
}

static bool address_print(struct decoder *d, const struct netlink_data *data, uint8_t family)
{
	char text[INET6_ADDRSTRLEN];
	size_t size = family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;

	if (!size || data->size < size || !inet_ntop(family, data->bytes, text, sizeof text))
		return false;
	if (family == AF_INET)
		emit_wordf(d->e, "inet_addr(\"%s\")", text);
	else
		emit_wordf(d->e, "inet_pton(AF_INET6, \"%s\")", text);
	return true;
}

static bool hardware_print(struct decoder *d, const struct netlink_data *data)
{
	char text[3 * MAX_HARDWARE_BYTES + 1] = "";
	size_t at = 0;

	if (!data->size || data->size > MAX_HARDWARE_BYTES)
		return false;
	for (size_t i = 0; i < data->size; i++)
		at += (size_t)snprintf(text + at, sizeof text - at, i ? ":%02x" : "%02x",
				       data->bytes[i]);
	emit_word(d->e, text);
	return true;
}

/* False: it does not fit, and is shown as bytes. */
static bool value_print(struct decoder *d, const struct netlink_data *data,
			const struct attribute *attribute, uint8_t family)
{
	size_t size;

	switch ((enum attribute_kind)attribute->kind) {
	case ATTRIBUTE_BYTES:
		return false;
	case ATTRIBUTE_TEXT:
		text_print(d, data);
		return true;
	case ATTRIBUTE_ADDRESS:
		return address_print(d, data, family);
	case ATTRIBUTE_HARDWARE:
		return hardware_print(d, data);
	case ATTRIBUTE_NESTED:
		if (d->e->depth > EMIT_DEPTH - MAX_NESTING)
			return false;
		attributes_print(d, data, attribute->nested, family);
		return true;
	case ATTRIBUTE_STRUCT:
		if (data->size < attribute->size)
			return false;
		fields_print_struct(d, attribute->fields, attribute->nr_fields, data->bytes,
				    SIZE_MAX);
		return true;
	default:
		size = attribute->size ? attribute->size : data->size;
		if (data->size < size || size > sizeof(uint64_t))
			return false;
		number_print(d, attribute, number_of(data->bytes, size));
		return true;
	}
}

static const struct attribute *attribute_of(const struct attribute_set *set, uint16_t type)
{
	for (size_t i = 0; set && i < set->nr; i++) {
		if (set->items[i].type == type)
			return &set->items[i];
	}
	return NULL;
}

static void type_print(struct decoder *d, const struct attribute_set *set, uint16_t type)
{
	uint16_t flags = type & ~NLA_TYPE_MASK, number = type & NLA_TYPE_MASK;
	const struct attribute *attribute = attribute_of(set, number);

	emit_name(d->e, "nla_type");
	emit_open(d->e, EMIT_FLAGS);
	if (flags)
		emit_flag_names(d->e, &netlink_attribute_flags, flags);
	if (attribute) {
		emit_word(d->e, attribute->name);
	} else {
		emit_hex(d->e, number);
		if (set)
			emit_comment(d->e, "%s", set->unknown);
	}
	emit_close(d->e);
}

static void head_print(struct decoder *d, const struct attribute_set *set,
		       const struct nlattr *head)
{
	emit_open(d->e, EMIT_STRUCT);
	emit_member_uint(d->e, "nla_len", head->nla_len);
	type_print(d, set, head->nla_type);
	emit_close(d->e);
}

/* One, whose bytes these are. */
static void attribute_print(struct decoder *d, const struct netlink_data *data,
			    const struct attribute_set *set, uint8_t family)
{
	struct netlink_data value = netlink_behind(data, NLA_HDRLEN);
	const struct attribute *attribute;
	struct nlattr head;

	memcpy(&head, data->bytes, sizeof head);
	if (head.nla_len <= NLA_HDRLEN || !value.size) {
		head_print(d, set, &head);
		return;
	}
	attribute = attribute_of(set, head.nla_type & NLA_TYPE_MASK);
	emit_open(d->e, EMIT_ARRAY);
	head_print(d, set, &head);
	if (!attribute || !value_print(d, &value, attribute, family))
		netlink_bytes_print(d, &value);
	emit_close(d->e);
}

static uint16_t attribute_length(const struct netlink_data *data)
{
	struct nlattr head;

	memcpy(&head, data->bytes, sizeof head);
	return head.nla_len;
}

static struct netlink_data attribute_data(const struct netlink_data *data)
{
	return netlink_first(data, attribute_length(data), NLA_HDRLEN);
}

static size_t step_of(const struct netlink_data *data)
{
	return netlink_step(data, attribute_length(data), NLA_HDRLEN);
}

void attributes_print(struct decoder *d, const struct netlink_data *data,
		      const struct attribute_set *set, uint8_t family)
{
	uint64_t shown = d->options->verbose ? UINT64_MAX : d->options->max_string_bytes;
	struct netlink_data rest = *data, own;

	if (rest.size < NLA_HDRLEN) {
		netlink_bytes_print(d, &rest);
		return;
	}
	if (step_of(&rest) == rest.size) {
		own = attribute_data(&rest);
		attribute_print(d, &own, set, family);
		return;
	}
	emit_open(d->e, EMIT_ARRAY);
	for (uint64_t i = 0; rest.size; i++) {
		if (i == shown) {
			emit_more(d->e);
			break;
		}
		if (rest.size < NLA_HDRLEN) {
			netlink_bytes_print(d, &rest);
			break;
		}
		own = attribute_data(&rest);
		attribute_print(d, &own, set, family);
		rest = netlink_behind(&rest, step_of(&rest));
	}
	emit_close(d->e);
}
