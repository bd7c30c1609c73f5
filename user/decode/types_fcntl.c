// SPDX-License-Identifier: MIT
/*
 * fcntl(): what its argument is, and what its result says, follows from the command.
 */
#include "decode/types.h"

#include <fcntl.h>
#include <string.h>

#include "decode/constants.h"
#include "decode/siginfo.h"

/* What headers of libc call differently, or not at all. */
#define GETLK64       12
#define GETOWNER_UIDS 17
#define DUPFD_QUERY   (1024 + 3)
#define CREATED_QUERY (1024 + 4)

static uint32_t command_of(const struct call *call)
{
	return (uint32_t)call->args[1];
}

static bool has_argument(const struct call *call, const struct argument *arg)
{
	(void)arg;
	switch (command_of(call)) {
	case F_GETFD:
	case F_GETFL:
	case F_GETOWN:
	case F_GETSIG:
	case F_GETLEASE:
	case F_GETPIPE_SZ:
	case F_GET_SEALS:
	case CREATED_QUERY:
		return false;
	default:
		return true;
	}
}

#define COMMAND(command) (1ULL << (command))

/* Those with a struct. */
#define LOCK_COMMANDS                                                                              \
	(COMMAND(F_GETLK) | COMMAND(F_SETLK) | COMMAND(F_SETLKW) | COMMAND(F_OFD_GETLK) |          \
	 COMMAND(F_OFD_SETLK) | COMMAND(F_OFD_SETLKW))
#define OWNER_COMMANDS (COMMAND(F_GETOWN_EX) | COMMAND(F_SETOWN_EX))

static enum capture_when argument_time(const struct call *call)
{
	switch (command_of(call)) {
	case F_GETLK:
	case F_OFD_GETLK:
	case F_GETOWN_EX:
		return CAPTURE_EXIT;
	default:
		return CAPTURE_ENTER;
	}
}

static void lock_print(struct decoder *d, uint64_t address, bool with_pid)
{
	struct emit *e = d->e;
	struct flock lock;

	if (!fetch_or_pointer(d, address, &lock, sizeof lock))
		return;
	emit_open(e, EMIT_STRUCT);
	emit_member_choice(e, "l_type", &lock_types, (uint16_t)lock.l_type);
	emit_member_choice(e, "l_whence", &seek_whences, (uint16_t)lock.l_whence);
	emit_member_int(e, "l_start", lock.l_start);
	emit_member_int(e, "l_len", lock.l_len);
	if (with_pid)
		emit_member_int(e, "l_pid", lock.l_pid);
	emit_close(e);
}

static void owner_print(struct decoder *d, uint64_t address)
{
	struct f_owner_ex owner;

	if (!fetch_or_pointer(d, address, &owner, sizeof owner))
		return;
	emit_open(d->e, EMIT_STRUCT);
	emit_member_choice(d->e, "type", &owner_types, (uint32_t)owner.type);
	emit_member_int(d->e, "pid", owner.pid);
	emit_close(d->e);
}

static PRINT_FUNCTION(argument_print)
{
	(void)arg;
	switch (command_of(d->call)) {
	case F_SETFD:
		emit_flags(d->e, &fd_flags, (uint32_t)value);
		break;
	case F_SETFL:
		open_flags_print_value(d, (uint32_t)value);
		break;
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
	case F_SETPIPE_SZ:
		emit_int(d->e, (int64_t)value);
		break;
	case F_SETOWN:
		emit_int(d->e, (int32_t)value);
		break;
	case DUPFD_QUERY:
		fd_print_value(d, (int)value);
		break;
	case F_SETLK:
	case F_SETLKW:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		lock_print(d, value, false);
		break;
	case F_GETLK:
	case F_OFD_GETLK:
		lock_print(d, value, true);
		break;
	case F_SETOWN_EX:
	case F_GETOWN_EX:
		owner_print(d, value);
		break;
	case F_SETSIG:
		signal_emit(d->e, (int)value);
		break;
	case F_SETLEASE:
		emit_choice(d->e, &lease_types, value);
		break;
	case F_NOTIFY:
		emit_flags(d->e, &notify_events, value);
		break;
	case F_ADD_SEALS:
		emit_flags(d->e, &seals, value);
		break;
	case GETLK64:
	case GETLK64 + 1:
	case GETLK64 + 2:
	case GETOWNER_UIDS:
		emit_pointer(d->e, value);
		break;
	default:
		emit_hex(d->e, value);
	}
}

/* A number, and in brackets what it means. */
static void print_meaning(struct decoder *d, const char *name, const char *meaning)
{
	emit_raw(d->e, " (");
	emit_label(d->e, name);
	emit_word(d->e, meaning);
	emit_raw(d->e, ")");
}

static void result_lease(struct decoder *d)
{
	const char *name = constant_name(&lease_types, (uint64_t)d->call->result);

	emit_hex(d->e, (uint64_t)d->call->result);
	if (name)
		print_meaning(d, "lease", name);
}

static void result_owner_signal(struct decoder *d)
{
	const char *name = constant_name(&signal_names, (uint64_t)d->call->result);

	emit_int(d->e, d->call->result);
	if (name)
		print_meaning(d, "signal", name);
}

static void result_open_flags(struct decoder *d)
{
	emit_hex(d->e, (uint64_t)d->call->result);
	emit_raw(d->e, " (flags ");
	emit_label(d->e, "flags");
	open_flags_print_value(d, (uint64_t)d->call->result);
	emit_raw(d->e, ")");
}

void result_fcntl(struct decoder *d)
{
	switch (command_of(d->call)) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		result_fd(d);
		break;
	case F_GETFD:
	case F_GET_SEALS:
		if (!d->call->result)
			emit_int(d->e, 0);
		else if (command_of(d->call) == F_GETFD)
			result_flags(d, "flags", &fd_flags);
		else
			result_flags(d, "seals", &seals);
		break;
	case F_GETFL:
		result_open_flags(d);
		break;
	case F_GETSIG:
		result_owner_signal(d);
		break;
	case F_GETLEASE:
		result_lease(d);
		break;
	default:
		emit_int(d->e, d->call->result);
	}
}

const struct arg_type type_fcntl_command = CHOICE_TYPE(4, fcntl_commands);
const struct arg_type type_fcntl_argument = {
	.print = argument_print,
	.when_of = argument_time,
	.applies = has_argument,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER | CAPTURE_EXIT,
		      .element_bytes = sizeof(struct flock),
		      .commands = LOCK_COMMANDS | OWNER_COMMANDS}},
};
