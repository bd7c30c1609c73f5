// SPDX-License-Identifier: MIT
/*
 * Values that lie in the process's memory, printed where they are known.
 *
 * What is not known is not made up: an address stands for memory that could not be read, and for
 * what a call that failed did not fill in; dots stand for what was not captured.
 */
#include "decode/types.h"

#include <limits.h>
#include <string.h>

#include "base/alloc.h"

#define MAX_ELEMENT_BYTES 4096
/* Beyond the last of them, a negative result is a number like any other. */
#define MAX_ERROR         530

bool call_failed(const struct call *call)
{
	return call->flags & CALL_RETURNED && call->result < 0 && call->result >= -MAX_ERROR;
}

bool fetch_anyway_or_pointer(struct decoder *d, uint64_t address, void *out, size_t size_bytes)
{
	if (address && call_read(d->call, address, out, size_bytes, d->when) == size_bytes)
		return true;
	emit_pointer(d->e, address);
	return false;
}

bool is_not_filled_in(const struct decoder *d)
{
	if (d->when == CAPTURE_EXIT)
		return !(d->call->flags & CALL_RETURNED) || call_failed(d->call);
	return d->late && !d->e->json && call_failed(d->call);
}

bool fetch_or_pointer(struct decoder *d, uint64_t address, void *out, size_t size_bytes)
{
	if (!is_not_filled_in(d))
		return fetch_anyway_or_pointer(d, address, out, size_bytes);
	emit_pointer(d->e, address);
	return false;
}

static void print_string(struct decoder *d, uint64_t address, size_t max_bytes)
{
	struct bytes text = {0};
	enum string_end end = STRING_UNREADABLE;

	if (address && !is_not_filled_in(d))
		end = call_read_string(d->call, address, max_bytes + 1, d->when, &text);
	if (end == STRING_UNREADABLE)
		emit_pointer(d->e, address);
	else
		emit_string(d->e, text.data, text.size > max_bytes ? max_bytes : text.size,
			    end == STRING_CUT);
	bytes_fini(&text);
}

void path_print_at(struct decoder *d, uint64_t address)
{
	print_string(d, address, PATH_MAX - 1);
}

void string_print_at(struct decoder *d, uint64_t address)
{
	print_string(d, address, d->options->max_string_bytes);
}

static void print_bytes(struct decoder *d, uint64_t address, uint64_t size_bytes,
			bool without_last_nul)
{
	size_t shown = d->options->max_string_bytes, wanted = shown + 1, known = 0;
	scoped_free uint8_t *text = NULL;

	if (size_bytes < wanted)
		wanted = size_bytes;
	text = xcalloc(wanted + 1, 1);
	if (address && !is_not_filled_in(d))
		known = call_read(d->call, address, text, wanted, d->when);
	if (!address || is_not_filled_in(d) ||
	    (known < wanted && (!known || call_is_unreadable(d->call, address + known))))
		emit_pointer(d->e, address);
	else if (without_last_nul && !d->e->hex_strings && known && shown &&
		 !text[(known < shown ? known : shown) - 1])
		emit_string(d->e, text, (known < shown ? known : shown) - 1, false);
	else
		emit_string(d->e, text, known < shown ? known : shown,
			    known < size_bytes || size_bytes > shown);
}

void bytes_print_at(struct decoder *d, uint64_t address, uint64_t size_bytes)
{
	print_bytes(d, address, size_bytes, false);
}

void text_print_at(struct decoder *d, uint64_t address, uint64_t size_bytes)
{
	print_bytes(d, address, size_bytes, true);
}

/* Dots for elements that are not known, and where they are if no memory is there. */
static void print_rest(struct decoder *d, uint64_t address, size_t known_bytes)
{
	emit_more(d->e);
	if (call_is_unreadable(d->call, address + known_bytes))
		emit_comment(d->e, "%#llx", (unsigned long long)address);
}

/* Prints elements until one is not known. */
static void print_elements(struct decoder *d, uint64_t address, uint64_t count,
			   uint32_t element_bytes, print_element *element)
{
	uint8_t bytes[MAX_ELEMENT_BYTES];
	uint64_t shown = d->options->verbose ? UINT64_MAX : d->options->max_string_bytes;

	for (uint64_t i = 0; i < count; i++) {
		uint64_t at = address + i * element_bytes;
		size_t known = call_read(d->call, at, bytes, element_bytes, d->when);

		if (known < element_bytes) {
			print_rest(d, at, known);
			break;
		}
		if (i >= shown) {
			emit_more(d->e);
			break;
		}
		element(d, bytes, at);
	}
}

void array_print_at(struct decoder *d, uint64_t address, uint64_t count, uint32_t element_bytes,
		    print_element *element)
{
	uint8_t first[MAX_ELEMENT_BYTES];

	if (address && !count && (d->when == CAPTURE_ENTER || d->call->flags & CALL_RETURNED)) {
		emit_open(d->e, EMIT_ARRAY);
		emit_close(d->e);
	} else if (!address || is_not_filled_in(d)) {
		emit_pointer(d->e, address);
	} else if (count > UINT64_MAX / element_bytes ||
		   address + count * element_bytes < address) {
		emit_pointer(d->e, address);
	} else if (fetch_or_pointer(d, address, first, element_bytes)) {
		emit_open(d->e, EMIT_ARRAY);
		print_elements(d, address, count, element_bytes, element);
		emit_close(d->e);
	}
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i])
			return false;
	}
	return true;
}

void string_print(struct decoder *d, const char *buffer, size_t size_bytes)
{
	size_t size = strnlen(buffer, size_bytes);

	emit_string(d->e, buffer, size, size == size_bytes);
}

void rest_print_at(struct decoder *d, uint64_t address, size_t known_bytes, size_t size_bytes)
{
	uint8_t bytes[MAX_ELEMENT_BYTES];
	size_t size, shown = d->options->max_string_bytes;
	enum emit_hex hex = d->e->hex_strings;

	if (size_bytes > sizeof bytes) /* no struct is larger than a page */
		size_bytes = sizeof bytes;
	if (size_bytes <= known_bytes)
		return;
	size = size_bytes - known_bytes;
	if (call_read(d->call, address + known_bytes, bytes, size, d->when) < size) {
		emit_raw(d->e, ", ???");
	} else if (!is_zero(bytes, size)) {
		if (d->e->json)
			emit_name(d->e, "rest");
		else
			emit_wordf(d->e, "/* bytes %zu..%zu */ ", known_bytes, size_bytes - 1);
		d->e->named = true;
		d->e->hex_strings = HEX_ALWAYS;
		emit_string(d->e, bytes, size < shown ? size : shown, size > shown);
		d->e->hex_strings = hex;
	}
}
