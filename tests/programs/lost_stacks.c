// SPDX-License-Identifier: MIT
/*
 * lost_stacks MODE: one system call, getppid, and one page fault on stacks that lead nowhere.
 *
 * The functions are written by hand, so that registers, stack and call-frame information are
 * exactly as wrong as they are meant to be. Each takes the stack pointer to use (rdi), the frame
 * pointer (rsi) and the address to touch (rdx), and comes back by what it keeps in r12 to r14.
 */
#include "program.h"

#include <stdint.h>

typedef void wrong_call(uint64_t sp, uint64_t fp, void *page);

/* What each does between its own call-frame information. */
#define BODY                                                                                       \
	"push %rbp\n\tpush %rbx\n\tpush %r12\n\tpush %r13\n\tpush %r14\n\tsub $128, %rsp\n\t"      \
	"mov %rsp, %r12\n\tmov %rdx, %r13\n\tlea 0f(%rip), %rbx\n\t"                               \
	"mov %rdi, %rsp\n\tmov %rsi, %rbp\n\t"                                                     \
	"mov $110, %eax\n\tsyscall\n0:\tmovb $1, (%r13)\n\t"                                       \
	"mov %r12, %rsp\n\tadd $128, %rsp\n\t"                                                     \
	"pop %r14\n\tpop %r13\n\tpop %r12\n\tpop %rbx\n\tpop %rbp\n\tret\n"

#define WRONG(name, information)                                                                   \
	void name(uint64_t sp, uint64_t fp, void *page);                                           \
	asm(".text\n.globl " #name "\n.type " #name ", @function\n" #name ":\n" information BODY   \
	    ".size " #name ", . - " #name "\n")

#define WRONG_CFI(name, information)                                                               \
	WRONG(name, ".cfi_startproc\n" information);                                               \
	asm(".cfi_endproc\n")

WRONG(no_information, "");
WRONG_CFI(plain, "");
WRONG_CFI(backwards, ".cfi_def_cfa %rsp, -64\n");
WRONG_CFI(standing, ".cfi_def_cfa %rsp, 0\n.cfi_register %rip, %rbx\n");
/* As of a signal's frame: the CFA is the word at rsp + 160, and all registers lie at rsp + 40. */
WRONG_CFI(signalled, ".cfi_signal_frame\n.cfi_escape 0x0f, 0x04, 0x77, 0xa0, 0x01, 0x06\n");

static uint64_t words[8192] __attribute__((aligned(4096)));

static void *fresh_page(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static uint64_t address_of(const void *pointer)
{
	return (uint64_t)pointer;
}

static void call(wrong_call *function, uint64_t sp, uint64_t fp)
{
	function(sp, fp, fresh_page());
}

static void nowhere(uint64_t sp)
{
	call(plain, sp, 0);
}

static void unmapped(void)
{
	void *page = fresh_page();

	munmap(page, 4096);
	nowhere(address_of(page));
}

/* A return address to data. */
static void to_data(void)
{
	words[0] = address_of(words);
	nowhere(address_of(words));
}

/* rbp leads to where rbp leads, with a return address into code without information. */
static void self_chain(void)
{
	words[0] = address_of(words);
	words[1] = address_of(no_information) + 40;
	call(no_information, address_of(words), address_of(words));
}

/* Two frames that are each other's callers. */
static void cyclic_chain(void)
{
	words[0] = address_of(&words[4]);
	words[1] = words[5] = address_of(no_information) + 40;
	words[4] = address_of(words);
	call(no_information, address_of(words), address_of(words));
}

/* 4,000 frames without information. */
static void long_chain(void)
{
	for (int i = 0; i < 8000; i += 2) {
		words[i] = address_of(&words[i + 2]);
		words[i + 1] = address_of(no_information) + 40;
	}
	call(no_information, address_of(words), address_of(words));
}

/* The signal came while the signal's frame was being left. */
static void signal_chain(void)
{
	for (int i = 0; i < 17; i++)
		words[5 + i] = 0;
	words[5 + 15] = address_of(words);          /* rsp */
	words[5 + 16] = address_of(signalled) + 40; /* rip */
	call(signalled, address_of(words), 0);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	memset(words, 0, sizeof words); /* it is in memory from here on */
	if (!strcmp(mode, "null"))
		nowhere(0);
	else if (!strcmp(mode, "noncanonical"))
		nowhere(0x8000000000000000);
	else if (!strcmp(mode, "kernel"))
		nowhere(0xffffffff81000000);
	else if (!strcmp(mode, "last"))
		nowhere(UINT64_MAX - 7);
	else if (!strcmp(mode, "unmapped"))
		unmapped();
	else if (!strcmp(mode, "data"))
		to_data();
	else if (!strcmp(mode, "self"))
		self_chain();
	else if (!strcmp(mode, "cycle"))
		cyclic_chain();
	else if (!strcmp(mode, "chain"))
		long_chain();
	else if (!strcmp(mode, "backwards"))
		call(backwards, address_of(&words[64]), 0);
	else if (!strcmp(mode, "standing"))
		call(standing, address_of(words), 0);
	else if (!strcmp(mode, "signal"))
		signal_chain();
	else
		return 2;
	return 0;
}
