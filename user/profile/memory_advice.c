// SPDX-License-Identifier: MIT
#include "profile/memory_advice.h"

#include <stdio.h>

#include "profile/facts.h"
#include "profile/stack_reading.h"

struct building {
	const struct recording *r;
	const struct memory *model;
	struct memory_advice *advice;
	struct names site_keys; /* id is that of the site */
	uint32_t *call_sites;   /* by id of a call */
	struct stack_reading *readings;
	bool *is_read; /* by id of a stack */
};

static const struct stack_reading *reading_of(struct building *b, uint32_t stack)
{
	if (!b->is_read[stack]) {
		b->is_read[stack] = true;
		b->readings[stack] = stack_read(b->r, stack, &b->advice->names);
	}
	return &b->readings[stack];
}

/* The texts that a situation points to are those of the names, which stay where they are. */
static const char *text_of(struct building *b, uint32_t name)
{
	return names_text(&b->advice->names, name);
}

/* ---- Sites ---- */

static void totals_add(struct call_totals *to, const struct call_totals *more)
{
	to->calls += more->calls;
	to->thread_calls += more->thread_calls;
	to->duration_ns += more->duration_ns;
	to->asked_bytes += more->asked_bytes;
	to->added_bytes += more->added_bytes;
	to->kept_bytes += more->kept_bytes;
	to->live_bytes += more->live_bytes;
	to->most_bytes += more->most_bytes; /* at most: they may have been at different times */
}

static uint32_t site_of_call(struct building *b, const struct memory_call *call)
{
	const struct stack_reading *reading = reading_of(b, call->stack);
	scoped_free char *key =
		xasprintf("%u %u %d %u %u %u %u", call->nr, call->detail, reading->allocator,
			  reading->entry, reading->function, reading->caller, reading->maker);
	uint32_t id = names_intern(&b->site_keys, key); /* from 1 on */

	if (id == b->advice->situation.sites.size) {
		*vec_push(&b->advice->situation.sites) = (struct site){
			.nr = call->nr,
			.detail = call->detail,
			.allocator = reading->allocator,
			.entry = text_of(b, reading->entry),
			.function = text_of(b, reading->function),
			.caller = text_of(b, reading->caller),
			.maker = text_of(b, reading->maker),
		};
	}
	return id;
}

static void build_sites(struct building *b)
{
	struct situation *s = &b->advice->situation;
	uint32_t nr_calls = memory_nr_calls(b->model);

	b->call_sites = xcalloc(nr_calls, sizeof *b->call_sites);
	*vec_push(&s->sites) =
		(struct site){.entry = "", .function = "", .caller = "", .maker = ""};
	for (uint32_t id = 1; id < nr_calls; id++) {
		struct call_totals totals = memory_call_totals(b->model, id);

		b->call_sites[id] = site_of_call(b, memory_call_of(b->model, id));
		totals_add(&s->sites.items[b->call_sites[id]].totals, &totals);
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
			b, names_intern(&b->advice->names, call_label(key->syscall - 1, label)));
	return text_of(b, reading->leaf);
}

static const char *process_name(struct building *b, uint32_t process)
{
	char text[16];

	snprintf(text, sizeof text, "%u", process);
	return text_of(b, names_intern(&b->advice->names, text));
}

static struct flow flow_of(struct building *b, const struct cause_row *row)
{
	const struct cause_key *key = &row->key;
	const struct stack_reading *reading = reading_of(b, key->toucher);
	uint32_t process = b->r->tasks.items[key->task].process;
	const char *toucher = toucher_of(b, key, reading);

	return (struct flow){
		.cause = (enum fault_cause)key->cause,
		.region_kind = (enum region_kind)key->region_kind,
		.size_class = key->size_class,
		.owner = b->call_sites[key->owner],
		.returner = b->call_sites[key->returner],
		.toucher = *toucher ? toucher : "code without a name",
		.touching = text_of(b, reading->function),
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
			*vec_push(&b->advice->situation.flows) = flow_of(b, row);
	}
}

static void build_regions(struct building *b)
{
	vec_each (&memory_lives(b->model)->rows, row)
		*vec_push(&b->advice->situation.regions) = (struct region_group){
			.owner = b->call_sites[row->owner],
			.returner = b->call_sites[row->returner],
			.lives = row,
		};
}

static void build_forks(struct building *b)
{
	const struct recording *r = b->r;
	struct situation *s = &b->advice->situation;

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
	struct situation *s = &b->advice->situation;
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

void memory_advice_build(const struct recording *r, const struct memory_report *memory,
			 struct memory_advice *out)
{
	struct building b = {
		.r = r,
		.model = memory->model,
		.advice = out,
		.readings = xcalloc(r->stacks.size, sizeof *b.readings),
		.is_read = xcalloc(r->stacks.size, sizeof *b.is_read),
	};

	*out = (struct memory_advice){0};
	build_sites(&b);
	build_flows(&b);
	build_regions(&b);
	build_forks(&b);
	build_host(&b);
	diagnoses_find(&out->situation, &out->diagnoses);
	names_fini(&b.site_keys);
	free(b.call_sites);
	free(b.readings);
	free(b.is_read);
}

void memory_advice_fini(struct memory_advice *advice)
{
	diagnoses_fini(&advice->diagnoses);
	situation_fini(&advice->situation);
	names_fini(&advice->names);
}
