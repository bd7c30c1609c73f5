// SPDX-License-Identifier: MIT
/*
 * many_events FILE N [SEED]: a recording of N events, half of them system calls, half page faults
 * of a row each, on a thousand stacks: more than a report needs to see, but not more than two of
 * them may take to be compared.
 *
 * Faults walk through blocks of 1 MiB that are mapped and unmapped, so that their causes and owners
 * have to be found.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "tests/unit/made_recording.h"

enum { NR_STACKS = 1000, NR_FUNCTIONS = 300, BLOCK_PAGES = 256 };

#define BASE_ADDRESS 0x7f0000000000ULL

static void make_stacks(struct maker *m, uint32_t module, uint64_t *seed)
{
	for (uint32_t id = 1; id <= NR_STACKS; id++) {
		uint32_t frame = 0, depth = 5 + id % 20;

		for (uint32_t level = 0; level < depth; level++)
			frame = writer_frame(m->w, frame, module,
					     level < 3 ? level : random_next(seed) % NR_FUNCTIONS);
		make_stack(m, id, frame);
	}
}

static void name_functions(struct maker *m, uint32_t module)
{
	for (uint32_t i = 0; i < NR_FUNCTIONS; i++) {
		scoped_free char *name = xasprintf("space::Class%u::method_%u", i % 17, i);
		struct function_line line = {.function = name};

		writer_location(m->w, &(struct location){.module = module,
							 .offset = i,
							 .nr_lines = 1,
							 .lines = &line});
	}
}

static void make_call(struct maker *m, uint64_t now, uint64_t nr, uint64_t stack, uint64_t result,
		      uint64_t address, uint64_t ns)
{
	MAKE_SYSCALL(m, [SYSCALL_START_NS] = now, [SYSCALL_DURATION_NS] = ns,
		     [SYSCALL_RESULT] = result, [SYSCALL_NR] = nr, [SYSCALL_TASK] = 1,
		     [SYSCALL_STACK] = stack, [SYSCALL_ARG0] = address,
		     [SYSCALL_ARG1] = BLOCK_PAGES * 4096, [SYSCALL_ARG2] = PROT_READ | PROT_WRITE,
		     [SYSCALL_ARG3] = MAP_PRIVATE | MAP_ANONYMOUS, [SYSCALL_ARG4] = (uint64_t)-1);
}

static void make_events(struct maker *m, uint64_t nr, uint64_t *seed)
{
	uint64_t now = 2000, address = BASE_ADDRESS;

	for (uint64_t i = 0; i < nr / 2; i++, now += 1000) {
		uint64_t random = random_next(seed), page = i % BLOCK_PAGES;

		if (!page) {
			if (i)
				make_call(m, now, SYS_munmap, 7, 0, address, 300);
			address = BASE_ADDRESS + (random % 1000) * BLOCK_PAGES * 4096;
			make_call(m, now + 400, SYS_mmap, 9, address, address, 300);
		}
		make_call(m, now + 800, random % 3 ? SYS_read : SYS_write, 1 + random % NR_STACKS,
			  1 + random % 4096, 3, 100 + random % 10000);
		MAKE_FAULT(m, [FAULT_START_NS] = now + 900, [FAULT_SERVICE_NS] = 500 + random % 900,
			   [FAULT_ADDRESS] = address + (page * 7 % BLOCK_PAGES) * 4096,
			   [FAULT_TASK] = 1, [FAULT_ERROR_CODE] = 6,
			   [FAULT_STACK] = 1 + (random >> 32) % NR_STACKS);
	}
}

int main(int argc, char **argv)
{
	uint64_t nr = argc >= 3 ? strtoull(argv[2], NULL, 10) : 0, seed = 88172645463325252U;
	uint32_t module;
	struct maker m;

	if (!nr) {
		fputs("usage: many_events FILE N [SEED]\n", stderr);
		return 2;
	}
	maker_start(&m);
	writer_meta_text(m.w, "argv", "many_events");
	module = make_module(&m, "/usr/bin/many");
	make_root(&m, "many", 0);
	name_functions(&m, module);
	make_stacks(&m, module, &seed);
	seed += argc == 4 ? strtoull(argv[3], NULL, 10) : 0;
	make_events(&m, nr, &seed);
	if (writer_finish(m.w) || rename(m.path, argv[1])) {
		perror(argv[1]);
		return 1;
	}
	writer_free(m.w);
	return 0;
}
