// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The least that any tracer of system calls pays: an empty program at each end. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual MIT/GPL";

SEC("tp_btf/sys_enter")
int on_sys_enter(void *ctx)
{
	(void)ctx;
	return 0;
}

SEC("tp_btf/sys_exit")
int on_sys_exit(void *ctx)
{
	(void)ctx;
	return 0;
}
