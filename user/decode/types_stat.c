// SPDX-License-Identifier: MIT
/*
 * What is told about files and filesystems: stat, statx, statfs.
 */
#include "decode/types.h"

#include <string.h>
#include <sys/stat.h>

#include "decode/constants.h"

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

const struct arg_type type_stat = STRUCT_TYPE(CAPTURE_EXIT, sizeof(struct stat), stat_element);
