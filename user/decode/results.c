// SPDX-License-Identifier: MIT
/*
 * What system calls return, where it is more than a signed number.
 */
#include "decode/types.h"

void result_fd(struct decoder *d)
{
	fd_print_value(d, (int)d->call->result);
}

void result_pointer(struct decoder *d)
{
	if (d->call->result)
		emit_pointer(d->e, (uint64_t)d->call->result);
	else
		emit_int(d->e, 0);
}

void result_octal(struct decoder *d)
{
	emit_octal(d->e, (uint64_t)d->call->result);
}

void result_flags(struct decoder *d, const char *name, const struct constant_set *set)
{
	emit_hex(d->e, (uint64_t)d->call->result);
	emit_raw(d->e, " (");
	emit_raw(d->e, name);
	emit_raw(d->e, " ");
	emit_label(d->e, name);
	emit_flags(d->e, set, (uint64_t)d->call->result);
	emit_raw(d->e, ")");
}

void result_none(struct decoder *d)
{
	emit_word(d->e, "?");
}
