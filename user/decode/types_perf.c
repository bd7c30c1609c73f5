// SPDX-License-Identifier: MIT
/*
 * The type of struct perf_event_attr, which ends where its size says.
 */
#include "decode/types_kernel.h"

#include <linux/perf_event.h>
#include <string.h>

#include "decode/constants.h"

static const char *const skids[] = {"arbitrary skid", "constant skid", "requested to have 0 skid",
				    "must have 0 skid"};

static void cache_print(struct emit *e, uint64_t config)
{
	static const struct {
		unsigned int shift;
		const struct constant_set *set;
	} parts[] = {
		{16, &perf_hw_cache_results}, {8, &perf_hw_cache_ops}, {0, &perf_hw_cache_ids}};
	uint64_t rest = config >> 24;

	emit_open(e, EMIT_FLAGS);
	if (rest)
		emit_wordf(e, "%#llx<<24", (unsigned long long)rest);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		uint32_t value = config >> parts[i].shift & 0xff;
		const char *name = constant_name(parts[i].set, value);

		if (!name) {
			emit_choice(e, parts[i].set, value);
			if (parts[i].shift && !e->json)
				emit_raw(e, parts[i].shift == 8 ? "<<8" : "<<16");
		} else if (parts[i].shift) {
			emit_wordf(e, "%s<<%u", name, parts[i].shift);
		} else {
			emit_word(e, name);
		}
	}
	emit_close(e);
}

static void config_print(struct emit *e, const struct perf_event_attr *attr)
{
	emit_name(e, "config");
	switch (attr->type) {
	case PERF_TYPE_HARDWARE:
		return emit_choice(e, &perf_hw_ids, attr->config);
	case PERF_TYPE_SOFTWARE:
		return emit_choice(e, &perf_sw_ids, attr->config);
	case PERF_TYPE_HW_CACHE:
		return cache_print(e, attr->config);
	case PERF_TYPE_TRACEPOINT:
		return emit_uint(e, attr->config);
	default:
		return emit_hex(e, attr->config);
	}
}

#define BIT(name)                                                                                  \
	do {                                                                                       \
		if (attr->name || all)                                                             \
			emit_member_uint(e, #name, attr->name);                                    \
	} while (0)

/* The bits that are set, or all of them, in the order of their declaration. */
static void first_bits_print(struct emit *e, const struct perf_event_attr *attr, bool all)
{
	BIT(disabled);
	BIT(inherit);
	BIT(pinned);
	BIT(exclusive);
	BIT(exclude_user);
	BIT(exclude_kernel);
	BIT(exclude_hv);
	BIT(exclude_idle);
	BIT(mmap);
	BIT(comm);
	BIT(freq);
	BIT(inherit_stat);
	BIT(enable_on_exec);
	BIT(task);
	BIT(watermark);
	emit_member_uint(e, "precise_ip", attr->precise_ip);
	emit_comment(e, "%s", skids[attr->precise_ip]);
}

static void last_bits_print(struct emit *e, const struct perf_event_attr *attr, bool all)
{
	BIT(mmap_data);
	BIT(sample_id_all);
	BIT(exclude_host);
	BIT(exclude_guest);
	BIT(exclude_callchain_kernel);
	BIT(exclude_callchain_user);
	BIT(mmap2);
	BIT(comm_exec);
	BIT(use_clockid);
	BIT(context_switch);
	BIT(write_backward);
	BIT(namespaces);
	BIT(ksymbol);
	BIT(bpf_event);
	BIT(aux_output);
	BIT(cgroup);
	BIT(text_poke);
	BIT(build_id);
	BIT(inherit_thread);
	BIT(remove_on_exec);
	BIT(sigtrap);
	if (attr->__reserved_1) {
		emit_member_hex(e, "__reserved_1", (uint64_t)attr->__reserved_1);
		emit_comment(e, "Bits 63..38");
	}
}

/* Beyond the bits, with -v. */
static void rest_print(struct emit *e, const struct perf_event_attr *attr, uint32_t size)
{
	emit_member_uint(e, attr->watermark ? "wakeup_watermark" : "wakeup_events",
			 attr->wakeup_events);
	if (attr->type == PERF_TYPE_BREAKPOINT) {
		emit_member_choice(e, "bp_type", &perf_breakpoint_types, attr->bp_type);
		emit_member_hex(e, "bp_addr", attr->bp_addr);
	} else {
		emit_member_hex(e, "config1", attr->config1);
	}
	if (size < PERF_ATTR_SIZE_VER1)
		return;
	if (attr->type == PERF_TYPE_BREAKPOINT)
		emit_member_uint(e, "bp_len", attr->bp_len);
	else
		emit_member_hex(e, "config2", attr->config2);
	if (size < PERF_ATTR_SIZE_VER2)
		return;
	if (attr->sample_type & PERF_SAMPLE_BRANCH_STACK)
		emit_member_flags(e, "branch_sample_type", &perf_branch_types,
				  attr->branch_sample_type);
	if (size < PERF_ATTR_SIZE_VER3)
		return;
	emit_member_hex(e, "sample_regs_user", attr->sample_regs_user);
	if (attr->sample_type & PERF_SAMPLE_STACK_USER)
		emit_member_hex(e, "sample_stack_user", attr->sample_stack_user);
	if (attr->use_clockid)
		emit_member_choice(e, "clockid", &clock_names, (uint32_t)attr->clockid);
	if (size < PERF_ATTR_SIZE_VER4)
		return;
	emit_member_hex(e, "sample_regs_intr", attr->sample_regs_intr);
	if (size < PERF_ATTR_SIZE_VER5)
		return;
	emit_member_uint(e, "aux_watermark", attr->aux_watermark);
	emit_member_uint(e, "sample_max_stack", attr->sample_max_stack);
	if (size < PERF_ATTR_SIZE_VER6)
		return;
	emit_member_uint(e, "aux_sample_size", attr->aux_sample_size);
	if (size >= PERF_ATTR_SIZE_VER7)
		emit_member_hex(e, "sig_data", attr->sig_data);
}

static void attr_print(struct decoder *d, const struct perf_event_attr *attr, uint32_t size)
{
	struct emit *e = d->e;

	emit_open(e, EMIT_STRUCT);
	emit_member_choice(e, "type", &perf_event_types, attr->type);
	emit_member_choice(e, "size", &perf_attr_sizes, attr->size);
	config_print(e, attr);
	emit_member_uint(e, attr->freq ? "sample_freq" : "sample_period", attr->sample_period);
	emit_member_flags(e, "sample_type", &perf_sample_types, attr->sample_type);
	emit_member_flags(e, "read_format", &perf_read_formats, attr->read_format);
	first_bits_print(e, attr, d->options->verbose);
	last_bits_print(e, attr, d->options->verbose);
	if (d->options->verbose)
		rest_print(e, attr, size);
	else
		emit_more(e);
	emit_close(e);
}

/* A size of 0 means the first one. */
static PRINT_FUNCTION(perf_attr_print)
{
	struct perf_event_attr attr = {0};
	uint32_t head[2], size;

	(void)arg;
	if (!fetch_anyway_or_pointer(d, value, head, sizeof head))
		return;
	size = head[1] ? head[1] : PERF_ATTR_SIZE_VER0;
	if (size > sizeof attr)
		size = sizeof attr;
	if (size < PERF_ATTR_SIZE_VER0)
		emit_pointer(d->e, value);
	else if (fetch_anyway_or_pointer(d, value, &attr, size))
		attr_print(d, &attr, size);
}

const struct arg_type type_perf_flags = FLAGS_TYPE(8, perf_open_flags);
const struct arg_type type_perf_attr = {
	.print = perf_attr_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .element_bytes = sizeof(struct perf_event_attr)}},
};
