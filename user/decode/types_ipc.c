// SPDX-License-Identifier: MIT
/*
 * The types of System V's shared memory, semaphores and queues. Their control calls have one
 * pointer, and a command that says to what.
 */
#include "decode/types_ipc.h"

#include <string.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "decode/constants.h"
#include "decode/fields.h"

/* The kernel's interface has had one layout only, so it does not look at this bit. */
#define COPY_64 0x100

/* ---- Keys, flags and commands ---- */

static PRINT_FUNCTION(key_print)
{
	(void)arg;
	if ((uint32_t)value)
		emit_hex(d->e, (uint32_t)value);
	else
		emit_word(d->e, "IPC_PRIVATE");
}

/* Flags, a size of pages where there is one, and permissions. */
static void get_flags_emit(struct emit *e, const struct constant_set *set, uint32_t flags,
			   bool has_page_size)
{
	uint32_t page = has_page_size ? flags >> 26 : 0, mode = flags & 0777;
	uint32_t rest = flags & ~0777U;

	if (has_page_size)
		rest &= (1U << 26) - 1;
	emit_open(e, EMIT_FLAGS);
	if (rest && emit_flag_names(e, set, rest) == rest && !e->json && !page)
		e->named = true; /* without a separator, as strace does it */
	if (page)
		emit_wordf(e, "%u<<SHM_HUGE_SHIFT", page);
	emit_octal(e, mode);
	emit_close(e);
}

static PRINT_FUNCTION(get_flags_print)
{
	(void)arg;
	get_flags_emit(d->e, &ipc_get_flags, (uint32_t)value, false);
}

static PRINT_FUNCTION(shm_get_flags_print)
{
	(void)arg;
	get_flags_emit(d->e, &shm_get_flags, (uint32_t)value, true);
}

static PRINT_FUNCTION(command_print)
{
	uint32_t command = (uint32_t)value;

	emit_open(d->e, EMIT_FLAGS);
	if (command & COPY_64)
		emit_word(d->e, "IPC_64");
	emit_choice(d->e, arg->type->constants, command & ~(uint32_t)COPY_64);
	emit_close(d->e);
}

/* ---- What commands point to ---- */

static void permissions_print(struct decoder *d, const char *name, const struct ipc_perm *perm,
			      bool is_set)
{
	emit_name(d->e, name);
	emit_open(d->e, EMIT_STRUCT);
	emit_name(d->e, "uid");
	id_print_value(d, perm->uid);
	emit_name(d->e, "gid");
	id_print_value(d, perm->gid);
	emit_name(d->e, "mode");
	emit_octal(d->e, perm->mode);
	if (!is_set) {
		if (*name == 'm' && name[1] == 's') /* of queues it is shown unsigned */
			emit_member_uint(d->e, "key", (uint32_t)perm->__key);
		else
			emit_member_int(d->e, "key", perm->__key);
		emit_name(d->e, "cuid");
		id_print_value(d, perm->cuid);
		emit_name(d->e, "cgid");
		id_print_value(d, perm->cgid);
	}
	emit_close(d->e);
}

static const struct field memory_fields[] = {
	FIELD(struct shmid_ds, shm_segsz, FIELD_UINT),
	FIELD(struct shmid_ds, shm_cpid, FIELD_INT),
	FIELD(struct shmid_ds, shm_lpid, FIELD_INT),
	FIELD(struct shmid_ds, shm_nattch, FIELD_UINT),
	FIELD(struct shmid_ds, shm_atime, FIELD_UINT),
	FIELD(struct shmid_ds, shm_dtime, FIELD_UINT),
	FIELD(struct shmid_ds, shm_ctime, FIELD_UINT),
};
static const struct field memory_limit_fields[] = {
	FIELD(struct shminfo, shmmax, FIELD_UINT), FIELD(struct shminfo, shmmin, FIELD_UINT),
	FIELD(struct shminfo, shmmni, FIELD_UINT), FIELD(struct shminfo, shmseg, FIELD_UINT),
	FIELD(struct shminfo, shmall, FIELD_UINT),
};
static const struct field memory_use_fields[] = {
	FIELD(struct shm_info, used_ids, FIELD_INT),
	FIELD(struct shm_info, shm_tot, FIELD_UINT),
	FIELD(struct shm_info, shm_rss, FIELD_UINT),
	FIELD(struct shm_info, shm_swp, FIELD_UINT),
	FIELD(struct shm_info, swap_attempts, FIELD_UINT),
	FIELD(struct shm_info, swap_successes, FIELD_UINT),
};
static const struct field semaphore_fields[] = {
	FIELD(struct semid_ds, sem_otime, FIELD_UINT),
	FIELD(struct semid_ds, sem_ctime, FIELD_UINT),
	FIELD(struct semid_ds, sem_nsems, FIELD_UINT),
};
static const struct field semaphore_limit_fields[] = {
	FIELD(struct seminfo, semmap, FIELD_INT), FIELD(struct seminfo, semmni, FIELD_INT),
	FIELD(struct seminfo, semmns, FIELD_INT), FIELD(struct seminfo, semmnu, FIELD_INT),
	FIELD(struct seminfo, semmsl, FIELD_INT), FIELD(struct seminfo, semopm, FIELD_INT),
	FIELD(struct seminfo, semume, FIELD_INT), FIELD(struct seminfo, semusz, FIELD_INT),
	FIELD(struct seminfo, semvmx, FIELD_INT), FIELD(struct seminfo, semaem, FIELD_INT),
};
static const struct field queue_fields[] = {
	FIELD(struct msqid_ds, msg_stime, FIELD_UINT),
	FIELD(struct msqid_ds, msg_rtime, FIELD_UINT),
	FIELD(struct msqid_ds, msg_ctime, FIELD_UINT),
	FIELD(struct msqid_ds, msg_qnum, FIELD_UINT),
	FIELD(struct msqid_ds, msg_qbytes, FIELD_UINT),
	FIELD(struct msqid_ds, msg_lspid, FIELD_INT),
	FIELD(struct msqid_ds, msg_lrpid, FIELD_INT),
};
static const struct field queue_set_fields[] = {FIELD(struct msqid_ds, msg_qbytes, FIELD_UINT)};
static const struct field queue_limit_fields[] = {
	FIELD(struct msginfo, msgpool, FIELD_INT), FIELD(struct msginfo, msgmap, FIELD_INT),
	FIELD(struct msginfo, msgmax, FIELD_INT),  FIELD(struct msginfo, msgmnb, FIELD_INT),
	FIELD(struct msginfo, msgmni, FIELD_INT),  FIELD(struct msginfo, msgssz, FIELD_INT),
	FIELD(struct msginfo, msgtql, FIELD_INT),  FIELD(struct msginfo, msgseg, FIELD_UINT),
};

/* A struct that begins with permissions; what else is set of it, and what else is told of it. */
struct description {
	const char *permissions;
	size_t size_bytes;
	const struct field *fields, *set_fields;
	size_t nr_fields, nr_set_fields;
};

static const struct description memory = {"shm_perm", sizeof(struct shmid_ds),  memory_fields,
					  NULL,       NR_FIELDS(memory_fields), 0};
static const struct description semaphore = {
	"sem_perm", sizeof(struct semid_ds),     semaphore_fields,
	NULL,       NR_FIELDS(semaphore_fields), 0};
static const struct description queue = {
	"msg_perm",       sizeof(struct msqid_ds), queue_fields,
	queue_set_fields, NR_FIELDS(queue_fields), NR_FIELDS(queue_set_fields)};

static void description_print_at(struct decoder *d, const struct description *described,
				 uint64_t address, bool is_set)
{
	uint8_t bytes[256];
	struct ipc_perm permissions;

	if (!fetch_or_pointer(d, address, bytes, described->size_bytes))
		return;
	memcpy(&permissions, bytes, sizeof permissions);
	emit_open(d->e, EMIT_STRUCT);
	permissions_print(d, described->permissions, &permissions, is_set);
	if (is_set)
		fields_print(d, described->set_fields, described->nr_set_fields, bytes, SIZE_MAX);
	else
		fields_print(d, described->fields, described->nr_fields, bytes, SIZE_MAX);
	emit_close(d->e);
}

static void fields_print_at(struct decoder *d, const struct field *fields, size_t nr,
			    size_t size_bytes, uint64_t address)
{
	uint8_t bytes[256];

	if (fetch_or_pointer(d, address, bytes, size_bytes))
		fields_print_struct(d, fields, nr, bytes, SIZE_MAX);
}

static PRINT_FUNCTION(shm_struct_print)
{
	uint32_t command = (uint32_t)d->call->args[1] & ~(uint32_t)COPY_64;

	(void)arg;
	if (command == IPC_STAT || command == SHM_STAT || command == SHM_STAT_ANY ||
	    command == IPC_SET)
		description_print_at(d, &memory, value, command == IPC_SET);
	else if (command == IPC_INFO)
		fields_print_at(d, memory_limit_fields, NR_FIELDS(memory_limit_fields),
				sizeof(struct shminfo), value);
	else if (command == SHM_INFO)
		fields_print_at(d, memory_use_fields, NR_FIELDS(memory_use_fields),
				sizeof(struct shm_info), value);
	else
		emit_pointer(d->e, value);
}

static PRINT_FUNCTION(msg_struct_print)
{
	uint32_t command = (uint32_t)d->call->args[1] & ~(uint32_t)COPY_64;

	(void)arg;
	if (command == IPC_STAT || command == MSG_STAT || command == 13 /* MSG_STAT_ANY */ ||
	    command == IPC_SET)
		description_print_at(d, &queue, value, command == IPC_SET);
	else if (command == IPC_INFO || command == MSG_INFO)
		fields_print_at(d, queue_limit_fields, NR_FIELDS(queue_limit_fields),
				sizeof(struct msginfo), value);
	else
		emit_pointer(d->e, value);
}

static PRINT_FUNCTION(sem_argument_print)
{
	uint32_t command = (uint32_t)d->call->args[2] & ~(uint32_t)COPY_64;

	(void)arg;
	if (command == IPC_STAT || command == SEM_STAT || command == SEM_STAT_ANY ||
	    command == IPC_SET)
		description_print_at(d, &semaphore, value, command == IPC_SET);
	else if (command == IPC_INFO || command == SEM_INFO)
		fields_print_at(d, semaphore_limit_fields, NR_FIELDS(semaphore_limit_fields),
				sizeof(struct seminfo), value);
	else
		emit_pointer(d->e, value);
}

/* Commands that ask: they have their answer in the struct. */
static bool is_answered(uint32_t command)
{
	switch (command & ~(uint32_t)COPY_64) {
	case IPC_STAT:
	case IPC_INFO:
	case SHM_STAT:
	case SHM_INFO:
	case SHM_STAT_ANY:
	case SEM_STAT:
	case SEM_INFO:
	case SEM_STAT_ANY:
		return true;
	default:
		return false;
	}
}

_Static_assert(SHM_STAT == 13 && MSG_STAT == 11 && MSG_INFO == 12, "numbers are shared");

static enum capture_when shm_when(const struct call *call)
{
	return is_answered((uint32_t)call->args[1]) ? CAPTURE_EXIT : CAPTURE_ENTER;
}

static enum capture_when msg_when(const struct call *call)
{
	uint32_t command = (uint32_t)call->args[1] & ~(uint32_t)COPY_64;

	return is_answered(command) || command == MSG_STAT || command == MSG_INFO ? CAPTURE_EXIT
										  : CAPTURE_ENTER;
}

static enum capture_when sem_when(const struct call *call)
{
	return is_answered((uint32_t)call->args[2]) ? CAPTURE_EXIT : CAPTURE_ENTER;
}

/* ---- Operations ---- */

static const struct field operation_fields[] = {
	FIELD(struct sembuf, sem_num, FIELD_UINT),
	FIELD(struct sembuf, sem_op, FIELD_INT),
	FIELD_OF(struct sembuf, sem_flg, FIELD_FLAGS, sem_op_flags),
};

FIELDS_ELEMENT(operation_element, operation_fields)

static PRINT_FUNCTION(sem_ops_print)
{
	uint32_t count = (uint32_t)d->call->args[arg->of];

	array_print_at(d, value, count, sizeof(struct sembuf), operation_element);
}

/* A type, and as much text as the call says. */
static PRINT_FUNCTION(message_print)
{
	int64_t type;

	if (!fetch_or_pointer(d, value, &type, sizeof type))
		return;
	emit_open(d->e, EMIT_STRUCT);
	emit_member_int(d->e, "mtype", type);
	emit_name(d->e, "mtext");
	bytes_print_at(d, value + sizeof type, d->call->args[arg->of]);
	emit_close(d->e);
}

#define CONTROL_CAPTURES                                                                           \
	{                                                                                          \
		{                                                                                  \
			.kind = CAPTURE_BYTES, .when = CAPTURE_ENTER | CAPTURE_EXIT,               \
			.element_bytes = 128                                                       \
		}                                                                                  \
	}
#define COMMAND_TYPE(set)                                                                          \
	{                                                                                          \
		.print = command_print, .constants = &set                                          \
	}
#define MESSAGE_TYPE(time)                                                                         \
	{                                                                                          \
		.print = message_print, .when = time, .captures = {                                \
			{.kind = CAPTURE_BYTES,                                                    \
			 .when = time,                                                             \
			 .length = LENGTH_ARG,                                                     \
			 .element_bytes = 1,                                                       \
			 .cap_bytes = 256},                                                        \
			{.kind = CAPTURE_BYTES, .when = time, .element_bytes = 40},                \
		}                                                                                  \
	}

const struct arg_type type_ipc_key = {.print = key_print};
const struct arg_type type_shm_get_flags = {.print = shm_get_flags_print};
const struct arg_type type_shm_at_flags = FLAGS_TYPE(4, shm_at_flags);
const struct arg_type type_shm_command = COMMAND_TYPE(shm_commands);
const struct arg_type type_shm_struct = {
	.print = shm_struct_print, .when_of = shm_when, .captures = CONTROL_CAPTURES};
const struct arg_type type_sem_get_flags = {.print = get_flags_print};
const struct arg_type type_sem_command = COMMAND_TYPE(sem_commands);
const struct arg_type type_sem_argument = {
	.print = sem_argument_print, .when_of = sem_when, .captures = CONTROL_CAPTURES};
const struct arg_type type_sem_ops = {
	.print = sem_ops_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .length = LENGTH_ARG,
		      .element_bytes = sizeof(struct sembuf),
		      .cap_bytes = 1024}},
};
const struct arg_type type_msg_command = COMMAND_TYPE(msg_commands);
const struct arg_type type_msg_struct = {
	.print = msg_struct_print, .when_of = msg_when, .captures = CONTROL_CAPTURES};
const struct arg_type type_msg_flags = FLAGS_TYPE(4, msg_op_flags);
const struct arg_type type_out_msg = MESSAGE_TYPE(CAPTURE_ENTER);
const struct arg_type type_in_msg = MESSAGE_TYPE(CAPTURE_EXIT);
