// SPDX-License-Identifier: MIT
/*
 * The types of what is attached to files: extended attributes, and handles by which files are
 * opened.
 */
#include "decode/types.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "decode/constants.h"

/* The kernel takes no more. */
#define MAX_ATTRIBUTE_BYTES 65536

static void attribute_print(struct decoder *d, uint64_t address, uint64_t size)
{
	if (size > MAX_ATTRIBUTE_BYTES)
		emit_pointer(d->e, address);
	else
		text_print_at(d, address, size);
}

static PRINT_FUNCTION(xattr_value_print)
{
	attribute_print(d, value, d->call->args[arg->of]);
}

/* Where no room was given, only the size was asked for. */
static bool has_result(const struct decoder *d, const struct argument *arg)
{
	return d->call->flags & CALL_RETURNED && !call_failed(d->call) && d->call->args[arg->of];
}

static PRINT_FUNCTION(xattr_result_print)
{
	if (has_result(d, arg))
		attribute_print(d, value, (uint64_t)d->call->result);
	else
		emit_pointer(d->e, value);
}

static PRINT_FUNCTION(xattr_list_print)
{
	if (has_result(d, arg))
		bytes_print_at(d, value, (uint64_t)d->call->result);
	else
		emit_pointer(d->e, value);
}

/* ---- Handles ---- */

#define MAX_HANDLE_BYTES 128

static void handle_bytes_print(struct decoder *d, uint64_t address, uint32_t size)
{
	uint8_t bytes[MAX_HANDLE_BYTES];
	enum emit_hex hex = d->e->hex_strings;
	uint32_t shown = size < MAX_HANDLE_BYTES ? size : MAX_HANDLE_BYTES;

	emit_name(d->e, "f_handle");
	if (call_read(d->call, address, bytes, shown, d->when) < shown) {
		emit_pointer(d->e, address);
		return;
	}
	d->e->hex_strings = HEX_ALWAYS;
	emit_string(d->e, bytes, shown, size > shown);
	d->e->hex_strings = hex;
}

static PRINT_FUNCTION(handle_print)
{
	struct file_handle handle;

	(void)arg;
	if (!fetch_or_pointer(d, value, &handle, sizeof handle))
		return;
	emit_open(d->e, EMIT_STRUCT);
	emit_member_uint(d->e, "handle_bytes", handle.handle_bytes);
	emit_member_int(d->e, "handle_type", handle.handle_type);
	handle_bytes_print(d, value + sizeof handle, handle.handle_bytes);
	emit_close(d->e);
}

/* What was made of it; also of one that is too small it is told how much is needed. */
static void made_handle_print_rest(struct decoder *d, uint64_t address, uint32_t room)
{
	struct file_handle made;

	if ((call_failed(d->call) && d->call->result != -EOVERFLOW) ||
	    call_read(d->call, address, &made, sizeof made, CAPTURE_EXIT) < sizeof made)
		return;
	d->when = CAPTURE_EXIT;
	if (made.handle_bytes != room) {
		emit_arrow(d->e, "handle_bytes_needed");
		emit_uint(d->e, made.handle_bytes);
	}
	if (!call_failed(d->call)) {
		emit_member_int(d->e, "handle_type", made.handle_type);
		handle_bytes_print(d, address + sizeof made, made.handle_bytes);
	}
}

static PRINT_FUNCTION(made_handle_print)
{
	struct file_handle room;

	(void)arg;
	if (!fetch_or_pointer(d, value, &room, sizeof room))
		return;
	emit_open(d->e, EMIT_STRUCT);
	emit_member_uint(d->e, "handle_bytes", room.handle_bytes);
	if (entered_ends(d))
		made_handle_print_rest(d, value, room.handle_bytes);
	emit_close(d->e);
}

static void mount_id_element(struct decoder *d, const void *bytes, uint64_t address)
{
	int32_t id;

	(void)address;
	memcpy(&id, bytes, sizeof id);
	emit_open(d->e, EMIT_ARRAY);
	emit_int(d->e, id);
	emit_close(d->e);
}

/* Said if there was a handle. */
static PRINT_FUNCTION(mount_id_print)
{
	struct file_handle handle;

	if (call_read(d->call, d->call->args[2], &handle, sizeof handle, CAPTURE_ENTER) ==
	    sizeof handle)
		struct_print(d, arg, value);
	else
		emit_pointer(d->e, value);
}

const struct arg_type type_xattr_value = {
	.print = xattr_value_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .length = LENGTH_ARG,
		      .element_bytes = 1}},
};
const struct arg_type type_xattr_result = {
	.print = xattr_result_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_EXIT,
		      .length = LENGTH_RESULT,
		      .element_bytes = 1}},
};
const struct arg_type type_xattr_list = {
	.print = xattr_list_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_EXIT,
		      .length = LENGTH_RESULT,
		      .element_bytes = 1}},
};
const struct arg_type type_handle = {
	.print = handle_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .element_bytes = sizeof(struct file_handle) + MAX_HANDLE_BYTES}},
};
const struct arg_type type_made_handle = {
	.print = made_handle_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .element_bytes = sizeof(struct file_handle)},
		     {.kind = CAPTURE_BYTES,
		      .when = CAPTURE_EXIT,
		      .element_bytes = sizeof(struct file_handle) + MAX_HANDLE_BYTES}},
};
const struct arg_type type_mount_id = {
	.print = mount_id_print,
	.element = mount_id_element,
	.size_bytes = 4,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES, .when = CAPTURE_EXIT, .element_bytes = 4}},
};
