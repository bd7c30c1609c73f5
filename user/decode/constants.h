/* SPDX-License-Identifier: MIT */
/*
 * The constants of the kernel's interface by name, in sets as the arguments of calls use them.
 *
 * A set of flags is matched from its first item to its last, so an item of several bits stands
 * before those it is made of. Values come from the system's headers at compile time; what is newer
 * than those is in constants_newer.h. `unknown` is how a value without a name is commented.
 *
 * Newer flags are named where every bit of a value has a name. Where some have none, the value was
 * never meant for a kernel that knows the newer ones: ~0, garbage, a bit that nobody uses.
 */
#ifndef PROF_DECODE_CONSTANTS_H
#define PROF_DECODE_CONSTANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct constant {
	uint64_t value;
	const char *name;
	bool is_newer;
};

struct constant_set {
	const struct constant *items;
	size_t nr;
	const char *unknown; /* "O_???", or NULL for none */
};

/* The name of exactly this value, or NULL. */
const char *constant_name(const struct constant_set *set, uint64_t value);

/* constants_files.c */
extern const struct constant_set access_modes, at_flags, at_mount_setattr_flags, at_statx_sync,
	close_range_flags, delete_module_flags, epoll_create_flags, epoll_ctl_ops, epoll_events,
	eventfd_flags, execveat_flags, faccessat_flags, fadvise_advices, fallocate_flags,
	fanotify_classes, fanotify_events, fanotify_init_flags, fanotify_mark_flags, fcntl_commands,
	fd_flags, file_attributes, file_types, finit_module_flags, flock_ops, handle_at_flags,
	inotify_events, inotify_init_flags, lease_types, lock_types, memfd_flags,
	memfd_secret_flags, notify_events, open_access, open_flags, owner_types, poll_events,
	rename_flags, resolve_flags, rwf_flags, seals, seek_whences, signalfd_flags, splice_flags,
	statfs_flags, statfs_types, statx_attributes, statx_masks, sync_file_range_flags,
	timerfd_create_flags, umount_flags, userfaultfd_flags, xattr_flags;

/* constants_mounts.c */
extern const struct constant_set fsconfig_commands, fsmount_attributes, fsmount_flags, fsopen_flags,
	fspick_flags, mount_attributes, mount_flags, move_mount_flags, open_tree_flags,
	quota_commands, quota_formats, quota_types, quota_valid, swap_flags;

/* constants_memory.c */
extern const struct constant_set madvise_advices, map_flags, map_types, mbind_flags,
	mempolicy_flags, mempolicy_mode_flags, mempolicy_modes, mlock_flags, mlockall_flags,
	move_pages_flags, mremap_flags, msync_flags, pkey_rights, protections;

/* constants_process.c */
extern const struct constant_set arch_prctl_codes, capabilities, clock_names, clone3_flags,
	clone_flags, futex_ops, futex_waitv_flags, futex_wake_compares, futex_wake_ops,
	getrandom_flags, io_priority_classes, io_priority_whos, itimer_whiches, kcmp_types,
	kexec_arches, kexec_file_flags, kexec_flags, log_levels, membarrier_commands,
	membarrier_flags, namespace_flags, personality_flags, personality_types, pidfd_open_flags,
	priority_whiches, reboot_commands, reboot_magic1, reboot_magic2, rlimit_resources,
	rusage_whos, sched_attr_flags, sched_flags, sched_policies, syslog_actions, timer_flags,
	unshare_flags, wait_flags, wait_types, xfeature_masks, xfeatures;

/* constants_control.c */
extern const struct constant_set pr_cap_ambient, pr_dumpable, pr_fp_mode, pr_mce_kill,
	pr_mce_kill_policies, pr_pac_enabled_keys, pr_pac_keys, pr_sched_core, pr_sched_core_scopes,
	pr_set_mm, pr_set_vma, pr_sme_vector_length, pr_spec_get, pr_spec_set, pr_spec_which,
	pr_tsc, pr_unalign, pr_user_dispatch, pr_vector_length, prctl_options, ptrace_events,
	ptrace_options, ptrace_peek_flags, ptrace_requests, ptrace_syscall_info_ops, register_sets,
	secure_bits;

/* constants_signals.c */
extern const struct constant_set audit_arches, notify_types, si_codes, si_codes_bus, si_codes_child,
	si_codes_fpe, si_codes_ill, si_codes_poll, si_codes_segv, si_codes_sys, si_codes_trap,
	sigaction_flags, sigaltstack_flags, sigmask_hows, signal_names;

/* constants_sockets.c */
extern const struct constant_set address_families, arp_hardware, ax25_protocols,
	bluetooth_address_types, bluetooth_channels, bluetooth_cids, bluetooth_protocols,
	bluetooth_psms, caif_protocols, can_protocols, ethernet_types, inet_protocols,
	interface_flags, irda_protocols, isdn_protocols, kcm_protocols, message_flags,
	netlink_protocols, nfc_protocols, packet_types, phonet_protocols, shutdown_hows,
	smc_protocols, socket_flags, socket_types, vsock_cids, vsock_flags, xdp_flags;

/* constants_sockopts.c */
extern const struct constant_set control_levels, control_messages, control_messages_ip,
	icmp_filter_bits, packet_memberships, socket_levels, sockopt_rehash, sockopts_alg,
	sockopts_ax25, sockopts_bluetooth, sockopts_caif, sockopts_can_raw, sockopts_dccp,
	sockopts_ip, sockopts_ip_get, sockopts_ip_set, sockopts_ipv6, sockopts_ipv6_get,
	sockopts_ipv6_set, sockopts_ipx, sockopts_irda, sockopts_iucv, sockopts_kcm, sockopts_llc,
	sockopts_mptcp, sockopts_netlink, sockopts_nfc, sockopts_packet, sockopts_pnpipe,
	sockopts_pppol2tp, sockopts_raw, sockopts_rds, sockopts_rxrpc, sockopts_sctp, sockopts_smc,
	sockopts_socket, sockopts_socket_get, sockopts_socket_set, sockopts_tcp, sockopts_tipc,
	sockopts_tls, sockopts_udp, sockopts_vsock, sockopts_xdp;

/* constants_ipc.c */
extern const struct constant_set ipc_get_flags, msg_commands, msg_op_flags, sem_commands,
	sem_op_flags, shm_at_flags, shm_commands, shm_get_flags;

/* constants_bpf.c */
extern const struct constant_set bpf_attach_flags, bpf_attach_types, bpf_commands, bpf_elem_flags,
	bpf_fd_types, bpf_file_flags, bpf_lookup_flags, bpf_map_flags, bpf_map_types,
	bpf_prog_flags, bpf_prog_types, bpf_query_flags, bpf_test_run_flags, ebpf_registers,
	filter_classes, filter_classes_ebpf, filter_jumps, filter_jumps_ebpf, filter_misc_ops,
	filter_modes, filter_modes_ebpf, filter_ops, filter_ops_ebpf, filter_returns, filter_sizes,
	filter_sizes_ebpf, filter_sources, seccomp_actions, seccomp_flags, seccomp_modes,
	seccomp_ops;

/* constants_perf.c */
extern const struct constant_set perf_attr_sizes, perf_branch_types, perf_breakpoint_types,
	perf_event_types, perf_hw_cache_ids, perf_hw_cache_ops, perf_hw_cache_results, perf_hw_ids,
	perf_ioc_flags, perf_open_flags, perf_read_formats, perf_sample_types, perf_sw_ids;

/* constants_kernel.c */
extern const struct constant_set aio_commands, aio_flags, io_uring_enter_flags, io_uring_features,
	io_uring_op_flags, io_uring_ops, io_uring_register_ops, io_uring_setup_flags,
	key_move_flags, key_permissions, key_request_defaults, key_special_ids, keyctl_commands,
	landlock_access_fs, landlock_access_net, landlock_create_flags, landlock_rule_types;

/* constants_ioctl.c */
extern const struct constant_set fiemap_flags, file_xflags, line_disciplines, modem_lines,
	terminal_backspaces, terminal_characters, terminal_controls, terminal_feeds, terminal_flows,
	terminal_flushes, terminal_inputs, terminal_locals, terminal_newlines, terminal_outputs,
	terminal_returns, terminal_sizes, terminal_speeds, terminal_tabs, terminal_verticals;

#endif
