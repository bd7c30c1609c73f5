// SPDX-License-Identifier: MIT
#include "correlate/kernel_stacks.h"

#include <stdlib.h>
#include <string.h>

#include "base/search.h"

void kernel_stacks_init(struct kernel_stacks *k, struct writer *writer, kernel_namer *name,
			void *arg)
{
	*k = (struct kernel_stacks){.writer = writer, .frames = {.name = name, .arg = arg}};
}

void kernel_stacks_fini(struct kernel_stacks *k)
{
	vec_each (&k->waiting, stack)
		free(stack->frames);
	vec_free(&k->waiting);
	vec_free(&k->placed);
	vec_free(&k->addresses);
	kernel_frames_fini(&k->frames);
}

void kernel_stacks_take(struct kernel_stacks *k, const struct kernel_stack_event *event)
{
	struct waiting_kernel_stack *stack = vec_push(&k->waiting);

	stack->id = event->id;
	stack->user_stack = event->user_stack;
	stack->nr_frames = (uint32_t)event->nr_frames;
	stack->frames = xcalloc(stack->nr_frames, sizeof *stack->frames);
	memcpy(stack->frames, event->frames, stack->nr_frames * sizeof *stack->frames);
	stack->nr_left_out =
		kernel_frames_cut(&k->frames, stack->frames, stack->nr_frames, event->fault_ip);
}

void kernel_stacks_note_placed(struct kernel_stacks *k, uint32_t id, const struct stack *stack)
{
	if (!k->frames.name)
		return;
	vec_extend(&k->placed, (size_t)id + 1);
	k->placed.items[id] = *stack;
}

/* All of its frames are behind calls, so that the byte before is the call's. */
static void place(struct kernel_stacks *k, const struct waiting_kernel_stack *waiting,
		  struct stack stack)
{
	for (uint32_t i = waiting->nr_frames; i-- > waiting->nr_left_out;) {
		uint64_t call = waiting->frames[i] - 1;

		kernel_stacks_note_address(k, call);
		stack.frame = writer_frame(k->writer, stack.frame, MODULE_KERNEL, call);
	}
	writer_stack(k->writer, waiting->id, &stack);
}

void kernel_stacks_place(struct kernel_stacks *k, bool last)
{
	size_t kept = 0;

	vec_each (&k->waiting, waiting) {
		struct stack stack = {0};

		if (waiting->user_stack < k->placed.size)
			stack = k->placed.items[waiting->user_stack];
		if (!stack.flags && !last) { /* a walk always tells how it ended */
			k->waiting.items[kept++] = *waiting;
			continue;
		}
		place(k, waiting, stack);
		free(waiting->frames);
	}
	k->waiting.size = kept;
}

/* Few distinct instructions of the kernel touch user memory, and few calls lead there, so a sorted
 * array serves. */
void kernel_stacks_note_address(struct kernel_stacks *k, uint64_t address)
{
	size_t at = search_first(i, 0, k->addresses.size, k->addresses.items[i] >= address);

	if (at < k->addresses.size && k->addresses.items[at] == address)
		return;
	vec_push(&k->addresses);
	memmove(&k->addresses.items[at + 1], &k->addresses.items[at],
		(k->addresses.size - 1 - at) * sizeof address);
	k->addresses.items[at] = address;
}
