// SPDX-License-Identifier: MIT
/*
 * The types of mounting: which of mount()'s arguments mean something depends on its flags, which of
 * fsconfig()'s on its command.
 */
#include "decode/types.h"

#include <linux/mount.h>

#include "decode/constants.h"
#include "decode/constants_table.h"

/* clang-format off */
SET(propagations, "MS_???",
	V(MS_UNBINDABLE, 1 << 17) V(MS_PRIVATE, 1 << 18) V(MS_SLAVE, 1 << 19) V(MS_SHARED, 1 << 20))
/* clang-format on */

/* ---- mount() ---- */

#define MAGIC      0xc0ed0000UL
#define MAGIC_MASK 0xffff0000UL
#define REMOUNT    0x20UL
/* Those that look at neither type nor data: bind, move and the propagations. */
#define MOVES      (0x1000UL | 0x2000UL | 0xfUL << 17)

/* Old programs mark that there are flags by a magic number. */
static PRINT_FUNCTION(mount_flags_print)
{
	bool is_old = (value & MAGIC_MASK) == MAGIC;
	uint64_t flags = is_old ? value & ~MAGIC_MASK : value;

	(void)arg;
	if (!is_old) {
		emit_flags(d->e, &mount_flags, flags);
		return;
	}
	emit_open(d->e, EMIT_FLAGS);
	emit_word(d->e, "MS_MGC_VAL");
	emit_flag_names(d->e, &mount_flags, flags);
	emit_close(d->e);
}

static uint64_t mount_flags_of(const struct decoder *d)
{
	uint64_t flags = d->call->args[3];

	return (flags & MAGIC_MASK) == MAGIC ? flags & ~MAGIC_MASK : flags;
}

static PRINT_FUNCTION(mount_type_print)
{
	(void)arg;
	if (mount_flags_of(d) & (MOVES | REMOUNT))
		emit_pointer(d->e, value);
	else
		string_print_at(d, value);
}

static PRINT_FUNCTION(mount_data_print)
{
	uint64_t flags = mount_flags_of(d);

	(void)arg;
	if (flags & MOVES && !(flags & REMOUNT))
		emit_pointer(d->e, value);
	else
		string_print_at(d, value);
}

/* ---- fsconfig() ---- */

static uint32_t config_command(const struct decoder *d)
{
	return (uint32_t)d->call->args[1];
}

static PRINT_FUNCTION(config_key_print)
{
	(void)arg;
	if (config_command(d) <= FSCONFIG_SET_FD)
		string_print_at(d, value);
	else
		emit_pointer(d->e, value);
}

static void blob_print(struct decoder *d, uint64_t address, uint32_t size)
{
	enum emit_hex hex = d->e->hex_strings;

	d->e->hex_strings = HEX_ALWAYS;
	bytes_print_at(d, address, size);
	d->e->hex_strings = hex;
}

static PRINT_FUNCTION(config_value_print)
{
	(void)arg;
	switch (config_command(d)) {
	case FSCONFIG_SET_STRING:
		string_print_at(d, value);
		break;
	case FSCONFIG_SET_BINARY:
		blob_print(d, value, (uint32_t)d->call->args[4]);
		break;
	case FSCONFIG_SET_PATH:
	case FSCONFIG_SET_PATH_EMPTY:
		path_print_at(d, value);
		break;
	default:
		emit_pointer(d->e, value);
	}
}

static PRINT_FUNCTION(config_aux_print)
{
	(void)arg;
	switch (config_command(d)) {
	case FSCONFIG_SET_PATH:
	case FSCONFIG_SET_PATH_EMPTY:
		dirfd_print_value(d, (int)value);
		break;
	case FSCONFIG_SET_FD:
		fd_print_value(d, (int)value);
		break;
	default:
		emit_int(d->e, (int)value);
	}
}

/* ---- mount_setattr() ---- */

static PRINT_FUNCTION(mount_attr_print)
{
	uint64_t size = d->call->args[arg->of];
	struct mount_attr attr;

	if (size < sizeof attr) {
		emit_pointer(d->e, value);
		return;
	}
	if (!fetch_or_pointer(d, value, &attr, sizeof attr))
		return;
	emit_open(d->e, EMIT_STRUCT);
	emit_member_flags(d->e, "attr_set", &mount_attributes, attr.attr_set);
	emit_member_flags(d->e, "attr_clr", &mount_attributes, attr.attr_clr);
	emit_member_choice(d->e, "propagation", &propagations, attr.propagation);
	emit_member_uint(d->e, "userns_fd", attr.userns_fd);
	rest_print_at(d, value, sizeof attr, size);
	emit_close(d->e);
}

/* ---- swapon() ---- */

#define SWAP_PRIORITY_MASK 0x7fffU

static PRINT_FUNCTION(swap_flags_print)
{
	uint32_t flags = (uint32_t)value & ~SWAP_PRIORITY_MASK;

	(void)arg;
	emit_open(d->e, EMIT_FLAGS);
	if (flags && emit_flag_names(d->e, &swap_flags, flags) == flags)
		emit_comment(d->e, "%s", swap_flags.unknown);
	emit_uint(d->e, value & SWAP_PRIORITY_MASK);
	emit_close(d->e);
}

#define STRING_CAPTURE                                                                             \
	{                                                                                          \
		.kind = CAPTURE_STRING, .when = CAPTURE_ENTER                                      \
	}

const struct arg_type type_mount_flags = {.print = mount_flags_print};
const struct arg_type type_mount_type = {.print = mount_type_print, .captures = {STRING_CAPTURE}};
const struct arg_type type_mount_data = {.print = mount_data_print, .captures = {STRING_CAPTURE}};
const struct arg_type type_config_key = {.print = config_key_print, .captures = {STRING_CAPTURE}};
const struct arg_type type_config_value = {
	.print = config_value_print,
	/* Bytes, of which the last argument says how many, when they are no string. */
	.captures = {{.kind = CAPTURE_STRING, .when = CAPTURE_ENTER, .cap_bytes = 4096},
		     {.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .length = LENGTH_ARG,
		      .element_bytes = 1}},
};
const struct arg_type type_config_aux = {.print = config_aux_print};
const struct arg_type type_mount_attr = {
	.print = mount_attr_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .length = LENGTH_ARG,
		      .element_bytes = 1,
		      .cap_bytes = 256}},
};
const struct arg_type type_swap_flags = {.print = swap_flags_print};
