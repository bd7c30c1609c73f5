// SPDX-License-Identifier: MIT
/*
 * The types of keys. keyctl()'s command decides what its arguments are: a table has a letter for
 * each.
 */
#include "decode/types_kernel.h"

#include <linux/keyctl.h>
#include <string.h>
#include <sys/uio.h>

#include "decode/constants.h"
#include "decode/syscalls.h"

/*
 * k a key, u an id of a user, d a number, i one with a sign, h the keys of an exchange, x one in
 * hexadecimal, z a size, s a string, b bytes of the next argument's size, o the same filled in by
 * the call, v a vector, p permissions, r a keyring by default, e an error, m flags of moving, -
 * nothing.
 */
static const struct {
	uint32_t command;
	char letters[5];
} commands[] = {
	{KEYCTL_GET_KEYRING_ID, "ki--"},
	{KEYCTL_JOIN_SESSION_KEYRING, "s---"},
	{KEYCTL_UPDATE, "kbz-"},
	{KEYCTL_REVOKE, "k---"},
	{KEYCTL_CHOWN, "kuu-"},
	{KEYCTL_SETPERM, "kp--"},
	{KEYCTL_DESCRIBE, "koz-"},
	{KEYCTL_CLEAR, "k---"},
	{KEYCTL_LINK, "kk--"},
	{KEYCTL_UNLINK, "kk--"},
	{KEYCTL_SEARCH, "kssk"},
	{KEYCTL_READ, "koz-"},
	{KEYCTL_INSTANTIATE, "kbzk"},
	{KEYCTL_NEGATE, "kdk-"},
	{KEYCTL_SET_REQKEY_KEYRING, "r---"},
	{KEYCTL_SET_TIMEOUT, "kd--"},
	{KEYCTL_ASSUME_AUTHORITY, "k---"},
	{KEYCTL_GET_SECURITY, "koz-"},
	{KEYCTL_SESSION_TO_PARENT, "----"},
	{KEYCTL_REJECT, "kdek"},
	{KEYCTL_INSTANTIATE_IOV, "kvzk"},
	{KEYCTL_INVALIDATE, "k---"},
	{KEYCTL_GET_PERSISTENT, "uk--"},
	{KEYCTL_DH_COMPUTE, "hozx"},
	{KEYCTL_PKEY_QUERY, "kxsx"},
	{KEYCTL_PKEY_ENCRYPT, "xsxx"},
	{KEYCTL_PKEY_DECRYPT, "xsxx"},
	{KEYCTL_PKEY_SIGN, "xsxx"},
	{KEYCTL_PKEY_VERIFY, "xsxx"},
	{KEYCTL_RESTRICT_KEYRING, "kss-"},
	{KEYCTL_MOVE, "kkkm"},
	{KEYCTL_CAPABILITIES, "xz--"},
};

static char letter_of(const struct call *call, unsigned int index)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (commands[i].command == (uint32_t)call->args[0])
			return commands[i].letters[index - 1];
	}
	return 'x';
}

static void key_print_value(struct decoder *d, int32_t key)
{
	const char *name = constant_name(&key_special_ids, (uint32_t)key);

	if (name)
		emit_word(d->e, name);
	else
		emit_int(d->e, key);
}

static PRINT_FUNCTION(key_print)
{
	(void)arg;
	key_print_value(d, (int32_t)value);
}

/* What the call filled in, as far as there was room. */
static void answer_print(struct decoder *d, uint64_t address, uint64_t room)
{
	uint64_t size = call_failed(d->call) ? 0 : (uint64_t)d->call->result;

	if (call_failed(d->call) || (uint32_t)d->call->args[0] != KEYCTL_DESCRIBE)
		bytes_print_at(d, address, size < room ? size : room);
	else
		bytes_print_at(d, address, size <= room ? size - !!size : room - !!room);
}

static void error_print(struct decoder *d, uint32_t error)
{
	const char *name = error < 4096 ? errno_name((int)error) : NULL;

	if (name)
		emit_word(d->e, name);
	else
		emit_uint(d->e, error);
}

static void default_print(struct decoder *d, int32_t keyring)
{
	const char *name = constant_name(&key_request_defaults, (uint32_t)keyring);

	if (name) {
		emit_word(d->e, name);
	} else {
		emit_int(d->e, keyring);
		emit_comment(d->e, "%s", key_request_defaults.unknown);
	}
}

static void exchange_print_at(struct decoder *d, uint64_t address)
{
	static const char *const names[] = {"private", "prime", "base"};
	int32_t keys[3];

	if (!fetch_or_pointer(d, address, keys, sizeof keys))
		return;
	emit_open(d->e, EMIT_STRUCT);
	for (size_t i = 0; i < 3; i++) {
		emit_name(d->e, names[i]);
		key_print_value(d, keys[i]);
	}
	emit_close(d->e);
}

static PRINT_FUNCTION(word_print)
{
	uint64_t next = arg->of < 5 ? d->call->args[arg->of + 1] : 0;

	switch (letter_of(d->call, arg->of)) {
	case 'k':
		return key_print_value(d, (int32_t)value);
	case 'u':
		return id_print_value(d, (uint32_t)value);
	case 'i':
		return emit_int(d->e, (int32_t)value);
	case 'h':
		return exchange_print_at(d, value);
	case 'd':
		return emit_uint(d->e, (uint32_t)value);
	case 'z':
		return emit_uint(d->e, value);
	case 's':
		return string_print_at(d, value);
	case 'b':
		return bytes_print_at(d, value, next);
	case 'o':
		return answer_print(d, value, next);
	case 'v':
		return iovec_print_at(d, value, next, IOVEC_ENTERED, UINT64_MAX);
	case 'p':
		return emit_flags(d->e, &key_permissions, (uint32_t)value);
	case 'r':
		return default_print(d, (int32_t)value);
	case 'e':
		return error_print(d, (uint32_t)value);
	case 'm':
		return emit_flags(d->e, &key_move_flags, (uint32_t)value);
	default:
		return value || (uint32_t)d->call->args[0] > KEYCTL_WATCH_KEY
			       ? emit_hex(d->e, value)
			       : emit_pointer(d->e, value);
	}
}

static bool word_applies(const struct call *call, const struct argument *arg)
{
	return letter_of(call, arg->of) != '-';
}

static enum capture_when second_when(const struct call *call)
{
	return letter_of(call, 2) == 'o' ? CAPTURE_EXIT : CAPTURE_ENTER;
}

const struct arg_type type_key = {.print = key_print};
const struct arg_type type_keyctl_command = CHOICE_TYPE(4, keyctl_commands);
const struct arg_type type_keyctl_first = {
	.print = word_print,
	.applies = word_applies,
	.captures = {{.kind = CAPTURE_STRING, .when = CAPTURE_ENTER}},
};
const struct arg_type type_keyctl_second = {
	.print = word_print,
	.applies = word_applies,
	.when_of = second_when,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER | CAPTURE_EXIT,
		      .element_bytes = 64}},
};
const struct arg_type type_keyctl_third = {
	.print = word_print,
	.applies = word_applies,
	.captures = {{.kind = CAPTURE_STRING, .when = CAPTURE_ENTER}},
};
const struct arg_type type_keyctl_fourth = {.print = word_print, .applies = word_applies};
