// SPDX-License-Identifier: MIT
/*
 * The types of system calls since Linux 6.5, whose structs the system's headers need not have.
 */
#include "decode/types.h"

#include <string.h>

#include "decode/constants.h"
#include "decode/constants_table.h"

/* clang-format off */
SET(listmount_flags, "LISTMOUNT_???", V(LISTMOUNT_REVERSE, 1))

SET(shadow_stack_flags, "SHADOW_STACK_???",
	V(SHADOW_STACK_SET_TOKEN, 1) V(SHADOW_STACK_SET_MARKER, 2))

SET(statmount_masks, "STATMOUNT_???",
	V(STATMOUNT_SB_BASIC, 0x1) V(STATMOUNT_MNT_BASIC, 0x2) V(STATMOUNT_PROPAGATE_FROM, 0x4)
	V(STATMOUNT_MNT_ROOT, 0x8) V(STATMOUNT_MNT_POINT, 0x10) V(STATMOUNT_FS_TYPE, 0x20)
	V(STATMOUNT_MNT_NS_ID, 0x40) V(STATMOUNT_MNT_OPTS, 0x80) V(STATMOUNT_FS_SUBTYPE, 0x100)
	V(STATMOUNT_SB_SOURCE, 0x200) V(STATMOUNT_OPT_ARRAY, 0x400)
	V(STATMOUNT_OPT_SEC_ARRAY, 0x800) V(STATMOUNT_SUPPORTED_MASK, 0x1000)
	V(STATMOUNT_MNT_UIDMAP, 0x2000) V(STATMOUNT_MNT_GIDMAP, 0x4000))
/* clang-format on */

/* ---- cachestat() ---- */

static void cache_range_element(struct decoder *d, const void *bytes, uint64_t address)
{
	uint64_t range[2];

	(void)address;
	memcpy(range, bytes, sizeof range);
	emit_open(d->e, EMIT_STRUCT);
	emit_member_hex(d->e, "off", range[0]);
	emit_member_uint(d->e, "len", range[1]);
	emit_close(d->e);
}

static void cache_counts_element(struct decoder *d, const void *bytes, uint64_t address)
{
	static const char *const names[] = {"nr_cache", "nr_dirty", "nr_writeback", "nr_evicted",
					    "nr_recently_evicted"};
	uint64_t counts[sizeof names / sizeof *names];

	(void)address;
	memcpy(counts, bytes, sizeof counts);
	emit_open(d->e, EMIT_STRUCT);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		emit_member_uint(d->e, names[i], counts[i]);
	emit_close(d->e);
}

/* ---- Mounts by number ---- */

struct mount_request {
	uint32_t size, spare;
	uint64_t mnt_id, param, mnt_ns_id;
};

#define FIRST_REQUEST_BYTES 24
#define ROOT_OF_LIST        UINT64_MAX

static void print_request(struct decoder *d, const struct mount_request *request,
			  const struct constant_set *params)
{
	struct emit *e = d->e;

	if (request->spare)
		emit_member_hex(e, "spare", request->spare);
	emit_name(e, "mnt_id");
	if (request->mnt_id == ROOT_OF_LIST && !params)
		emit_word(e, "LSMT_ROOT");
	else
		emit_hex(e, request->mnt_id);
	if (params)
		emit_member_flags(e, "param", params, request->param);
	else
		emit_member_hex(e, "param", request->param);
	if (request->size >= sizeof *request)
		emit_member_hex(e, "mnt_ns_id", request->mnt_ns_id);
}

/* A struct that begins with its size. What it is asked for are flags, where the type has some. */
static PRINT_FUNCTION(mount_request_print)
{
	struct mount_request request = {0};
	size_t size;

	if (!fetch_or_pointer(d, value, &request.size, sizeof request.size))
		return;
	emit_open(d->e, EMIT_STRUCT);
	emit_member_uint(d->e, "size", request.size);
	size = request.size < sizeof request ? FIRST_REQUEST_BYTES : sizeof request;
	if (request.size >= FIRST_REQUEST_BYTES) {
		if (call_read(d->call, value, &request, size, d->when) == size) {
			print_request(d, &request, arg->type->constants);
			rest_print_at(d, value, size, request.size);
		} else {
			emit_raw(d->e, ", ???");
		}
	}
	emit_close(d->e);
}

static void mount_id_hex_element(struct decoder *d, const void *bytes, uint64_t address)
{
	uint64_t id;

	(void)address;
	memcpy(&id, bytes, sizeof id);
	emit_hex(d->e, id);
}

static PRINT_FUNCTION(mount_ids_print)
{
	(void)arg;
	array_print_at(d, value, (uint64_t)d->call->result, sizeof(uint64_t), mount_id_hex_element);
}

/* ---- Extended attributes ---- */

struct attribute_arguments {
	uint64_t value;
	uint32_t size, flags;
};

/* What is read goes where what is written comes from. */
static PRINT_FUNCTION(attribute_arguments_print)
{
	struct attribute_arguments attribute;
	bool reads = arg->type->when == CAPTURE_EXIT;

	d->when = CAPTURE_ENTER;
	if (d->call->args[arg->of] < sizeof attribute) {
		emit_pointer(d->e, value);
		return;
	}
	if (!fetch_or_pointer(d, value, &attribute, sizeof attribute))
		return;
	emit_open(d->e, EMIT_STRUCT);
	emit_name(d->e, "value");
	d->when = reads ? CAPTURE_EXIT : CAPTURE_ENTER;
	text_print_at(d, attribute.value, reads ? (uint64_t)d->call->result : attribute.size);
	emit_member_uint(d->e, "size", attribute.size);
	emit_member_flags(d->e, "flags", &xattr_flags, attribute.flags);
	emit_close(d->e);
}

#define REQUEST_CAPTURE                                                                            \
	{                                                                                          \
		{                                                                                  \
			.kind = CAPTURE_BYTES, .when = CAPTURE_ENTER, .element_bytes = 64          \
		}                                                                                  \
	}

const struct arg_type type_cache_range = STRUCT_TYPE(CAPTURE_ENTER, 16, cache_range_element);
const struct arg_type type_cache_counts = STRUCT_TYPE(CAPTURE_EXIT, 40, cache_counts_element);
const struct arg_type type_list_request = {.print = mount_request_print,
					   .captures = REQUEST_CAPTURE};
const struct arg_type type_stat_request = {
	.print = mount_request_print, .constants = &statmount_masks, .captures = REQUEST_CAPTURE};
const struct arg_type type_mount_ids = {
	.print = mount_ids_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_EXIT,
		      .length = LENGTH_RESULT,
		      .element_bytes = sizeof(uint64_t),
		      .cap_bytes = 4096}},
};
const struct arg_type type_listmount_flags = FLAGS_TYPE(4, listmount_flags);
const struct arg_type type_shadow_stack_flags = FLAGS_TYPE(4, shadow_stack_flags);

const struct arg_type type_attribute_arguments = {
	.print = attribute_arguments_print,
	.captures = {{.kind = CAPTURE_BYTES, .when = CAPTURE_ENTER, .element_bytes = 16}},
};
const struct arg_type type_out_attribute_arguments = {
	.print = attribute_arguments_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES, .when = CAPTURE_ENTER, .element_bytes = 16}},
};
