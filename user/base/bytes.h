/* SPDX-License-Identifier: MIT */
/*
 * Bytes on their way into a file and out of one that may be hostile.
 *
 * `struct bytes` grows as values are appended. `struct cursor` reads them back and can neither run
 * past its end nor be left half-checked: the first read that does not fit marks the cursor failed,
 * every later read returns zero, and the parser asks once, at its end. All integers little-endian.
 */
#ifndef PROF_BASE_BYTES_H
#define PROF_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
	uint8_t *data;
	size_t size, capacity;
};

void bytes_fini(struct bytes *b);
void bytes_reset(struct bytes *b); /* size 0, memory kept */

/* Makes room for `size` more bytes and returns where they go; they count as appended. */
uint8_t *bytes_extend(struct bytes *b, size_t size);
void bytes_append(struct bytes *b, const void *data, size_t size);
void bytes_u8(struct bytes *b, uint8_t value);
void bytes_u16(struct bytes *b, uint16_t value);
void bytes_u32(struct bytes *b, uint32_t value);
void bytes_u64(struct bytes *b, uint64_t value);
void bytes_varint(struct bytes *b, uint64_t value); /* LEB128: seven bits a byte, low first */
void bytes_string(struct bytes *b, const char *text, size_t size); /* varint size, then text */

struct cursor {
	const uint8_t *at, *end;
	bool failed;
};

struct cursor cursor_over(const void *data, size_t size);
bool cursor_done(const struct cursor *c); /* nothing failed and nothing is left */
size_t cursor_left(const struct cursor *c);
uint8_t cursor_u8(struct cursor *c);
uint16_t cursor_u16(struct cursor *c);
uint32_t cursor_u32(struct cursor *c);
uint64_t cursor_u64(struct cursor *c);
uint64_t cursor_varint(struct cursor *c);
/* The next `size` bytes in place, or NULL (and failed) when there are fewer. */
const uint8_t *cursor_take(struct cursor *c, size_t size);
/* A new NUL-terminated copy of a string; the empty one when the cursor has failed. */
char *cursor_string(struct cursor *c);

/* Signed values as small unsigned ones: 0, -1, 1, -2 become 0, 1, 2, 3. */
static inline uint64_t zigzag(int64_t value)
{
	return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
}

static inline int64_t unzigzag(uint64_t value)
{
	return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

#endif
