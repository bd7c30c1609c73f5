// SPDX-License-Identifier: MIT
#include "base/bytes.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void bytes_fini(struct bytes *b)
{
	free(b->data);
	*b = (struct bytes){0};
}

void bytes_reset(struct bytes *b)
{
	b->size = 0;
}

uint8_t *bytes_extend(struct bytes *b, size_t size)
{
	if (!b->data || b->capacity - b->size < size) {
		size_t wanted = b->size + size;

		b->capacity = wanted > 2 * b->capacity ? wanted : 2 * b->capacity;
		b->data = xrealloc(b->data, b->capacity, 1);
	}
	b->size += size;
	return b->data + b->size - size;
}

void bytes_append(struct bytes *b, const void *data, size_t size)
{
	if (size)
		memcpy(bytes_extend(b, size), data, size);
}

void bytes_u8(struct bytes *b, uint8_t value)
{
	bytes_append(b, &value, sizeof value);
}

void bytes_u16(struct bytes *b, uint16_t value)
{
	value = htole16(value);
	bytes_append(b, &value, sizeof value);
}

void bytes_u32(struct bytes *b, uint32_t value)
{
	value = htole32(value);
	bytes_append(b, &value, sizeof value);
}

void bytes_u64(struct bytes *b, uint64_t value)
{
	value = htole64(value);
	bytes_append(b, &value, sizeof value);
}

void bytes_varint(struct bytes *b, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		bytes_u8(b, (uint8_t)value | 0x80);
	bytes_u8(b, (uint8_t)value);
}

void bytes_string(struct bytes *b, const char *text, size_t size)
{
	bytes_varint(b, size);
	bytes_append(b, text, size);
}

struct cursor cursor_over(const void *data, size_t size)
{
	const uint8_t *start = data;

	return (struct cursor){.at = start, .end = size ? start + size : start};
}

bool cursor_done(const struct cursor *c)
{
	return !c->failed && c->at == c->end;
}

size_t cursor_left(const struct cursor *c)
{
	return c->failed ? 0 : (size_t)(c->end - c->at);
}

const uint8_t *cursor_take(struct cursor *c, size_t size)
{
	const uint8_t *taken = c->at;

	if (c->failed || cursor_left(c) < size) {
		c->failed = true;
		return NULL;
	}
	c->at += size;
	return taken;
}

/* Copies an integer's bytes out, zero when there are too few. */
static void take_into(struct cursor *c, void *value, size_t size)
{
	const uint8_t *taken = cursor_take(c, size);

	if (taken)
		memcpy(value, taken, size);
	else
		memset(value, 0, size);
}

uint8_t cursor_u8(struct cursor *c)
{
	uint8_t value;

	take_into(c, &value, sizeof value);
	return value;
}

uint16_t cursor_u16(struct cursor *c)
{
	uint16_t value;

	take_into(c, &value, sizeof value);
	return le16toh(value);
}

uint32_t cursor_u32(struct cursor *c)
{
	uint32_t value;

	take_into(c, &value, sizeof value);
	return le32toh(value);
}

uint64_t cursor_u64(struct cursor *c)
{
	uint64_t value;

	take_into(c, &value, sizeof value);
	return le64toh(value);
}

uint64_t cursor_varint(struct cursor *c)
{
	uint64_t value = 0;

	for (unsigned int shift = 0; shift < 64; shift += 7) {
		uint8_t byte = cursor_u8(c);

		if (shift == 63 && byte > 1)
			break; /* more than 64 bits */
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return c->failed ? 0 : value;
	}
	c->failed = true;
	return 0;
}

char *cursor_string(struct cursor *c)
{
	uint64_t size = cursor_varint(c);
	const uint8_t *text = cursor_take(c, size);

	return text ? xstrndup((const char *)text, size) : xstrdup("");
}
