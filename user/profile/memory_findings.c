// SPDX-License-Identifier: MIT
#include "profile/memory_findings.h"

#include <sys/syscall.h>

#include "decode/constants.h"
#include "profile/facts.h"
#include "profile/place_name.h"

/* Names of places, each made once. */
struct naming {
	const struct recording *r;
	struct memory_report *report;
	uint32_t *stack_names[2]; /* by id of a stack, + 1, 0: not made yet; [1] of calls */
};

static const char *name_stack(struct naming *n, uint32_t stack, bool of_call)
{
	uint32_t *name_id = &n->stack_names[of_call][stack];
	scoped_free char *name = NULL;

	if (!*name_id) {
		name = place_name(n->r, stack, of_call);
		*name_id = names_intern(&n->report->names, name ? name : "") + 1;
	}
	return names_text(&n->report->names, *name_id - 1);
}

static const char *advice_name(const struct memory_call *call)
{
	for (size_t i = 0; call->nr == SYS_madvise && i < madvise_advices.nr; i++) {
		if (madvise_advices.items[i].value == call->detail)
			return madvise_advices.items[i].name;
	}
	return NULL;
}

static uint32_t name_call(struct naming *n, uint32_t id)
{
	const struct memory_call *call = memory_call_of(n->report->model, id);
	const char *program = memory_call_program(n->report->model, id), *place, *advice;
	scoped_free char *name = NULL;
	char label[32];

	if (call->nr == MEMORY_CALL_BEFORE)
		return names_intern(&n->report->names, "before the recording began");
	if (program) {
		name = xasprintf("execve of %s", *program ? program : "a program");
		return names_intern(&n->report->names, name);
	}
	place = name_stack(n, call->stack, true);
	advice = advice_name(call);
	name = xasprintf("%s%s%s%s%s%s", call_label(call->nr, label), advice ? "(" : "",
			 advice ? advice : "", advice ? ")" : "", *place ? " in " : "", place);
	return names_intern(&n->report->names, name);
}

static uint32_t name_toucher(struct naming *n, const struct cause_key *key)
{
	const char *place = name_stack(n, key->toucher, false);
	scoped_free char *name = NULL;
	char label[32];

	if (!key->syscall)
		return names_intern(&n->report->names, place);
	name = xasprintf("%s%s%s", call_label(key->syscall - 1, label), *place ? " in " : "",
			 place);
	return names_intern(&n->report->names, name);
}

static struct finding *finding_of(struct memory_report *report, struct names *keys,
				  const struct finding *wanted)
{
	scoped_free char *key = xasprintf("%d %d %u %u %u", wanted->cause, wanted->region_kind,
					  wanted->toucher, wanted->owner, wanted->returner);
	uint32_t id = names_intern(keys, key); /* from 1 on */

	if (id > report->findings.size)
		*vec_push(&report->findings) = *wanted;
	return &report->findings.items[id - 1];
}

static void finding_add(struct naming *n, struct names *keys, const struct cause_row *row)
{
	const struct finding wanted = {
		.cause = (enum fault_cause)row->key.cause,
		.region_kind = (enum region_kind)row->key.region_kind,
		.toucher = name_toucher(n, &row->key),
		.owner = memory_report_call_name(n->report, row->key.owner),
		.returner = memory_report_call_name(n->report, row->key.returner),
	};
	struct finding *finding = finding_of(n->report, keys, &wanted);

	finding->pages += row->pages;
	finding->service_ns += row->service_ns;
	finding->bytes += row->bytes;
	if (row->pages <= finding->most_pages)
		return;
	finding->most_pages = row->pages;
	finding->owner_call = row->key.owner;
	finding->size_class = row->key.size_class;
}

static int by_price(const void *left, const void *right)
{
	const struct finding *a = left, *b = right;

	if (a->pages != b->pages)
		return a->pages < b->pages ? 1 : -1;
	if (a->service_ns != b->service_ns)
		return a->service_ns < b->service_ns ? 1 : -1;
	if (a->cause != b->cause)
		return a->cause < b->cause ? -1 : 1;
	return (a->toucher > b->toucher) - (a->toucher < b->toucher);
}

void findings_build(const struct recording *r, struct memory_report *report)
{
	struct naming n = {
		.r = r,
		.report = report,
		.stack_names = {xcalloc(r->stacks.size, sizeof **n.stack_names),
				xcalloc(r->stacks.size, sizeof **n.stack_names)},
	};
	uint32_t nr_calls = memory_nr_calls(report->model);
	struct names keys = {0};

	report->call_names = xcalloc(nr_calls, sizeof *report->call_names);
	for (uint32_t id = 1; id < nr_calls; id++)
		report->call_names[id] = name_call(&n, id);
	vec_each (&memory_causes(report->model)->rows, row)
		finding_add(&n, &keys, row);
	if (report->findings.size)
		qsort(report->findings.items, report->findings.size, sizeof *report->findings.items,
		      by_price);
	names_fini(&keys);
	free(n.stack_names[0]);
	free(n.stack_names[1]);
}

const struct life_row *finding_lives(const struct memory_report *report,
				     const struct finding *finding)
{
	const struct life_row *best = NULL;

	if (memory_call_of(report->model, finding->owner_call)->nr == MEMORY_CALL_BEFORE)
		return NULL; /* nobody knows how long it had been there */
	vec_each (&memory_lives(report->model)->rows, row) {
		if (row->owner == finding->owner_call && row->kind == finding->region_kind &&
		    row->size_class == finding->size_class &&
		    (!best || row->regions > best->regions))
			best = row;
	}
	return finding->owner_call ? best : NULL;
}
