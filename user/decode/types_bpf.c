// SPDX-License-Identifier: MIT
/*
 * The types of bpf(), each of whose commands has a struct of its own: tables of members, which end
 * where the size that was passed ends. Bytes beyond what is known are shown if they are not zero.
 */
#include "decode/types_kernel.h"

#include <linux/bpf.h>
#include <linux/filter.h>
#include <string.h>

#include "decode/constants.h"
#include "decode/fields.h"

#define MAX_INSTRUCTIONS 4096

#define A(member, kind)               FIELD(union bpf_attr, member, kind)
#define A_OF(member, kind, set)       FIELD_OF(union bpf_attr, member, kind, set)
#define IN(group, member, field_kind) FIELD_AS(#member, union bpf_attr, group.member, field_kind)
#define IN_OF(group, member, field_kind, set)                                                      \
	{                                                                                          \
		.name = #member, .offset = offsetof(union bpf_attr, group.member),                 \
		.size_bytes = sizeof(((union bpf_attr *)NULL)->group.member), .kind = field_kind,  \
		.constants = &set                                                                  \
	}

static const struct field map_fields[] = {
	A_OF(map_type, FIELD_CHOICE, bpf_map_types),
	A(key_size, FIELD_UINT),
	A(value_size, FIELD_UINT),
	A(max_entries, FIELD_UINT),
	A_OF(map_flags, FIELD_FLAGS, bpf_map_flags),
	A(inner_map_fd, FIELD_FD),
	A(numa_node, FIELD_UINT),
	A(map_name, FIELD_CHARS),
	A(map_ifindex, FIELD_UINT),
	A(btf_fd, FIELD_FD),
	A(btf_key_type_id, FIELD_UINT),
	A(btf_value_type_id, FIELD_UINT),
	A(btf_vmlinux_value_type_id, FIELD_UINT),
	A(map_extra, FIELD_UINT),
};
static const struct field element_fields[] = {
	A(map_fd, FIELD_FD),
	A(key, FIELD_POINTER),
	A(value, FIELD_POINTER),
	A_OF(flags, FIELD_FLAGS, bpf_lookup_flags),
};
static const struct field update_fields[] = {
	A(map_fd, FIELD_FD),
	A(key, FIELD_POINTER),
	A(value, FIELD_POINTER),
	A_OF(flags, FIELD_CHOICE, bpf_elem_flags),
};
static const struct field delete_fields[] = {A(map_fd, FIELD_FD), A(key, FIELD_POINTER)};
static const struct field next_key_fields[] = {A(map_fd, FIELD_FD), A(key, FIELD_POINTER),
					       A(next_key, FIELD_POINTER)};
static const struct field freeze_fields[] = {A(map_fd, FIELD_FD)};
static const struct field object_fields[] = {A(pathname, FIELD_PATH), A(bpf_fd, FIELD_FD),
					     A_OF(file_flags, FIELD_FLAGS, bpf_file_flags)};
static const struct field attach_fields[] = {
	A(target_fd, FIELD_FD),
	A(attach_bpf_fd, FIELD_FD),
	A_OF(attach_type, FIELD_CHOICE, bpf_attach_types),
	A_OF(attach_flags, FIELD_FLAGS, bpf_attach_flags),
	A(replace_bpf_fd, FIELD_FD),
};
static const struct field detach_fields[] = {A(target_fd, FIELD_FD),
					     A_OF(attach_type, FIELD_CHOICE, bpf_attach_types)};
static const struct field test_fields[] = {
	IN(test, prog_fd, FIELD_FD),
	IN(test, retval, FIELD_UINT),
	IN(test, data_size_in, FIELD_UINT),
	IN(test, data_size_out, FIELD_UINT),
	IN(test, data_in, FIELD_POINTER),
	IN(test, data_out, FIELD_POINTER),
	IN(test, repeat, FIELD_UINT),
	IN(test, duration, FIELD_UINT),
	IN(test, ctx_size_in, FIELD_UINT),
	IN(test, ctx_size_out, FIELD_UINT),
	IN(test, ctx_in, FIELD_POINTER),
	IN(test, ctx_out, FIELD_POINTER),
	IN_OF(test, flags, FIELD_FLAGS, bpf_test_run_flags),
	IN(test, cpu, FIELD_UINT),
	IN(test, batch_size, FIELD_UINT),
};
static const struct field next_id_fields[] = {A(start_id, FIELD_UINT), A(next_id, FIELD_UINT),
					      A_OF(open_flags, FIELD_FLAGS, bpf_file_flags)};
static const struct field program_id_fields[] = {A(prog_id, FIELD_UINT), A(next_id, FIELD_UINT),
						 A_OF(open_flags, FIELD_FLAGS, bpf_file_flags)};
static const struct field map_id_fields[] = {A(map_id, FIELD_UINT), A(next_id, FIELD_UINT),
					     A_OF(open_flags, FIELD_FLAGS, bpf_file_flags)};
static const struct field btf_id_fields[] = {A(btf_id, FIELD_UINT)};
static const struct field link_id_fields[] = {A(link_id, FIELD_UINT)};
static const struct field info_fields[] = {
	IN(info, bpf_fd, FIELD_FD), IN(info, info_len, FIELD_UINT), IN(info, info, FIELD_POINTER)};
static const struct field query_fields[] = {
	IN(query, target_fd, FIELD_FD),
	IN_OF(query, attach_type, FIELD_CHOICE, bpf_attach_types),
	IN_OF(query, query_flags, FIELD_FLAGS, bpf_query_flags),
	IN_OF(query, attach_flags, FIELD_FLAGS, bpf_attach_flags),
	IN(query, prog_ids, FIELD_POINTER),
	IN(query, prog_cnt, FIELD_UINT),
};
static const struct field tracepoint_fields[] = {IN(raw_tracepoint, name, FIELD_STRING),
						 IN(raw_tracepoint, prog_fd, FIELD_FD)};
static const struct field btf_fields[] = {
	A(btf, FIELD_POINTER),       A(btf_log_buf, FIELD_POINTER), A(btf_size, FIELD_UINT),
	A(btf_log_size, FIELD_UINT), A(btf_log_level, FIELD_UINT),
};
static const struct field task_fields[] = {
	IN(task_fd_query, pid, FIELD_INT),
	IN(task_fd_query, fd, FIELD_FD),
	IN(task_fd_query, flags, FIELD_UINT),
	IN(task_fd_query, buf_len, FIELD_UINT),
	IN(task_fd_query, buf, FIELD_POINTER),
	IN(task_fd_query, prog_id, FIELD_UINT),
	IN_OF(task_fd_query, fd_type, FIELD_CHOICE, bpf_fd_types),
	IN(task_fd_query, probe_offset, FIELD_HEX),
	IN(task_fd_query, probe_addr, FIELD_HEX),
};
static const struct field batch_fields[] = {
	IN(batch, in_batch, FIELD_POINTER),
	IN(batch, out_batch, FIELD_POINTER),
	IN(batch, keys, FIELD_POINTER),
	IN(batch, values, FIELD_POINTER),
	IN(batch, count, FIELD_UINT),
	IN(batch, map_fd, FIELD_FD),
	IN_OF(batch, elem_flags, FIELD_FLAGS, bpf_lookup_flags),
	IN(batch, flags, FIELD_HEX),
};
static const struct field update_batch_fields[] = {
	IN(batch, keys, FIELD_POINTER),
	IN(batch, values, FIELD_POINTER),
	IN(batch, count, FIELD_UINT),
	IN(batch, map_fd, FIELD_FD),
	IN_OF(batch, elem_flags, FIELD_FLAGS, bpf_lookup_flags),
	IN(batch, flags, FIELD_HEX),
};
static const struct field delete_batch_fields[] = {
	IN(batch, keys, FIELD_POINTER), IN(batch, count, FIELD_UINT),
	IN(batch, map_fd, FIELD_FD),    IN_OF(batch, elem_flags, FIELD_FLAGS, bpf_lookup_flags),
	IN(batch, flags, FIELD_HEX),
};
static const struct field link_fields[] = {
	IN(link_create, prog_fd, FIELD_FD), IN(link_create, target_fd, FIELD_FD),
	IN_OF(link_create, attach_type, FIELD_CHOICE, bpf_attach_types),
	IN(link_create, flags, FIELD_HEX)};
static const struct field link_update_fields[] = {
	IN(link_update, link_fd, FIELD_FD),
	IN(link_update, new_prog_fd, FIELD_FD),
	IN_OF(link_update, flags, FIELD_FLAGS, bpf_attach_flags),
};
static const struct field program_fields[] = {
	A_OF(prog_type, FIELD_CHOICE, bpf_prog_types),
	A(insn_cnt, FIELD_UINT),
	A(insns, FIELD_POINTER),
	A(license, FIELD_STRING),
	A(log_level, FIELD_UINT),
	A(log_size, FIELD_UINT),
	A(log_buf, FIELD_POINTER),
	A(kern_version, FIELD_UINT),
	A_OF(prog_flags, FIELD_FLAGS, bpf_prog_flags),
	A(prog_name, FIELD_CHARS),
	A(prog_ifindex, FIELD_UINT),
	A_OF(expected_attach_type, FIELD_CHOICE, bpf_attach_types),
	A(prog_btf_fd, FIELD_FD),
	A(func_info_rec_size, FIELD_UINT),
	A(func_info, FIELD_POINTER),
	A(func_info_cnt, FIELD_UINT),
	A(line_info_rec_size, FIELD_UINT),
	A(line_info, FIELD_POINTER),
	A(line_info_cnt, FIELD_UINT),
	A(attach_btf_id, FIELD_UINT),
	A(attach_prog_fd, FIELD_FD),
	A(fd_array, FIELD_POINTER),
};

static const struct command {
	uint32_t number;
	const char *group; /* the struct that the members are in, if they are in one */
	const struct field *fields;
	size_t nr_fields;
	size_t nr_first; /* of the first version: always there, as zeros if not passed */
} commands[] = {
#define COMMAND(number, group, table, nr_first)                                                    \
	{                                                                                          \
		number, group, table, NR_FIELDS(table), nr_first                                   \
	}
	COMMAND(BPF_MAP_CREATE, NULL, map_fields, 4),
	COMMAND(BPF_MAP_LOOKUP_ELEM, NULL, element_fields, 3),
	COMMAND(BPF_MAP_UPDATE_ELEM, NULL, update_fields, 4),
	COMMAND(BPF_MAP_DELETE_ELEM, NULL, delete_fields, 2),
	COMMAND(BPF_MAP_GET_NEXT_KEY, NULL, next_key_fields, 3),
	COMMAND(BPF_MAP_LOOKUP_AND_DELETE_ELEM, NULL, element_fields, 3),
	COMMAND(BPF_MAP_FREEZE, NULL, freeze_fields, 1),
	COMMAND(BPF_PROG_LOAD, NULL, program_fields, 4),
	COMMAND(BPF_OBJ_PIN, NULL, object_fields, 2),
	COMMAND(BPF_OBJ_GET, NULL, object_fields, 2),
	COMMAND(BPF_PROG_ATTACH, NULL, attach_fields, 4),
	COMMAND(BPF_PROG_DETACH, NULL, detach_fields, 2),
	COMMAND(BPF_PROG_TEST_RUN, "test", test_fields, 8),
	COMMAND(BPF_PROG_GET_NEXT_ID, NULL, next_id_fields, 2),
	COMMAND(BPF_MAP_GET_NEXT_ID, NULL, next_id_fields, 2),
	COMMAND(BPF_BTF_GET_NEXT_ID, NULL, next_id_fields, 2),
	COMMAND(BPF_LINK_GET_NEXT_ID, NULL, next_id_fields, 2),
	COMMAND(BPF_PROG_GET_FD_BY_ID, NULL, program_id_fields, 2),
	COMMAND(BPF_MAP_GET_FD_BY_ID, NULL, map_id_fields, 2),
	COMMAND(BPF_BTF_GET_FD_BY_ID, NULL, btf_id_fields, 1),
	COMMAND(BPF_LINK_GET_FD_BY_ID, NULL, link_id_fields, 1),
	COMMAND(BPF_OBJ_GET_INFO_BY_FD, "info", info_fields, 3),
	COMMAND(BPF_PROG_QUERY, "query", query_fields, 6),
	COMMAND(BPF_RAW_TRACEPOINT_OPEN, "raw_tracepoint", tracepoint_fields, 2),
	COMMAND(BPF_BTF_LOAD, NULL, btf_fields, 5),
	COMMAND(BPF_TASK_FD_QUERY, "task_fd_query", task_fields, 9),
	COMMAND(BPF_MAP_LOOKUP_BATCH, "batch", batch_fields, 8),
	COMMAND(BPF_MAP_LOOKUP_AND_DELETE_BATCH, "batch", batch_fields, 8),
	COMMAND(BPF_MAP_UPDATE_BATCH, "batch", update_batch_fields, 6),
	COMMAND(BPF_MAP_DELETE_BATCH, "batch", delete_batch_fields, 5),
	COMMAND(BPF_LINK_CREATE, "link_create", link_fields, 4),
	COMMAND(BPF_LINK_UPDATE, "link_update", link_update_fields, 3),
#undef COMMAND
};

static const struct command *command_of(uint32_t number)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (commands[i].number == number)
			return &commands[i];
	}
	return NULL;
}

/* ---- Instructions of programs ---- */

static void code_print(struct emit *e, uint8_t code)
{
	uint32_t class = BPF_CLASS(code);
	bool is_jump = class == BPF_JMP || class == BPF_JMP32;

	emit_open(e, EMIT_FLAGS);
	emit_choice(e, &filter_classes_ebpf, class);
	if (class == BPF_LD || class == BPF_LDX || class == BPF_ST || class == BPF_STX) {
		emit_choice(e, &filter_sizes_ebpf, BPF_SIZE(code));
		emit_choice(e, &filter_modes_ebpf, BPF_MODE(code));
	} else {
		emit_choice(e, &filter_sources, BPF_SRC(code));
		emit_choice(e, is_jump ? &filter_jumps_ebpf : &filter_ops_ebpf, BPF_OP(code));
	}
	emit_close(e);
}

static void instruction_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct bpf_insn instruction;

	(void)address;
	memcpy(&instruction, bytes, sizeof instruction);
	emit_open(d->e, EMIT_STRUCT);
	emit_name(d->e, "code");
	code_print(d->e, instruction.code);
	emit_member_choice(d->e, "dst_reg", &ebpf_registers, instruction.dst_reg);
	emit_member_choice(d->e, "src_reg", &ebpf_registers, instruction.src_reg);
	emit_member_int(d->e, "off", instruction.off);
	emit_member_hex(d->e, "imm", (uint32_t)instruction.imm);
	emit_close(d->e);
}

/* ---- Structs ---- */

/* A member of which more is known than its kind. */
static bool special_print(struct decoder *d, const struct field *field, const union bpf_attr *attr)
{
	uint32_t version = attr->kern_version;

	if (!strcmp(field->name, "insns") && d->options->verbose &&
	    attr->insn_cnt <= MAX_INSTRUCTIONS) {
		emit_name(d->e, field->name);
		array_print_at(d, attr->insns, attr->insn_cnt, sizeof(struct bpf_insn),
			       instruction_element);
	} else if (!strcmp(field->name, "btf")) {
		emit_name(d->e, field->name);
		bytes_print_at(d, attr->btf, attr->btf_size);
	} else if (!strcmp(field->name, "kern_version")) {
		emit_name(d->e, field->name);
		emit_wordf(d->e, "KERNEL_VERSION(%u, %u, %u)", version >> 16, version >> 8 & 0xff,
			   version & 0xff);
	} else {
		/* Only where a flag says that it means something. */
		return !strcmp(field->name, "numa_node") && !(attr->map_flags & BPF_F_NUMA_NODE);
	}
	return true;
}

/* Returns where what is known of the struct ends. */
static size_t members_print(struct decoder *d, const struct command *command,
			    const union bpf_attr *attr, size_t size)
{
	size_t known = 0;

	for (size_t i = 0; i < command->nr_fields; i++) {
		const struct field *field = &command->fields[i];
		size_t end = (size_t)field->offset + field->size_bytes;

		known = end > known ? end : known;
		if ((i < command->nr_first || field->offset < size) &&
		    !special_print(d, field, attr))
			fields_print(d, field, 1, attr, SIZE_MAX);
	}
	return known;
}

static void extra_print(struct decoder *d, const uint8_t *bytes, size_t known, size_t size)
{
	enum emit_hex hex = d->e->hex_strings;
	uint8_t any = 0;

	for (size_t i = known; i < size; i++)
		any |= bytes[i];
	if (!any)
		return;
	if (!d->options->verbose) {
		emit_more(d->e);
		return;
	}
	emit_name(d->e, "extra_data");
	d->e->hex_strings = HEX_ALWAYS;
	emit_string(d->e, bytes + known, size - known, false);
	d->e->hex_strings = hex;
	emit_comment(d->e, "bytes %zu..%zu", known, size - 1);
}

static PRINT_FUNCTION(attr_print)
{
	const struct command *command = command_of((uint32_t)d->call->args[0]);
	uint32_t size = (uint32_t)d->call->args[arg->of];
	size_t known;
	union {
		union bpf_attr attr;
		uint8_t bytes[4096];
	} u = {.bytes = {0}};

	if (!command || size < sizeof(uint32_t) || size > sizeof u.bytes) {
		emit_pointer(d->e, value);
		return;
	}
	if (!fetch_or_pointer(d, value, u.bytes, size))
		return;
	emit_open(d->e, EMIT_STRUCT);
	if (command->group) {
		emit_name(d->e, command->group);
		emit_open(d->e, EMIT_STRUCT);
	}
	known = members_print(d, command, &u.attr, size);
	if (command->group)
		emit_close(d->e);
	extra_print(d, u.bytes, known, size);
	emit_close(d->e);
}

const struct arg_type type_bpf_command = CHOICE_TYPE(4, bpf_commands);
const struct arg_type type_bpf_attr = {
	.print = attr_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .length = LENGTH_ARG,
		      .element_bytes = 1,
		      .cap_bytes = 256},
		     /* Some structs begin with the address of a name. */
		     {.kind = CAPTURE_STRINGS, .when = CAPTURE_ENTER}},
};
