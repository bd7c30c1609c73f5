// SPDX-License-Identifier: MIT
#include "correlate/user_stacks.h"

#include <string.h>

#include "base/vec.h"
#include "correlate/finish_stack.h"

struct waiting_stack {
	uint64_t time_ns;
	uint32_t id, space, nr_frames, flags;
	uint64_t *frames;
	struct stack_rest_event *rest; /* NULL: it is what it is */
};

static void waiting_stacks_free(struct waiting_stacks *stacks)
{
	vec_each (stacks, stack) {
		free(stack->frames);
		free(stack->rest);
	}
	vec_free(stacks);
}

/* More of them would wait for too much memory. */
#define MAX_UNFINISHED 4096

static struct waiting_stack *last_stack(struct waiting_stacks *stacks, uint32_t id)
{
	for (size_t i = stacks->size; i-- > 0;)
		if (stacks->items[i].id == id)
			return &stacks->items[i];
	return NULL;
}

/* False when a table is still missing; or, with `early`, a mapping perhaps. */
static bool finish_stack(struct user_stacks *s, struct waiting_stack *stack,
			 const struct stack_rest_event *rest, bool early)
{
	const struct stack_moment moment = {s->spaces, stack->space, stack->time_ns};
	uint32_t flags = stack->flags, nr_frames;

	memcpy(s->walked, stack->frames, stack->nr_frames * sizeof *s->walked);
	nr_frames = stack_finish(&moment, s->store, rest, s->walked, stack->nr_frames, &flags);
	if (flags & WALK_NO_TABLE || (early && !(flags & WALK_COMPLETE)))
		return false;
	stack->frames = xrealloc(stack->frames, nr_frames, sizeof *stack->frames);
	memcpy(stack->frames, s->walked, nr_frames * sizeof *s->walked);
	stack->nr_frames = nr_frames;
	stack->flags = flags;
	return true;
}

static bool place_frame(const struct user_stacks *s, const struct waiting_stack *stack,
			uint32_t index, struct frame *out)
{
	uint64_t address = stack->frames[index];
	const struct mapping *mapping =
		space_find(s->spaces, stack->space, address, stack->time_ns);

	out->module = mapping ? mapping->module : MODULE_UNKNOWN;
	out->offset = address;
	if (out->module != MODULE_UNKNOWN)
		out->offset += mapping->file_offset_bytes - mapping->start;
	return mapping;
}

/*
 * A frame outside of all code but the innermost is where a walk lost its way: it is left out. The
 * trie grows from the outermost frame.
 */
static void place_stack(struct user_stacks *s, const struct waiting_stack *waiting)
{
	struct stack stack = {.flags = waiting->flags};
	struct frame frame;
	uint32_t depth = 0;

	while (depth < waiting->nr_frames && (place_frame(s, waiting, depth, &frame) || depth == 0))
		depth++;
	if (depth < waiting->nr_frames)
		stack.flags = (stack.flags & ~(uint32_t)STACK_COMPLETE) | STACK_NO_CODE;
	for (uint32_t i = depth; i-- > 0;) {
		place_frame(s, waiting, i, &frame);
		stack.frame = writer_frame(s->writer, stack.frame, frame.module, frame.offset);
	}
	writer_stack(s->writer, waiting->id, &stack);
	kernel_stacks_note_placed(s->kernel_stacks, waiting->id, &stack);
}

static void stack_done(struct user_stacks *s, struct waiting_stack *stack)
{
	place_stack(s, stack);
	free(stack->frames);
	free(stack->rest);
}

/* Stacks that cannot be finished yet gather in `unfinished`, unless it is their last chance. */
static void place_stacks(struct user_stacks *s, struct waiting_stacks *stacks, bool last)
{
	size_t nr_stacks = stacks->size;

	stacks->size = 0;
	for (size_t i = 0; i < nr_stacks; i++) {
		struct waiting_stack stack = stacks->items[i];

		if (stack.rest && !finish_stack(s, &stack, stack.rest, false) && !last)
			*vec_push(&s->unfinished) = stack;
		else
			stack_done(s, &stack);
	}
}

/* There is a new table since the last time. */
static void retry_unfinished(struct user_stacks *s, bool last)
{
	const struct unwind_store *store = s->store;
	size_t announced = store ? __atomic_load_n(&store->nr_announced, __ATOMIC_ACQUIRE) : 0;

	if (!s->unfinished.size || (announced == s->announced && !last))
		return;
	s->announced = announced;
	place_stacks(s, &s->unfinished, last);
}

void user_stacks_fini(struct user_stacks *s)
{
	waiting_stacks_free(&s->fresh);
	waiting_stacks_free(&s->ripe);
	waiting_stacks_free(&s->unfinished);
}

void user_stacks_take(struct user_stacks *s, const struct stack_event *event)
{
	struct waiting_stack *stack = vec_push(&s->fresh);

	stack->time_ns = event->head.time_ns;
	stack->flags = event->flags;
	stack->id = event->id;
	stack->space = event->space;
	stack->nr_frames = event->nr_frames;
	stack->frames = xcalloc(event->nr_frames, sizeof *stack->frames);
	memcpy(stack->frames, event->frames, event->nr_frames * sizeof *stack->frames);
}

/*
 * It comes right behind its stack, which may have been the last one of the round before. To finish
 * it at once brings the kernel side the rows that it lacked, so that the next stacks of this code
 * need no rest.
 */
void user_stacks_take_rest(struct user_stacks *s, const struct stack_rest_event *event)
{
	struct waiting_stack *stack = last_stack(&s->fresh, event->id);

	if (!stack)
		stack = last_stack(&s->ripe, event->id);
	if (!stack || !stack->nr_frames || finish_stack(s, stack, event, true) ||
	    s->unfinished.size >= MAX_UNFINISHED)
		return;
	stack->rest = xcalloc(1, event->head.size_bytes);
	memcpy(stack->rest, event, event->head.size_bytes);
}

void user_stacks_round(struct user_stacks *s)
{
	struct waiting_stacks placed;

	retry_unfinished(s, false);
	place_stacks(s, &s->ripe, false);
	placed = s->ripe;
	s->ripe = s->fresh;
	s->fresh = placed;
}

void user_stacks_finish(struct user_stacks *s)
{
	place_stacks(s, &s->ripe, true);
	retry_unfinished(s, true);
}
