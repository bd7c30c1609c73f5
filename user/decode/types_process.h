/* SPDX-License-Identifier: MIT */
/*
 * The types of processes: making them, waiting for them, controlling them.
 */
#ifndef PROF_DECODE_TYPES_PROCESS_H
#define PROF_DECODE_TYPES_PROCESS_H

#include "decode/types.h"

/* types_wait.c */
extern const struct arg_type type_wait_status, type_wait_flags, type_wait_type, type_rusage,
	type_wait_rusage, type_rusage_who;

/* types_clone.c */
extern const struct arg_type type_clone_stack, type_clone_flags, type_clone_parent, type_clone_tls,
	type_clone_child, type_clone_args, type_unshare_flags, type_namespace_flags,
	type_pidfd_flags, type_robust_head, type_robust_size, type_kcmp_type, type_kcmp_index,
	type_kcmp_slot, type_membarrier_command, type_membarrier_flags, type_membarrier_cpu,
	type_personality;

void result_membarrier(struct decoder *d);
void result_personality(struct decoder *d);

/* types_futex.c */
extern const struct arg_type type_futex_op, type_futex_value, type_futex_timeout,
	type_futex_address, type_futex_value3, type_futex_waiters;

#endif
