// SPDX-License-Identifier: MIT
/*
 * System calls on the kernel's own matters. None of them may succeed in changing the machine, so
 * those that could are made with arguments that the kernel refuses.
 */
#include "corners.h"

#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/landlock.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <sys/uio.h>
#include <time.h>

static void keys(void)
{
	call(SYS_add_key, "user", "corners", "secret", 6L, HIGH | -9L);
	call(SYS_add_key, NULL, NOWHERE, NULL, 0L, -1L);
	call(SYS_add_key, "bad", "x", NOWHERE, 5L, 77L);
	call(SYS_request_key, "bad", "x", "info", KEY_SPEC_SESSION_KEYRING);
	call(SYS_request_key, "bad", "x", NULL, 0L);
	for (long command = 0; command < 34; command++) {
		if (command == KEYCTL_JOIN_SESSION_KEYRING || command == KEYCTL_SESSION_TO_PARENT)
			continue;
		call(SYS_keyctl, HIGH | command, -99L, NOWHERE, 3L, NOWHERE);
		call(SYS_keyctl, command, HIGH | 77L, HIGH | 5L, HIGH | 7L, HIGH | 9L);
	}
	call(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 0L);
	call(SYS_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_USER_KEYRING, tail(64), 64L);
	call(SYS_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_USER_KEYRING, tail(5), 5L);
	call(SYS_keyctl, KEYCTL_SETPERM, -99L, 0x3f1f0000L);
	call(SYS_keyctl, KEYCTL_SETPERM, -99L, 0xffffffffL);
	call(SYS_keyctl, KEYCTL_SEARCH, -99L, "user", "description", -1L);
	call(SYS_keyctl, KEYCTL_READ, -99L, tail(5), 5L);
	call(SYS_keyctl, KEYCTL_UPDATE, -99L, "secret", 6L);
	call(SYS_keyctl, KEYCTL_SET_REQKEY_KEYRING, 99L);
	call(SYS_keyctl, KEYCTL_REJECT, -99L, 5L, ENOKEY, -1L);
}

static void events(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE, .size = sizeof attr, .config = 1};

	call(SYS_perf_event_open, NULL, -1, -1, -1, -1L);
	call(SYS_perf_event_open, NOWHERE, 0, -1, 5, PERF_FLAG_FD_CLOEXEC);
	call(SYS_perf_event_open, TAIL(attr), -1, -1, -1, 0L);
	for (unsigned int type = 0; type < 8; type++) {
		attr.type = type;
		attr.config = type == 3 ? 0x10203 : type;
		call(SYS_perf_event_open, TAIL(attr), -1, -1, -1, 0L);
	}
	attr.type = PERF_TYPE_SOFTWARE;
	attr.config = 0x55;
	attr.sample_period = 1000;
	attr.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_BRANCH_STACK;
	attr.read_format = PERF_FORMAT_ID | PERF_FORMAT_GROUP;
	attr.branch_sample_type = PERF_SAMPLE_BRANCH_USER | PERF_SAMPLE_BRANCH_ANY;
	attr.disabled = attr.exclude_kernel = attr.inherit = attr.enable_on_exec = 1;
	attr.precise_ip = 2;
	attr.sample_regs_user = 5;
	attr.sample_stack_user = 64;
	attr.clockid = CLOCK_MONOTONIC;
	attr.use_clockid = 1;
	call(SYS_perf_event_open, TAIL(attr), -1, -1, -1, 0L);
	attr.freq = 1;
	attr.watermark = 1;
	attr.wakeup_watermark = 99;
	call(SYS_perf_event_open, TAIL(attr), 5, -1, -1, 0L);
	memset(&attr, 0xff, sizeof attr);
	attr.size = sizeof attr;
	call(SYS_perf_event_open, TAIL(attr), -1, -1, -1, 0L);
	attr.size = 64;
	call(SYS_perf_event_open, TAIL(attr), -1, -1, -1, 0L);
	attr.size = 0;
	call(SYS_perf_event_open, TAIL(attr), -1, -1, -1, 0L);
	attr.size = 16;
	call(SYS_perf_event_open, TAIL(attr), -1, -1, -1, 0L);
}

static void rings(void)
{
	struct io_uring_params params = {.flags = IORING_SETUP_CQSIZE, .cq_entries = 8};
	struct iovec iov = {arena(), 16};
	int fds[2] = {0, -1};
	int fd;

	call(SYS_io_uring_setup, 0, NULL);
	call(SYS_io_uring_setup, 99, NOWHERE);
	fd = (int)call(SYS_io_uring_setup, 4, TAIL(params));
	params.flags = 0x80000020;
	params.wq_fd = 5;
	params.sq_thread_cpu = 3;
	params.sq_thread_idle = 7;
	call(SYS_io_uring_setup, 4, TAIL(params));
	params.flags = IORING_SETUP_SQPOLL | IORING_SETUP_SQ_AFF;
	params.sq_thread_cpu = 9999;
	params.resv[0] = 5;
	call(SYS_io_uring_setup, 4, TAIL(params));
	call(SYS_io_uring_enter, fd, 0, 0, IORING_ENTER_GETEVENTS, NULL, 8L);
	call(SYS_io_uring_enter, -1, HIGH | 1, 2, 0xff, TAIL((uint64_t){1}), 8L);
	for (long op = 0; op < 24; op++) {
		call(SYS_io_uring_register, -1, HIGH | op, NULL, 0);
		call(SYS_io_uring_register, -1, op, NOWHERE, 2);
	}
	call(SYS_io_uring_register, -1, IORING_REGISTER_BUFFERS, TAIL(iov), 1);
	call(SYS_io_uring_register, -1, IORING_REGISTER_FILES, TAIL(fds), 2);
	call(SYS_io_uring_register, -1, IORING_REGISTER_EVENTFD, TAIL(fds[0]), 1);
	call(SYS_io_uring_register, fd, IORING_REGISTER_PROBE, tail(16 + 8 * 3), 3);
}

static void contexts(void)
{
	unsigned long *context = tail(8);
	struct iocb request = {.aio_data = 7,
			       .aio_lio_opcode = IOCB_CMD_PWRITE,
			       .aio_fildes = 1,
			       .aio_buf = (uint64_t) "hello",
			       .aio_nbytes = 5,
			       .aio_offset = 9};
	struct iocb *requests[2] = {&request, NULL};
	struct timespec zero = {0, 1};

	call(SYS_io_setup, -1, context);
	call(SYS_io_setup, 2, NOWHERE);
	call(SYS_io_setup, 2, context);
	call(SYS_io_getevents, *context, 0L, 2L, tail(64), &zero);
	call(SYS_io_submit, 0xdeadL, 1L, requests);
	call(SYS_io_submit, 0xdeadL, 2L, requests);
	call(SYS_io_submit, 0xdeadL, -1L, NOWHERE);
	request.aio_lio_opcode = IOCB_CMD_PREAD;
	request.aio_flags = IOCB_FLAG_RESFD;
	request.aio_resfd = 5;
	request.aio_reqprio = 3;
	call(SYS_io_submit, 0xdeadL, 1L, requests);
	request.aio_lio_opcode = 99;
	call(SYS_io_submit, 0xdeadL, 1L, requests);
	request.aio_lio_opcode = IOCB_CMD_POLL;
	call(SYS_io_submit, 0xdeadL, 1L, requests);
	call(SYS_io_cancel, 0xdeadL, &request, NOWHERE);
	call(SYS_io_pgetevents, 0xdeadL, 1L, 2L, NULL, &zero, NULL);
	call(SYS_io_destroy, 0xdeadL);
}

static void rulesets(void)
{
	struct landlock_ruleset_attr attr = {0x1fff};
	struct landlock_path_beneath_attr path = {LANDLOCK_ACCESS_FS_READ_FILE, -1};

	call(SYS_landlock_create_ruleset, NULL, 0L, 1);
	call(SYS_landlock_create_ruleset, NOWHERE, 8L, 0);
	call(SYS_landlock_create_ruleset, TAIL(attr), 7L, 0);
	attr.handled_access_fs = 0;
	call(SYS_landlock_create_ruleset, TAIL(attr), 8L, 0);
	attr.handled_access_fs = 0xf00000000;
	call(SYS_landlock_create_ruleset, TAIL(attr), 8L, HIGH);
	call(SYS_landlock_add_rule, -1, 1, TAIL(path), 0);
	call(SYS_landlock_add_rule, -1, HIGH | 7, TAIL(path), HIGH | 1);
	call(SYS_landlock_add_rule, -1, 1, NOWHERE, 0);
	call(SYS_landlock_restrict_self, -1, HIGH | 5);
}

static void rest(void)
{
	static const long raw[] = {SYS_afs_syscall,   SYS_tuxcall,         SYS_security,
				   SYS_vserver,       SYS_getpmsg,         SYS_putpmsg,
				   SYS_nfsservctl,    SYS_get_kernel_syms, SYS_query_module,
				   SYS_epoll_ctl_old, SYS_epoll_wait_old};

	for (size_t i = 0; i < sizeof raw / sizeof *raw; i++)
		call(raw[i], 1L, 2L, HIGH | 3L, 4L, 5L, 6L);
	for (long action = -1; action < 12; action++) {
		if (action != 5 && action != 4 && action != 6 && action != 7)
			call(SYS_syslog, HIGH | (action & 0xffffffff), NOWHERE, -1L);
	}
	call(SYS_syslog, 8, 0L, 99L);
	call(SYS_syslog, 3, tail(4), 4L);
	call(SYS_reboot, 1, 2, 3, 4);
	call(SYS_reboot, 0xfee1deadL, 5, 0xa1b2c3d4L, "reason");
	call(SYS_reboot, 5, 0x28121969, 0xa1b2c3d4L, NOWHERE);
	call(SYS_quotactl, 0x80000200 | 1, "/dev/none", 77, NULL);
	call(SYS_quotactl, 0x80000700L, "/dev/none", -1, tail(100));
	call(SYS_quotactl, HIGH | 0x12345678, NULL, 5, NOWHERE);
	call(SYS_quotactl_fd, -1, 0x80000700, 5, NOWHERE);
	call(SYS_kexec_load, 0x1000L, 17L, NOWHERE, 0x3e0001L);
	call(SYS_kexec_load, 0x1000L, 1L, NULL, 0xffff0000L);
	call(SYS_kexec_file_load, -1, -1, 4L, "abc", 0xffL);
	call(SYS_kexec_file_load, -1, -1, -1L, NOWHERE, 0L);
	call(SYS_init_module, NOWHERE, 7L, "a=b");
	call(SYS_finit_module, -1, "a=b", HIGH | 0xf);
	call(SYS_finit_module, -1, NOWHERE, 0);
	call(SYS_delete_module, "no such module", O_NONBLOCK);
	call(SYS_delete_module, NOWHERE, HIGH | 0xffff);
	call(SYS_create_module, "a", 5L);
	call(SYS_userfaultfd, HIGH | 0xff);
	call(SYS_modify_ldt, 0x99, NOWHERE, 5L);
	call(SYS_modify_ldt, 1, NOWHERE, 16L);
	call(SYS_modify_ldt, 1, tail(16), 16L);
	call(SYS_set_thread_area, NOWHERE);
	call(SYS_get_thread_area, tail(16));
	call(SYS_iopl, HIGH | 99);
	call(SYS_ioperm, -1L, 5L, HIGH | 1);
	call(SYS__sysctl, NOWHERE);
	call(SYS_lookup_dcookie, HIGH | 5, tail(8), 8L);
	call(SYS_vhangup == 153 ? SYS_sched_yield : 0);
	call(SYS_process_madvise, -1, NULL, 0L, 4L, HIGH | 5);
	call(SYS_process_madvise, -1, TAIL((struct iovec){arena(), 5}), 1L, 21, 0);
	call(SYS_set_mempolicy_home_node, 1L, 2L, 3L, 4L);
	call(SYS_memfd_secret, HIGH | 0x80001);
}

int main(void)
{
	keys();
	events();
	rings();
	contexts();
	rulesets();
	rest();
	return 0;
}
