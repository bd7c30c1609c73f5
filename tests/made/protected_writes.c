// SPDX-License-Identifier: MIT
/*
 * protected_writes FILE N: a recording of N pages that are written, protected, allowed to be
 * written again by mprotect(), and written again with a fault each, as kernels before 6.0 take
 * them.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "tests/unit/made_recording.h"

#define PAGES 0x7f0000000000ULL

enum { IN_MAIN = 1, IN_MAKE, IN_WRITE };

static void protect(struct maker *m, uint64_t time_ns, uint64_t bytes, uint64_t prot)
{
	MAKE_SYSCALL(m, [SYSCALL_START_NS] = time_ns, [SYSCALL_DURATION_NS] = 100,
		     [SYSCALL_NR] = SYS_mprotect, [SYSCALL_TASK] = 1, [SYSCALL_STACK] = IN_MAIN,
		     [SYSCALL_ARG0] = PAGES, [SYSCALL_ARG1] = bytes, [SYSCALL_ARG2] = prot);
}

/* `error`: the processor's; 6 says that there was no page, 7 that it must not be written. */
static void write_pages(struct maker *m, uint64_t time_ns, uint64_t pages, uint64_t error)
{
	MAKE_FAULT(m, [FAULT_START_NS] = time_ns, [FAULT_SPAN_NS] = 1000 * (pages - 1),
		   [FAULT_COUNT] = pages, [FAULT_SERVICE_NS] = 500 * pages, [FAULT_ADDRESS] = PAGES,
		   [FAULT_STRIDE_BYTES] = 4096, [FAULT_TASK] = 1, [FAULT_STACK] = IN_WRITE,
		   [FAULT_ERROR_CODE] = error);
}

int main(int argc, char **argv)
{
	uint64_t pages = argc == 3 ? strtoull(argv[2], NULL, 10) : 0, bytes = 4096 * pages;
	uint32_t module, frame;
	struct maker m;

	if (!pages) {
		fputs("usage: protected_writes FILE N\n", stderr);
		return 2;
	}
	maker_start(&m);
	module = make_module(&m, "/usr/bin/protected");
	make_root(&m, "protected", 0);
	frame = make_frame(&m, 0, module, 0x100, NAMES("main"));
	make_stack(&m, IN_MAIN, frame);
	make_stack(&m, IN_MAKE, make_frame(&m, frame, module, 0x200, NAMES("make")));
	make_stack(&m, IN_WRITE, make_frame(&m, frame, module, 0x300, NAMES("write_pages")));
	MAKE_SYSCALL(&m, [SYSCALL_START_NS] = 2000, [SYSCALL_DURATION_NS] = 100,
		     [SYSCALL_NR] = SYS_mmap, [SYSCALL_TASK] = 1, [SYSCALL_STACK] = IN_MAKE,
		     [SYSCALL_ARG1] = bytes, [SYSCALL_ARG2] = PROT_READ | PROT_WRITE,
		     [SYSCALL_ARG3] = MAP_PRIVATE | MAP_ANONYMOUS, [SYSCALL_ARG4] = UINT64_MAX,
		     [SYSCALL_RESULT] = PAGES);
	write_pages(&m, 10000, pages, 6);
	protect(&m, 10000000, bytes, PROT_READ);
	protect(&m, 10001000, bytes, PROT_READ | PROT_WRITE);
	write_pages(&m, 20000000, pages, 7);
	if (writer_finish(m.w) || rename(m.path, argv[1])) {
		perror(argv[1]);
		return 1;
	}
	writer_free(m.w);
	return 0;
}
