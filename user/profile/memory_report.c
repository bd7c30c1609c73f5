// SPDX-License-Identifier: MIT
#include "profile/memory_report.h"

#include <sys/mman.h>

#include "profile/block_table.h"
#include "profile/facts.h"
#include "profile/lost_paths.h"
#include "profile/memory_feed.h"
#include "profile/paths.h"
#include "profile/place_name.h"
#include "recording/stable_sort.h"
#include "stats/histogram.h"
#include "stats/quantiles.h"

const char *const path_side_names[NR_PATH_SIDES + 1] = {"touch", "owner", "return", NULL};

/* ---- Feeding the model ---- */

static bool meta_is(const struct recording *r, const char *key, const char *word)
{
	const char *value = recording_meta(r, key);

	return value && !strcmp(value, word);
}

/* What a file says is a page may be anything. */
static uint64_t sane_page_bytes(const struct recording *r)
{
	uint64_t bytes = recording_page_bytes(r);
	bool is_sane = bytes >= 1 << 12 && bytes <= 1 << 16 && !(bytes & (bytes - 1));

	return is_sane ? bytes : 1 << 12;
}

static uint32_t place_of(void *readings, uint32_t stack)
{
	return stack_readings_key(readings, stack);
}

/* `readings` NULL: nobody asks what places amount to. */
static struct memory *model_new(const struct recording *r, struct stack_readings *readings)
{
	const struct memory_options options = {
		.place_of = readings ? place_of : NULL,
		.place_arg = readings,
		.page_bytes = sane_page_bytes(r),
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
		case FEED_ALLOCATION:
			memory_take_alloc(model, item.row);
			break;
		}
	}
	memory_finish(model, last_ns);
	memory_feed_free(feed);
}

/* ---- Classes ---- */

const unsigned int cause_quantile_percent[NR_CAUSE_QUANTILES] = {50, 90, 99};

static void time_cause(const uint64_t *counts, struct cause_total *total)
{
	struct histogram times;

	histogram_init(&times, CAUSE_TIME_BITS);
	for (uint32_t i = 0; i < LOGLINEAR_BUCKETS(CAUSE_TIME_BITS); i++) {
		if (counts[i])
			histogram_add(&times, i, counts[i]);
	}
	total->timed = times.total;
	for (int q = 0; q < NR_CAUSE_QUANTILES && times.total; q++) {
		uint64_t rank = quantile_rank(times.total, cause_quantile_percent[q]), below;

		total->quantile_ns[q] =
			histogram_middle(&times, histogram_find(&times, rank, &below));
	}
	histogram_fini(&times);
}

static void time_causes(struct memory_report *report)
{
	for (int cause = 0; cause < NR_FAULT_CAUSES; cause++) {
		const uint64_t *counts = memory_causes(report->model)->times[cause];

		if (counts)
			time_cause(counts, &report->causes[cause]);
	}
}

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
	report->causes[CAUSE_ZERO_UPGRADE].likely -=
		memory_totals(report->model)->confirmed_upgrades;
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

static const char *advice_name(uint32_t advice)
{
	switch (advice) {
	case MADV_DONTNEED:
		return "(MADV_DONTNEED)";
	case MADV_FREE:
		return "(MADV_FREE)";
	case MADV_REMOVE:
		return "(MADV_REMOVE)";
	default:
		return "";
	}
}

static uint32_t name_call(struct naming *n, uint32_t id)
{
	const struct memory_call *call = memory_call_of(n->report->model, id);
	const char *program = memory_call_program(n->report->model, id), *place;
	scoped_free char *name = NULL;
	char label[32];

	if (call->nr == MEMORY_CALL_BEFORE)
		return names_intern(&n->report->names, "before the recording began");
	if (program) {
		name = xasprintf("execve of %s", *program ? program : "a program");
		return names_intern(&n->report->names, name);
	}
	place = name_stack(n, call->stack, true);
	name = xasprintf("%s%s%s%s", call_label(call->nr, label), advice_name(call->detail),
			 *place ? " in " : "", place);
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

static void findings_build(const struct recording *r, struct memory_report *report)
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

/* ---- Groups ---- */

static struct fault_group group_of(const struct cause_row *row)
{
	return (struct fault_group){
		.task = row->key.task,
		.cause = (enum fault_cause)row->key.cause,
		.region_kind = (enum region_kind)row->key.region_kind,
		.size_class = row->key.size_class,
	};
}

static int by_task(const void *left, const void *right)
{
	const struct fault_group *a = left, *b = right;

	return (a->task > b->task) - (a->task < b->task);
}

static void groups_build(struct memory_report *report)
{
	struct pair_map numbers = {0};

	vec_each (&memory_causes(report->model)->rows, row) {
		struct fault_group group = group_of(row);
		uint32_t at = pair_map_number(&numbers, group.task,
					      (uint64_t)group.cause << 16 |
						      (uint64_t)group.region_kind << 8 |
						      group.size_class);

		if (at == report->groups.size)
			*vec_push(&report->groups) = group;
		report->groups.items[at].pages += row->pages;
		report->groups.items[at].service_ns += row->service_ns;
		report->groups.items[at].bytes += row->bytes;
	}
	pair_map_fini(&numbers);
	stable_sort(report->groups.items, report->groups.size, sizeof *report->groups.items,
		    by_task);
}

/* ---- The report ---- */

/* Whether what made and gave back memory was left out of the recording. */
static bool calls_are_missing(const struct recording *r, const struct memory *model)
{
	bool all_chosen = recording_has(r, "syscalls") && !recording_meta(r, "trace");

	return !all_chosen && memory_totals(model)->faults && !memory_totals(model)->calls;
}

void memory_report_build(struct recording *r, const struct scan *scan, struct memory_report *out)
{
	*out = (struct memory_report){0};
	stack_readings_init(&out->readings, r);
	out->model = model_new(r, &out->readings);
	model_feed(out->model, r);
	causes_total(out);
	time_causes(out);
	add_lost(out, scan);
	findings_build(r, out);
	groups_build(out);
	out->lacks_calls = calls_are_missing(r, out->model);
}

void memory_report_fini(struct memory_report *report)
{
	memory_free(report->model);
	stack_readings_fini(&report->readings);
	vec_free(&report->findings);
	vec_free(&report->groups);
	free(report->call_names);
	names_fini(&report->names);
}

uint32_t memory_report_call_name(const struct memory_report *report, uint32_t call)
{
	return report->call_names[call];
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

/* ---- Paths ---- */

#define NOBODY UINT64_MAX
#define BEFORE (1ULL + MEMORY_CALL_BEFORE)

static uint32_t extend_by_call(const struct recording *r, struct path_tree *tree, uint32_t node,
			       uint64_t what)
{
	const char *nobody = what == BEFORE ? "[before]" : "[nobody]";

	if (what != NOBODY && what != BEFORE)
		return path_extend_syscall(r, tree, node, what);
	return path_tree_child(tree, node, names_intern(&tree->names, nobody));
}

void memory_paths_add(struct path_tree *tree, const struct recording *r,
		      const struct memory_report *report, enum path_side side, unsigned int kinds,
		      bool with_root, unsigned int detail)
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

		if (weights[WEIGHT_COUNT] && (!kinds || kinds >> row->key.kind & 1))
			tally_add(&tally, &place, weights);
	}
	paths_add(tree, r, &tally, with_root ? path_extend_comm : NULL, extend_by_call, detail);
	tally_fini(&tally);
}

/* The cause in the low bits, above it the call as path_extend_syscall() wants it. */
static uint32_t extend_by_cause(const struct recording *r, struct path_tree *tree, uint32_t node,
				uint64_t what)
{
	enum fault_cause cause = (enum fault_cause)(what & 0xff);
	struct path_frame frame = {
		.name = names_intern(&tree->names, fault_cause_words[cause].text),
		.class = frame_class_of_cause(cause),
	};

	if (what >> 8)
		node = path_extend_syscall(r, tree, node, what >> 8);
	return path_tree_child_frame(tree, node, &frame);
}

/* Bytes are those of fault_row.h, so that they add up to those of graphs without causes. */
static void cause_paths_add(struct path_tree *tree, const struct recording *r,
			    const struct memory_report *report, unsigned int kinds,
			    unsigned int detail)
{
	struct tally tally = {0};

	vec_each (&memory_causes(report->model)->rows, row) {
		uint64_t faults = cause_row_faults(row);
		const struct place place = {
			.root = row->key.task,
			.stack = row->key.toucher,
			.leaf = (uint64_t)row->key.syscall << 8 | row->key.cause,
		};
		const uint64_t weights[NR_WEIGHTS] = {
			[WEIGHT_COUNT] = faults,
			[WEIGHT_NS] = row->service_ns,
			[WEIGHT_BYTES] = row->key.kind >= FAULT_FAILED
						 ? 0
						 : faults * recording_page_bytes(r),
		};

		if (faults && (!kinds || kinds >> row->key.kind & 1))
			tally_add(&tally, &place, weights);
	}
	paths_add(tree, r, &tally, path_extend_comm, extend_by_cause, detail);
	tally_fini(&tally);
}

void memory_paths_build(struct recording *r, enum path_side side, const struct path_choice *choice,
			unsigned int detail, struct path_tree *out)
{
	struct memory_report report = {.model = model_new(r, NULL)};
	struct scan scan;

	model_feed(report.model, r);
	scan_recording(r, &scan);
	scan_add_lost_faults(&scan, r);
	path_tree_init(out);
	if (side == BY_TOUCH)
		cause_paths_add(out, r, &report, choice->kinds, detail | PATH_FLAMES);
	else
		memory_paths_add(out, r, &report, side, choice->kinds, true, detail);
	if (!choice->kinds) /* of lost ones they are not known */
		lost_faults_add(out, r, &scan);
	path_tree_finish(out, choice->weight);
	scan_fini(&scan);
	memory_report_fini(&report);
}

static bool has_blocks(const struct recording *r)
{
	vec_each (&r->blocks, block)
		if (block->kind == BLOCK_ALLOCATIONS)
			return true;
	return false;
}

void memory_places_of_blocks(struct recording *r, const uint32_t *roots, struct tally *out)
{
	struct memory *model;

	if (!has_blocks(r))
		return;
	model = model_new(r, NULL);
	model_feed(model, r);
	block_places_add(model, roots, out);
	memory_free(model);
}
