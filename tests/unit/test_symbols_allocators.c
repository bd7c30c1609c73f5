// SPDX-License-Identifier: MIT
/* Where functions of allocators are, and where in them a probe goes. */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "symbols/allocator_functions.h"
#include "symbols/probe_place.h"

/* ---- Places ---- */

#ifdef __x86_64__

#define PLACE(nr_args, ...)                                                                        \
	probe_place((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}), nr_args)

static void the_entry_where_it_is_cheap(void **state)
{
	(void)state;
	assert_int_equal(PLACE(1, 0x55, 0x90), 0);       /* push %rbp */
	assert_int_equal(PLACE(1, 0x41, 0x54, 0x55), 0); /* push %r12 */
	assert_int_equal(PLACE(1, 0xe9, 1, 2, 3, 4), 0); /* jmp */
}

static void behind_what_changes_nothing(void **state)
{
	(void)state;
	/* test %rdi,%rdi; je */
	assert_int_equal(PLACE(1, 0x48, 0x85, 0xff, 0x0f, 0x84, 1, 0, 0, 0), 3);
	/* endbr64; push %rbx */
	assert_int_equal(PLACE(1, 0xf3, 0x0f, 0x1e, 0xfa, 0x53), 4);
	/* cmpb $0,0x140201(%rip); push %r12 */
	assert_int_equal(PLACE(3, 0x80, 0x3d, 1, 2, 0x14, 0, 0, 0x41, 0x54), 7);
	/* cmp $0x1000,%rdi; ja */
	assert_int_equal(PLACE(1, 0x48, 0x81, 0xff, 0, 0x10, 0, 0, 0x0f, 0x87, 1, 2, 3, 4), 7);
	/* mov 0xab59(%rip),%rax; test %rax,%rax; jne */
	assert_int_equal(PLACE(1, 0x48, 0x8b, 0x05, 0x59, 0xab, 0, 0, 0x48, 0x85, 0xc0, 0x75, 5),
			 10);
	/* lea -1(%rsi),%rax; or $7,%rax (sign-extended); jmp */
	assert_int_equal(PLACE(3, 0x48, 0x8d, 0x46, 0xff, 0x48, 0x83, 0xc8, 7, 0xeb, 1), 8);
	/* mov 0x10(%rax,%rcx,8),%r8; nop */
	assert_int_equal(PLACE(1, 0x4c, 0x8b, 0x44, 0xc8, 0x10, 0x90), 5);
	/* mov %fs:(%rax),%rcx; push */
	assert_int_equal(PLACE(1, 0x64, 0x48, 0x8b, 0x08, 0x55), 4);
}

static void never_behind_what_the_walk_or_the_call_needs(void **state)
{
	(void)state;
	assert_int_equal(PLACE(1, 0x48, 0x83, 0xec, 0x18, 0x55), 0); /* sub $0x18,%rsp */
	assert_int_equal(PLACE(1, 0x48, 0x89, 0xfb, 0x53), 0);       /* mov %rdi,%rbx */
	assert_int_equal(PLACE(1, 0x48, 0x31, 0xff, 0x53), 0);       /* xor %rdi,%rdi */
	assert_int_equal(PLACE(2, 0x48, 0x89, 0xfe, 0x53), 0);       /* mov %rdi,%rsi */
	assert_int_equal(PLACE(1, 0x48, 0x89, 0xfe, 0x53), 3);       /* of one argument */
	assert_int_equal(PLACE(3, 0x48, 0x89, 0xfa, 0x53), 0);       /* mov %rdi,%rdx */
	assert_int_equal(PLACE(2, 0x48, 0x89, 0xfa, 0x53), 3);
	assert_int_equal(PLACE(1, 0x48, 0x89, 0x07, 0x53), 0); /* mov %rax,(%rdi) */
	assert_int_equal(PLACE(1, 0xc3), 0);                   /* ret */
	assert_int_equal(PLACE(1, 0x0f, 0x05, 0x53), 0);       /* syscall */
}

static void code_that_ends_too_early(void **state)
{
	static const uint8_t code[] = {0x48, 0x81, 0xff, 0, 0x10, 0, 0, 0x0f, 0x87, 1, 2, 3, 4};

	(void)state;
	for (size_t size = 0; size <= 8; size++)
		assert_int_equal(probe_place(code, size, 1), 0);
	assert_int_equal(probe_place(code, 9, 1), 7);
}

#endif

/* ---- Functions ---- */

static size_t count(const struct allocator_functions *functions, enum alloc_function wanted)
{
	size_t nr = 0;

	vec_each (functions, function)
		nr += function->function == wanted;
	return nr;
}

static void functions_of(const char *path, struct allocator_functions *out)
{
	struct elf_file file;

	assert_int_equal(elf_file_open(path, &file), 0);
	allocator_functions_find(&file, out);
	elf_file_close(&file);
}

static void the_c_library_has_an_allocator(void **state)
{
	struct allocator_functions functions;
	Dl_info libc;

	(void)state;
	assert_true(dladdr((void *)(uintptr_t)getenv, &libc));
	functions_of(libc.dli_fname, &functions);
	assert_int_equal(count(&functions, FUNCTION_CALLOC), 1);
	assert_int_equal(count(&functions, FUNCTION_REALLOC), 1);
	assert_int_equal(count(&functions, FUNCTION_REALLOCARRAY), 1);
	assert_int_equal(count(&functions, FUNCTION_POSIX), 1);
	assert_int_equal(count(&functions, FUNCTION_FREE), 1);     /* free and cfree are one */
	assert_in_range(count(&functions, FUNCTION_MALLOC), 1, 3); /* and valloc, pvalloc */
	assert_in_range(count(&functions, FUNCTION_ALIGNED), 1, 2);
	allocator_functions_fini(&functions);
}

/* Symbols that are only referred to do not count. */
static void a_program_that_calls_one_has_none(void **state)
{
	struct allocator_functions functions;

	(void)state;
	functions_of("/bin/true", &functions);
	assert_int_equal(functions.size, 0);
	allocator_functions_fini(&functions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#ifdef __x86_64__
		cmocka_unit_test(the_entry_where_it_is_cheap),
		cmocka_unit_test(behind_what_changes_nothing),
		cmocka_unit_test(never_behind_what_the_walk_or_the_call_needs),
		cmocka_unit_test(code_that_ends_too_early),
#endif
		cmocka_unit_test(the_c_library_has_an_allocator),
		cmocka_unit_test(a_program_that_calls_one_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
