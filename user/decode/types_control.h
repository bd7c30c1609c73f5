/* SPDX-License-Identifier: MIT */
/*
 * The types of controlling oneself and others: prctl(), ptrace(), filters of system calls.
 */
#ifndef PROF_DECODE_TYPES_CONTROL_H
#define PROF_DECODE_TYPES_CONTROL_H

#include "decode/types.h"

/* Newer than some headers that have the rest. */
#define PR_SME_SET_VL_NUMBER 63
#define PR_SME_GET_VL_NUMBER 64

/* types_prctl.c */
extern const struct arg_type type_prctl_option, type_prctl_first, type_prctl_second,
	type_prctl_word, type_prctl_text, type_arch_code, type_arch_address;

void result_prctl(struct decoder *d);

/* types_filter.c */
extern const struct arg_type type_seccomp_op, type_seccomp_flags, type_seccomp_args;

/* A classic BPF program: how long it is and, with -v, its instructions. */
void filter_print_at(struct decoder *d, uint64_t address);
/* The same of packets, of which it returns how much to take. */
void socket_filter_print_at(struct decoder *d, uint64_t address);
void filter_instructions_print(struct decoder *d, uint64_t address, uint64_t count);

/* types_ptrace.c */
extern const struct arg_type type_ptrace_request, type_ptrace_pid, type_ptrace_address,
	type_ptrace_data;

#endif
