// SPDX-License-Identifier: MIT
#include "profile/stack_quality.h"

#include "profile/facts.h"

const struct stack_verdict_words stack_verdict_words[NR_STACK_VERDICTS] = {
	[STACK_PROVEN] = {"complete", "complete"},
	[STACK_LOST] = {"lost", "could not be delivered"},
	[STACK_ABSENT] = {"absent", "have no frame"},
	[STACK_CUT_UNREADABLE] = {"unreadable",
				  "end at a page of the stack that was not in memory"},
	[STACK_CUT_TOO_DEEP] = {"too_deep", "are cut at the depth limit"},
	[STACK_CUT_NO_TABLE] = {"no_table",
				"end in a file whose unwinding table was not ready yet"},
	[STACK_CUT_NO_RULE] = {"no_rule", "end in code without call-frame information"},
	[STACK_CUT_NO_CODE] = {"no_code", "end outside of all mapped code"},
	[STACK_THROUGH_MADE_CODE] = {"jit",
				     "reach the outermost frame through code made at run time, if "
				     "that keeps frame pointers"},
	[STACK_UNPROVEN] =
		{"frame_pointer",
		 "were walked by frame pointers in part, which cannot prove that none is missing"},
	[STACK_BROKEN] = {"broken", "end early"},
};

static enum stack_verdict verdict_of_flags(uint32_t stack_flags)
{
	if (stack_flags & STACK_COMPLETE && !(stack_flags & STACK_FRAME_POINTER))
		return stack_flags & STACK_MADE_CODE ? STACK_THROUGH_MADE_CODE : STACK_PROVEN;
	if (stack_flags & STACK_UNREADABLE)
		return STACK_CUT_UNREADABLE;
	if (stack_flags & STACK_TOO_DEEP)
		return STACK_CUT_TOO_DEEP;
	if (stack_flags & STACK_NO_TABLE)
		return STACK_CUT_NO_TABLE;
	if (stack_flags & STACK_NO_RULE)
		return STACK_CUT_NO_RULE;
	if (stack_flags & STACK_NO_CODE)
		return STACK_CUT_NO_CODE;
	return stack_flags & STACK_FRAME_POINTER ? STACK_UNPROVEN : STACK_BROKEN;
}

enum stack_verdict stack_verdict_of(const struct stack *stack)
{
	return stack->frame ? verdict_of_flags(stack->flags) : STACK_ABSENT;
}

void stack_quality_of(const struct recording *r, const struct scan *scan, struct stack_quality *out)
{
	const char *method = recording_meta(r, "stacks");

	*out = (struct stack_quality){.recorded = !method || strcmp(method, "none") != 0};
	if (!out->recorded)
		return;
	out->tables_refused = recording_counter(r, "unwind.tables_refused");
	out->files_unreachable = recording_counter(r, "files.unreachable");
	for (size_t id = 1; id < r->stacks.size; id++) {
		enum stack_verdict verdict = stack_verdict_of(&r->stacks.items[id]);

		out->events[verdict] += scan->stack_events[id];
	}
	out->unasked = scan->stacks_unasked;
	out->events[STACK_LOST] += scan->stacks_lost;
	if (r->stacks.size)
		out->none = scan->stack_events[0] - scan->stacks_lost;
	for (int verdict = 0; verdict < NR_STACK_VERDICTS; verdict++)
		*(verdict == STACK_PROVEN ? &out->complete : &out->incomplete) +=
			out->events[verdict];
}
