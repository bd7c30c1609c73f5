/* SPDX-License-Identifier: MIT */
/*
 * A recording made by hand whose frames have source lines:
 *
 *     _start -> main (main.c:10) -> load (load.c:5)                            4 faults of 400 ns
 *               main (main.c:12) -> load (load.c:5)                            2 faults of 10 ns
 *                                -> grow (grow.h:3) inlined in fill (main.c:30) 3 faults, untimed
 *                                   in kernel mode, below that                 1 fault of 5 ns
 *                                -> load (load.c:5) -> load (load.c:7)          8 faults of 80 ns
 *               other, without a line                                           2 faults
 *     main (main.c:10) -> load (load.c:5)     getppid twice, of 50 and 60 ns, and exit_group
 *     main (main.c:12) -> load -> load        read, of 7 ns
 */
#ifndef PROF_TESTS_MADE_SOURCE_H
#define PROF_TESTS_MADE_SOURCE_H

#include "tests/unit/made_recording.h"

/* A frame with the functions at it, innermost first, ending with one without a name. */
static inline uint32_t make_place(struct maker *m, uint32_t parent, uint32_t module,
				  uint64_t offset, const struct function_line *lines)
{
	struct location location = {
		.module = module, .offset = offset, .lines = (struct function_line *)lines};

	while (lines[location.nr_lines].function)
		location.nr_lines++;
	writer_location(m->w, &location);
	return writer_frame(m->w, parent, module, offset);
}

#define AT(name, path, number)                                                                     \
	{                                                                                          \
		.function = (char *)(name), .file = (char *)(path), .line = (number)               \
	}
#define PLACE(...) ((const struct function_line[]){__VA_ARGS__, {0}})

/* The files lie in `directory`. */
static inline struct recording *recording_with_lines(const char *directory)
{
	scoped_free char *main_c = xasprintf("%s/main.c", directory);
	scoped_free char *load_c = xasprintf("%s/load.c", directory);
	scoped_free char *grow_h = xasprintf("%s/grow.h", directory);
	uint32_t module, start, main10, main12, load, stacks[6];
	struct maker m;

	maker_start(&m);
	make_root(&m, "prog", 0);
	module = make_module(&m, "/usr/bin/prog");
	start = make_frame(&m, 0, module, 0x10, NAMES("_start"));
	main10 = make_place(&m, start, module, 0x20, PLACE(AT("main", main_c, 10)));
	main12 = make_place(&m, start, module, 0x24, PLACE(AT("main", main_c, 12)));
	stacks[1] = make_place(&m, main10, module, 0x30, PLACE(AT("load", load_c, 5)));
	stacks[2] = load = make_place(&m, main12, module, 0x30, PLACE(AT("load", load_c, 5)));
	stacks[3] = make_place(&m, main12, module, 0x40,
			       PLACE(AT("grow", grow_h, 3), AT("fill", main_c, 30)));
	stacks[4] = make_place(&m, load, module, 0x38, PLACE(AT("load", load_c, 7)));
	stacks[5] = make_frame(&m, start, module, 0x60, NAMES("other"));
	for (uint32_t id = 1; id <= 5; id++)
		make_stack(&m, id, stacks[id]);
	MAKE_FAULT(&m, [FAULT_COUNT] = 4, [FAULT_SERVICE_NS] = 400, [FAULT_TASK] = 1,
		   [FAULT_STACK] = 1);
	MAKE_FAULT(&m, [FAULT_COUNT] = 2, [FAULT_SERVICE_NS] = 10, [FAULT_TASK] = 1,
		   [FAULT_STACK] = 2);
	MAKE_FAULT(&m, [FAULT_COUNT] = 3, [FAULT_SERVICE_NS] = 7, [FAULT_TASK] = 1,
		   [FAULT_STACK] = 3, [FAULT_FLAGS] = FAULT_UNTIMED);
	MAKE_FAULT(&m, [FAULT_SERVICE_NS] = 5, [FAULT_TASK] = 1, [FAULT_STACK] = 3,
		   [FAULT_FLAGS] = FAULT_KERNEL, [FAULT_IP] = 0xffffffff81000010);
	MAKE_FAULT(&m, [FAULT_COUNT] = 8, [FAULT_SERVICE_NS] = 80, [FAULT_TASK] = 1,
		   [FAULT_STACK] = 4);
	MAKE_FAULT(&m, [FAULT_COUNT] = 2, [FAULT_TASK] = 1, [FAULT_STACK] = 5);
	MAKE_SYSCALL(&m, [SYSCALL_NR] = 110, [SYSCALL_TASK] = 1, [SYSCALL_STACK] = 1,
		     [SYSCALL_DURATION_NS] = 50);
	MAKE_SYSCALL(&m, [SYSCALL_NR] = 110, [SYSCALL_TASK] = 1, [SYSCALL_STACK] = 1,
		     [SYSCALL_DURATION_NS] = 60);
	MAKE_SYSCALL(&m, [SYSCALL_NR] = 231, [SYSCALL_TASK] = 1, [SYSCALL_STACK] = 1,
		     [SYSCALL_FLAGS] = SYSCALL_UNFINISHED, [SYSCALL_DURATION_NS] = 999);
	MAKE_SYSCALL(&m, [SYSCALL_NR] = 0, [SYSCALL_TASK] = 1, [SYSCALL_STACK] = 4,
		     [SYSCALL_DURATION_NS] = 7);
	return maker_open(&m, true);
}

#endif
