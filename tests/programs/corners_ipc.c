// SPDX-License-Identifier: MIT
/*
 * System V's queues, semaphores and shared memory, and POSIX's message queues.
 */
#include "corners.h"

#include <mqueue.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <time.h>

#define COPY_64 256L /* IPC_64 */

static void memory(void)
{
	int id;

	call(SYS_shmget, 0x1234, 0x1000L, 0);
	call(SYS_shmget, HIGH | 0x1234, HIGH | 1, HIGH | 01000777);
	call(SYS_shmget, 5, -1L, SHM_HUGETLB | 21 << 26 | IPC_CREAT | IPC_EXCL | 0600);
	id = (int)call(SYS_shmget, IPC_PRIVATE, 4096L, IPC_CREAT | 0640);
	call(SYS_shmctl, id, IPC_STAT, tail(sizeof(struct shmid_ds)));
	call(SYS_shmctl, id, COPY_64 | IPC_STAT, tail(sizeof(struct shmid_ds)));
	call(SYS_shmctl, id, SHM_STAT, tail(sizeof(struct shmid_ds)));
	call(SYS_shmctl, id, IPC_SET, tail(sizeof(struct shmid_ds)));
	call(SYS_shmctl, id, IPC_INFO, tail(200));
	call(SYS_shmctl, id, SHM_INFO, tail(200));
	call(SYS_shmctl, id, SHM_LOCK, NOWHERE);
	call(SYS_shmdt, call(SYS_shmat, id, 0L, SHM_RDONLY));
	call(SYS_shmat, -1, NOWHERE, HIGH | -1);
	call(SYS_shmdt, NOWHERE);
	call(SYS_shmctl, id, IPC_RMID, 0L);
	call(SYS_shmctl, -1, IPC_STAT, NOWHERE);
	call(SYS_shmctl, HIGH | -1, HIGH | 99, 0L);
}

static void semaphores(void)
{
	struct sembuf ops[3] = {{0, 1, 0}, {1, -1, SEM_UNDO | IPC_NOWAIT}, {2, 0, 0x7fff}};
	struct timespec zero = {0, 1};
	unsigned short values[3] = {1, 2, 3};
	int id = (int)call(SYS_semget, IPC_PRIVATE, 3, IPC_CREAT | 0600);

	call(SYS_semget, HIGH | 0x1234, HIGH | 3, HIGH | 0xdff);
	call(SYS_semctl, id, 0, IPC_STAT, tail(sizeof(struct semid_ds)));
	call(SYS_semctl, id, 0, COPY_64 | SEM_STAT, tail(sizeof(struct semid_ds)));
	call(SYS_semctl, -1, 0, IPC_SET, tail(sizeof(struct semid_ds)));
	call(SYS_semctl, id, 0, IPC_INFO, tail(sizeof(struct seminfo)));
	call(SYS_semctl, id, 0, SEM_INFO, tail(sizeof(struct seminfo)));
	call(SYS_semctl, id, 1, SETVAL, 7L);
	call(SYS_semctl, id, 1, GETVAL, 7L);
	call(SYS_semctl, id, 1, GETPID, NULL);
	call(SYS_semctl, id, 1, GETNCNT, NOWHERE);
	call(SYS_semctl, id, 0, SETALL, TAIL(values));
	call(SYS_semctl, id, 0, GETALL, tail(6));
	call(SYS_semop, id, TAIL(ops), 1L);
	call(SYS_semop, -1, TAIL(ops), 3L);
	call(SYS_semop, -1, TAIL(ops), 4L);
	call(SYS_semop, -1, NULL, 0L);
	call(SYS_semop, -1, NOWHERE, HIGH | 1L);
	call(SYS_semtimedop, -1, TAIL(ops), 1L, &zero);
	call(SYS_semtimedop, -1, NULL, 1L, NOWHERE);
	call(SYS_semctl, id, 0, IPC_RMID, 0L);
	call(SYS_semctl, HIGH | -1, HIGH | 2, HIGH | 99, 0L);
}

static void queues(void)
{
	struct {
		long type;
		char text[8];
	} message = {5, "hello"};
	int id = (int)call(SYS_msgget, IPC_PRIVATE, IPC_CREAT | 0600);

	call(SYS_msgget, HIGH | 0x1234, HIGH | 0xdff);
	call(SYS_msgctl, id, IPC_STAT, tail(sizeof(struct msqid_ds)));
	call(SYS_msgctl, id, COPY_64 | MSG_STAT, tail(sizeof(struct msqid_ds)));
	call(SYS_msgctl, -1, IPC_SET, tail(sizeof(struct msqid_ds)));
	call(SYS_msgctl, id, IPC_INFO, tail(sizeof(struct msginfo)));
	call(SYS_msgctl, id, MSG_INFO, tail(sizeof(struct msginfo)));
	call(SYS_msgsnd, id, TAIL(message), 8L, IPC_NOWAIT);
	call(SYS_msgsnd, id, TAIL(message), 3L, HIGH | MSG_NOERROR);
	call(SYS_msgsnd, -1, TAIL(message), 100L, 0);
	call(SYS_msgsnd, -1, NOWHERE, 3L, 0);
	call(SYS_msgrcv, id, tail(16), 8L, 0L, IPC_NOWAIT);
	call(SYS_msgrcv, id, tail(16), 8L, -7L, MSG_NOERROR | MSG_EXCEPT);
	call(SYS_msgrcv, id, tail(16), 8L, HIGH, IPC_NOWAIT);
	call(SYS_msgctl, id, IPC_RMID, 0L);
	call(SYS_msgctl, -1, 99L, NOWHERE);
}

static void posix_queues(void)
{
	struct mq_attr attr = {.mq_maxmsg = 3, .mq_msgsize = 16};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
	struct timespec zero = {0, 1};
	int fd = (int)call(SYS_mq_open, "corners", O_CREAT | O_RDWR | O_NONBLOCK, 0600, TAIL(attr));

	call(SYS_mq_unlink, "corners");
	call(SYS_mq_open, "missing", O_RDONLY);
	call(SYS_mq_open, NULL, O_CREAT, HIGH | 0777, NOWHERE);
	call(SYS_mq_open, NOWHERE, O_CREAT, 0, NULL);
	call(SYS_mq_timedsend, fd, "hello", 5L, HIGH | 7L, NULL);
	call(SYS_mq_timedsend, fd, "hello", 5L, 7L, &zero);
	call(SYS_mq_timedreceive, fd, tail(16), 16L, tail(32), NULL);
	call(SYS_mq_timedreceive, fd, tail(16), 16L, NULL, &zero);
	call(SYS_mq_timedreceive, fd, tail(16), 16L, NULL, &zero);
	call(SYS_mq_timedreceive, -1, NOWHERE, -1L, NOWHERE, NOWHERE);
	call(SYS_mq_notify, fd, TAIL(event));
	call(SYS_mq_notify, fd, NULL);
	event.sigev_notify = SIGEV_THREAD;
	call(SYS_mq_notify, -1, TAIL(event));
	event.sigev_notify = SIGEV_NONE;
	call(SYS_mq_notify, -1, TAIL(event));
	event.sigev_notify = 77;
	event.sigev_signo = 99;
	call(SYS_mq_notify, -1, TAIL(event));
	call(SYS_mq_notify, -1, NOWHERE);
	call(SYS_mq_getsetattr, fd, NULL, tail(sizeof attr));
	call(SYS_mq_getsetattr, fd, TAIL(attr), tail(64 + sizeof attr));
	call(SYS_mq_getsetattr, -1, NOWHERE, NOWHERE);
}

int main(void)
{
	memory();
	semaphores();
	queues();
	posix_queues();
	return 0;
}
