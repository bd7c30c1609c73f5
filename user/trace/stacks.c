// SPDX-License-Identifier: MIT
#include "trace/stacks.h"

#include "correlate/finish_stack.h"
#include "trace/line.h"

#define INDENT "                    "

struct live_stack {
	uint64_t time_ns;
	uint32_t space, nr_frames, flags;
	bool is_used_once;             /* its id is in one event alone */
	uint64_t *frames;              /* room for MAX_FRAMES where there is a rest */
	struct stack_rest_event *rest; /* NULL: it is what it is */
	struct bytes text;             /* once it is made, the frames are gone */
	char *place, *function;        /* in the source */
};

static void stack_free(struct live_stack *stack)
{
	if (!stack)
		return;
	free(stack->frames);
	free(stack->rest);
	free(stack->place);
	free(stack->function);
	bytes_fini(&stack->text);
	free(stack);
}

void live_stacks_fini(struct live_stacks *stacks)
{
	vec_each (&stacks->by_id, stack)
		stack_free(*stack);
	vec_free(&stacks->by_id);
	spaces_free(&stacks->spaces);
}

static struct live_stack *stack_at(const struct live_stacks *stacks, uint32_t id)
{
	return id < stacks->by_id.size ? stacks->by_id.items[id] : NULL;
}

static uint32_t wanted_frames(const struct live_stacks *stacks)
{
	return stacks->sources ? MAX_FRAMES : stacks->max_frames;
}

static void take_stack(struct live_stacks *stacks, const struct stack_event *event)
{
	struct live_stack *stack = xnew(struct live_stack);

	stack->time_ns = event->head.time_ns;
	stack->space = event->space;
	stack->nr_frames = event->nr_frames;
	stack->flags = event->flags;
	stack->is_used_once = event->flags & WALK_NO_TABLE;
	stack->frames = xcalloc(event->nr_frames, sizeof *stack->frames);
	memcpy(stack->frames, event->frames, event->nr_frames * sizeof *stack->frames);
	vec_extend(&stacks->by_id, (size_t)event->id + 1);
	stack_free(stacks->by_id.items[event->id]);
	stacks->by_id.items[event->id] = stack;
}

/* It comes right behind its stack. */
static void take_rest(struct live_stacks *stacks, const struct stack_rest_event *event)
{
	struct live_stack *stack = stack_at(stacks, event->id);

	if (!stack || stack->rest || !stack->nr_frames || stack->nr_frames >= wanted_frames(stacks))
		return;
	stack->rest = xcalloc(1, event->head.size_bytes);
	memcpy(stack->rest, event, event->head.size_bytes);
	stack->frames = xrealloc(stack->frames, MAX_FRAMES, sizeof *stack->frames);
}

static void take_mapping(struct live_stacks *stacks, const struct mapping_event *event)
{
	bool is_vdso = event->file == FILE_VDSO;

	if (!(event->flags & MAPPING_EXEC))
		return;
	space_map(&stacks->spaces, event->space,
		  &(struct mapping){
			  .start = event->start,
			  .end = event->end,
			  .file_offset_bytes = is_vdso ? 0 : event->file_offset_bytes,
			  .time_ns = event->head.time_ns,
			  .file = event->file,
		  });
}

static void take_fork(struct live_stacks *stacks, const struct fork_event *event)
{
	if (event->child_space != event->parent_space)
		space_born(&stacks->spaces, event->child_space, event->parent_space,
			   event->head.time_ns);
}

void live_stacks_take(struct live_stacks *stacks, const struct event *event)
{
	const void *whole = event;

	switch (event->type) {
	case EVENT_STACK:
		return take_stack(stacks, whole);
	case EVENT_STACK_REST:
		return take_rest(stacks, whole);
	case EVENT_MAPPING:
		return take_mapping(stacks, whole);
	case EVENT_FORK:
		return take_fork(stacks, whole);
	case EVENT_EXEC:
		return space_born(&stacks->spaces, ((const struct exec_event *)whole)->space, 0,
				  event->time_ns);
	}
}

static const struct mapping *code_at(const struct live_stacks *stacks,
				     const struct live_stack *stack, uint64_t address)
{
	return space_find(&stacks->spaces, stack->space, address, stack->time_ns);
}

bool live_stack_is_unfinished(struct live_stacks *stacks, uint32_t id)
{
	struct live_stack *stack = stack_at(stacks, id);
	struct stack_moment moment = {.spaces = &stacks->spaces};
	uint32_t flags, nr_frames;

	if (!stack || !stack->rest || !stack->frames)
		return false;
	moment.space = stack->space;
	moment.time_ns = stack->time_ns;
	flags = stack->flags;
	nr_frames = stack_finish(&moment, stacks->store, stack->rest, stack->frames,
				 stack->nr_frames, &flags);
	if (flags & WALK_NO_TABLE && nr_frames < wanted_frames(stacks))
		return true;
	stack->nr_frames = nr_frames;
	stack->flags = flags;
	free(stack->rest);
	stack->rest = NULL;
	return false;
}

/* Why a stack ends before the outermost frame. */
static const char *end_reason(uint32_t flags)
{
	static const struct {
		uint32_t flag;
		const char *reason;
	} reasons[] = {
		{WALK_NO_TABLE, "its unwinding table was not ready"},
		{WALK_NO_RULE, "no call-frame information"},
		{WALK_NO_CODE, "outside of all known code"},
		{WALK_UNREADABLE, "the stack could not be read"},
		{WALK_TOO_DEEP, "too deep"},
	};

	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (flags & reasons[i].flag)
			return reasons[i].reason;
	return "inconsistent";
}

static void write_frame(struct live_stacks *stacks, struct bytes *out, uint32_t file,
			uint64_t offset)
{
	if (stacks->form == STACK_STRACE)
		strace_frame_write(stacks->names, out, file, offset);
	else
		frame_write(stacks->names, out, file, offset);
}

static void write_unknown_frame(struct live_stacks *stacks, struct bytes *out, uint64_t address)
{
	if (stacks->form == STACK_STRACE)
		strace_unknown_frame_write(out, address);
	else
		unknown_frame_write(out, address);
}

/* A frame outside of all code but the innermost is where a walk lost its way: it is left out. */
static void make_text(struct live_stacks *stacks, struct live_stack *stack)
{
	uint32_t flags = stack->flags, i;

	for (i = 0; i < stack->nr_frames && i < wanted_frames(stacks); i++) {
		uint64_t address = stack->frames[i];
		const struct mapping *mapping = code_at(stacks, stack, address);
		uint64_t offset =
			mapping ? address - mapping->start + mapping->file_offset_bytes : 0;

		if (!mapping && i) {
			flags = WALK_NO_CODE;
			break;
		}
		if (i < stacks->max_frames && mapping && mapping->file)
			write_frame(stacks, &stack->text, mapping->file, offset);
		else if (i < stacks->max_frames)
			write_unknown_frame(stacks, &stack->text, address);
		if (stacks->sources && !stack->place && mapping && mapping->file)
			frame_source(stacks->names, mapping->file, offset, &stack->place,
				     &stack->function);
	}
	if (!(flags & WALK_COMPLETE) && i < stacks->max_frames)
		text_printf(&stack->text, INDENT "? (the stack ends here: %s)\n",
			    end_reason(flags));
}

static struct live_stack *made_stack(struct live_stacks *stacks, uint32_t id)
{
	struct live_stack *stack = stack_at(stacks, id);

	if (stack && stack->frames) {
		make_text(stacks, stack);
		free(stack->frames);
		stack->frames = NULL;
	}
	return stack;
}

const char *live_stack_source(struct live_stacks *stacks, uint32_t id, const char **out_function)
{
	const struct live_stack *stack = made_stack(stacks, id);

	*out_function = stack ? stack->function : NULL;
	return stack ? stack->place : NULL;
}

void live_stack_write(struct live_stacks *stacks, uint32_t id, struct bytes *out)
{
	const struct live_stack *stack = made_stack(stacks, id);

	if (stack)
		bytes_append(out, stack->text.data, stack->text.size);
	else
		text_printf(out, INDENT "? (no stack)\n");
}

void live_stack_used(struct live_stacks *stacks, uint32_t id)
{
	struct live_stack *stack = stack_at(stacks, id);

	if (!stack || !stack->is_used_once)
		return;
	stack_free(stack);
	stacks->by_id.items[id] = NULL;
}
