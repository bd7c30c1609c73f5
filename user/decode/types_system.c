// SPDX-License-Identifier: MIT
/*
 * The types of rules, logs, quotas, modules and other matters of the whole system.
 */
#include "decode/types_kernel.h"

#include <linux/landlock.h>
#include <linux/quota.h>
#include <linux/reboot.h>
#include <string.h>

#include "decode/constants.h"
#include "decode/fields.h"

/* ---- Landlock ---- */

static PRINT_FUNCTION(landlock_attr_print)
{
	uint64_t size = d->call->args[arg->of], access[2] = {0};

	if (size < sizeof access[0]) {
		emit_pointer(d->e, value);
		return;
	}
	if (!fetch_or_pointer(d, value, access, sizeof access[0]))
		return;
	if (size >= sizeof access)
		call_read(d->call, value, access, sizeof access, d->when);
	emit_open(d->e, EMIT_STRUCT);
	emit_member_flags(d->e, "handled_access_fs", &landlock_access_fs, access[0]);
	if (access[1] && access[1] < 4)
		emit_member_flags(d->e, "handled_access_net", &landlock_access_net, access[1]);
	else if (size > sizeof access[0])
		emit_more(d->e);
	emit_close(d->e);
}

static PRINT_FUNCTION(landlock_rule_print)
{
	struct landlock_path_beneath_attr rule;

	(void)arg;
	if ((uint32_t)d->call->args[1] != LANDLOCK_RULE_PATH_BENEATH) {
		emit_pointer(d->e, value);
		return;
	}
	if (!fetch_or_pointer(d, value, &rule, sizeof rule))
		return;
	emit_open(d->e, EMIT_STRUCT);
	emit_member_flags(d->e, "allowed_access", &landlock_access_fs, rule.allowed_access);
	emit_name(d->e, "parent_fd");
	fd_print_value(d, rule.parent_fd);
	emit_close(d->e);
}

/* ---- The log ---- */

static void commented_print(struct decoder *d, const struct constant_set *set, int32_t value)
{
	const char *name = constant_name(set, (uint32_t)value);

	emit_int(d->e, value);
	emit_comment(d->e, "%s", name ? name : set->unknown);
}

static PRINT_FUNCTION(syslog_action_print)
{
	(void)arg;
	commented_print(d, &syslog_actions, (int32_t)value);
}

enum { SYSLOG_READ = 2, SYSLOG_READ_ALL = 3, SYSLOG_READ_CLEAR = 4, SYSLOG_LEVEL = 8 };

static bool syslog_has_more(const struct call *call, const struct argument *arg)
{
	int32_t action = (int32_t)call->args[0];

	(void)arg;
	return action < 0 || action == SYSLOG_LEVEL || action > 10 ||
	       (action >= SYSLOG_READ && action <= SYSLOG_READ_CLEAR);
}

static bool syslog_reads(const struct call *call)
{
	int32_t action = (int32_t)call->args[0];

	return action >= SYSLOG_READ && action <= SYSLOG_READ_CLEAR;
}

static PRINT_FUNCTION(syslog_buffer_print)
{
	(void)arg;
	if (syslog_reads(d->call))
		bytes_print_at(d, value, call_failed(d->call) ? 0 : (uint64_t)d->call->result);
	else
		emit_pointer(d->e, value);
}

static enum capture_when syslog_when(const struct call *call)
{
	return syslog_reads(call) ? CAPTURE_EXIT : CAPTURE_ENTER;
}

static PRINT_FUNCTION(syslog_length_print)
{
	(void)arg;
	if ((int32_t)d->call->args[0] == SYSLOG_LEVEL)
		commented_print(d, &log_levels, (int32_t)value);
	else
		emit_int(d->e, (int32_t)value);
}

static bool reboot_has_reason(const struct call *call, const struct argument *arg)
{
	(void)arg;
	return (uint32_t)call->args[2] == LINUX_REBOOT_CMD_RESTART2;
}

static PRINT_FUNCTION(reason_print)
{
	(void)arg;
	string_print_at(d, value);
}

/* ---- Quotas ---- */

#define QUOTA_SUBCOMMAND(command) ((uint32_t)(command) >> 8)

static PRINT_FUNCTION(quota_command_print)
{
	uint32_t subcommand = QUOTA_SUBCOMMAND(value), type = value & 0xff;

	(void)arg;
	emit_open_as(d->e, "QCMD(", ", ", ")", false);
	emit_choice(d->e, &quota_commands, subcommand);
	emit_choice(d->e, &quota_types, type);
	emit_close(d->e);
}

enum quota_form { QUOTA_ADDRESS = 1, QUOTA_ID = 2, QUOTA_FORMAT = 4, QUOTA_PATH = 8 };

/* Which arguments the command has that `arg` goes with. */
static unsigned int quota_form_of(const struct call *call, const struct argument *arg)
{
	switch (QUOTA_SUBCOMMAND(call->args[arg->of])) {
	case Q_SYNC:
	case Q_QUOTAOFF:
	case 0x5807: /* Q_XQUOTASYNC */
		return 0;
	case Q_QUOTAON:
		return QUOTA_FORMAT | QUOTA_PATH;
	case Q_GETFMT:
	case Q_GETINFO:
	case Q_SETINFO:
	case 0x5801: /* Q_XQUOTAON */
	case 0x5802: /* Q_XQUOTAOFF */
	case 0x5805: /* Q_XGETQSTAT */
	case 0x5806: /* Q_XQUOTARM */
	case 0x5808: /* Q_XGETQSTATV */
		return QUOTA_ADDRESS;
	default:
		return QUOTA_ID | QUOTA_ADDRESS;
	}
}

static bool quota_has_id(const struct call *call, const struct argument *arg)
{
	return quota_form_of(call, arg) & (QUOTA_ID | QUOTA_FORMAT);
}

static PRINT_FUNCTION(quota_id_print)
{
	if (quota_form_of(d->call, arg) & QUOTA_FORMAT)
		emit_choice(d->e, &quota_formats, (uint32_t)value);
	else
		id_print_value(d, (uint32_t)value);
}

static bool quota_has_address(const struct call *call, const struct argument *arg)
{
	return quota_form_of(call, arg) & (QUOTA_ADDRESS | QUOTA_PATH);
}

static PRINT_FUNCTION(quota_address_print)
{
	if (quota_form_of(d->call, arg) & QUOTA_PATH)
		path_print_at(d, value);
	else
		emit_pointer(d->e, value);
}

/* ---- Kernels and modules ---- */

static PRINT_FUNCTION(kexec_flags_print)
{
	uint64_t arch = value & 0xffff0000, flags = value & ~0xffff0000ULL;

	(void)arg;
	emit_open(d->e, EMIT_FLAGS);
	emit_choice(d->e, &kexec_arches, arch);
	if (flags && emit_flag_names(d->e, &kexec_flags, flags) == flags)
		emit_comment(d->e, "%s", kexec_flags.unknown);
	emit_close(d->e);
}

struct segment {
	uint64_t buffer, buffer_size, memory, memory_size;
};

static void segment_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct segment segment;

	(void)address;
	memcpy(&segment, bytes, sizeof segment);
	emit_open(d->e, EMIT_STRUCT);
	emit_member_pointer(d->e, "buf", segment.buffer);
	emit_member_uint(d->e, "bufsz", segment.buffer_size);
	emit_member_pointer(d->e, "mem", segment.memory);
	emit_member_uint(d->e, "memsz", segment.memory_size);
	emit_close(d->e);
}

/* The kernel takes sixteen. */
static PRINT_FUNCTION(segments_print)
{
	uint64_t count = d->call->args[arg->of];

	if (count > 16)
		emit_pointer(d->e, value);
	else
		array_print_at(d, value, count, sizeof(struct segment), segment_element);
}

const struct arg_type type_landlock_attr = {
	.print = landlock_attr_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .length = LENGTH_ARG,
		      .element_bytes = 1,
		      .cap_bytes = 64}},
};
const struct arg_type type_landlock_flags = FLAGS_TYPE(4, landlock_create_flags);
const struct arg_type type_landlock_rule_type = CHOICE_TYPE(4, landlock_rule_types);
const struct arg_type type_landlock_rule = {
	.print = landlock_rule_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .element_bytes = sizeof(struct landlock_path_beneath_attr)}},
};
const struct arg_type type_syslog_action = {.print = syslog_action_print};
const struct arg_type type_syslog_buffer = {
	.print = syslog_buffer_print,
	.applies = syslog_has_more,
	.when_of = syslog_when,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_EXIT,
		      .length = LENGTH_RESULT,
		      .element_bytes = 1}},
};
const struct arg_type type_syslog_length = {.print = syslog_length_print,
					    .applies = syslog_has_more};
const struct arg_type type_reboot_magic1 = CHOICE_TYPE(4, reboot_magic1);
const struct arg_type type_reboot_magic2 = CHOICE_TYPE(4, reboot_magic2);
const struct arg_type type_reboot_command = CHOICE_TYPE(4, reboot_commands);
const struct arg_type type_reboot_reason = {
	.print = reason_print,
	.applies = reboot_has_reason,
	.captures = {{.kind = CAPTURE_STRING, .when = CAPTURE_ENTER}},
};
const struct arg_type type_quota_command = {.print = quota_command_print};
const struct arg_type type_quota_id = {.print = quota_id_print, .applies = quota_has_id};
const struct arg_type type_quota_address = {
	.print = quota_address_print,
	.applies = quota_has_address,
	.captures = {{.kind = CAPTURE_STRING, .when = CAPTURE_ENTER, .cap_bytes = 256}},
};
const struct arg_type type_kexec_flags = {.print = kexec_flags_print};
const struct arg_type type_kexec_segments = {
	.print = segments_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .length = LENGTH_ARG,
		      .element_bytes = sizeof(struct segment),
		      .cap_bytes = 512}},
};
const struct arg_type type_kexec_file_flags = FLAGS_TYPE(8, kexec_file_flags);
const struct arg_type type_finit_flags = FLAGS_TYPE(4, finit_module_flags);
const struct arg_type type_delete_flags = FLAGS_TYPE(4, delete_module_flags);
const struct arg_type type_userfaultfd_flags = FLAGS_TYPE(4, userfaultfd_flags);
const struct arg_type type_close_on_exec = FLAGS_TYPE(4, memfd_secret_flags);
