// SPDX-License-Identifier: MIT
/*
 * The types of memory's place: policies, sets of nodes, where pages are and are to go.
 */
#include "decode/types.h"

#include <string.h>

#include "decode/constants.h"
#include "decode/syscalls.h"

/* ---- Policies ---- */

static void policy_emit(struct emit *e, uint64_t value)
{
	uint64_t flags = 0;
	const char *name;

	for (size_t i = 0; i < mempolicy_mode_flags.nr; i++)
		flags |= value & mempolicy_mode_flags.items[i].value;
	name = constant_name(&mempolicy_modes, value & ~flags);
	if (!name) {
		emit_flags(e, &mempolicy_mode_flags, value);
		return;
	}
	emit_open(e, EMIT_FLAGS);
	emit_word(e, name);
	emit_flag_names(e, &mempolicy_mode_flags, flags);
	emit_close(e);
}

static PRINT_FUNCTION(policy_print)
{
	policy_emit(d->e, arg->type->size_bytes == 4 ? (uint32_t)value : value);
}

static void policy_element(struct decoder *d, const void *bytes, uint64_t address)
{
	uint32_t mode;

	(void)address;
	memcpy(&mode, bytes, sizeof mode);
	emit_open(d->e, EMIT_ARRAY);
	policy_emit(d->e, mode);
	emit_close(d->e);
}

/* ---- Sets of nodes ---- */

static void node_word_element(struct decoder *d, const void *bytes, uint64_t address)
{
	unsigned long word;

	(void)address;
	memcpy(&word, bytes, sizeof word);
	emit_wordf(d->e, "%#016lx", word);
}

/* The kernel takes one bit less than it is told. What overflows is no size. */
static PRINT_FUNCTION(nodes_print)
{
	uint64_t bits = d->call->args[arg->of], words = (bits - 1 + 63) / 64;

	if (bits && !words)
		emit_pointer(d->e, value);
	else
		array_print_at(d, value, words, sizeof(uint64_t), node_word_element);
}

/* ---- Pages ---- */

static void page_element(struct decoder *d, const void *bytes, uint64_t address)
{
	uint64_t page;

	(void)address;
	memcpy(&page, bytes, sizeof page);
	emit_pointer(d->e, page);
}

static void node_element(struct decoder *d, const void *bytes, uint64_t address)
{
	int32_t node;

	(void)address;
	memcpy(&node, bytes, sizeof node);
	emit_int(d->e, node);
}

/* A node, or why it is not known. */
static void status_element(struct decoder *d, const void *bytes, uint64_t address)
{
	int32_t status;
	const char *name;

	memcpy(&status, bytes, sizeof status);
	name = status < 0 && status > -4096 ? errno_name(-status) : NULL;
	if (name)
		emit_wordf(d->e, "-%s", name);
	else
		node_element(d, bytes, address);
}

#define NODES_TYPE(time)                                                                           \
	{                                                                                          \
		.print = nodes_print, .when = time, .captures = {                                  \
			{.kind = CAPTURE_BYTES, .when = time, .element_bytes = 128}                \
		}                                                                                  \
	}

const struct arg_type type_memory_policy = {.print = policy_print, .size_bytes = 4};
const struct arg_type type_memory_policy_long = {.print = policy_print, .size_bytes = 8};
const struct arg_type type_out_memory_policy = STRUCT_TYPE(CAPTURE_EXIT, 4, policy_element);
const struct arg_type type_nodes = NODES_TYPE(CAPTURE_ENTER);
const struct arg_type type_out_nodes = NODES_TYPE(CAPTURE_EXIT);
const struct arg_type type_mbind_flags = FLAGS_TYPE(4, mbind_flags);
const struct arg_type type_get_mempolicy_flags = FLAGS_TYPE(8, mempolicy_flags);
const struct arg_type type_pages = ARRAY_TYPE(CAPTURE_ENTER, 8, page_element);
const struct arg_type type_page_nodes = ARRAY_TYPE(CAPTURE_ENTER, 4, node_element);
const struct arg_type type_page_status = ARRAY_TYPE(CAPTURE_EXIT, 4, status_element);
const struct arg_type type_move_pages_flags = FLAGS_TYPE(4, move_pages_flags);
