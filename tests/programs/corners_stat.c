// SPDX-License-Identifier: MIT
/*
 * System calls that tell about files, change what is told, and govern descriptors.
 */
#include "corners.h"

#include <linux/fanotify.h>
#include <linux/stat.h>
#include <sys/statfs.h>
#include <sys/xattr.h>

static char long_text[5000];

static void telling(void)
{
	static const char *const paths[] = {"/etc/passwd", "/dev/null",   "/proc/self/exe",
					    "/tmp",        "/usr/bin/su", "/no/a",
					    "/dev"};
	struct statx stx;
	char st[144];

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		call(SYS_stat, paths[i], tail(144));
		call(SYS_lstat, paths[i], st);
		call(SYS_stat, paths[i], tail(143));
		call(SYS_newfstatat, -100, paths[i], st, AT_SYMLINK_NOFOLLOW);
		call(SYS_statx, -100, paths[i], AT_STATX_SYNC_AS_STAT, STATX_BASIC_STATS, &stx);
		call(SYS_statx, -100, paths[i], 0x6000 | AT_SYMLINK_NOFOLLOW, STATX_ALL, &stx);
		call(SYS_statx, -100, paths[i], 0x2000, 0x5005, tail(255));
		call(SYS_statx, -100, paths[i], 0x4000 | 0x80000000, 0x80000000, &stx);
		call(SYS_statfs, paths[i], tail(120));
		call(SYS_statfs, paths[i], tail(119));
	}
	call(SYS_fstat, 0, st);
	call(SYS_fstat, HIGH | 1000, st);
	call(SYS_statx, 0, "", AT_EMPTY_PATH, 0xfff0000, &stx);
	call(SYS_statx, 0, "", HIGH | AT_EMPTY_PATH, HIGH, &stx);
	call(SYS_fstatfs, 0, tail(120));
	call(SYS_fstatfs, -1, NOWHERE);
	call(SYS_statfs, "/proc", tail(120));
	call(SYS_statfs, "/sys", tail(120));
}

static void listing(void)
{
	int fd = open("/proc/self/task", O_RDONLY | O_DIRECTORY);

	call(SYS_getdents64, fd, arena(), 32768);
	call(SYS_getdents64, fd, arena(), 32768);
	lseek(fd, 0, SEEK_SET);
	call(SYS_getdents, fd, arena(), 32768);
	call(SYS_getdents, fd, arena(), HIGH | 32768);
	call(SYS_getdents64, fd, NULL, 0);
	call(SYS_getdents64, -1, arena(), 5);
	call(SYS_getdents, -1, NOWHERE, -1);
	lseek(fd, 0, SEEK_SET);
	call(SYS_getdents64, fd, arena(), 24);
}

static void attributes(void)
{
	call(SYS_setxattr, "/no/a", "user.x", "v\0w", 4L, 1);
	call(SYS_setxattr, "/no/a", "user.x", NULL, 0L, 0);
	call(SYS_lsetxattr, "/no/a", long_text, tail(5), 6L, 3);
	call(SYS_lsetxattr, "/no/a", NULL, long_text, -1L, 4);
	call(SYS_fsetxattr, -1, NOWHERE, long_text, 100L, HIGH | 0xff);
	call(SYS_getxattr, "/etc/passwd", "user.x", arena(), 10L);
	call(SYS_getxattr, "/no/a", "user.x", NULL, 0L);
	call(SYS_lgetxattr, "/no/a", "user.x", NOWHERE, -1L);
	call(SYS_fgetxattr, -1, long_text, arena(), 10L);
	call(SYS_listxattr, "/etc/passwd", arena(), 10L);
	call(SYS_listxattr, "/no/a", NULL, 0L);
	call(SYS_llistxattr, "/no/a", NULL, 5L);
	call(SYS_flistxattr, -1, NOWHERE, -1L);
	call(SYS_removexattr, "/no/a", "user.x");
	call(SYS_lremovexattr, "/no/a", long_text);
	call(SYS_fremovexattr, -1, NULL);
}

static void attributes_of_a_file(void)
{
	char path[] = "/tmp/corners.XXXXXX";
	int fd = mkstemp(path);

	if (!call(SYS_fsetxattr, fd, "user.n", "12\0\377", 4L, 0)) {
		call(SYS_fgetxattr, fd, "user.n", arena(), 100L);
		call(SYS_fgetxattr, fd, "user.n", NULL, 0L);
		call(SYS_fgetxattr, fd, "user.n", arena(), 3L);
		call(SYS_flistxattr, fd, arena(), 100L);
		call(SYS_flistxattr, fd, NULL, 0L);
		call(SYS_fremovexattr, fd, "user.n");
	}
	unlink(path);
	close(fd);
}

struct owner {
	int type, pid;
};

static void controlling(void)
{
	int fd = open("/etc/passwd", O_RDONLY), pipes[2], memory;
	struct flock lock = {F_RDLCK, SEEK_SET, 0, 10, 0};
	struct owner owner = {1, 0};
	uint64_t hint = 2;

	if (pipe(pipes))
		err(1, "pipe");
	memory = (int)call(SYS_memfd_create, "x", 2);
	call(SYS_fcntl, fd, F_DUPFD, 100L);
	call(SYS_fcntl, fd, F_DUPFD_CLOEXEC, HIGH | 101);
	call(SYS_fcntl, fd, F_GETFD);
	call(SYS_fcntl, fd, F_SETFD, FD_CLOEXEC);
	call(SYS_fcntl, fd, F_SETFD, 0L);
	call(SYS_fcntl, fd, F_SETFD, -1L);
	call(SYS_fcntl, fd, F_SETFD, 2L);
	call(SYS_fcntl, fd, F_GETFD);
	call(SYS_fcntl, fd, F_GETFL);
	call(SYS_fcntl, fd, F_SETFL, (long)(O_NONBLOCK | O_APPEND));
	call(SYS_fcntl, fd, F_GETFL);
	call(SYS_fcntl, -1, F_SETFL, -1L);
	call(SYS_fcntl, -1, F_SETFL, 0L);
	call(SYS_fcntl, fd, F_GETLK, TAIL(lock));
	call(SYS_fcntl, fd, F_SETLK, TAIL(lock));
	call(SYS_fcntl, -1, F_SETLKW, TAIL(lock));
	lock.l_type = 77;
	lock.l_whence = 99;
	lock.l_len = -1;
	call(SYS_fcntl, -1, F_SETLK, TAIL(lock));
	call(SYS_fcntl, -1, F_GETLK, TAIL(lock));
	call(SYS_fcntl, -1, F_SETLK, NULL);
	call(SYS_fcntl, -1, F_SETLK, tail(31));
	lock = (struct flock){F_UNLCK, SEEK_END, 0, 0, 0};
	call(SYS_fcntl, fd, F_OFD_SETLK, TAIL(lock));
	call(SYS_fcntl, fd, F_OFD_GETLK, TAIL(lock));
	lock.l_type = F_WRLCK;
	call(SYS_fcntl, fd, F_OFD_GETLK, TAIL(lock));
	call(SYS_fcntl, -1, F_OFD_SETLKW, TAIL(lock));
	call(SYS_fcntl, fd, F_SETOWN, 0L);
	call(SYS_fcntl, fd, F_SETOWN, -1L);
	call(SYS_fcntl, fd, F_GETOWN);
	call(SYS_fcntl, fd, F_SETOWN_EX, TAIL(owner));
	call(SYS_fcntl, fd, F_GETOWN_EX, TAIL(owner));
	owner.type = 9;
	call(SYS_fcntl, fd, F_SETOWN_EX, TAIL(owner));
	call(SYS_fcntl, -1, F_GETOWN_EX, tail(8));
	call(SYS_fcntl, fd, 17 /* F_GETOWNER_UIDS */, tail(8));
	call(SYS_fcntl, fd, F_SETSIG, 10L);
	call(SYS_fcntl, fd, F_GETSIG);
	call(SYS_fcntl, fd, F_SETSIG, 0L);
	call(SYS_fcntl, fd, F_SETSIG, 100L);
	call(SYS_fcntl, fd, F_GETSIG);
	call(SYS_fcntl, fd, F_SETLEASE, 0L);
	call(SYS_fcntl, fd, F_GETLEASE);
	call(SYS_fcntl, fd, F_SETLEASE, 55L);
	call(SYS_fcntl, fd, F_SETLEASE, 2L);
	call(SYS_fcntl, fd, F_GETLEASE);
	call(SYS_fcntl, -1, F_NOTIFY, 0x80000001L | 4);
	call(SYS_fcntl, -1, F_NOTIFY, 0L);
	call(SYS_fcntl, -1, F_NOTIFY, 0x100L);
	call(SYS_fcntl, pipes[0], F_SETPIPE_SZ, 65536L);
	call(SYS_fcntl, pipes[0], F_GETPIPE_SZ);
	call(SYS_fcntl, -1, F_SETPIPE_SZ, -1L);
	call(SYS_fcntl, memory, F_ADD_SEALS, 2L | 4);
	call(SYS_fcntl, memory, F_GET_SEALS);
	call(SYS_fcntl, fd, F_GET_SEALS);
	call(SYS_fcntl, -1, F_ADD_SEALS, 0xff0001L);
	call(SYS_fcntl, memory, F_SET_RW_HINT, TAIL(hint));
	call(SYS_fcntl, memory, F_GET_RW_HINT, tail(8));
	call(SYS_fcntl, -1, F_SET_FILE_RW_HINT, tail(7));
	call(SYS_fcntl, -1, F_GET_FILE_RW_HINT, NULL);
	hint = 77;
	call(SYS_fcntl, -1, F_SET_FILE_RW_HINT, TAIL(hint));
	call(SYS_fcntl, fd, 9999, 0xabcL);
	call(SYS_fcntl, fd, HIGH | 9999, -1L);
	call(SYS_fcntl, fd, 1029, -1L);
	call(SYS_fcntl, fd, 12, tail(32));
}

static void watching(void)
{
	int fd = (int)call(SYS_inotify_init);
	struct {
		unsigned int bytes;
		int type;
		char data[128];
	} handle = {128, 0, ""};
	int mount_id;

	call(SYS_inotify_init1, O_CLOEXEC | O_NONBLOCK);
	call(SYS_inotify_init1, 0xffff0fffL);
	call(SYS_inotify_init1, 1);
	call(SYS_inotify_add_watch, fd, "/tmp", 0xfff);
	call(SYS_inotify_add_watch, fd, "/no/a", 0xffffffff);
	call(SYS_inotify_add_watch, fd, NULL, 0x100000);
	call(SYS_inotify_add_watch, -1, "/no/a", 0);
	call(SYS_inotify_rm_watch, fd, 1);
	call(SYS_inotify_rm_watch, fd, HIGH | 0xffffffff);
	call(SYS_fanotify_init, 0, 0);
	call(SYS_fanotify_init, 7, O_RDWR | O_LARGEFILE);
	call(SYS_fanotify_init, 0xffffffff, 0xffffffff);
	call(SYS_fanotify_init, 0xc, HIGH | 0x80000);
	call(SYS_fanotify_init, 0xf0000, 3);
	call(SYS_fanotify_mark, -1, 1, 0x3bUL, AT_FDCWD, "/tmp");
	call(SYS_fanotify_mark, -1, 0, 0UL, -1, NULL);
	call(SYS_fanotify_mark, -1, 0xffffffff, -1UL, -1L, NOWHERE);
	call(SYS_fanotify_mark, -1, 0x1000, 0xf1UL << 32, HIGH | 0xffffffff, "x");
	call(SYS_name_to_handle_at, AT_FDCWD, "/etc/passwd", &handle, &mount_id, 0);
	handle.bytes = 0;
	call(SYS_name_to_handle_at, AT_FDCWD, "/etc/passwd", &handle, &mount_id, 0);
	handle.bytes = 128;
	call(SYS_name_to_handle_at, AT_FDCWD, "/etc", &handle, tail(4), AT_SYMLINK_FOLLOW);
	call(SYS_open_by_handle_at, AT_FDCWD, &handle, O_RDONLY);
	call(SYS_open_by_handle_at, -1, &handle, O_RDONLY | O_DIRECTORY);
	handle.bytes = 255;
	call(SYS_open_by_handle_at, -1, &handle, O_RDWR);
	call(SYS_name_to_handle_at, -1, "x", NULL, NULL, 0xffffffff);
	handle.bytes = 129;
	call(SYS_name_to_handle_at, -1, "x", &handle, NULL, 1);
	call(SYS_name_to_handle_at, -1, "x", tail(7), NOWHERE, 0);
	call(SYS_open_by_handle_at, -1, tail(8), 0);
	call(SYS_open_by_handle_at, -1, tail(4), O_CREAT);
}

int main(void)
{
	memset(long_text, 'a', sizeof long_text - 1);
	telling();
	listing();
	attributes();
	attributes_of_a_file();
	controlling();
	watching();
	return 0;
}
