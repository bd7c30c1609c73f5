// SPDX-License-Identifier: MIT
/*
 * The types of futex(), whose operation decides what the other arguments are.
 */
#include "decode/types_process.h"

#include <linux/futex.h>
#include <string.h>

#include "decode/constants.h"

/* What an operation has, besides the address. */
enum futex_part {
	FUTEX_VALUE = 1,
	FUTEX_TIMEOUT = 2, /* the fourth argument is one */
	FUTEX_COUNT = 4,   /* it is a number */
	FUTEX_ADDRESS = 8, /* a second one */
	FUTEX_BITSET = 16,
	FUTEX_VALUE3 = 32, /* compared with */
	FUTEX_COMPUTE = 64,
};

static unsigned int parts_of(const struct call *call)
{
	switch ((uint32_t)call->args[1] & 127) {
	case FUTEX_WAIT:
		return FUTEX_VALUE | FUTEX_TIMEOUT;
	case FUTEX_WAKE:
	case FUTEX_FD:
		return FUTEX_VALUE;
	case FUTEX_REQUEUE:
		return FUTEX_VALUE | FUTEX_COUNT | FUTEX_ADDRESS;
	case FUTEX_CMP_REQUEUE:
	case FUTEX_CMP_REQUEUE_PI:
		return FUTEX_VALUE | FUTEX_COUNT | FUTEX_ADDRESS | FUTEX_VALUE3;
	case FUTEX_WAKE_OP:
		return FUTEX_VALUE | FUTEX_COUNT | FUTEX_ADDRESS | FUTEX_COMPUTE;
	case FUTEX_LOCK_PI:
	case FUTEX_LOCK_PI2:
		return FUTEX_TIMEOUT;
	case FUTEX_UNLOCK_PI:
	case FUTEX_TRYLOCK_PI:
		return 0;
	case FUTEX_WAIT_BITSET:
		return FUTEX_VALUE | FUTEX_TIMEOUT | FUTEX_BITSET;
	case FUTEX_WAKE_BITSET:
		return FUTEX_VALUE | FUTEX_BITSET;
	case FUTEX_WAIT_REQUEUE_PI:
		return FUTEX_VALUE | FUTEX_TIMEOUT | FUTEX_ADDRESS;
	default:
		return FUTEX_VALUE | FUTEX_ADDRESS;
	}
}

static bool is_known(const struct call *call)
{
	return ((uint32_t)call->args[1] & 127) <= FUTEX_LOCK_PI2;
}

static bool has_value(const struct call *call, const struct argument *arg)
{
	(void)arg;
	return parts_of(call) & FUTEX_VALUE;
}

static bool has_timeout(const struct call *call, const struct argument *arg)
{
	(void)arg;
	return !is_known(call) || parts_of(call) & (FUTEX_TIMEOUT | FUTEX_COUNT);
}

static PRINT_FUNCTION(timeout_print)
{
	unsigned int parts = parts_of(d->call);
	uint8_t timeout[16];

	(void)arg;
	if (!is_known(d->call))
		emit_pointer(d->e, value);
	else if (parts & FUTEX_COUNT)
		emit_uint(d->e, (uint32_t)value);
	else if (fetch_or_pointer(d, value, timeout, sizeof timeout))
		timespec_element(d, timeout, value);
}

static bool has_address(const struct call *call, const struct argument *arg)
{
	(void)arg;
	return !is_known(call) || parts_of(call) & FUTEX_ADDRESS;
}

static bool has_value3(const struct call *call, const struct argument *arg)
{
	(void)arg;
	return !is_known(call) || parts_of(call) & (FUTEX_BITSET | FUTEX_VALUE3 | FUTEX_COMPUTE);
}

/* A word of a few bits, shifted to its place. */
static void compute_part(struct emit *e, const struct constant_set *set, uint32_t value,
			 unsigned int shift)
{
	const char *name = constant_name(set, value);

	if (name) {
		emit_wordf(e, "%s<<%u", name, shift);
	} else {
		emit_wordf(e, "%#x<<%u", value, shift);
		emit_comment(e, "%s", set->unknown);
	}
}

/* Of FUTEX_WAKE_OP: what is done to the second word, and how it is compared. */
static void compute_print(struct emit *e, uint32_t value)
{
	emit_open(e, EMIT_FLAGS);
	if (value >> 28 & FUTEX_OP_OPARG_SHIFT)
		emit_wordf(e, "FUTEX_OP_OPARG_SHIFT<<28");
	compute_part(e, &futex_wake_ops, value >> 28 & 7, 28);
	emit_wordf(e, value >> 12 & 0xfff ? "%#x<<12" : "%x<<12", value >> 12 & 0xfff);
	compute_part(e, &futex_wake_compares, value >> 24 & 0xf, 24);
	emit_hex(e, value & 0xfff);
	emit_close(e);
}

static PRINT_FUNCTION(value3_print)
{
	unsigned int parts = parts_of(d->call);

	(void)arg;
	if (is_known(d->call) && parts & FUTEX_COMPUTE)
		compute_print(d->e, (uint32_t)value);
	else if (is_known(d->call) && parts & FUTEX_VALUE3)
		emit_uint(d->e, (uint32_t)value);
	else if (is_known(d->call) && (uint32_t)value == FUTEX_BITSET_MATCH_ANY)
		emit_word(d->e, "FUTEX_BITSET_MATCH_ANY");
	else
		emit_hex(d->e, (uint32_t)value);
}

static void waiter_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct futex_waitv waiter;

	(void)address;
	memcpy(&waiter, bytes, sizeof waiter);
	emit_open(d->e, EMIT_STRUCT);
	emit_member_hex(d->e, "val", waiter.val);
	emit_member_pointer(d->e, "uaddr", waiter.uaddr);
	emit_member_flags(d->e, "flags", &futex_waitv_flags, waiter.flags);
	if (waiter.__reserved)
		emit_member_hex(d->e, "__reserved", waiter.__reserved);
	emit_close(d->e);
}

static PRINT_FUNCTION(waiters_print)
{
	uint32_t count = (uint32_t)d->call->args[arg->of];

	array_print_at(d, value, count, sizeof(struct futex_waitv), waiter_element);
}

/* With a time-out; others have a number in its place, or nothing. */
#define TIMED_COMMANDS                                                                             \
	(1ULL << FUTEX_WAIT | 1ULL << FUTEX_LOCK_PI | 1ULL << FUTEX_LOCK_PI2 |                     \
	 1ULL << FUTEX_WAIT_BITSET | 1ULL << FUTEX_WAIT_REQUEUE_PI)

const struct arg_type type_futex_op = CHOICE_TYPE(4, futex_ops);
const struct arg_type type_futex_value = {
	.print = uint_print, .size_bytes = 4, .applies = has_value};
const struct arg_type type_futex_timeout = {
	.print = timeout_print,
	.applies = has_timeout,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .element_bytes = 16,
		      .commands = TIMED_COMMANDS}},
};
const struct arg_type type_futex_address = {.print = pointer_print, .applies = has_address};
const struct arg_type type_futex_value3 = {.print = value3_print, .applies = has_value3};
const struct arg_type type_futex_waiters = {
	.print = waiters_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .length = LENGTH_ARG,
		      .element_bytes = sizeof(struct futex_waitv),
		      .cap_bytes = 4096}},
};
