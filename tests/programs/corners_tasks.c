// SPDX-License-Identifier: MIT
/*
 * System calls on what a task is and may. It becomes nobody first, so that nothing succeeds that
 * others would notice.
 */
#include "corners.h"

#include <grp.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>

static void identity(void)
{
	static const int sets[] = {SYS_setuid, SYS_setgid, SYS_setfsuid, SYS_setfsgid};
	gid_t groups[3] = {1, 0xffffffff, 100000};
	gid_t *many = (gid_t *)arena();

	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
		call(sets[i], 0);
		call(sets[i], HIGH | 0xffffffff);
		call(sets[i], HIGH | 0xfffffffe);
	}
	call(SYS_setreuid, -1, 0);
	call(SYS_setregid, 0, HIGH | 0xffffffff);
	call(SYS_setresuid, -1, 0, HIGH);
	call(SYS_setresgid, 5, -1, 1L << 33);
	call(SYS_getresuid, tail(4), tail(4), tail(4));
	call(SYS_getresuid, NOWHERE, tail(4), NULL);
	call(SYS_getresgid, tail(4), tail(8), tail(3));
	call(SYS_setgroups, 3, TAIL(groups));
	call(SYS_setgroups, 4, TAIL(groups));
	call(SYS_setgroups, 0, NULL);
	call(SYS_setgroups, 0, NOWHERE);
	call(SYS_setgroups, 1, NULL);
	call(SYS_setgroups, HIGH | 0xffffffff, groups);
	call(SYS_setgroups, 40, many);
	call(SYS_setgroups, 70000, many);
	call(SYS_getgroups, 0, NULL);
	call(SYS_getgroups, 0, NOWHERE);
	call(SYS_getgroups, 100, many);
	call(SYS_getgroups, -1, many);
	call(SYS_setpgid, HIGH | 0xffffffff, -1);
	call(SYS_getpgid, HIGH | 0x7fffffff);
	call(SYS_getpgid, 0x7fffffff);
	call(SYS_getsid, -1);
	call(SYS_getuid);
	call(SYS_getpriority, 0, HIGH | 0xffffffff);
	call(SYS_getpriority, 1, 0);
	call(SYS_getpriority, 2, 0);
	call(SYS_getpriority, 99, 0);
	call(SYS_setpriority, 0, -1, -5);
	call(SYS_setpriority, HIGH | 9, 1, HIGH);
	call(SYS_getrandom, arena(), 5L, 0);
	call(SYS_getrandom, NULL, 0L, 1 | 2 | 4);
	call(SYS_getrandom, NOWHERE, -1L, 8);
	call(SYS_personality, 0xffffffff);
	call(SYS_personality, 0x8000008);
	call(SYS_personality, 0x77);
	call(SYS_personality, 0x40000);
	call(SYS_personality, 0);
	call(SYS_sethostname, "ab\0c", 4L);
	call(SYS_sethostname, arena(), -1L);
	call(SYS_setdomainname, NOWHERE, 5);
	call(SYS_setdomainname, "0123456789012345678901234567890123456789", 64);
	call(SYS_setns, -1, 0);
	call(SYS_setns, -1, 0x40000000 | 0x80);
	call(SYS_setns, -1, 5);
	call(SYS_getcpu, NOWHERE, NULL, NULL);
	call(SYS_getcpu, NULL, tail(4), NULL);
	call(SYS_uname, tail(390));
	call(SYS_uname, tail(389));
	call(SYS_sysinfo, NOWHERE);
	call(SYS_umask, 0777);
	call(SYS_vhangup);
}

static void capabilities_of(void)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2] = {{1, 2, 0x80000000}, {0xffffffff, 0, 0xff}};

	call(SYS_capget, TAIL(header), data);
	call(SYS_capget, &header, NULL);
	call(SYS_capget, &header, NOWHERE);
	call(SYS_capset, &header, data);
	header.version = _LINUX_CAPABILITY_VERSION_1;
	call(SYS_capset, &header, data);
	call(SYS_capset, &header, NULL);
	header.version = _LINUX_CAPABILITY_VERSION_2;
	header.pid = -1;
	data[0].effective = data[0].permitted = data[0].inheritable = 0;
	call(SYS_capset, &header, TAIL(data));
	call(SYS_capset, &header, tail(23));
	header.version = 0xbadc0ded;
	call(SYS_capset, TAIL(header), data);
	call(SYS_capget, NULL, data);
	call(SYS_capget, tail(7), data);
}

static void limits(void)
{
	static const uint64_t values[] = {0,
					  1023,
					  1024,
					  1025,
					  4096,
					  0xffffffff,
					  0x100000000,
					  0x7ffffffffffffc00,
					  RLIM_INFINITY,
					  RLIM_INFINITY - 1};
	struct rlimit limit;

	for (size_t i = 0; i < 18; i++)
		call(SYS_getrlimit, i, &limit);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		limit = (struct rlimit){values[i], values[sizeof values / sizeof *values - 1 - i]};
		call(SYS_setrlimit, 99, TAIL(limit));
		call(SYS_prlimit64, -1, 7, TAIL(limit), NULL);
	}
	call(SYS_setrlimit, 1, tail(15));
	call(SYS_getrlimit, 1, NOWHERE);
	call(SYS_prlimit64, 0, HIGH | 7, NULL, tail(16));
	call(SYS_prlimit64, 0, 7, NOWHERE, NOWHERE);
	call(SYS_prlimit64, 0, 77, NULL, NULL);
	call(SYS_getrusage, 0, NOWHERE);
	call(SYS_getrusage, -1, tail(143));
	call(SYS_getrusage, 5, NULL);
	call(SYS_getrusage, HIGH | 0xffffffff, arena());
}

static void scheduling(void)
{
	struct sched_param param = {77};
	uint32_t attr[14] = {48, 0, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0};
	uint64_t cpus[2] = {3, 0x8000000000000000};

	call(SYS_sched_getscheduler, 0);
	call(SYS_sched_getscheduler, HIGH | 0xffffffff);
	call(SYS_sched_setscheduler, -1, 1, TAIL(param));
	call(SYS_sched_setscheduler, 0, 0x40000002, TAIL(param));
	call(SYS_sched_setscheduler, 0, 99, NULL);
	call(SYS_sched_setscheduler, 0, 0x40000000, tail(3));
	call(SYS_sched_getparam, 0, tail(4));
	call(SYS_sched_getparam, -1, NULL);
	call(SYS_sched_setparam, 0, TAIL(param));
	call(SYS_sched_setparam, 0, NOWHERE);
	call(SYS_sched_get_priority_max, 1);
	call(SYS_sched_get_priority_min, HIGH | 0xffffffff);
	call(SYS_sched_get_priority_min, 6);
	call(SYS_sched_rr_get_interval, 0, tail(16));
	call(SYS_sched_rr_get_interval, -1, tail(16));
	call(SYS_sched_getaffinity, 0, 8, tail(8));
	call(SYS_sched_getaffinity, 0, 128, arena());
	call(SYS_sched_getaffinity, 0, 7, tail(8));
	call(SYS_sched_getaffinity, 0, 0, NULL);
	call(SYS_sched_setaffinity, 0, 16, TAIL(cpus));
	call(SYS_sched_setaffinity, -1, 16, TAIL(cpus));
	call(SYS_sched_setaffinity, -1, 17, TAIL(cpus));
	call(SYS_sched_setaffinity, -1, 5, TAIL(cpus));
	call(SYS_sched_setaffinity, -1, 0, NULL);
	call(SYS_sched_setaffinity, -1, HIGH | 0xffffffff, cpus);
	call(SYS_sched_getattr, 0, arena(), 100, 0);
	call(SYS_sched_getattr, 0, arena(), 48, 0);
	call(SYS_sched_getattr, 0, arena(), 56, 1);
	call(SYS_sched_getattr, -1, NULL, 5, 0xff);
	call(SYS_sched_setattr, -1, TAIL(attr), 0);
	attr[0] = 56;
	attr[1] = 99;
	attr[2] = 0x7f;
	attr[12] = 5;
	attr[13] = 7;
	call(SYS_sched_setattr, -1, TAIL(attr), 5);
	attr[0] = 0;
	call(SYS_sched_setattr, 0, TAIL(attr), 0xff);
	attr[0] = 20;
	call(SYS_sched_setattr, -1, TAIL(attr), 0);
	attr[0] = 64;
	call(SYS_sched_setattr, -1, TAIL(attr), 0);
	attr[0] = 48;
	attr[1] = 6;
	attr[2] = 0;
	call(SYS_sched_setattr, -1, TAIL(attr), 0);
	attr[1] = 1;
	call(SYS_sched_setattr, -1, TAIL(attr), 0);
	call(SYS_sched_setattr, -1, tail(4), 0);
	call(SYS_sched_setattr, -1, tail(3), 0);
	call(SYS_sched_setattr, 0, NULL, 0);
	call(SYS_ioprio_get, 1, 0);
	call(SYS_ioprio_get, HIGH | 9, -1);
	call(SYS_ioprio_set, 1, 0, 2 << 13 | 4);
	call(SYS_ioprio_get, 1, 0);
	call(SYS_ioprio_set, 2, -1, 3 << 13);
	call(SYS_ioprio_set, 3, -1, 7 << 13 | 0x1fff);
	call(SYS_ioprio_set, 0, -1, -1);
	call(SYS_sched_yield);
}

static void programs(void)
{
	char *many[41], *bad[] = {"a", NOWHERE, NULL};
	char **torn = tail(16);
	char *empty[] = {NULL}, *args[] = {"ab\n", "\"", NULL};

	for (int i = 0; i < 40; i++)
		many[i] = "0123456789012345678901234567890123456789";
	many[40] = NULL;
	torn[0] = "x";
	torn[1] = "y";
	call(SYS_execve, "/no/a", args, empty);
	call(SYS_execve, "/no/a", many, many);
	call(SYS_execve, "/no/a", bad, bad);
	call(SYS_execve, "/no/a", torn, torn);
	call(SYS_execve, NULL, NULL, NULL);
	call(SYS_execve, "", NOWHERE, NOWHERE);
	call(SYS_execve, "/no/a", many + 8, many + 39);
	call(SYS_execveat, -100, "/no/a", args, NULL, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW);
	call(SYS_execveat, -1, "a", NULL, args, 0xff);
	call(SYS_execve, "/bin/true", args, empty);
}

int main(void)
{
	setgroups(0, NULL);
	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		err(1, "setresuid");
	identity();
	capabilities_of();
	limits();
	scheduling();
	programs();
	return 0;
}
