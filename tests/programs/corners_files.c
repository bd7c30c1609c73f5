// SPDX-License-Identifier: MIT
/*
 * System calls that name, open, read and write files.
 */
#include "corners.h"

#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <time.h>
#include <utime.h>
#include <sys/time.h>

static char long_path[5000];

static void names(void)
{
	static const int one_path[] = {SYS_chdir,  SYS_rmdir, SYS_unlink,
				       SYS_chroot, SYS_acct,  SYS_swapoff};

	for (size_t i = 0; i < sizeof one_path / sizeof *one_path; i++) {
		call(one_path[i], "/no/such/file");
		call(one_path[i], NULL == NOWHERE ? NULL : NOWHERE);
		call(one_path[i], long_path);
		call(one_path[i], "/no/\1\2\0033\177\377\\\"\t\v\f\r\n");
	}
	call(SYS_rename, "/no/a", NULL);
	call(SYS_renameat, HIGH | 5, "/no/a", -100, "/no/b");
	call(SYS_renameat2, -100L, "/no/a", -1, "/no/b", 7);
	call(SYS_renameat2, -100L, "/no/a", -1, "/no/b", 8);
	call(SYS_renameat2, -100L, "/no/a", -1, "/no/b", 0);
	call(SYS_link, "/no/a", "/no/b");
	call(SYS_linkat, -100L, "/no/a", -100L, "/no/b", AT_SYMLINK_FOLLOW | AT_EMPTY_PATH | 1);
	call(SYS_linkat, -100L, "/no/a", -100L, "/no/b", HIGH);
	call(SYS_symlink, "/no/a", "/no/b");
	call(SYS_symlinkat, "/no/a", -100L, NOWHERE);
	call(SYS_unlinkat, -100L, "/no/a", AT_REMOVEDIR);
	call(SYS_unlinkat, -100L, "/no/a", 0xff);
	call(SYS_readlink, "/proc/self/cwd", tail(4), 4);
	call(SYS_readlink, "/proc/self/fd/0", arena(), 100L);
	call(SYS_readlink, "/no/a", tail(10), HIGH | 10);
	call(SYS_readlink, "/proc/self/cwd", tail(2), 0x1ffffffff);
	call(SYS_readlinkat, -100L, "/proc/self/cwd", tail(64), 64L);
	call(SYS_readlinkat, -100L, "/proc/self/cwd", NULL, -1L);
	call(SYS_mkdir, "/no/a", HIGH | 0177777);
	call(SYS_mkdirat, -100, "/no/a", 07);
	call(SYS_mknod, "/no/a", S_IFREG | 0644, HIGH | 5);
	call(SYS_mknod, "/no/a", S_IFCHR | 0644, makedev(300, 70000));
	call(SYS_mknod, "/no/a", S_IFBLK | 0, HIGH | 0xffffffff);
	call(SYS_mknod, "/no/a", S_IFIFO | 04755, 1);
	call(SYS_mknod, "/no/a", 0xf000 | 04755, 1);
	call(SYS_mknod, "/no/a", 0, 1);
	call(SYS_mknodat, -100, "/no/a", S_IFCHR | 01, 0x103);
	call(SYS_mknodat, -100, "/no/a", S_IFSOCK | 01, 0x103);
	call(SYS_chmod, "/no/a", HIGH | 04321);
	call(SYS_fchmod, -1, 0);
	call(SYS_fchmodat, -100, "/no/a", 0644);
	call(SYS_chown, "/no/a", 0, -1);
	call(SYS_lchown, "/no/a", HIGH, HIGH | 0xffffffff);
	call(SYS_fchown, -1, 100000, 0xfffffffe);
	call(SYS_fchownat, -100, "/no/a", 0xffff, 1, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH);
	call(SYS_fchownat, -100, "/no/a", 0xffff, 1, 0);
	call(SYS_truncate, "/no/a", -1L);
	call(SYS_truncate, "/no/a", LONG_MAX);
	call(SYS_ftruncate, -1, LONG_MIN);
	call(SYS_umask, HIGH | 0777);
	call(SYS_umask, 022);
	call(SYS_getcwd, tail(256), 256L);
	call(SYS_getcwd, tail(1), 1L);
	call(SYS_getcwd, tail(1), 2L);
	call(SYS_getcwd, NULL, -1L);
	call(SYS_pivot_root, "/no/a", NULL);
	call(SYS_uselib, "/no/a");
	call(SYS_sysfs, 1, "ext4", 0);
	call(SYS_sysfs, 2, 0, tail(64));
	call(SYS_sysfs, 3, 1L, -1L);
	call(SYS_sysfs, 4, 1L, -1L);
	call(SYS_ustat, 0x801, NULL);
	call(SYS_ustat, 0x801, tail(32));
	call(SYS_ustat, HIGH | makedev(0, 5), NOWHERE);
}

static void opening(void)
{
	struct open_how how = {.flags = O_WRONLY | O_CREAT, .mode = 0600, .resolve = 4};
	uint64_t more[5] = {0, 0, 0, 5, 6};

	call(SYS_open, "/no/a", O_RDWR | O_CREAT | O_EXCL, 0600);
	call(SYS_open, "/no/a", O_RDWR | O_APPEND | O_NONBLOCK, 0600);
	call(SYS_open, "/tmp", O_TMPFILE | O_RDWR, HIGH | 0xffff);
	call(SYS_open, "/no/a", O_PATH | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW);
	call(SYS_open, "/no/a", HIGH);
	call(SYS_openat, -100, "/no/a", 0x40000000 | O_WRONLY, 0);
	call(SYS_openat, HIGH | 0xffffff9c, "/no/a", O_DSYNC | O_ASYNC, 0);
	call(SYS_creat, "/no/a", 0);
	call(SYS_creat, "/no/a", 0100644);
	call(SYS_openat2, -100, "/no/a", TAIL(how), sizeof how);
	call(SYS_openat2, -100, "/no/a", TAIL(how), sizeof how - 1);
	call(SYS_openat2, -100, "/no/a", tail(23), sizeof how);
	call(SYS_openat2, -100, "/no/a", NULL, sizeof how);
	call(SYS_openat2, -100, "/no/a", TAIL(more), sizeof more);
	more[3] = more[4] = 0;
	call(SYS_openat2, -100, "/no/a", TAIL(more), sizeof more);
	call(SYS_openat2, -100, "/no/a", tail(24), sizeof more);
	how = (struct open_how){-1UL, -1UL, -1UL};
	call(SYS_openat2, -100, "/no/a", TAIL(how), sizeof how);
	how = (struct open_how){O_RDONLY, 0644, 0};
	call(SYS_openat2, -100, "/no/a", TAIL(how), sizeof how);
	how = (struct open_how){O_PATH | 1UL << 40, 0, 0x40};
	call(SYS_openat2, -100, "/dev/null", TAIL(how), sizeof how);
	call(SYS_access, "/no/a", HIGH);
	call(SYS_access, "/no/a", 5);
	call(SYS_faccessat, -100, "/no/a", R_OK);
	call(SYS_faccessat2, -100, "/no/a", F_OK, AT_EACCESS | AT_SYMLINK_NOFOLLOW | 1);
	call(SYS_faccessat2, -100, "/no/a", 8, 8);
	call(SYS_close, HIGH | 100);
	call(SYS_close, -1L);
	call(SYS_close_range, 1000, -1, 0);
	call(SYS_close_range, 1000, 2000, 2 | 4 | 8);
	call(SYS_close_range, 5, 4, 8);
	call(SYS_dup, -1);
	call(SYS_dup2, 0, HIGH | 77);
	call(SYS_dup3, 0, 78, O_CLOEXEC);
	call(SYS_dup3, -1, -1, O_CLOEXEC | 1);
	call(SYS_dup3, -1, -1, HIGH | 1);
	call(SYS_pipe, tail(8));
	call(SYS_pipe, tail(7));
	call(SYS_pipe2, tail(8), O_CLOEXEC | O_NONBLOCK | O_DIRECT);
	call(SYS_pipe2, NOWHERE, HIGH | 0xffffffff);
	call(SYS_memfd_create, "x", 3);
	call(SYS_memfd_create, long_path, 0xffffffff);
	call(SYS_memfd_create, "y", 4 | 21 << 26);
	call(SYS_memfd_create, "y", 21 << 26);
	call(SYS_memfd_create, NULL, 0);
	call(SYS_memfd_secret, O_CLOEXEC);
	call(SYS_memfd_secret, 5);
}

static void reading(void)
{
	int fd = open("/proc/self/exe", O_RDONLY);
	struct iovec iov[3] = {{arena(), 10}, {NULL, 0}, {arena() + 100, 3}};
	int pipes[2];
	uint64_t offset = 5;

	call(SYS_read, fd, arena(), 0);
	call(SYS_read, fd, arena(), 1);
	call(SYS_read, fd, arena(), 31);
	call(SYS_read, fd, arena(), 32);
	call(SYS_read, fd, arena(), 33);
	call(SYS_read, fd, tail(20), 100);
	call(SYS_read, fd, NOWHERE, 100);
	call(SYS_read, -1, arena(), -1L);
	call(SYS_pread64, fd, arena(), 16, 0L);
	call(SYS_pread64, fd, arena(), 16, -5L);
	call(SYS_pread64, fd, arena(), 16, 1L << 40);
	call(SYS_pwrite64, 1, "abc\0", 5, LONG_MAX);
	call(SYS_write, -1, "abc\0\0019x", 8);
	call(SYS_write, -1, tail(5), 6);
	call(SYS_readv, fd, iov, 3);
	call(SYS_readv, fd, iov, 0);
	call(SYS_readv, fd, iov, -1L);
	call(SYS_readv, fd, NULL, 3);
	call(SYS_readv, -1, iov, 2);
	call(SYS_readv, fd, TAIL(iov), 4);
	call(SYS_readv, fd, (char *)tail(20), 2);
	call(SYS_writev, -1, iov, 3);
	call(SYS_writev, -1, TAIL(iov), 4);
	iov[1] = (struct iovec){NOWHERE, 4};
	iov[2] = (struct iovec){"0123456789012345678901234567890123456789", 40};
	call(SYS_writev, -1, iov, 3);
	call(SYS_writev, -1, iov, HIGH | 3);
	call(SYS_preadv, fd, iov, 1, 5L, 0L);
	call(SYS_preadv, fd, iov, 1, -1L, -1L);
	call(SYS_preadv, fd, iov, 1, 1L, 1L);
	call(SYS_pwritev, -1, iov, 2, 1L << 33, 7L);
	call(SYS_preadv2, fd, iov, 1, -1L, -1L, 0);
	call(SYS_preadv2, fd, iov, 1, 0L, 0L, 1);
	call(SYS_pwritev2, -1, iov, 3, 0L, 0L, 0xff);
	call(SYS_pwritev2, -1, iov, 3, 0L, 0L, 0x100);
	call(SYS_lseek, fd, 0L, SEEK_CUR);
	call(SYS_lseek, fd, -1L, SEEK_SET);
	call(SYS_lseek, fd, 0L, SEEK_DATA);
	call(SYS_lseek, fd, 0L, HIGH | SEEK_HOLE);
	call(SYS_sendfile, -1, fd, NULL, 5L);
	call(SYS_sendfile, -1, fd, TAIL(offset), -1L);
	call(SYS_sendfile, -1, fd, NOWHERE, 1L);
	if (pipe(pipes))
		err(1, "pipe");
	call(SYS_sendfile, pipes[1], fd, TAIL(offset), 10L);
	call(SYS_sendfile, pipes[1], fd, NULL, 10L);
	call(SYS_splice, fd, TAIL(offset), pipes[1], NULL, 3L, 1 | 2);
	call(SYS_splice, -1, NOWHERE, HIGH | 5, NULL, -1L, 0xff);
	call(SYS_splice, -1, NOWHERE, HIGH | 5, NULL, -1L, 0xf0);
	call(SYS_splice, -1, NULL, -1, TAIL(offset), -1L, 0);
	call(SYS_tee, -1, -2, -1L, 4 | 8);
	call(SYS_vmsplice, pipes[1], iov, 1, 2);
	call(SYS_vmsplice, pipes[0], iov, 1, 0);
	call(SYS_vmsplice, -1, iov + 1, 2, 0xffff0000);
	call(SYS_copy_file_range, fd, NULL, -1, NULL, 5L, 0);
	call(SYS_copy_file_range, fd, TAIL(offset), -1, NOWHERE, -1L, 5);
	call(SYS_readahead, fd, -1L, -1L);
	call(SYS_fadvise64, fd, -1L, -1L, 3);
	call(SYS_fadvise64, fd, 1L, 0L, 77);
	call(SYS_fallocate, -1, 3, -1L, LONG_MAX);
	call(SYS_fallocate, -1, 0, 0L, 1L);
	call(SYS_fallocate, -1, 0x8000, 0L, 1L);
	call(SYS_sync_file_range, -1, 1L, -1L, 7);
	call(SYS_sync_file_range, -1, 1L, -1L, 8);
	call(SYS_fsync, -1);
	call(SYS_fdatasync, HIGH | 3);
	call(SYS_syncfs, -1);
	call(SYS_flock, -1, 1);
	call(SYS_flock, -1, 2 | 4);
	call(SYS_flock, -1, 0xff);
	call(SYS_flock, -1, 0x100);
}

static void times(void)
{
	struct timespec ts[2] = {{1700000000, 123456789}, {-1, 999999999}};
	struct timeval tv[2] = {{1700000000, 123456}, {5, 1000000}};
	struct utimbuf ut = {1, 1700000000};

	call(SYS_utime, "/no/a", NULL);
	call(SYS_utime, "/no/a", TAIL(ut));
	call(SYS_utime, "/no/a", tail(15));
	call(SYS_utimes, "/no/a", NULL);
	call(SYS_utimes, "/no/a", TAIL(tv));
	call(SYS_utimes, "/no/a", tail(16));
	call(SYS_futimesat, -100, "/no/a", TAIL(tv));
	call(SYS_futimesat, -100, NULL, NOWHERE);
	call(SYS_utimensat, -100, "/no/a", NULL, 0);
	call(SYS_utimensat, -100, "/no/a", TAIL(ts), AT_SYMLINK_NOFOLLOW);
	ts[0].tv_nsec = UTIME_NOW;
	ts[1].tv_nsec = UTIME_OMIT;
	call(SYS_utimensat, -100, "/no/a", TAIL(ts), 1);
	ts[1].tv_nsec = UTIME_NOW;
	call(SYS_utimensat, -100, "/no/a", TAIL(ts), 0);
	ts[1].tv_nsec = -1;
	ts[0].tv_nsec = UTIME_OMIT;
	call(SYS_utimensat, -100, "/no/a", TAIL(ts), 0);
	ts[1].tv_nsec = UTIME_OMIT;
	call(SYS_utimensat, -100, "/no/a", TAIL(ts), 0);
	call(SYS_utimensat, -100, "/no/a", tail(31), 0);
}

/* Modes without a type; every bit there is, which is more than has a name. */
static void bits(void)
{
	static const long modes[] = {01346, 04755, 06000, 07777, 010644, 0140777, 0170644};

	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
		call(SYS_mknod, "/no/such/file", modes[i], 0x102L);
	call(SYS_memfd_create, NULL, -1L);
	call(SYS_fallocate, -1, -1L, 1L, 2L);
	call(SYS_openat, -1, "", O_RDONLY | 020000000);
	call(SYS_unlinkat, -1, "", -1L);
	call(SYS_linkat, -1, "", -1, "", 0x10000L);
	call(SYS_statx, -1, "", -1L, -1L, NULL);
	call(SYS_pwritev2, -1, NULL, 0L, 0L, 0L, -1L);
	call(SYS_fanotify_init, -1L, -1L);
	call(SYS_pidfd_open, -1, -1L);
}

int main(void)
{
	memset(long_path, 'a', sizeof long_path - 1);
	names();
	opening();
	reading();
	times();
	bits();
	return 0;
}
