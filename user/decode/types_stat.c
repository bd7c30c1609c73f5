// SPDX-License-Identifier: MIT
/*
 * What is told about files, directories and filesystems.
 */
#include "decode/types.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include "base/alloc.h"
#include "decode/constants.h"
#include "decode/constants_table.h"
#include "decode/syscalls.h"

#define MAX_DIRENTS_BYTES (1U << 20)

/* clang-format off */
SET(dirent_types, "DT_???",
	C(DT_UNKNOWN) C(DT_FIFO) C(DT_CHR) C(DT_DIR) C(DT_BLK) C(DT_REG) C(DT_LNK) C(DT_SOCK)
	C(DT_WHT))
/* clang-format on */

static void stat_print_time(struct decoder *d, const char *name, const struct timespec *time)
{
	char nsec_name[32];

	snprintf(nsec_name, sizeof nsec_name, "%s_nsec", name);
	emit_member_int(d->e, name, time->tv_sec);
	time_comment(d, time->tv_sec, (uint64_t)time->tv_nsec);
	emit_member_uint(d->e, nsec_name, (uint64_t)time->tv_nsec);
}

static void stat_print_identity(struct decoder *d, const struct stat *st)
{
	struct emit *e = d->e;

	emit_name(e, "st_dev");
	device_print_value(d, st->st_dev);
	emit_member_uint(e, "st_ino", st->st_ino);
	emit_name(e, "st_mode");
	file_mode_print_value(d, st->st_mode);
	emit_member_uint(e, "st_nlink", st->st_nlink);
	emit_member_uint(e, "st_uid", st->st_uid);
	emit_member_uint(e, "st_gid", st->st_gid);
	emit_member_uint(e, "st_blksize", (uint64_t)st->st_blksize);
	emit_member_uint(e, "st_blocks", (uint64_t)st->st_blocks);
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
		emit_member_uint(e, "st_size", (uint64_t)st.st_size);
	}
	if (d->options->verbose) {
		stat_print_time(d, "st_atime", &st.st_atim);
		stat_print_time(d, "st_mtime", &st.st_mtim);
		stat_print_time(d, "st_ctime", &st.st_ctim);
	} else {
		emit_more(e);
	}
	emit_close(e);
}

/* ---- statx() ---- */

static PRINT_FUNCTION(statx_flags_print)
{
	uint32_t flags = (uint32_t)value & ~(uint32_t)AT_STATX_SYNC_TYPE;

	(void)arg;
	emit_open(d->e, EMIT_FLAGS);
	emit_flags(d->e, &at_statx_sync, value & AT_STATX_SYNC_TYPE);
	emit_flag_names(d->e, &at_flags, flags);
	emit_close(d->e);
}

static void statx_time(struct decoder *d, const char *name, const struct statx_timestamp *time)
{
	emit_name(d->e, name);
	emit_open(d->e, EMIT_STRUCT);
	emit_member_int(d->e, "tv_sec", time->tv_sec);
	emit_member_uint(d->e, "tv_nsec", time->tv_nsec);
	emit_close(d->e);
	time_comment(d, time->tv_sec, time->tv_nsec);
}

static void statx_device(struct decoder *d, const char *prefix, uint32_t major, uint32_t minor)
{
	char name[32];

	snprintf(name, sizeof name, "%s_major", prefix);
	emit_member_uint(d->e, name, major);
	snprintf(name, sizeof name, "%s_minor", prefix);
	emit_member_uint(d->e, name, minor);
}

/* The members that came last, which not all headers have. */
struct statx_end {
	uint64_t mnt_id;
	uint32_t dio_mem_align, dio_offset_align;
};

#define STATX_END_AT  0x90
#define HAS_MOUNT_ID  0x1000
#define HAS_DIRECT_IO 0x2000

static void statx_print_times(struct decoder *d, const struct statx *stx)
{
	if (stx->stx_mask & STATX_ATIME)
		statx_time(d, "stx_atime", &stx->stx_atime);
	if (stx->stx_mask & STATX_BTIME)
		statx_time(d, "stx_btime", &stx->stx_btime);
	if (stx->stx_mask & STATX_CTIME)
		statx_time(d, "stx_ctime", &stx->stx_ctime);
	if (stx->stx_mask & STATX_MTIME)
		statx_time(d, "stx_mtime", &stx->stx_mtime);
}

static void statx_print_rest(struct decoder *d, const struct statx *stx)
{
	struct emit *e = d->e;
	struct statx_end end;

	memcpy(&end, (const uint8_t *)stx + STATX_END_AT, sizeof end);
	if (stx->stx_mask & STATX_BLOCKS)
		emit_member_uint(e, "stx_blocks", stx->stx_blocks);
	emit_member_flags(e, "stx_attributes_mask", &statx_attributes, stx->stx_attributes_mask);
	statx_print_times(d, stx);
	statx_device(d, "stx_rdev", stx->stx_rdev_major, stx->stx_rdev_minor);
	statx_device(d, "stx_dev", stx->stx_dev_major, stx->stx_dev_minor);
	if (stx->stx_mask & HAS_MOUNT_ID)
		emit_member_hex(e, "stx_mnt_id", end.mnt_id);
	if (stx->stx_mask & HAS_DIRECT_IO) {
		emit_member_uint(e, "stx_dio_mem_align", end.dio_mem_align);
		emit_member_uint(e, "stx_dio_offset_align", end.dio_offset_align);
	}
}

static void statx_print_owner(struct decoder *d, const struct statx *stx)
{
	if (stx->stx_mask & STATX_NLINK)
		emit_member_uint(d->e, "stx_nlink", stx->stx_nlink);
	if (stx->stx_mask & STATX_UID)
		emit_member_uint(d->e, "stx_uid", stx->stx_uid);
	if (stx->stx_mask & STATX_GID)
		emit_member_uint(d->e, "stx_gid", stx->stx_gid);
}

/* Members that the mask says are filled in. */
static void statx_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct emit *e = d->e;
	struct statx stx;

	(void)address;
	memcpy(&stx, bytes, sizeof stx);
	emit_open(e, EMIT_STRUCT);
	emit_member_flags(e, "stx_mask", &statx_masks, stx.stx_mask);
	if (d->options->verbose)
		emit_member_uint(e, "stx_blksize", stx.stx_blksize);
	emit_member_flags(e, "stx_attributes", &statx_attributes, stx.stx_attributes);
	if (d->options->verbose)
		statx_print_owner(d, &stx);
	if (stx.stx_mask & (STATX_TYPE | STATX_MODE)) {
		emit_name(e, "stx_mode");
		file_mode_print_value(d, stx.stx_mode);
	}
	if (d->options->verbose && stx.stx_mask & STATX_INO)
		emit_member_uint(e, "stx_ino", stx.stx_ino);
	if (stx.stx_mask & STATX_SIZE)
		emit_member_uint(e, "stx_size", stx.stx_size);
	if (d->options->verbose)
		statx_print_rest(d, &stx);
	else
		emit_more(e);
	emit_close(e);
}

/* ---- statfs() ---- */

static void statfs_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct emit *e = d->e;
	struct statfs st;

	(void)address;
	memcpy(&st, bytes, sizeof st);
	emit_open(e, EMIT_STRUCT);
	emit_member_choice(e, "f_type", &statfs_types, (uint64_t)st.f_type);
	emit_member_uint(e, "f_bsize", (uint64_t)st.f_bsize);
	emit_member_uint(e, "f_blocks", st.f_blocks);
	emit_member_uint(e, "f_bfree", st.f_bfree);
	emit_member_uint(e, "f_bavail", st.f_bavail);
	emit_member_uint(e, "f_files", st.f_files);
	emit_member_uint(e, "f_ffree", st.f_ffree);
	emit_name(e, "f_fsid");
	emit_open(e, EMIT_STRUCT);
	emit_name(e, "val");
	emit_open(e, EMIT_ARRAY);
	emit_hex(e, (uint32_t)st.f_fsid.__val[0]);
	emit_hex(e, (uint32_t)st.f_fsid.__val[1]);
	emit_close(e);
	emit_close(e);
	emit_member_uint(e, "f_namelen", (uint64_t)st.f_namelen);
	emit_member_uint(e, "f_frsize", (uint64_t)st.f_frsize);
	if (st.f_flags & 0x20) /* ST_VALID: this kernel tells them */
		emit_member_flags(e, "f_flags", &statfs_flags, (uint64_t)st.f_flags);
	emit_close(e);
}

/* ---- Directories ---- */

struct dirent_head { /* of both kinds */
	uint64_t ino, offset;
	uint16_t size_bytes;
} __attribute__((packed));

static void dirent_print(struct decoder *d, const uint8_t *bytes, const struct dirent_head *head,
			 bool is_64)
{
	struct emit *e = d->e;
	size_t name_at = sizeof *head + is_64;
	uint8_t type = is_64 ? bytes[sizeof *head] : bytes[head->size_bytes - 1];
	size_t size = strnlen((const char *)bytes + name_at, head->size_bytes - name_at);

	emit_open(e, EMIT_STRUCT);
	emit_member_uint(e, "d_ino", head->ino);
	emit_member_int(e, "d_off", (int64_t)head->offset);
	emit_member_uint(e, "d_reclen", head->size_bytes);
	if (is_64)
		emit_member_choice(e, "d_type", &dirent_types, type);
	emit_name(e, "d_name");
	emit_string(e, bytes + name_at, size, false);
	if (!is_64)
		emit_member_choice(e, "d_type", &dirent_types, type);
	emit_close(e);
}

/* Walks over the entries, printing them if that is wanted; says how many there are. */
static unsigned int walk_dirents(struct decoder *d, const uint8_t *bytes, size_t size, bool print)
{
	bool is_64 = !strcmp(syscall_name(d->call->nr), "getdents64");
	unsigned int count = 0;
	struct dirent_head head;

	for (size_t at = 0; size - at > sizeof head + 1; at += head.size_bytes, count++) {
		memcpy(&head, bytes + at, sizeof head);
		if (head.size_bytes <= sizeof head + 1 || head.size_bytes > size - at)
			break;
		if (print)
			dirent_print(d, bytes + at, &head, is_64);
	}
	return count;
}

static PRINT_FUNCTION(dirents_print)
{
	size_t size = (size_t)d->call->result;
	scoped_free uint8_t *bytes = NULL;
	size_t known;

	(void)arg;
	if (call_failed(d->call) || !(d->call->flags & CALL_RETURNED) || size > MAX_DIRENTS_BYTES) {
		emit_pointer(d->e, value);
		return;
	}
	bytes = xcalloc(size + 1, 1);
	known = call_read(d->call, value, bytes, size, CAPTURE_EXIT);
	if (d->options->verbose && (known || !size)) {
		emit_open(d->e, EMIT_ARRAY);
		walk_dirents(d, bytes, known, true);
		if (known < size)
			emit_more(d->e);
		emit_close(d->e);
	} else {
		emit_pointer(d->e, value);
		if (known == size)
			emit_comment(d->e, "%u entries", walk_dirents(d, bytes, size, false));
	}
}

const struct arg_type type_statx_flags = {.print = statx_flags_print};
const struct arg_type type_statx = STRUCT_TYPE(CAPTURE_EXIT, sizeof(struct statx), statx_element);
const struct arg_type type_statfs =
	STRUCT_TYPE(CAPTURE_EXIT, sizeof(struct statfs), statfs_element);
const struct arg_type type_dirents = {
	.print = dirents_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_EXIT,
		      .length = LENGTH_RESULT,
		      .element_bytes = 1,
		      .cap_bytes = 32768}},
};
const struct arg_type type_stat = STRUCT_TYPE(CAPTURE_EXIT, sizeof(struct stat), stat_element);
