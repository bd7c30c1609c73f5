/* SPDX-License-Identifier: MIT */
/*
 * The types of the kernel's own matters: keys, events, rings of requests, rules, modules.
 */
#ifndef PROF_DECODE_TYPES_KERNEL_H
#define PROF_DECODE_TYPES_KERNEL_H

#include "decode/types.h"

/* types_bpf.c */
extern const struct arg_type type_bpf_command, type_bpf_attr;

/* types_keys.c */
extern const struct arg_type type_key, type_keyctl_command, type_keyctl_first, type_keyctl_second,
	type_keyctl_third, type_keyctl_fourth;

/* types_perf.c */
extern const struct arg_type type_perf_attr, type_perf_flags;

/* types_requests.c */
extern const struct arg_type type_ring_params, type_ring_enter_flags, type_ring_register_op,
	type_ring_register_arg;

/* types_aio.c */
extern const struct arg_type type_made_context, type_io_requests, type_io_request, type_io_event,
	type_io_events, type_io_mask;

/* types_segments.c */
extern const struct arg_type type_ldt_entry, type_segment, type_out_segment;
void result_segment(struct decoder *d);
void result_ldt(struct decoder *d);

/* types_system.c */
extern const struct arg_type type_landlock_attr, type_landlock_flags, type_landlock_rule_type,
	type_landlock_rule, type_syslog_action, type_syslog_buffer, type_syslog_length,
	type_reboot_magic1, type_reboot_magic2, type_reboot_command, type_reboot_reason,
	type_quota_command, type_quota_id, type_quota_address, type_kexec_flags,
	type_kexec_file_flags, type_kexec_segments, type_finit_flags, type_delete_flags,
	type_userfaultfd_flags, type_close_on_exec;

#endif
