// SPDX-License-Identifier: MIT
/*
 * many_stacks FILE N: a recording of N page faults, each on a stack of its own: more than a
 * recorder would keep, and what a flame graph must still open at once.
 *
 * Stacks branch as those of programs do: much in common near main, ever less towards the ends,
 * 12 to 40 frames deep, of 4,000 functions.
 */
#include <stdio.h>

#include "tests/unit/made_recording.h"

enum { NR_FUNCTIONS = 4000, BRANCHING = 3 };

/* A function is a place of its own in a module. */
static void name_functions(struct maker *m, uint32_t module)
{
	for (uint32_t i = 0; i < NR_FUNCTIONS; i++) {
		scoped_free char *name = xasprintf("space::Class%u::method_%u", i % 97, i);
		struct function_line line = {.function = name};

		writer_location(m->w, &(struct location){.module = module,
							 .offset = i,
							 .nr_lines = 1,
							 .lines = &line});
	}
}

/* The stack of number i: its digits choose the callees, so that no two are the same. */
static uint32_t make_path(struct maker *m, uint32_t module, uint64_t i)
{
	uint64_t depth = 12 + i % 29, seed = 88172645463325252U;
	uint32_t frame = 0;

	for (uint64_t level = 0; level < depth || i; level++) {
		seed = seed * 31 + i % BRANCHING + 1;
		i /= BRANCHING;
		frame = writer_frame(m->w, frame, module, seed % NR_FUNCTIONS);
	}
	return frame;
}

int main(int argc, char **argv)
{
	uint64_t nr = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;
	uint32_t module;
	struct maker m;

	if (!nr) {
		fputs("usage: many_stacks FILE N\n", stderr);
		return 2;
	}
	maker_start(&m);
	writer_meta_text(m.w, "argv", "many_stacks");
	module = make_module(&m, "/usr/bin/many");
	make_root(&m, "many", 0);
	name_functions(&m, module);
	for (uint64_t i = 0; i < nr; i++) {
		make_stack(&m, (uint32_t)i + 1, make_path(&m, module, i));
		MAKE_FAULT(&m, [FAULT_START_NS] = 2000 + i, [FAULT_SERVICE_NS] = 1000,
			   [FAULT_TASK] = 1, [FAULT_STACK] = i + 1);
	}
	if (writer_finish(m.w) || rename(m.path, argv[1])) {
		perror(argv[1]);
		return 1;
	}
	writer_free(m.w);
	return 0;
}
