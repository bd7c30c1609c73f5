// SPDX-License-Identifier: MIT
/*
 * The types of files: how they are opened, what they are.
 */
#include "decode/types.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "decode/constants.h"

/* ---- Opening ---- */

void open_flags_print_value(struct decoder *d, uint32_t flags)
{
	emit_open(d->e, EMIT_FLAGS);
	emit_word(d->e, constant_name(&open_access, flags & O_ACCMODE));
	emit_flag_names(d->e, &open_flags, flags & ~(uint32_t)O_ACCMODE);
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

	return flags & O_CREAT || (flags & __O_TMPFILE) == __O_TMPFILE;
}

/* ---- Describing ---- */

/* The type and the permissions: S_IFREG|0644. */
void file_mode_print_value(struct decoder *d, uint32_t mode)
{
	const char *type = constant_name(&file_types, mode & S_IFMT);
	uint32_t rest = type ? mode & ~(uint32_t)S_IFMT : mode;

	emit_open(d->e, EMIT_FLAGS);
	if (type)
		emit_word(d->e, type);
	emit_octal(d->e, rest);
	emit_close(d->e);
}

static void time_print_member(struct decoder *d, const char *name, int64_t seconds)
{
	emit_name(d->e, name);
	emit_int(d->e, seconds);
	time_comment(d, seconds, 0);
}

static void stat_print_rest(struct decoder *d, const struct stat *st)
{
	struct emit *e = d->e;

	time_print_member(d, "st_atime", st->st_atim.tv_sec);
	emit_name(e, "st_atime_nsec");
	emit_int(e, st->st_atim.tv_nsec);
	time_print_member(d, "st_mtime", st->st_mtim.tv_sec);
	emit_name(e, "st_mtime_nsec");
	emit_int(e, st->st_mtim.tv_nsec);
	time_print_member(d, "st_ctime", st->st_ctim.tv_sec);
	emit_name(e, "st_ctime_nsec");
	emit_int(e, st->st_ctim.tv_nsec);
}

static void stat_print_identity(struct decoder *d, const struct stat *st)
{
	struct emit *e = d->e;

	emit_name(e, "st_dev");
	device_print_value(d, st->st_dev);
	emit_name(e, "st_ino");
	emit_uint(e, st->st_ino);
	emit_name(e, "st_mode");
	file_mode_print_value(d, st->st_mode);
	emit_name(e, "st_nlink");
	emit_uint(e, st->st_nlink);
	emit_name(e, "st_uid");
	emit_uint(e, st->st_uid);
	emit_name(e, "st_gid");
	emit_uint(e, st->st_gid);
	emit_name(e, "st_blksize");
	emit_uint(e, (uint64_t)st->st_blksize);
	emit_name(e, "st_blocks");
	emit_uint(e, (uint64_t)st->st_blocks);
}

static void stat_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct emit *e = d->e;
	struct stat st;

	(void)address;
	memcpy(&st, bytes, sizeof st);
	emit_open(e, EMIT_STRUCT);
	if (d->options->verbose) {
		stat_print_identity(d, &st);
	} else {
		emit_name(e, "st_mode");
		file_mode_print_value(d, st.st_mode);
	}
	if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)) {
		emit_name(e, "st_rdev");
		device_print_value(d, st.st_rdev);
	} else {
		emit_name(e, "st_size");
		emit_uint(e, (uint64_t)st.st_size);
	}
	if (d->options->verbose)
		stat_print_rest(d, &st);
	else
		emit_more(e);
	emit_close(e);
}

const struct arg_type type_access_mode = FLAGS_TYPE(4, access_modes);
const struct arg_type type_at_flags = FLAGS_TYPE(4, at_flags);
const struct arg_type type_faccessat_flags = FLAGS_TYPE(4, faccessat_flags);
const struct arg_type type_whence = CHOICE_TYPE(4, seek_whences);
const struct arg_type type_open_flags = {.print = open_flags_print};
const struct arg_type type_open_mode = {.print = mode_print, .applies = open_has_mode};
const struct arg_type type_stat = STRUCT_TYPE(CAPTURE_EXIT, sizeof(struct stat), stat_element);
