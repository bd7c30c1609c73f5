/* SPDX-License-Identifier: MIT */
/*
 * Return addresses that are not in their places.
 *
 * To see a probed function return, the kernel puts the address of its trampoline where the return
 * address was, and keeps that in a list of the task's. A walk that meets the trampoline goes on
 * from what the list has for that place of the stack.
 */
#ifndef PROF_TRAMPOLINE_BPF_H
#define PROF_TRAMPOLINE_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#define TRAMPOLINE_BYTES 128 /* then the copies follow */
#define MAX_PROBED_CALLS 16  /* that are nested; the kernel allows 64 */

/* 0: no probed function of this process has been called yet. */
static __always_inline __u64 trampoline_address(void)
{
	return BPF_CORE_READ(bpf_get_current_task_btf(), mm, uprobes_state.xol_area, vaddr);
}

static __always_inline bool trampoline_holds(__u64 ip)
{
	__u64 page = trampoline_address();

	return page && ip - page < TRAMPOLINE_BYTES;
}

/*
 * Where the code at `ip` really is: the trampoline is between the function that has returned and
 * its caller, and an instruction under a probe may be executed in a copy, beside the trampoline.
 * `*is_return` becomes true where it is a return address.
 */
static __always_inline __u64 trampoline_leave(__u64 ip, bool *is_return)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 page = trampoline_address();

	if (!page || ip - page >= 4096)
		return ip;
	if (ip - page >= TRAMPOLINE_BYTES)
		return BPF_CORE_READ(task, utask, vaddr);
	*is_return = true;
	return BPF_CORE_READ(task, utask, return_instances, orig_ret_vaddr);
}

/* What stood at `slot` of the current task's stack; 0: it is not known. */
__weak __noinline __u64 trampoline_return(__u64 slot)
{
	struct return_instance *call =
		BPF_CORE_READ(bpf_get_current_task_btf(), utask, return_instances);

	for (int i = 0; call && i < MAX_PROBED_CALLS; i++) {
		if (BPF_CORE_READ(call, stack) == slot)
			return BPF_CORE_READ(call, orig_ret_vaddr);
		call = BPF_CORE_READ(call, next);
	}
	return 0;
}

#endif
