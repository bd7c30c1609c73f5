// SPDX-License-Identifier: MIT
#include "profile/memory_report.h"

#include <sys/mman.h>

#include "profile/facts.h"
#include "profile/memory_feed.h"
#include "profile/paths.h"
#include "profile/place_name.h"

const char *const path_side_names[NR_PATH_SIDES + 1] = {"touch", "owner", "return", NULL};

/* ---- Feeding the model ---- */

static bool meta_is(const struct recording *r, const char *key, const char *word)
{
	const char *value = recording_meta(r, key);

	return value && !strcmp(value, word);
}

static struct memory *model_new(const struct recording *r)
{
	const struct memory_options options = {
		.page_bytes = recording_page_bytes(r),
		.start_ns = recording_start_ns(r),
		.huge_always = meta_is(r, "huge_pages", "always"),
		.huge_never = meta_is(r, "huge_pages", "never"),
	};

	return memory_new(&options);
}

/* Files that are nothing but memory. */
static bool is_on_disk(const struct recording *r, uint32_t module)
{
	static const char *const prefixes[] = {"/dev/shm/", "/dev/zero", "/memfd:", "/SYSV", NULL};
	const char *path = r->modules.items[module].path;

	for (const char *const *prefix = prefixes; *prefix; prefix++) {
		if (!strncmp(path, *prefix, strlen(*prefix)))
			return false;
	}
	return true;
}

static void model_feed(struct memory *model, struct recording *r)
{
	struct memory_feed *feed = memory_feed_new(r);
	struct feed_item item;
	uint64_t last_ns = 0;

	while (memory_feed_next(feed, &item)) {
		last_ns = item.time_ns;
		switch (item.kind) {
		case FEED_TASK_EVENT:
			memory_take_task_event(model, item.event);
			break;
		case FEED_MAPPING:
			memory_take_mapping(model, item.mapping,
					    is_on_disk(r, item.mapping->module));
			break;
		case FEED_SYSCALL:
			memory_take_syscall(model, item.row);
			break;
		case FEED_FAULTS:
			memory_take_fault(model, item.row);
			break;
		}
	}
	memory_finish(model, last_ns);
	memory_feed_free(feed);
}

/* ---- Classes ---- */

static void causes_total(struct memory_report *report)
{
	vec_each (&memory_causes(report->model)->rows, row) {
		struct cause_total *total = &report->causes[row->key.cause];

		total->pages += row->pages;
		total->service_ns += row->service_ns;
		total->bytes += row->bytes;
		if (row->key.is_huge)
			total->huge += row->pages;
		if (row->key.certainty == LIKELY)
			total->likely += row->pages;
		if (row->key.in_kernel)
			total->in_kernel += row->pages;
		if (row->key.kind == FAULT_MAJOR)
			total->major += row->pages;
	}
}

/* Of faults that were lost, nothing but their number and time is known. */
static void add_lost(struct memory_report *report, const struct scan *scan)
{
	struct cause_total *total = &report->causes[CAUSE_UNKNOWN];

	report->lost_faults = scan->faults_lost;
	total->pages += scan->faults_lost;
	total->service_ns += scan->fault_ns_lost;
}

/* ---- Findings ---- */

/* Names of places, each made once. */
struct naming {
	const struct recording *r;
	struct memory_report *report;
	uint32_t *stack_names; /* by id of a stack, + 1; 0: not made yet */
};

static uint32_t name_stack(struct naming *n, uint32_t stack)
{
	scoped_free char *name = NULL;

	if (!n->stack_names[stack]) {
		name = place_name(n->r, stack);
		n->stack_names[stack] = names_intern(&n->report->names, name ? name : "") + 1;
	}
	return n->stack_names[stack] - 1;
}

static const char *advice_name(uint32_t advice)
{
	switch (advice) {
	case MADV_DONTNEED:
		return "(MADV_DONTNEED)";
	case MADV_FREE:
		return "(MADV_FREE)";
	default:
		return "";
	}
}

/* "munmap in free_block > __libc_munmap". */
static uint32_t name_call(struct naming *n, uint32_t id)
{
	const struct memory_call *call = memory_call_of(n->report->model, id);
	const char *place;
	scoped_free char *name = NULL;
	char label[32];

	if (!id)
		return 0;
	place = names_text(&n->report->names, name_stack(n, call->stack));
	name = xasprintf("%s%s%s%s", call_label(call->nr, label), advice_name(call->detail),
			 *place ? " in " : "", place);
	return names_intern(&n->report->names, name);
}

static uint32_t name_toucher(struct naming *n, const struct cause_key *key)
{
	const char *place = names_text(&n->report->names, name_stack(n, key->toucher));
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
		.owner = name_call(n, row->key.owner),
		.returner = name_call(n, row->key.returner),
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

static void findings_build(const struct recording *r, struct memory_report *report)
{
	struct naming n = {
		.r = r,
		.report = report,
		.stack_names = xcalloc(r->stacks.size, sizeof *n.stack_names),
	};
	struct names keys = {0};

	vec_each (&memory_causes(report->model)->rows, row)
		finding_add(&n, &keys, row);
	if (report->findings.size)
		qsort(report->findings.items, report->findings.size, sizeof *report->findings.items,
		      by_price);
	names_fini(&keys);
	free(n.stack_names);
}

/* ---- The report ---- */

void memory_report_build(struct recording *r, const struct scan *scan, struct memory_report *out)
{
	*out = (struct memory_report){.model = model_new(r)};
	model_feed(out->model, r);
	causes_total(out);
	add_lost(out, scan);
	findings_build(r, out);
}

void memory_report_fini(struct memory_report *report)
{
	memory_free(report->model);
	vec_free(&report->findings);
	names_fini(&report->names);
}

uint64_t memory_churn_milli(const struct memory_report *report)
{
	const struct memory_totals *totals = memory_totals(report->model);

	if (!totals->most_bytes)
		return 0;
	return (uint64_t)((__uint128_t)totals->made_bytes * 1000 / totals->most_bytes);
}

const struct life_row *finding_lives(const struct memory_report *report,
				     const struct finding *finding)
{
	const struct life_row *best = NULL;

	vec_each (&memory_lives(report->model)->rows, row) {
		if (row->owner == finding->owner_call && row->kind == finding->region_kind &&
		    row->size_class == finding->size_class &&
		    (!best || row->regions > best->regions))
			best = row;
	}
	return finding->owner_call ? best : NULL;
}

/* ---- Paths ---- */

#define NOBODY UINT64_MAX

static uint32_t extend_by_call(const struct recording *r, struct path_tree *tree, uint32_t node,
			       uint64_t what)
{
	if (what != NOBODY)
		return path_extend_syscall(r, tree, node, what);
	return path_tree_child(tree, node, names_intern(&tree->names, "[nobody]"));
}

void memory_paths_add(struct path_tree *tree, const struct recording *r,
		      const struct memory_report *report, enum path_side side, bool with_root,
		      unsigned int detail)
{
	struct tally tally = {0};

	vec_each (&memory_causes(report->model)->rows, row) {
		uint32_t id = side == BY_OWNER ? row->key.owner : row->key.returner;
		const struct memory_call *call = memory_call_of(report->model, id);
		const struct place place = {
			.root = with_root ? row->key.task : 0,
			.stack = call->stack,
			.leaf = id ? 1ULL + call->nr : NOBODY,
		};
		const uint64_t weights[NR_WEIGHTS] = {
			[WEIGHT_COUNT] = cause_row_faults(row),
			[WEIGHT_NS] = row->service_ns,
			[WEIGHT_BYTES] = row->bytes,
		};

		if (weights[WEIGHT_COUNT])
			tally_add(&tally, &place, weights);
	}
	paths_add(tree, r, &tally, with_root ? path_extend_comm : NULL, extend_by_call, detail);
	tally_fini(&tally);
}
