// SPDX-License-Identifier: MIT
/*
 * System V message queues, semaphores and shared memory.
 */
#include "decode/constants.h"

#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "decode/constants_newer.h"
#include "decode/constants_table.h"

/* clang-format off */

SET(ipc_get_flags, "IPC_???",
	C(IPC_CREAT) C(IPC_EXCL) C(IPC_NOWAIT))

SET(shm_get_flags, "SHM_???",
	C(IPC_CREAT) C(IPC_EXCL) C(SHM_HUGETLB) C(SHM_NORESERVE))

SET(shm_at_flags, "SHM_???",
	C(SHM_RDONLY) C(SHM_RND) C(SHM_REMAP) C(SHM_EXEC))

SET(shm_commands, "SHM_???",
	C(IPC_RMID) C(IPC_SET) C(IPC_STAT) C(IPC_INFO) C(SHM_LOCK) C(SHM_UNLOCK) C(SHM_STAT)
	C(SHM_INFO) C(SHM_STAT_ANY))

SET(sem_commands, "SEM_???",
	C(IPC_RMID) C(IPC_SET) C(IPC_STAT) C(IPC_INFO) C(GETPID) C(GETVAL) C(GETALL) C(GETNCNT)
	C(GETZCNT) C(SETVAL) C(SETALL) C(SEM_STAT) C(SEM_INFO) C(SEM_STAT_ANY))

SET(sem_op_flags, "SEM_???",
	C(SEM_UNDO) C(IPC_NOWAIT))

SET(msg_commands, "MSG_???",
	C(IPC_RMID) C(IPC_SET) C(IPC_STAT) C(IPC_INFO) C(MSG_STAT) C(MSG_INFO) V(MSG_STAT_ANY, 13))

SET(msg_op_flags, "MSG_???",
	C(MSG_NOERROR) C(MSG_EXCEPT) C(MSG_COPY) C(IPC_NOWAIT))
