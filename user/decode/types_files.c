// SPDX-License-Identifier: MIT
/*
 * The types of files: how they are named, made, opened and positioned.
 */
#include "decode/types.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include "decode/constants.h"

/* ---- Opening ---- */

void open_flags_print_value(struct decoder *d, uint64_t flags)
{
	emit_open(d->e, EMIT_FLAGS);
	emit_word(d->e, constant_name(&open_access, flags & O_ACCMODE));
	emit_flag_names(d->e, &open_flags, flags & ~(uint64_t)O_ACCMODE);
	emit_close(d->e);
}

static PRINT_FUNCTION(open_flags_print)
{
	(void)arg;
	open_flags_print_value(d, (uint32_t)value);
}

/* A file may be made. */
static bool open_has_mode(const struct call *call, const struct argument *arg)
{
	uint64_t flags = call->args[arg->of];

	return flags & (O_CREAT | (__O_TMPFILE & ~O_DIRECTORY));
}

/* ---- Modes and devices ---- */

/* The type and the permissions: S_IFREG|S_ISUID|0755. */
void file_mode_print_value(struct decoder *d, uint32_t mode)
{
	const char *type = constant_name(&file_types, mode & S_IFMT);

	emit_open(d->e, EMIT_FLAGS);
	if (type)
		emit_word(d->e, type);
	if (type || !(mode & S_IFMT)) {
		if (mode & S_ISUID)
			emit_word(d->e, "S_ISUID");
		if (mode & S_ISGID)
			emit_word(d->e, "S_ISGID");
		if (mode & S_ISVTX)
			emit_word(d->e, "S_ISVTX");
		mode &= ~(uint32_t)(S_IFMT | S_ISUID | S_ISGID | S_ISVTX);
	}
	emit_octal(d->e, mode);
	emit_close(d->e);
}

static PRINT_FUNCTION(file_mode_print)
{
	(void)arg;
	file_mode_print_value(d, (uint16_t)value);
}

static PRINT_FUNCTION(device_print)
{
	(void)arg;
	device_print_value(d, (uint32_t)value);
}

/* Only the files of devices have one. */
static bool makes_device(const struct call *call, const struct argument *arg)
{
	uint32_t mode = (uint32_t)call->args[arg->of];

	return S_ISCHR(mode) || S_ISBLK(mode);
}

/* ---- openat2() ---- */

static void open_how_print(struct decoder *d, const struct open_how *how, uint64_t address,
			   uint64_t size)
{
	struct emit *e = d->e;

	emit_open(e, EMIT_STRUCT);
	emit_name(e, "flags");
	open_flags_print_value(d, how->flags);
	if (how->mode || how->flags & (O_CREAT | (__O_TMPFILE & ~O_DIRECTORY))) {
		emit_name(e, "mode");
		emit_octal(e, how->mode);
	}
	emit_member_flags(e, "resolve", &resolve_flags, how->resolve);
	rest_print_at(d, address, sizeof *how, size);
	emit_close(e);
}

static PRINT_FUNCTION(open_how_argument_print)
{
	uint64_t size = d->call->args[arg->of];
	struct open_how how;

	if (size < sizeof how)
		emit_pointer(d->e, value);
	else if (fetch_or_pointer(d, value, &how, sizeof how))
		open_how_print(d, &how, value, size);
}

/* ---- memfd_create() ---- */

#define HUGE_SHIFT 26

static PRINT_FUNCTION(memfd_flags_print)
{
	uint32_t flags = (uint32_t)value, huge = flags >> HUGE_SHIFT;

	(void)arg;
	emit_open(d->e, EMIT_FLAGS);
	flags &= ~(huge << HUGE_SHIFT);
	if (flags || !huge)
		emit_flags(d->e, &memfd_flags, flags);
	if (huge)
		emit_wordf(d->e, "%u<<MFD_HUGE_SHIFT", huge);
	emit_close(d->e);
}

/* ---- The working directory ---- */

static PRINT_FUNCTION(directory_print)
{
	(void)arg;
	path_print_at(d, value);
}

/* ---- Offsets that the call moves on ---- */

static PRINT_FUNCTION(moved_offset_print)
{
	uint64_t before, after;

	(void)arg;
	d->when = CAPTURE_ENTER;
	if (!fetch_or_pointer(d, value, &before, sizeof before))
		return;
	emit_open_as(d->e, "", "", "", false);
	emit_open(d->e, EMIT_ARRAY);
	emit_uint(d->e, before);
	emit_close(d->e);
	if (entered_ends(d) && !call_failed(d->call) && d->call->result &&
	    call_read(d->call, value, &after, sizeof after, CAPTURE_EXIT) == sizeof after) {
		emit_raw(d->e, " => ");
		emit_open(d->e, EMIT_ARRAY);
		emit_uint(d->e, after);
		emit_close(d->e);
	}
	emit_close(d->e);
}

const struct arg_type type_open_flags = {.print = open_flags_print};
const struct arg_type type_open_mode = {.print = mode_print, .applies = open_has_mode};
const struct arg_type type_open_how = {
	.print = open_how_argument_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .length = LENGTH_ARG,
		      .element_bytes = 1,
		      .cap_bytes = 4096}},
};
const struct arg_type type_file_mode = {.print = file_mode_print};
const struct arg_type type_device = {.print = device_print};
const struct arg_type type_made_device = {.print = device_print, .applies = makes_device};
const struct arg_type type_memfd_flags = {.print = memfd_flags_print};
const struct arg_type type_directory = {
	.print = directory_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_STRING, .when = CAPTURE_EXIT, .cap_bytes = PATH_MAX}},
};
const struct arg_type type_moved_offset = {
	.print = moved_offset_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER | CAPTURE_EXIT,
		      .element_bytes = sizeof(int64_t)}},
};
