// SPDX-License-Identifier: MIT
/*
 * Who a task is: its users and groups, and capabilities.
 */
#include "decode/types.h"

#include <linux/capability.h>
#include <string.h>

#include "decode/constants.h"
#include "decode/constants_table.h"

#define MAX_GROUPS 65536

/* clang-format off */
SET(capability_versions, "_LINUX_CAPABILITY_VERSION_???",
	C(_LINUX_CAPABILITY_VERSION_1) C(_LINUX_CAPABILITY_VERSION_2)
	C(_LINUX_CAPABILITY_VERSION_3))
/* clang-format on */

/* ---- Users and groups ---- */

static void id_element(struct decoder *d, const void *bytes, uint64_t address)
{
	uint32_t id;

	(void)address;
	memcpy(&id, bytes, sizeof id);
	id_print_value(d, id);
}

static void id_alone_element(struct decoder *d, const void *bytes, uint64_t address)
{
	emit_open(d->e, EMIT_ARRAY);
	id_element(d, bytes, address);
	emit_close(d->e);
}

static void print_groups(struct decoder *d, uint64_t address, uint64_t count)
{
	if (count > MAX_GROUPS)
		emit_pointer(d->e, address);
	else
		array_print_at(d, address, count, sizeof(uint32_t), id_element);
}

static PRINT_FUNCTION(groups_print)
{
	print_groups(d, value, (uint32_t)d->call->args[arg->of]);
}

static PRINT_FUNCTION(out_groups_print)
{
	(void)arg;
	print_groups(d, value, (uint64_t)d->call->result);
}

/* ---- Capabilities ---- */

static void cap_header_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct __user_cap_header_struct header;

	(void)address;
	memcpy(&header, bytes, sizeof header);
	emit_open(d->e, EMIT_STRUCT);
	emit_member_choice(d->e, "version", &capability_versions, header.version);
	emit_member_int(d->e, "pid", header.pid);
	emit_close(d->e);
}

/* Bits of one of the two words. */
static void print_capability_word(struct emit *e, uint32_t word, unsigned int first)
{
	for (unsigned int i = 0; i < 32; i++) {
		const char *name = constant_name(&capabilities, first + i);

		if (!(word >> i & 1) || !name)
			continue;
		emit_wordf(e, e->json ? "%s" : "1<<%s", name);
		word &= ~(1U << i);
	}
	if (word)
		emit_wordf(e, "%#x", word);
}

void capabilities_emit(struct emit *e, uint32_t low, uint32_t high)
{
	emit_open(e, EMIT_FLAGS);
	print_capability_word(e, low, 0);
	print_capability_word(e, high, 32);
	if (!low && !high)
		emit_raw(e, "0");
	emit_close(e);
}

/* What the first argument says of the layout: only the first version has one word. */
static size_t words_of(struct decoder *d)
{
	struct __user_cap_header_struct header;

	if (call_read(d->call, d->call->args[0], &header, sizeof header, CAPTURE_ENTER) !=
	    sizeof header)
		return 0;
	return header.version == _LINUX_CAPABILITY_VERSION_2 ||
			       header.version == _LINUX_CAPABILITY_VERSION_3
		       ? 2
		       : 1;
}

static PRINT_FUNCTION(cap_data_print)
{
	struct __user_cap_data_struct data[2] = {{0}};
	size_t size = sizeof *data * words_of(d);

	(void)arg;
	if (!size)
		emit_pointer(d->e, value);
	if (!size || !fetch_or_pointer(d, value, data, size))
		return;
	emit_open(d->e, EMIT_STRUCT);
	emit_name(d->e, "effective");
	capabilities_emit(d->e, data[0].effective, data[1].effective);
	emit_name(d->e, "permitted");
	capabilities_emit(d->e, data[0].permitted, data[1].permitted);
	emit_name(d->e, "inheritable");
	capabilities_emit(d->e, data[0].inheritable, data[1].inheritable);
	emit_close(d->e);
}

const struct arg_type type_out_id = STRUCT_TYPE(CAPTURE_EXIT, 4, id_alone_element);
const struct arg_type type_groups = {
	.print = groups_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .length = LENGTH_ARG,
		      .element_bytes = 4,
		      .cap_bytes = 4096}},
};
const struct arg_type type_out_groups = {
	.print = out_groups_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_EXIT,
		      .length = LENGTH_RESULT,
		      .element_bytes = 4,
		      .cap_bytes = 4096}},
};
const struct arg_type type_cap_header =
	STRUCT_TYPE(CAPTURE_ENTER, sizeof(struct __user_cap_header_struct), cap_header_element);
const struct arg_type type_cap_data = {
	.print = cap_data_print,
	.captures = {{.kind = CAPTURE_BYTES, .when = CAPTURE_ENTER, .element_bytes = 24}},
};
const struct arg_type type_out_cap_data = {
	.print = cap_data_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES, .when = CAPTURE_EXIT, .element_bytes = 24}},
};
