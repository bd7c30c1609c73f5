/* SPDX-License-Identifier: MIT */
/*
 * What to record, set by the recorder before the programs are loaded.
 *
 * Read-only data is constant to the verifier, so the code of a feature that is off is not even
 * loaded.
 */
#ifndef PROF_CONFIG_BPF_H
#define PROF_CONFIG_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "event.h"

const volatile bool cfg_faults __weak = false;
const volatile bool cfg_attached __weak = false; /* to processes that run already */
const volatile bool cfg_places __weak = false;   /* in which mapping each fault lies */
const volatile __u32 cfg_fault_kinds __weak =
	~0U;                                  /* bits of enum wire_fault_kind: others go untold */
const volatile bool cfg_follow __weak = true; /* what the command starts, too */
const volatile bool cfg_all_syscalls __weak = true;   /* else those in the set below */
const volatile bool cfg_syscall_events __weak = true; /* else only their totals are kept */
const volatile __u64 cfg_syscall_set[8] __weak = {0};
const volatile bool cfg_stacks __weak = false; /* of what is chosen here: */
const volatile bool cfg_fault_stacks __weak = false;
const volatile bool cfg_all_syscall_stacks __weak = true; /* else of those in the set below */
const volatile __u64 cfg_syscall_stack_set[8] __weak = {0};
const volatile bool cfg_kernel_stacks __weak = false; /* the kernel's part of them, too */
const volatile bool cfg_captures __weak = false;      /* memory behind arguments, by the plans */
const volatile bool cfg_enter_events __weak = false;  /* of all recorded calls */
const volatile bool cfg_descriptors __weak = false;   /* what new ones are */
const volatile bool cfg_whole_arrays __weak = false;  /* else so many elements, too: */
const volatile __u32 cfg_string_bytes __weak = 32;    /* of what has no limit of its own */
const volatile bool cfg_allocs __weak = false;        /* functions of allocators are probed */
const volatile __u64 cfg_ring_bytes __weak = 1 << 20; /* a power of two */

const volatile __u32 cfg_unwind_rows __weak = 0; /* that the first array of them has room for */

/* The numbers of the few system calls that mean something to the programs, by architecture. */
const volatile __u32 cfg_nr_execve __weak = 0;
const volatile __u32 cfg_nr_execveat __weak = 0;
const volatile __u32 cfg_nr_exit __weak = 0;
const volatile __u32 cfg_nr_exit_group __weak = 0;
const volatile __u32 cfg_nr_rt_sigreturn __weak = 0;
const volatile __u32 cfg_nr_mmap __weak = 0;
const volatile __u32 cfg_nr_mprotect __weak = 0;
const volatile __u32 cfg_nr_pkey_mprotect __weak = 0;
const volatile __u32 cfg_nr_munmap __weak = 0;
const volatile __u32 cfg_nr_mremap __weak = 0;
const volatile __u32 cfg_nr_shmat __weak = 0;
const volatile __u32 cfg_nr_fcntl __weak = 0;
const volatile __u32 cfg_nr_recvmsg __weak = 0;
const volatile __u32 cfg_nr_uretprobe __weak = 0; /* 0: there is none */
const volatile __u32 cfg_nr_clone __weak = 0;
const volatile __u32 cfg_nr_clone3 __weak = 0;
const volatile __u32 cfg_nr_fork __weak = 0;
const volatile __u32 cfg_nr_vfork __weak = 0;

static __always_inline bool is_exec(__u32 nr)
{
	return nr == cfg_nr_execve || nr == cfg_nr_execveat;
}

static __always_inline bool is_fork(__u32 nr)
{
	return nr == cfg_nr_clone || nr == cfg_nr_clone3 || nr == cfg_nr_fork || nr == cfg_nr_vfork;
}

/* Calls whose user registers at exit, if it comes, are not those at enter. */
static __always_inline bool returns_elsewhere(__u32 nr)
{
	return is_exec(nr) || nr == cfg_nr_rt_sigreturn || nr == cfg_nr_exit ||
	       nr == cfg_nr_exit_group;
}

/* The call by which a probed function returns is the probe's, not the program's. */
static __always_inline bool is_probe(__u64 nr)
{
	return cfg_allocs && cfg_nr_uretprobe && nr == cfg_nr_uretprobe;
}

/* Numbers of 32-bit calls are those of another table: they are in no set. */
static __always_inline bool is_recorded(__u64 nr, bool compat)
{
	if (is_probe(nr))
		return false;
	return cfg_all_syscalls ||
	       (!compat && nr < 512 && cfg_syscall_set[nr / 64 & 7] >> (nr % 64) & 1);
}

static __always_inline bool is_walked(__u64 nr, bool compat)
{
	return cfg_all_syscall_stacks ||
	       (!compat && nr < 512 && cfg_syscall_stack_set[nr / 64 & 7] >> (nr % 64) & 1);
}

#endif
