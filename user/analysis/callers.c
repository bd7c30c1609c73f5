// SPDX-License-Identifier: MIT
#include "analysis/callers.h"

#include "profile/frame_label.h"
#include "profile/place_name.h"

#define MOST_FRAMES 256

void callers_init(struct callers *c, const struct recording *r)
{
	*c = (struct callers){
		.recording = r,
		.of_stacks = xcalloc(r->stacks.size + 1, sizeof *c->of_stacks),
	};
}

void callers_fini(struct callers *c)
{
	names_fini(&c->names);
	vec_free(&c->numbers);
	free(c->of_stacks);
}

static void add_function(struct callers *c, struct callers_of_stack *of, const char *name)
{
	uint32_t number = names_intern(&c->names, name);

	for (uint32_t i = of->first; i < of->first + of->nr; i++) {
		if (c->numbers.items[i] == number)
			return;
	}
	*vec_push(&c->numbers) = number;
	of->nr++;
}

static void look_up(struct callers *c, uint32_t stack, struct callers_of_stack *of)
{
	const struct recording *r = c->recording;
	uint32_t id = r->stacks.items[stack].frame;

	*of = (struct callers_of_stack){.is_known = true, .first = (uint32_t)c->numbers.size};
	for (unsigned int depth = 0; id && depth < MOST_FRAMES; depth++) {
		const struct frame *frame = &r->frames.items[id];
		uint32_t nr = frame_nr_labels(r, frame->module, frame->offset);

		for (uint32_t i = 0; i < nr && !is_common_code(r, frame); i++) {
			scoped_free char *name = frame_label(r, frame->module, frame->offset, i);

			add_function(c, of, name);
		}
		id = frame->parent;
	}
}

const uint32_t *callers_of(struct callers *c, uint32_t stack, uint32_t *out_nr)
{
	struct callers_of_stack *of = &c->of_stacks[stack];

	if (!of->is_known)
		look_up(c, stack, of);
	*out_nr = of->nr;
	return of->nr ? &c->numbers.items[of->first] : NULL;
}

const char *caller_name(const struct callers *c, uint32_t number)
{
	return names_text(&c->names, number);
}
