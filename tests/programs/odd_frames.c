// SPDX-License-Identifier: MIT
/*
 * odd_frames: a chain of functions whose call-frame information no compiler would write. Each has
 * what the one above it goes by in a place that only an expression, or a rare rule, tells. At its
 * end are one system call and one page fault.
 */
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "program.h"

#define FUNCTION(name) ".globl " name "\n.type " name ", @function\n" name ":\n.cfi_startproc\n"
#define END(name)      ".cfi_endproc\n.size " name ", . - " name "\n"

void odd_cfa(void);

asm(".text\n"
    /* The CFA is the complement of r12. */
    FUNCTION("odd_cfa") "push %r12\n .cfi_adjust_cfa_offset 8\n .cfi_offset r12, -16\n"
			"lea 16(%rsp), %r12\n"
			"not %r12\n .cfi_escape 0x0f, 3, 0x7c, 0x00, 0x20\n"
			"call odd_value\n"
			"pop %r12\n .cfi_def_cfa rsp, 8\n .cfi_same_value r12\n"
			"ret\n" END("odd_cfa")

    /* r12 is the complement of what lies at CFA - 16. */
    FUNCTION("odd_value") "push %r12\n .cfi_adjust_cfa_offset 8\n"
			  "notq (%rsp)\n .cfi_escape 0x16, 12, 4, 0x40, 0x1c, 0x06, 0x20\n"
			  "xor %r12d, %r12d\n"
			  "call odd_return\n"
			  "mov (%rsp), %r12\n"
			  "not %r12\n .cfi_same_value r12\n"
			  "add $8, %rsp\n .cfi_adjust_cfa_offset -8\n"
			  "ret\n" END("odd_value")

    /* The return address has been moved. */
    FUNCTION("odd_return") "sub $24, %rsp\n .cfi_adjust_cfa_offset 24\n"
			   "mov 24(%rsp), %rax\n"
			   "mov %rax, 8(%rsp)\n .cfi_offset rip, -24\n"
			   "movq $1, 24(%rsp)\n"
			   "call odd_loop\n"
			   "mov 8(%rsp), %rax\n"
			   "mov %rax, 24(%rsp)\n .cfi_offset rip, -8\n"
			   "add $24, %rsp\n .cfi_adjust_cfa_offset -24\n"
			   "ret\n" END("odd_return")

    /* The CFA is rsp and four times eight, added up in a loop. */
    FUNCTION("odd_loop") "sub $24, %rsp\n"
			 ".cfi_escape 0x0f, 14, 0x77, 0x00, 0x34, 0x16, 0x38, 0x22, 0x16, 0x31, "
			 "0x1c, 0x12, 0x28, "
			 "0xf6, 0xff, 0x13\n"
			 "call plain_rbp\n"
			 "add $24, %rsp\n .cfi_def_cfa rsp, 8\n"
			 "ret\n" END("odd_loop")

    /* As compilers make it, but nobody knows where it is without rbp. */
    FUNCTION("plain_rbp") "push %rbp\n .cfi_def_cfa_offset 16\n .cfi_offset rbp, -16\n"
			  "mov %rsp, %rbp\n .cfi_def_cfa_register rbp\n"
			  "sub $4096, %rsp\n"
			  "call odd_rbp\n"
			  "leave\n .cfi_def_cfa rsp, 8\n .cfi_same_value rbp\n"
			  "ret\n" END("plain_rbp")

    /* rbp is saved relative to rsp. */
    FUNCTION(
	    "odd_rbp") "push %rbp\n .cfi_adjust_cfa_offset 8\n .cfi_escape 0x10, 6, 2, 0x77, 0x00\n"
		       "xor %ebp, %ebp\n"
		       "call odd_rsp\n"
		       "pop %rbp\n .cfi_adjust_cfa_offset -8\n .cfi_same_value rbp\n"
		       "ret\n" END("odd_rbp")

    /* The CFA is where the return address lies, and the caller's rsp a word above. */
    FUNCTION("odd_rsp") ".cfi_def_cfa rsp, 0\n .cfi_offset rip, 0\n .cfi_escape 0x15, 7, 0x7f\n"
			"sub $8, %rsp\n .cfi_def_cfa_offset 8\n"
			"call odd_address\n"
			"add $8, %rsp\n .cfi_def_cfa_offset 0\n"
			"ret\n" END("odd_rsp")

    /* The return address lies where an expression says, as does rbx; the loop counts by it. */
    FUNCTION("odd_address") "push %rbx\n .cfi_adjust_cfa_offset 8\n"
			    ".cfi_escape 0x10, 3, 4, 0x08, 0x10, 0x1c, 0x96\n"
			    ".cfi_escape 0x10, 16, 5, 0x77, 0x00, 0x23, 0x08, 0x96\n"
			    "mov $2, %ebx\n"
			    "1: dec %ebx\n"
			    "jnz 1b\n"
			    "call odd_signal\n"
			    "pop %rbx\n .cfi_adjust_cfa_offset -8\n .cfi_same_value rbx\n"
			    ".cfi_offset rip, -8\n"
			    "ret\n" END("odd_address")

    /* Whoever is above it was interrupted, or so it says. */
    FUNCTION("odd_signal") ".cfi_signal_frame\n"
			   "sub $8, %rsp\n .cfi_escape 0x0f, 5, 0x92, 0x07, 0x08, 0x38, 0x22\n"
			   "call leaf\n"
			   "add $8, %rsp\n .cfi_def_cfa rsp, 8\n"
			   "ret\n" END("odd_signal"));

FRAME void leaf(void)
{
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	syscall(SYS_getppid);
	*(volatile char *)page = 1;
	asm volatile("");
}

int main(void)
{
	odd_cfa();
	return 0;
}
