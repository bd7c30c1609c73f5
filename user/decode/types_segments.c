// SPDX-License-Identifier: MIT
/*
 * The types of x86's segments: entries of the local table, and those that threads have for
 * themselves.
 */
#include "decode/types_kernel.h"

#include <string.h>

#include "decode/syscalls.h"

/* struct user_desc: the kernel's own header has it only where asm/ldt.h does. */
struct segment_entry {
	uint32_t number, base, limit, bits;
};

/* -1: the kernel is to choose one. */
static void number_print(struct emit *e, uint32_t number)
{
	emit_name(e, "entry_number");
	if (number == UINT32_MAX)
		emit_int(e, -1);
	else
		emit_uint(e, number);
}

static void segment_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct segment_entry entry;
	struct emit *e = d->e;

	(void)address;
	memcpy(&entry, bytes, sizeof entry);
	emit_open(e, EMIT_STRUCT);
	number_print(e, entry.number);
	emit_name(e, "base_addr");
	emit_wordf(e, "%#08x", entry.base);
	emit_name(e, "limit");
	emit_wordf(e, "%#08x", entry.limit);
	emit_member_uint(e, "seg_32bit", entry.bits & 1);
	emit_member_uint(e, "contents", entry.bits >> 1 & 3);
	emit_member_uint(e, "read_exec_only", entry.bits >> 3 & 1);
	emit_member_uint(e, "limit_in_pages", entry.bits >> 4 & 1);
	emit_member_uint(e, "seg_not_present", entry.bits >> 5 & 1);
	emit_member_uint(e, "useable", entry.bits >> 6 & 1);
	emit_member_uint(e, "lm", entry.bits >> 7 & 1);
	emit_close(e);
}

/* Of any other size it is not one entry. */
static PRINT_FUNCTION(ldt_entry_print)
{
	struct segment_entry entry;

	if (d->call->args[arg->of] != sizeof entry)
		emit_pointer(d->e, value);
	else if (fetch_anyway_or_pointer(d, value, &entry, sizeof entry))
		segment_element(d, &entry, value);
}

/* Which was asked for stands there also if it could not be told. */
static PRINT_FUNCTION(out_segment_print)
{
	struct segment_entry entry;

	(void)arg;
	if (call_failed(d->call))
		d->when = CAPTURE_ENTER; /* it is as it was */
	if (!(d->call->flags & CALL_RETURNED) ||
	    !fetch_anyway_or_pointer(d, value, &entry, sizeof entry))
		return;
	if (!call_failed(d->call)) {
		segment_element(d, &entry, value);
		return;
	}
	emit_open(d->e, EMIT_STRUCT);
	number_print(d->e, entry.number);
	emit_more(d->e);
	emit_close(d->e);
}

/* The kernel returns 32 bits: an error is no negative number. */
void result_ldt(struct decoder *d)
{
	int error = -(int32_t)d->call->result;
	const char *name = d->call->result >> 32 || error <= 0 ? NULL : errno_name(error);

	emit_uint(d->e, (uint64_t)d->call->result);
	if (name && !d->e->json) {
		emit_raw(d->e, " ");
		emit_raw(d->e, name);
		emit_raw(d->e, " (");
		emit_raw(d->e, strerrordesc_np(error));
		emit_raw(d->e, ")");
	}
}

/* Which entry the kernel has taken, if it was to choose. */
void result_segment(struct decoder *d)
{
	uint32_t number;

	emit_int(d->e, d->call->result);
	if (d->e->json || call_read(d->call, d->call->args[0], &number, sizeof number,
				    CAPTURE_EXIT) != sizeof number)
		return;
	emit_raw(d->e, " (");
	d->e->named = true;
	number_print(d->e, number);
	emit_raw(d->e, ")");
}

#define SEGMENT_CAPTURE(time)                                                                      \
	{                                                                                          \
		.kind = CAPTURE_BYTES, .when = time, .element_bytes = sizeof(struct segment_entry) \
	}

const struct arg_type type_ldt_entry = {.print = ldt_entry_print,
					.captures = {SEGMENT_CAPTURE(CAPTURE_ENTER)}};
const struct arg_type type_segment = {
	.print = struct_print,
	.element = segment_element,
	.size_bytes = sizeof(struct segment_entry),
	.captures = {SEGMENT_CAPTURE(CAPTURE_ENTER), SEGMENT_CAPTURE(CAPTURE_EXIT)},
};
const struct arg_type type_out_segment = {
	.print = out_segment_print,
	.when = CAPTURE_EXIT,
	.captures = {SEGMENT_CAPTURE(CAPTURE_ENTER), SEGMENT_CAPTURE(CAPTURE_EXIT)},
};
