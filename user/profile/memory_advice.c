// SPDX-License-Identifier: MIT
#include "profile/memory_advice.h"

#include <stdio.h>

#include "profile/facts.h"
#include "profile/stack_reading.h"

struct building {
	const struct recording *r;
	const struct memory *model;
	struct stack_readings *readings;
	struct situation *s;
};

/* What a situation points to are the texts of the names, which stay where they are. */
static const char *text_of(struct building *b, uint32_t name)
{
	return names_text(&b->readings->names, name);
}

/* ---- Sites: a place of the model each ---- */

static struct site site_of(struct building *b, const struct memory_call *call)
{
	const struct stack_reading *reading = stack_readings_at(b->readings, call->stack);

	return (struct site){
		.nr = call->nr,
		.detail = call->detail,
		.allocator = reading->allocator,
		.entry = text_of(b, reading->entry),
		.function = text_of(b, reading->function),
		.caller = text_of(b, reading->caller),
		.maker = text_of(b, reading->maker),
	};
}

static void build_sites(struct building *b)
{
	vec_extend(&b->s->sites, memory_nr_places(b->model));
	b->s->sites.items[0] =
		(struct site){.entry = "", .function = "", .caller = "", .maker = ""};
	for (uint32_t id = 1; id < memory_nr_calls(b->model); id++) {
		uint32_t place = memory_place_of_call(b->model, id);

		if (!place)
			continue;
		b->s->sites.items[place] = site_of(b, memory_call_of(b->model, id));
		b->s->sites.items[place].totals = memory_place_totals(b->model, place);
	}
}

/* ---- Flows ---- */

static bool is_copying(const char *function)
{
	return strstr(function, "memcpy") || strstr(function, "memmove") ||
	       strstr(function, "mempcpy");
}

static const char *toucher_of(struct building *b, const struct cause_key *key,
			      const struct stack_reading *reading)
{
	char label[32];

	if (key->syscall)
		return text_of(
			b, names_intern(&b->readings->names, call_label(key->syscall - 1, label)));
	return text_of(b, reading->leaf);
}

static const char *process_name(struct building *b, uint32_t process)
{
	char text[16];

	snprintf(text, sizeof text, "%u", process);
	return text_of(b, names_intern(&b->readings->names, text));
}

static struct flow flow_of(struct building *b, const struct cause_row *row)
{
	const struct cause_key *key = &row->key;
	const struct stack_reading reading =
		stack_read_touch(b->r, key->toucher, &b->readings->names);
	uint32_t process = b->r->tasks.items[key->task].process;
	const char *toucher = toucher_of(b, key, &reading);

	return (struct flow){
		.cause = (enum fault_cause)key->cause,
		.region_kind = (enum region_kind)key->region_kind,
		.size_class = key->size_class,
		.owner = memory_place_of_call(b->model, key->owner),
		.returner = memory_place_of_call(b->model, key->returner),
		.toucher = *toucher ? toucher : "code without a name",
		.touching = text_of(b, reading.function),
		.by_copy = !key->syscall && is_copying(toucher),
		.is_major = key->kind == FAULT_MAJOR,
		.is_huge = key->is_huge,
		.in_kernel = key->in_kernel,
		.syscall = key->syscall,
		.task = key->task,
		.process = process,
		.process_name = process_name(b, process),
		.is_thread = process != key->task,
		.pages = row->pages,
		.service_ns = row->service_ns,
		.bytes = row->bytes,
	};
}

/* Pages that came without a fault, and faults that failed, cost nobody anything here. */
static void build_flows(struct building *b)
{
	vec_each (&memory_causes(b->model)->rows, row) {
		if (row->key.cause != CAUSE_POPULATED && row->key.cause != CAUSE_FAILED)
			*vec_push(&b->s->flows) = flow_of(b, row);
	}
}

static void build_regions(struct building *b)
{
	vec_each (&memory_lives(b->model)->rows, row)
		*vec_push(&b->s->regions) = (struct region_group){
			.owner = memory_place_of_call(b->model, row->owner),
			.returner = memory_place_of_call(b->model, row->returner),
			.lives = row,
		};
}

static void build_forks(struct building *b)
{
	const struct recording *r = b->r;
	struct situation *s = b->s;

	vec_extend(&s->forks, r->tasks.size);
	for (uint32_t id = 1; id < r->tasks.size; id++) {
		const struct task *task = &r->tasks.items[id];

		if (task->process == id && task->parent)
			s->forks.items[r->tasks.items[task->parent].process]++;
	}
}

/* ---- The host ---- */

static bool meta_is_positive(const struct recording *r, const char *key)
{
	const char *value = recording_meta(r, key);

	return value && strtoull(value, NULL, 10);
}

static void build_host(struct building *b)
{
	const struct recording *r = b->r;
	struct situation *s = b->s;
	const char *huge = recording_meta(r, "huge_pages");

	s->faults = memory_totals(b->model)->faults;
	s->page_bytes = recording_page_bytes(r);
	s->wall_ns = recording_counter(r, "wall_ns");
	s->system_ns = recording_counter(r, "system_ns");
	s->cpu_ns = s->system_ns + recording_counter(r, "user_ns");
	s->huge_pages_on_request = huge && !strcmp(huge, "madvise");
	s->huge_never = huge && !strcmp(huge, "never");
	s->has_swap = meta_is_positive(r, "swap_bytes");
	s->has_numa_balancing = meta_is_positive(r, "numa_balancing");
}

void memory_advice_build(const struct recording *r, struct memory_report *memory,
			 struct memory_advice *out)
{
	struct building b = {
		.r = r,
		.model = memory->model,
		.readings = &memory->readings,
		.s = &out->situation,
	};

	*out = (struct memory_advice){0};
	build_sites(&b);
	build_flows(&b);
	build_regions(&b);
	build_forks(&b);
	build_host(&b);
	diagnoses_find(&out->situation, &out->diagnoses);
}

void memory_advice_fini(struct memory_advice *advice)
{
	diagnoses_fini(&advice->diagnoses);
	situation_fini(&advice->situation);
}
