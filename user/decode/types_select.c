// SPDX-License-Identifier: MIT
/*
 * The types of select(): sets of descriptors, which are what is asked before the call and the
 * answer after it. The answer stands behind the result.
 */
#include "decode/types.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "decode/syscalls.h"
#include "decode/types_signals.h"

/* No process has more descriptors. */
#define MAX_SET_FDS (1 << 20)

/* The bytes of a set; 0 where there is none to look at. */
static size_t set_bytes(const struct decoder *d)
{
	int count = (int)d->call->args[0];

	if (count <= 0 || count > MAX_SET_FDS)
		return 0;
	return ((size_t)count + 63) / 64 * 8;
}

/* The set as of d->when, to be freed; NULL if it is not known. */
static uint8_t *set_read(struct decoder *d, uint64_t address)
{
	size_t size = set_bytes(d);
	uint8_t *bits = xcalloc(size + 1, 1);

	if (size && address && call_read(d->call, address, bits, size, d->when) == size)
		return bits;
	free(bits);
	return NULL;
}

static bool has_fd(const uint8_t *bits, int fd)
{
	return bits[fd / 8] >> (fd % 8) & 1;
}

/* At most so many; says how many there were. */
static int64_t set_print(struct decoder *d, const uint8_t *bits, int64_t limit)
{
	int count = (int)d->call->args[0];
	int64_t shown = 0;

	emit_open(d->e, EMIT_SET);
	for (int fd = 0; fd < count && shown < limit; fd++) {
		if (!has_fd(bits, fd))
			continue;
		if (d->when == CAPTURE_EXIT)
			emit_int(d->e, fd); /* what it is stands in the arguments */
		else
			fd_print_value(d, fd);
		shown++;
	}
	emit_close(d->e);
	return shown;
}

static PRINT_FUNCTION(fd_set_print)
{
	scoped_free uint8_t *bits = set_read(d, value);

	(void)arg;
	if (bits)
		set_print(d, bits, INT64_MAX);
	else
		emit_pointer(d->e, value);
}

/* ---- The answer ---- */

static bool is_empty(const struct decoder *d, const uint8_t *bits)
{
	size_t size = set_bytes(d);

	for (size_t i = 0; i < size; i++) {
		if (bits[i])
			return false;
	}
	return true;
}

/* Takes what it shows from the number that the call returned. */
static void print_set_found(struct decoder *d, const char *name, uint64_t address, int64_t *left)
{
	scoped_free uint8_t *bits = *left ? set_read(d, address) : NULL;

	if (bits && !is_empty(d, bits)) {
		emit_title(d->e, name);
		*left -= set_print(d, bits, *left);
	}
}

/* Linux tells what is left of the time. */
static void print_time_left(struct decoder *d)
{
	uint64_t address = d->call->args[4];
	uint8_t time[16];

	if (!address || call_read(d->call, address, time, sizeof time, CAPTURE_EXIT) < sizeof time)
		return;
	emit_title(d->e, "left");
	if (strcmp(syscall_name(d->call->nr), "select"))
		timespec_element(d, time, address);
	else
		timeval_element(d, time, address);
}

void result_select(struct decoder *d)
{
	int64_t left = d->call->result;

	emit_int(d->e, d->call->result);
	if (!d->call->result) {
		emit_raw(d->e, " (Timeout)");
		return;
	}
	emit_raw(d->e, " ");
	emit_label(d->e, "ready");
	emit_open_as(d->e, "(", ", ", ")", true);
	print_set_found(d, "in", d->call->args[1], &left);
	print_set_found(d, "out", d->call->args[2], &left);
	print_set_found(d, "except", d->call->args[3], &left);
	print_time_left(d);
	emit_close(d->e);
}

/* ---- pselect6()'s last argument, a set of signals and its size ---- */

static void mask_element(struct decoder *d, const void *bytes, uint64_t address)
{
	uint64_t mask[2];

	(void)address;
	memcpy(mask, bytes, sizeof mask);
	emit_open(d->e, EMIT_STRUCT);
	emit_name(d->e, "sigmask");
	sigset_print_at(d, mask[0], mask[1]);
	emit_member_uint(d->e, "sigsetsize", mask[1]);
	emit_close(d->e);
}

const struct arg_type type_fd_set = {
	.print = fd_set_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER | CAPTURE_EXIT,
		      .element_bytes = 128}},
};
const struct arg_type type_pselect_mask = {
	.print = struct_print,
	.size_bytes = 16,
	.element = mask_element,
	/* An address and a size: it is a vector of one. */
	.captures = {{.kind = CAPTURE_IOVEC, .when = CAPTURE_ENTER, .cap_bytes = 64}},
};
