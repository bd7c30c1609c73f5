// SPDX-License-Identifier: MIT
/*
 * The types that every topic uses: numbers, flags, descriptors, strings, buffers.
 */
#include "decode/types.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "decode/constants.h"

/* What the kernel takes, and no line shows. */
static bool never_applies(const struct call *call, const struct argument *arg)
{
	(void)call;
	(void)arg;
	return false;
}

static uint64_t narrowed(const struct argument *arg, uint64_t value)
{
	switch (arg->type->size_bytes) {
	case 1:
		return (uint8_t)value;
	case 2:
		return (uint16_t)value;
	case 4:
		return (uint32_t)value;
	default:
		return value;
	}
}

PRINT_FUNCTION(int_print)
{
	emit_int(d->e, arg->type->size_bytes == 4 ? (int32_t)value : (int64_t)value);
}

PRINT_FUNCTION(uint_print)
{
	emit_uint(d->e, narrowed(arg, value));
}

PRINT_FUNCTION(hex_print)
{
	emit_hex(d->e, narrowed(arg, value));
}

PRINT_FUNCTION(pointer_print)
{
	(void)arg;
	emit_pointer(d->e, value);
}

PRINT_FUNCTION(mode_print)
{
	(void)arg;
	emit_octal(d->e, (uint16_t)value);
}

PRINT_FUNCTION(flags_print)
{
	emit_flags(d->e, arg->type->constants, narrowed(arg, value));
}

PRINT_FUNCTION(choice_print)
{
	emit_choice(d->e, arg->type->constants, narrowed(arg, value));
}

PRINT_FUNCTION(struct_print)
{
	uint8_t bytes[4096];

	if (fetch_or_pointer(d, value, bytes, arg->type->size_bytes))
		arg->type->element(d, bytes, value);
}

/* What the argument that goes with it says, as the kernel takes it. */
static uint64_t count_of(const struct decoder *d, const struct argument *arg)
{
	return narrowed(&d->signature->args[arg->of], d->call->args[arg->of]);
}

PRINT_FUNCTION(array_print)
{
	array_print_at(d, value, count_of(d, arg), arg->type->size_bytes, arg->type->element);
}

/* ---- Descriptors ---- */

/* Without its brackets, and what may stand behind them. */
static void fd_emit_object(struct decoder *d, int fd, const struct bytes *text)
{
	const uint8_t *end = memrchr(text->data, '>', text->size);

	emit_open(d->e, EMIT_STRUCT);
	emit_name(d->e, "fd");
	emit_int(d->e, fd);
	emit_name(d->e, "path");
	emit_string(d->e, text->data + 1, end ? (size_t)(end - text->data - 1) : 0, false);
	emit_close(d->e);
}

/* `word` is what the number itself is called; NULL: it is printed. */
static void fd_emit(struct decoder *d, int fd, const char *word)
{
	struct bytes text = {0};
	bool known = d->options->fd_text && d->options->fd_text(d->options->context, d->call->pid,
								fd, d->when == CAPTURE_EXIT, &text);

	if (known && d->e->json && !word) {
		fd_emit_object(d, fd, &text);
		bytes_fini(&text);
		return;
	}
	if (word)
		emit_word(d->e, word);
	else
		emit_int(d->e, fd);
	if (known && !d->e->json) {
		bytes_u8(&text, 0);
		emit_raw(d->e, (const char *)text.data);
	}
	bytes_fini(&text);
}

void fd_print_value(struct decoder *d, int fd)
{
	fd_emit(d, fd, NULL);
}

static PRINT_FUNCTION(fd_print)
{
	(void)arg;
	fd_print_value(d, (int)value);
}

/* One that need not be open. */
static PRINT_FUNCTION(fd_bound_print)
{
	if ((int)value < 0)
		emit_uint(d->e, (uint32_t)value);
	else
		fd_print(d, arg, value);
}

void dirfd_print_value(struct decoder *d, int fd)
{
	fd_emit(d, fd, fd == AT_FDCWD ? "AT_FDCWD" : NULL);
}

static PRINT_FUNCTION(dirfd_print)
{
	(void)arg;
	dirfd_print_value(d, (int)value);
}

static void fd_element(struct decoder *d, const void *bytes, uint64_t address)
{
	int fd;

	(void)address;
	memcpy(&fd, bytes, sizeof fd);
	fd_print_value(d, fd);
}

static PRINT_FUNCTION(fd_pair_print)
{
	(void)arg;
	array_print_at(d, value, 2, sizeof(int), fd_element);
}

/* ---- Numbers behind a name or a pointer ---- */

void id_print_value(struct decoder *d, uint32_t id)
{
	if (id == UINT32_MAX)
		emit_int(d->e, -1);
	else
		emit_uint(d->e, id);
}

static PRINT_FUNCTION(id_print)
{
	(void)arg;
	id_print_value(d, (uint32_t)value);
}

void device_print_value(struct decoder *d, uint64_t device)
{
	emit_wordf(d->e, "makedev(%#x, %#x)", major(device), minor(device));
}

static void int_element(struct decoder *d, const void *bytes, uint64_t address)
{
	int32_t number;

	(void)address;
	memcpy(&number, bytes, sizeof number);
	emit_open(d->e, EMIT_ARRAY);
	emit_int(d->e, number);
	emit_close(d->e);
}

static void uint_element(struct decoder *d, const void *bytes, uint64_t address)
{
	uint32_t number;

	(void)address;
	memcpy(&number, bytes, sizeof number);
	emit_open(d->e, EMIT_ARRAY);
	emit_uint(d->e, number);
	emit_close(d->e);
}

static void offset_element(struct decoder *d, const void *bytes, uint64_t address)
{
	int64_t number;

	(void)address;
	memcpy(&number, bytes, sizeof number);
	emit_open(d->e, EMIT_ARRAY);
	emit_int(d->e, number);
	emit_close(d->e);
}

/* ---- Strings and buffers ---- */

static PRINT_FUNCTION(path_print)
{
	(void)arg;
	path_print_at(d, value);
}

static PRINT_FUNCTION(string_argument_print)
{
	(void)arg;
	string_print_at(d, value);
}

static PRINT_FUNCTION(in_bytes_print)
{
	bytes_print_at(d, value, count_of(d, arg));
}

/* As much as the call returned. */
static PRINT_FUNCTION(out_bytes_print)
{
	(void)arg;
	bytes_print_at(d, value, call_failed(d->call) ? 0 : (uint64_t)d->call->result);
}

const struct arg_type type_nothing = {.print = uint_print, .applies = never_applies};
const struct arg_type type_int = INTEGER_TYPE(int_print, 4);
const struct arg_type type_uint = INTEGER_TYPE(uint_print, 4);
const struct arg_type type_long = INTEGER_TYPE(int_print, 8);
const struct arg_type type_ulong = INTEGER_TYPE(uint_print, 8);
const struct arg_type type_hex = INTEGER_TYPE(hex_print, 4);
const struct arg_type type_hex_long = INTEGER_TYPE(hex_print, 8);
const struct arg_type type_pointer = INTEGER_TYPE(pointer_print, 8);
const struct arg_type type_fd = INTEGER_TYPE(fd_print, 4);
const struct arg_type type_dirfd = INTEGER_TYPE(dirfd_print, 4);
const struct arg_type type_mode = INTEGER_TYPE(mode_print, 2);
const struct arg_type type_id = INTEGER_TYPE(id_print, 4);
const struct arg_type type_fd_bound = INTEGER_TYPE(fd_bound_print, 4);
const struct arg_type type_path = {
	.print = path_print,
	.captures = {{.kind = CAPTURE_STRING, .when = CAPTURE_ENTER, .cap_bytes = PATH_MAX}},
};
const struct arg_type type_string = {
	.print = string_argument_print,
	.captures = {{.kind = CAPTURE_STRING, .when = CAPTURE_ENTER}},
};
const struct arg_type type_in_bytes = {
	.print = in_bytes_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .length = LENGTH_ARG,
		      .element_bytes = 1}},
};
const struct arg_type type_out_bytes = {
	.print = out_bytes_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_EXIT,
		      .length = LENGTH_RESULT,
		      .element_bytes = 1}},
};
const struct arg_type type_fd_pair = {
	.print = fd_pair_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES, .when = CAPTURE_EXIT, .element_bytes = 8}},
};
const struct arg_type type_out_int = STRUCT_TYPE(CAPTURE_EXIT, 4, int_element);
const struct arg_type type_out_uint = STRUCT_TYPE(CAPTURE_EXIT, 4, uint_element);
const struct arg_type type_in_offset = STRUCT_TYPE(CAPTURE_ENTER, 8, offset_element);
