// SPDX-License-Identifier: MIT
#include "decode/fields.h"

#include <string.h>

#include "decode/types_sockets.h"

/* An integer of one to eight bytes. */
static uint64_t value_of(const struct field *field, const uint8_t *bytes)
{
	uint64_t value = 0;

	memcpy(&value, bytes, field->size_bytes < sizeof value ? field->size_bytes : sizeof value);
	return value;
}

static int64_t signed_value_of(const struct field *field, const uint8_t *bytes)
{
	unsigned int unused = 64 - 8 * (field->size_bytes < 8 ? field->size_bytes : 8);

	return (int64_t)(value_of(field, bytes) << unused) >> unused;
}

static void ints_print(struct decoder *d, const uint8_t *bytes, size_t size_bytes)
{
	emit_open(d->e, EMIT_ARRAY);
	for (size_t at = 0; at + 4 <= size_bytes; at += 4) {
		int32_t value;

		memcpy(&value, bytes + at, sizeof value);
		emit_int(d->e, value);
	}
	emit_close(d->e);
}

static void field_print(struct decoder *d, const struct field *field, const uint8_t *bytes)
{
	uint64_t value = value_of(field, bytes);
	struct emit *e = d->e;

	switch (field->kind) {
	case FIELD_INT:
		return emit_int(e, signed_value_of(field, bytes));
	case FIELD_UINT:
		return emit_uint(e, value);
	case FIELD_HEX:
	case FIELD_RESERVED:
		return emit_hex(e, value);
	case FIELD_OCTAL:
		return emit_octal(e, value);
	case FIELD_POINTER:
		return emit_pointer(e, value);
	case FIELD_FD:
		return fd_print_value(d, (int)value);
	case FIELD_ID:
		return id_print_value(d, (uint32_t)value);
	case FIELD_FLAGS:
		return emit_flags(e, field->constants, value);
	case FIELD_CHOICE:
		return emit_choice(e, field->constants, value);
	case FIELD_CHARS:
		return string_print(d, (const char *)bytes, field->size_bytes);
	case FIELD_PATH:
		return path_print_at(d, value);
	case FIELD_STRING:
		return string_print_at(d, value);
	case FIELD_DEVICE:
		return device_print_value(d, value);
	case FIELD_INTERFACE:
		return interface_print_value(d, (uint32_t)value);
	case FIELD_INTS:
		return ints_print(d, bytes, field->size_bytes);
	}
}

void fields_print(struct decoder *d, const struct field *fields, size_t nr, const void *bytes,
		  size_t size_bytes)
{
	for (size_t i = 0; i < nr; i++) {
		if ((size_t)fields[i].offset + fields[i].size_bytes > size_bytes)
			break;
		if (fields[i].kind == FIELD_RESERVED &&
		    !value_of(&fields[i], (const uint8_t *)bytes + fields[i].offset))
			continue;
		emit_name(d->e, fields[i].name);
		field_print(d, &fields[i], (const uint8_t *)bytes + fields[i].offset);
	}
}

void fields_print_struct(struct decoder *d, const struct field *fields, size_t nr,
			 const void *bytes, size_t size_bytes)
{
	emit_open(d->e, EMIT_STRUCT);
	fields_print(d, fields, nr, bytes, size_bytes);
	emit_close(d->e);
}
