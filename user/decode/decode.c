// SPDX-License-Identifier: MIT
#include "decode/decode.h"

#include <stdio.h>
#include <string.h>

#include "decode/call_format.h"
#include "decode/syscalls.h"
#include "decode/types.h"

static enum capture_when time_of(const struct arg_type *type, const struct call *call)
{
	if (type->when_of)
		return type->when_of(call);
	return type->when == CAPTURE_EXIT ? CAPTURE_EXIT : CAPTURE_ENTER;
}

static void print_argument(struct decoder *d, unsigned int i)
{
	const struct argument *arg = &d->signature->args[i];

	d->when = time_of(arg->type, d->call);
	emit_label(d->e, arg->name);
	arg->type->print(d, arg, d->call->args[i]);
}

static bool applies(const struct decoder *d, unsigned int i)
{
	const struct arg_type *type = d->signature->args[i].type;

	return !type->applies || type->applies(d->call, &d->signature->args[i]);
}

/* Where the entered part ends: behind the separator of the first argument that comes later. */
static size_t entered_size(const struct decoder *d)
{
	const struct emit_level *level = &d->e->levels[d->e->depth];

	return d->e->out->size + (level->has_any ? strlen(level->separator) : 0);
}

static void print_arguments(struct decoder *d, bool entered_only, size_t *out_entered)
{
	bool later = false;

	for (unsigned int i = 0; i < d->signature->nr_args; i++) {
		if (!applies(d, i))
			continue;
		if (!later && time_of(d->signature->args[i].type, d->call) == CAPTURE_EXIT) {
			later = true;
			*out_entered = entered_size(d);
			if (entered_only && d->e->out->size < *out_entered)
				emit_raw(d->e, d->e->levels[d->e->depth].separator);
		}
		d->late = later;
		if (!later || !entered_only)
			print_argument(d, i);
		if (!later && d->entered_bytes) {
			later = true;
			*out_entered = d->entered_bytes;
		}
	}
	if (!later)
		*out_entered = d->e->out->size;
}

bool entered_ends(struct decoder *d)
{
	d->entered_bytes = d->e->out->size;
	return d->call->flags & CALL_RETURNED;
}

static void print_unknown_arguments(struct emit *e, const struct call *call)
{
	static const char *const names[] = {"arg1", "arg2", "arg3", "arg4", "arg5", "arg6"};

	for (unsigned int i = 0; i < 6; i++) {
		emit_label(e, names[i]);
		emit_hex(e, call->args[i]);
	}
}

/* The kernel's description, where this build knows no call of that number. */
static const struct call_format *format_of(const struct call *call,
					   const struct decode_options *options)
{
	if (call->flags & CALL_COMPAT || syscall_name(call->nr) || !options->format_of)
		return NULL;
	return options->format_of(options->context, call->nr);
}

static const struct signature *signature_for(const struct call *call,
					     const struct decode_options *options)
{
	const struct call_format *format = format_of(call, options);

	if (format)
		return &format->signature;
	return call->flags & CALL_COMPAT ? NULL : signature_of(call->nr);
}

static void decoder_init(struct decoder *d, struct call *call, const struct decode_options *options,
			 struct emit *e)
{
	*d = (struct decoder){.call = call,
			      .options = options,
			      .signature = signature_for(call, options),
			      .e = e,
			      .when = CAPTURE_ENTER};
	e->hex_strings = options->hex_strings;
}

static void print_name(const struct call *call, const struct decode_options *options,
		       struct bytes *out)
{
	const struct call_format *format = format_of(call, options);
	const char *name = call->flags & CALL_COMPAT ? NULL : syscall_name(call->nr);
	char label[32];

	if (format) {
		name = format->name;
	} else if (!name) {
		snprintf(label, sizeof label, "syscall_%#x", call->nr);
		name = label;
	}
	bytes_append(out, name, strlen(name));
	bytes_u8(out, '(');
}

void decode_call(struct call *call, const struct decode_options *options, struct bytes *out,
		 size_t *out_entered)
{
	struct decoder d;
	struct emit e;
	size_t begin = out->size, entered;

	emit_init(&e, out, false);
	decoder_init(&d, call, options, &e);
	print_name(call, options, out);
	emit_open_as(&e, "", ", ", "", true);
	if (d.signature) {
		print_arguments(&d, !(call->flags & CALL_RETURNED), &entered);
	} else {
		print_unknown_arguments(&e, call);
		entered = out->size;
	}
	emit_close(&e);
	if (!(call->flags & CALL_RETURNED))
		out->size = entered;
	if (out_entered)
		*out_entered = entered - begin;
}

void decode_call_json(struct call *call, const struct decode_options *options, struct bytes *out)
{
	struct decoder d;
	struct emit e;
	size_t entered;

	emit_init(&e, out, true);
	decoder_init(&d, call, options, &e);
	emit_open(&e, EMIT_STRUCT);
	if (d.signature)
		print_arguments(&d, false, &entered);
	else
		print_unknown_arguments(&e, call);
	emit_close(&e);
}

/* ---- Results ---- */

/* What it means to the program that the kernel restarts the call, or makes it EINTR. */
static const char *restart_text(int64_t result)
{
	switch (result) {
	case -512:
		return "To be restarted if SA_RESTART is set";
	case -513:
		return "To be restarted";
	case -514:
		return "To be restarted if no handler";
	case -516:
		return "Interrupted by signal";
	default:
		return NULL;
	}
}

static void print_error(const struct call *call, struct bytes *out)
{
	const char *name = errno_name((int)-call->result), *restart = restart_text(call->result);
	char text[128];

	if (restart)
		snprintf(text, sizeof text, "? %s (%s)", name, restart);
	else if (name)
		snprintf(text, sizeof text, "-1 %s (%s)", name,
			 strerrordesc_np((int)-call->result));
	else
		snprintf(text, sizeof text, "-1 (errno %d)", (int)-call->result);
	bytes_append(out, text, strlen(text));
}

static void print_success(struct decoder *d)
{
	d->when = CAPTURE_EXIT;
	if (d->signature && d->signature->result)
		d->signature->result(d);
	else
		emit_int(d->e, d->call->result);
}

void decode_result(struct call *call, const struct decode_options *options, struct bytes *out)
{
	struct decoder d;
	struct emit e;

	emit_init(&e, out, false);
	decoder_init(&d, call, options, &e);
	if (!(call->flags & CALL_RETURNED))
		bytes_u8(out, '?');
	else if (call_failed(call))
		print_error(call, out);
	else
		print_success(&d);
}

void decode_result_json(struct call *call, const struct decode_options *options, struct bytes *out)
{
	struct decoder d;
	struct emit e;

	emit_init(&e, out, true);
	decoder_init(&d, call, options, &e);
	if (!(call->flags & CALL_RETURNED)) {
		bytes_append(out, "null", 4);
		return;
	}
	emit_open(&e, EMIT_STRUCT);
	emit_name(&e, "value");
	if (call_failed(call)) {
		const char *name = errno_name((int)-call->result);

		emit_int(&e, -1);
		emit_name(&e, "errno");
		if (name)
			emit_word(&e, name);
		else
			emit_int(&e, -call->result);
	} else {
		print_success(&d);
	}
	emit_close(&e);
}

void decode_gather(struct call *call, const struct decode_options *options)
{
	struct bytes ignored = {0};
	struct decode_options whole = *options;

	whole.verbose = true;
	decode_call_json(call, &whole, &ignored);
	decode_result(call, &whole, &ignored);
	bytes_fini(&ignored);
}
