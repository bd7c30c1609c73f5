// SPDX-License-Identifier: MIT
#include "trace/line.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum { ACCESS_WRITE = 2, ACCESS_FETCH = 16 }; /* bits of the error code */

void text_printf(struct bytes *out, const char *fmt, ...)
{
	va_list args, again;
	int size;

	va_start(args, fmt);
	va_copy(again, args);
	size = vsnprintf(NULL, 0, fmt, args);
	if (size > 0) {
		vsnprintf((char *)bytes_extend(out, size + 1), size + 1, fmt, again);
		out->size--; /* its NUL */
	}
	va_end(again);
	va_end(args);
}

static void head_write(struct bytes *out, const struct line_head *head)
{
	text_printf(out, "%6" PRIu64 ".%09" PRIu64 " %s/%" PRIu32 " ", head->time_ns / 1000000000,
		    head->time_ns % 1000000000, head->name, head->tid);
}

static const char *access_name(uint32_t error_code)
{
	return error_code & ACCESS_FETCH ? "fetch" : error_code & ACCESS_WRITE ? "write" : "read";
}

static void place_write(struct bytes *out, const struct placed_fault_event *event, const char *path)
{
	static const char *const names[] = {
		[PLACE_ANONYMOUS] = "anon", [PLACE_HEAP] = "[heap]", [PLACE_STACK] = "[stack]",
		[PLACE_VDSO] = "[vdso]",    [PLACE_VVAR] = "[vvar]",
	};
	uint64_t offset = event->fault.address - event->start + event->file_offset_bytes;

	if (event->place == PLACE_FILE)
		text_printf(out, "%s+0x%" PRIx64, path, offset);
	else if (event->place < sizeof names / sizeof *names && names[event->place])
		text_printf(out, "%s+0x%" PRIx64, names[event->place], offset);
	else
		text_printf(out, "?");
}

void fault_line_write(struct bytes *out, const struct line_head *head,
		      const struct placed_fault_event *event, const char *path)
{
	static const char *const kinds[NR_WIRE_FAULT_KINDS] = {
		[WIRE_MINOR] = "minor", [WIRE_MAJOR] = "major", [WIRE_FAILED] = "failed"};
	const struct fault_event *fault = &event->fault;

	if (head)
		head_write(out, head);
	text_printf(out, "%s %s %s [0x%" PRIx64 "] -> ", kinds[fault->kind],
		    fault->head.flags & WIRE_KERNEL ? "kernel" : "user",
		    access_name(fault->error_code), (uint64_t)fault->address);
	place_write(out, event, path);
	if (fault->head.flags & WIRE_UNTIMED || fault->kind == WIRE_FAILED)
		text_printf(out, " -");
	else
		text_printf(out, " %" PRIu64 "ns", (uint64_t)fault->service_ns);
}

void loss_line_write(struct bytes *out, uint64_t count)
{
	text_printf(out, "--- lost %" PRIu64 " event%s ---\n", count, count == 1 ? "" : "s");
}
