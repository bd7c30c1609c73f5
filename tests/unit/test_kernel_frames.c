// SPDX-License-Identifier: MIT
/* Kernel stacks as they are taken, on several kernels: what is cut off, and that nothing else is.
 */
#include "correlate/kernel_frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define MAX_NAMES 32

/* A kernel of which frame i's function is names[i], at FIRST + i; NULL: it has no name. */
#define FIRST 0xffffffff81000000ULL

struct kernel {
	const char *const *names;
	unsigned int nr_asked;
};

static bool name_of(void *arg, uint64_t address, struct kernel_symbol *out)
{
	struct kernel *kernel = arg;
	const char *name = kernel->names[address - FIRST];

	kernel->nr_asked++;
	out->address = address;
	if (name)
		snprintf(out->name, sizeof out->name, "%s", name);
	return name;
}

/* Cuts a stack of the names, innermost first, `times` times; `fault` is the faulting frame or -1.
 */
static uint32_t cut(struct kernel *kernel, int fault, unsigned int times)
{
	struct kernel_frames k = {.name = name_of, .arg = kernel};
	uint64_t frames[MAX_NAMES];
	uint32_t nr = 0, left_out = 0;

	for (; nr < MAX_NAMES && (!nr || !kernel->names[nr - 1] || *kernel->names[nr - 1]); nr++)
		frames[nr] = FIRST + nr;
	while (times--)
		left_out = kernel_frames_cut(&k, frames, nr - 1,
					     fault < 0 ? 0 : FIRST + (uint32_t)fault);
	kernel_frames_fini(&k);
	return left_out;
}

/* Ends with an empty name. */
#define KERNEL(...) (&(struct kernel){.names = (const char *const[]){__VA_ARGS__, ""}})

static void calls_begin_behind_what_traces_them(void **state)
{
	(void)state;
	assert_int_equal(
		cut(KERNEL("bpf_prog_4a5d_on_sys_exit", "bpf_trace_run2", "__bpf_trace_sys_exit",
			   "syscall_exit_work", "do_syscall_64", "entry_SYSCALL_64_after_hwframe"),
		    -1, 1),
		4);
	assert_int_equal(
		cut(KERNEL("bpf_prog_4a5d_on_sys_exit", "bpf_trace_run2", "__traceiter_sys_exit",
			   "trace_syscall_exit", "do_syscall_64", "entry_SYSCALL_64_after_hwframe"),
		    -1, 1),
		4);
	assert_int_equal(
		cut(KERNEL("bpf_prog_4a5d_on_sys_exit", "bpf_trace_run2", "do_el0_svc"), -1, 1), 2);
}

/* What lies between two functions that trace does so, too, whatever it is called. */
static void unknown_functions_amid_tracing_are_cut(void **state)
{
	(void)state;
	assert_int_equal(cut(KERNEL(NULL, "bpf_trace_run2", "new_thing", "__bpf_trace_sys_exit",
				    "do_syscall_64"),
			     -1, 1),
			 4);
}

static void a_stack_without_tracing_is_left_whole(void **state)
{
	(void)state;
	assert_int_equal(cut(KERNEL("vfs_read", "ksys_read", "do_syscall_64"), -1, 1), 0);
	assert_int_equal(cut(KERNEL(NULL, NULL, NULL), -1, 1), 0);
	assert_int_equal(cut(KERNEL("ebpf_prog", "my_bpf_trace", "syscall_exit"), -1, 1), 0);
}

/* Also where the target itself is in bpf(2), whose functions are called like those that trace. */
static void faults_begin_behind_the_instruction(void **state)
{
	struct kernel *kernel = KERNEL("bpf_prog_77_on_page_fault_user", "bpf_trace_run3",
				       "exc_page_fault", "asm_exc_page_fault", "_copy_from_user",
				       "bpf_check", "bpf_prog_load", "__sys_bpf", "do_syscall_64");

	(void)state;
	assert_int_equal(cut(kernel, 4, 1), 5);
	assert_int_equal(kernel->nr_asked, 0);
}

static void a_fault_whose_instruction_is_missing_goes_by_names(void **state)
{
	(void)state;
	assert_int_equal(cut(KERNEL("bpf_prog_77_on_page_fault_user", "bpf_trace_run3",
				    "exc_page_fault", "asm_exc_page_fault", "vfs_read"),
			     31, 1),
			 2);
}

static void tracing_is_only_looked_for_where_it_can_be(void **state)
{
	const char *names[MAX_NAMES];

	(void)state;
	for (int i = 0; i < 20; i++)
		names[i] = "deep";
	names[15] = "bpf_trace_run2";
	names[16] = "bpf_trace_run3";
	names[20] = "";
	assert_int_equal(cut(&(struct kernel){.names = names}, -1, 1), 16);
}

static void a_name_is_asked_for_once(void **state)
{
	struct kernel *kernel =
		KERNEL("bpf_prog_4a5d_on_sys_exit", "bpf_trace_run2", "do_syscall_64", NULL);

	(void)state;
	assert_int_equal(cut(kernel, -1, 5), 2);
	assert_int_equal(kernel->nr_asked, 4);
}

static void no_frames_no_cut(void **state)
{
	struct kernel_frames k = {.name = name_of};

	(void)state;
	assert_int_equal(kernel_frames_cut(&k, NULL, 0, 0), 0);
	assert_int_equal(kernel_frames_cut(&k, NULL, 0, FIRST), 0);
	kernel_frames_fini(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_begin_behind_what_traces_them),
		cmocka_unit_test(unknown_functions_amid_tracing_are_cut),
		cmocka_unit_test(a_stack_without_tracing_is_left_whole),
		cmocka_unit_test(faults_begin_behind_the_instruction),
		cmocka_unit_test(a_fault_whose_instruction_is_missing_goes_by_names),
		cmocka_unit_test(tracing_is_only_looked_for_where_it_can_be),
		cmocka_unit_test(a_name_is_asked_for_once),
		cmocka_unit_test(no_frames_no_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
