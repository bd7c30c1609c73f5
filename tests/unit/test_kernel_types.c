// SPDX-License-Identifier: MIT
/*
 * The selection of the kernel's types, against libbpf's own reading of all of them: every member
 * that a program could name is where it is there. And damage: a file cut anywhere is refused.
 */
#include "capture/kernel_types.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VMLINUX "/sys/kernel/btf/vmlinux"

/* What a program would say that it reads; the last two have flavours, and one is nowhere. */
static struct btf *local_types(void)
{
	struct btf *local = btf__new_empty();
	int number = btf__add_int(local, "int", 4, BTF_INT_SIGNED);
	int pointer = btf__add_ptr(local, 0);
	int qstr = btf__add_struct(local, "qstr", 16);

	btf__add_field(local, "len", number, 0, 0);
	btf__add_field(local, "name", pointer, 64, 0);
	btf__add_struct(local, "dentry", 24);
	btf__add_field(local, "d_name", qstr, 0, 0);
	btf__add_field(local, "d_parent", pointer, 128, 0);
	btf__add_struct(local, "task_struct", 24);
	btf__add_field(local, "pid", number, 0, 0);
	btf__add_field(local, "comm", number, 32, 0);
	btf__add_field(local, "mm", pointer, 64, 0);
	btf__add_struct(local, "mm_struct___some", 8);
	btf__add_field(local, "start_brk", pointer, 0, 0);
	btf__add_struct(local, "never_in_any_kernel", 8);
	btf__add_field(local, "pid", number, 0, 0);
	return local;
}

/* The offset of a member, looked for in anonymous parts, too; -1: it is not there. */
static long member_bits(const struct btf *btf, uint32_t id, const char *name)
{
	const struct btf_type *type = btf__type_by_id(btf, id);

	for (int i = 0; i < btf_vlen(type); i++) {
		const struct btf_member *member = &btf_members(type)[i];
		const char *is = btf__name_by_offset(btf, member->name_off);
		int inner = btf__resolve_type(btf, member->type);
		long bits = btf_member_bit_offset(type, (uint32_t)i), deeper;

		if (!strcmp(is, name))
			return bits;
		if (*is || inner < 0 || !btf_is_composite(btf__type_by_id(btf, (uint32_t)inner)))
			continue;
		deeper = member_bits(btf, (uint32_t)inner, name);
		if (deeper >= 0)
			return bits + deeper;
	}
	return -1;
}

static long struct_member_bits(const struct btf *btf, const char *name, const char *member)
{
	int id = btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT);

	return id < 0 ? -2 : member_bits(btf, (uint32_t)id, member);
}

struct fixture {
	struct btf *all, *selected;
	struct kernel_types *types;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct btf *local = local_types();

	f->all = btf__parse(VMLINUX, NULL);
	f->types = kernel_types_new(VMLINUX);
	if (f->types)
		f->selected = kernel_types_select(f->types, local);
	btf__free(local);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	btf__free(f->all);
	btf__free(f->selected);
	kernel_types_free(f->types);
	free(f);
	return 0;
}

static void members_are_where_they_are(void **state)
{
	static const char *const members[][2] = {
		{"task_struct", "pid"}, {"task_struct", "comm"},    {"task_struct", "mm"},
		{"dentry", "d_parent"}, {"dentry", "d_name"},       {"qstr", "name"},
		{"qstr", "len"},        {"mm_struct", "start_brk"},
	};
	struct fixture *f = *state;

	if (!f->all)
		skip();
	assert_non_null(f->selected);
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		long bits = struct_member_bits(f->all, members[i][0], members[i][1]);

		print_message("%s.%s: bit %ld\n", members[i][0], members[i][1], bits);
		assert_true(bits >= 0);
		assert_int_equal(bits,
				 struct_member_bits(f->selected, members[i][0], members[i][1]));
	}
}

static void sizes_are_kept(void **state)
{
	struct fixture *f = *state;
	uint32_t mine, theirs;

	if (!f->all)
		skip();
	mine = (uint32_t)btf__find_by_name_kind(f->selected, "task_struct", BTF_KIND_STRUCT);
	theirs = (uint32_t)btf__find_by_name_kind(f->all, "task_struct", BTF_KIND_STRUCT);
	assert_int_equal(btf__resolve_size(f->selected, mine), btf__resolve_size(f->all, theirs));
}

static void what_is_not_named_is_not_there(void **state)
{
	struct fixture *f = *state;

	if (!f->all)
		skip();
	assert_true(btf__type_cnt(f->selected) < 1000);
	assert_int_equal(struct_member_bits(f->selected, "task_struct", "exit_code"), -1);
	assert_int_equal(struct_member_bits(f->selected, "inode", "i_ino"), -2);
	assert_int_equal(struct_member_bits(f->selected, "never_in_any_kernel", "pid"), -2);
}

static void hooks_have_the_kernels_ids(void **state)
{
	struct fixture *f = *state;

	if (!f->all)
		skip();
	assert_int_equal(
		kernel_types_hook(f->types, "btf_trace_", "sched_process_exec"),
		btf__find_by_name_kind(f->all, "btf_trace_sched_process_exec", BTF_KIND_TYPEDEF));
	assert_int_equal(kernel_types_hook(f->types, "bpf_iter_", "task"),
			 btf__find_by_name_kind(f->all, "bpf_iter_task", BTF_KIND_FUNC));
	assert_int_equal(kernel_types_hook(f->types, "btf_trace_", "never_in_any_kernel"), 0);
	assert_int_equal(kernel_types_hook(f->types, "btf_trace_", "sched_process_exe"), 0);
}

/* A small file with every kind of type that the programs may refer to. */
static void write_file(const char *path, const void *data, size_t bytes)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, bytes, file), bytes);
	fclose(file);
}

static struct btf *some_kernel(void)
{
	struct btf *btf = btf__new_empty();
	int number = btf__add_int(btf, "int", 4, 0), index = btf__add_typedef(btf, "ix", number);
	int array = btf__add_array(btf, index, btf__add_const(btf, number), 4);
	int kinds = btf__add_enum(btf, "kinds", 4);
	int wide;

	btf__add_enum_value(btf, "ONE", 1);
	wide = btf__add_enum64(btf, "wide", 8, false);
	btf__add_enum64_value(btf, "BIG", 1ULL << 40);
	btf__add_struct(btf, "task_struct", 64);
	btf__add_field(btf, "pid", array, 64, 0);
	btf__add_field(btf, "comm", kinds, 192, 3);
	btf__add_field(btf, "mm", wide, 256, 0);
	btf__add_field(btf, "other", btf__add_float(btf, "double", 8), 320, 0);
	return btf;
}

static void a_cut_file_is_refused(void **state)
{
	char path[] = "/tmp/prof-test-types.XXXXXX";
	struct btf *kernel = some_kernel(), *local = local_types(), *selected;
	struct kernel_types *types;
	uint32_t bytes;
	const void *data = btf__raw_data(kernel, &bytes);
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	for (uint32_t cut = 0; cut < bytes; cut++) {
		write_file(path, data, cut);
		assert_null(kernel_types_new(path));
	}
	write_file(path, data, bytes);
	types = kernel_types_new(path);
	assert_non_null(types);
	selected = kernel_types_select(types, local);
	assert_non_null(selected);
	assert_int_equal(struct_member_bits(selected, "task_struct", "pid"), 64);
	assert_int_equal(struct_member_bits(selected, "task_struct", "mm"), 256);
	assert_int_equal(struct_member_bits(selected, "task_struct", "other"), -1);
	btf__free(selected);
	kernel_types_free(types);
	btf__free(kernel);
	btf__free(local);
	unlink(path);
	assert_null(kernel_types_new(path));
}

/* Types that refer to themselves, or to what is not there. */
static void a_cycle_is_refused(void **state)
{
	char path[] = "/tmp/prof-test-types.XXXXXX";
	struct btf *kernel = btf__new_empty(), *local = local_types();
	struct kernel_types *types;
	uint32_t bytes;
	const void *data;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	btf__add_struct(kernel, "task_struct", 64);
	btf__add_field(kernel, "pid", 1, 0, 0);
	data = btf__raw_data(kernel, &bytes);
	write_file(path, data, bytes);
	types = kernel_types_new(path);
	assert_non_null(types);
	assert_null(kernel_types_select(types, local));
	kernel_types_free(types);
	btf__free(kernel);
	btf__free(local);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(members_are_where_they_are, set_up, tear_down),
		cmocka_unit_test_setup_teardown(sizes_are_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_not_named_is_not_there, set_up, tear_down),
		cmocka_unit_test_setup_teardown(hooks_have_the_kernels_ids, set_up, tear_down),
		cmocka_unit_test(a_cut_file_is_refused),
		cmocka_unit_test(a_cycle_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
