// SPDX-License-Identifier: MIT
/*
 * System calls on mounts, by nobody and in vain.
 */
#include "corners.h"

#include <linux/mount.h>
#include <sched.h>
#include <sys/swap.h>

#ifndef SYS_statmount
#define SYS_statmount 457
#define SYS_listmount 458
#define SYS_cachestat 451
#define SYS_fchmodat2 452
#endif

static char long_text[5000];

static void mounting(void)
{
	call(SYS_mount, "a", "/no/b", "ext4", 1UL, "data,x=1");
	call(SYS_mount, NULL, "/no/b", NULL, 32UL | 4096, NULL);
	call(SYS_mount, "", "/no/b", "tmpfs", 0xc0ed0000UL | 15, "size=1");
	call(SYS_mount, "x", "/no/b", NOWHERE, -1UL, NOWHERE);
	call(SYS_mount, long_text, long_text, long_text, 0xc0ed0000UL, long_text);
	call(SYS_mount, "x", "/no/b", "t", 8192UL, "m");
	call(SYS_mount, "x", "/no/b", "t", 1UL << 18 | 16384, "m");
	call(SYS_mount, "x", "/no/b", "t", 32UL, "data");
	call(SYS_mount, "x", "/no/b", "t", HIGH | 0x80000000, "data");
	call(SYS_umount2, "/no/b", 0xf);
	call(SYS_umount2, "/no/b", 0);
	call(SYS_umount2, NULL, 0xfff0);
	call(SYS_swapon, "/no/b", 0x8000 | 5);
	call(SYS_swapon, "/no/b", 0);
	call(SYS_swapon, "/no/b", 0x70000);
	call(SYS_swapon, NULL, -1);
	call(SYS_swapoff, "/no/b");
}

static void configuring(void)
{
	call(SYS_fsopen, "ext4", 1);
	call(SYS_fsopen, NULL, 0);
	call(SYS_fsopen, long_text, 0xff00);
	call(SYS_fsconfig, -1, 0, "ro", NULL, 0);
	call(SYS_fsconfig, -1, 0, NULL, "x", 5);
	call(SYS_fsconfig, -1, 1, "key", "value", 0);
	call(SYS_fsconfig, -1, 1, long_text, long_text, HIGH | 7);
	call(SYS_fsconfig, -1, 2, "key", "blob\0\1", 6);
	call(SYS_fsconfig, -1, 2, "key", tail(3), 4);
	call(SYS_fsconfig, -1, 2, "key", NULL, -1);
	call(SYS_fsconfig, -1, 3, "key", "/path", AT_FDCWD);
	call(SYS_fsconfig, -1, 4, "key", "", 3);
	call(SYS_fsconfig, -1, 4, NULL, NOWHERE, -1);
	call(SYS_fsconfig, -1, 5, "key", NULL, 7);
	call(SYS_fsconfig, -1, 5, "key", NOWHERE, -100);
	call(SYS_fsconfig, -1, 6, NULL, NULL, 0);
	call(SYS_fsconfig, -1, 6, "k", "v", 1);
	call(SYS_fsconfig, -1, 7, NULL, NULL, 0);
	call(SYS_fsconfig, -1, 8, NULL, NULL, 0);
	call(SYS_fsconfig, -1, 99, "k", "v", -1);
	call(SYS_fsmount, -1, 1, 0xff);
	call(SYS_fsmount, -1, 0, 0);
	call(SYS_fsmount, -1, 0xfe, 0x10 | 0x80);
	call(SYS_fsmount, -1, 0, 0x20 | 0x200000);
	call(SYS_fsmount, -1, 0, 0x30);
	call(SYS_fspick, -100, "/no/a", 0xf);
	call(SYS_fspick, -1, NULL, 0x10);
	call(SYS_open_tree, -100, "/no/a", 1 | 0x8000 | O_CLOEXEC);
	call(SYS_open_tree, -100, "/no/a", 0);
	call(SYS_open_tree, -100, "/no/a", 0x1f00);
	call(SYS_open_tree, -1, NOWHERE, 0xfff6e0fe);
	call(SYS_move_mount, -100, "/no/a", -1, "/no/b", 0x77);
	call(SYS_move_mount, -100, "/no/a", -1, "/no/b", 0);
	call(SYS_move_mount, -1, "", -100, NULL, 0x100 | 0x200 | 0x1000);
}

static void attributes(void)
{
	struct mount_attr attr = {MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV, 1 << 18,
				  0};
	uint64_t more[5] = {MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME, 0xff, -1UL, 7};

	call(SYS_mount_setattr, -100, "/no/a", 0x8000 | 0x1000, TAIL(attr), 32L);
	call(SYS_mount_setattr, -100, "/no/a", 0, TAIL(more), 40L);
	more[4] = 0;
	call(SYS_mount_setattr, -100, "/no/a", 0x100, TAIL(more), 40L);
	attr.attr_set = 0x200000 | 0x20;
	attr.attr_clr = 0x70;
	attr.propagation = 0x100000;
	call(SYS_mount_setattr, -1, "/no/a", 0xff, TAIL(attr), 33L);
	call(SYS_mount_setattr, -1, "/no/a", 0xff, TAIL(attr), 31L);
	call(SYS_mount_setattr, -1, NULL, 0xff, NULL, 32L);
	call(SYS_mount_setattr, -1, NULL, 0xff, tail(31), 32L);
	call(SYS_mount_setattr, -1, NULL, 0, NOWHERE, -1L);
	attr = (struct mount_attr){0};
	call(SYS_mount_setattr, -1, "x", 0, TAIL(attr), 32L);
}

int main(void)
{
	memset(long_text, 'a', sizeof long_text - 1);
	if (setresuid(65534, 65534, 65534))
		err(1, "setresuid");
	mounting();
	configuring();
	attributes();
	return 0;
}
