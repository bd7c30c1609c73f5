/* SPDX-License-Identifier: MIT */
/*
 * The types of System V's and POSIX's communication between processes.
 */
#ifndef PROF_DECODE_TYPES_IPC_H
#define PROF_DECODE_TYPES_IPC_H

#include "decode/types.h"

/* types_ipc.c */
extern const struct arg_type type_ipc_key, type_shm_get_flags, type_shm_at_flags, type_shm_command,
	type_shm_struct, type_sem_get_flags, type_sem_command, type_sem_argument, type_sem_ops,
	type_msg_command, type_msg_struct, type_msg_flags, type_out_msg, type_in_msg;

/* types_mqueue.c */
extern const struct arg_type type_mq_mode, type_in_mq_attr, type_made_mq_attr, type_out_mq_attr,
	type_mq_priority;

#endif
