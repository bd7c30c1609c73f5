// SPDX-License-Identifier: MIT
/*
 * Why one side takes more page faults: habits that only it has, and else the kind of memory that it
 * brings in, and who makes that.
 */
#include "cli/number.h"
#include "diff/diff.h"
#include "diff/fill.h"
#include "diff/growth.h"

#define SMALLEST_PART 10 /* of the difference that a finding explains: a tenth */
#define COPIED_PART   3  /* of it that copying took, to be the cause: a third */

struct looking {
	const struct diff *diff;
	struct verdict *out;
	enum side side; /* that has more faults */
	uint64_t apart; /* how many */
	uint64_t explained;
};

static const struct report *report_of(const struct looking *l, enum side side)
{
	return diff_first_run(l->diff, side)->report;
}

static uint64_t mean_fault_ns(const struct looking *l)
{
	const struct memory_totals *totals = memory_totals(report_of(l, l->side)->memory.model);

	return totals->faults ? totals->service_ns / totals->faults : 0;
}

static uint64_t at_most(uint64_t value, uint64_t most)
{
	return value < most ? value : most;
}

static void price(const struct looking *l, struct verdict_finding *finding, uint64_t faults,
		  uint64_t saved)
{
	uint64_t ns = mean_fault_ns(l);

	finding->faults = at_most(faults, l->apart);
	finding->saved_faults = at_most(saved, l->apart);
	finding->saved_ns = finding->saved_faults * ns;
	finding->price_ns = (double)(finding->faults * (ns ? ns : 1));
}

/* ---- What the other side has instead ---- */

/* Its blocks of about that size. */
static void say_other_side(const struct looking *l, struct verdict_finding *finding, uint64_t bytes)
{
	enum side other = other_side(l->side);
	uint64_t regions = 0, total = 0;
	char count[NUMBER_SIZE], size[NUMBER_SIZE];

	vec_each (&memory_lives(report_of(l, other)->memory.model)->rows, row) {
		bool is_alike = row->size_class + 1 >= size_class_of(bytes) &&
				row->size_class <= size_class_of(bytes) + 1;

		if (is_alike && (row->kind == REGION_BLOCK || row->kind == REGION_ARENA)) {
			regions += row->regions;
			total += row->bytes;
		}
	}
	if (!regions)
		verdict_say(finding, side_name(other), xstrdup("has no blocks of about that size"));
	else
		verdict_say(finding, side_name(other),
			    xasprintf("has %s of about that size: %s each",
				      count_format(regions, count),
				      size_format(total / regions, size)));
}

/* ---- Pages without faults ---- */

/* What one side takes a fault a page for, the other one has the kernel bring in all at once. */
static void find_populated(struct looking *l)
{
	const struct change *c = &l->diff->metrics[METRIC_POPULATED].change;
	double here = l->side == BASE ? c->base.mean : c->new.mean;
	double there = l->side == BASE ? c->new.mean : c->base.mean;
	uint64_t more = there > here ? (uint64_t)(there - here) : 0;
	struct verdict_finding *finding;
	char count[NUMBER_SIZE];

	if (2 * more < l->apart)
		return;
	finding = verdict_add(l->out, "not-populated", l->side,
			      xasprintf("In %s: pages are brought in one fault at a time, where %s "
					"has %s of them populated in advance",
					side_name(l->side), side_name(other_side(l->side)),
					count_format(more, count)));
	price(l, finding, l->apart, more);
	verdict_say(finding, "fix",
		    xstrdup("Populate what will all be used: MAP_POPULATE, or "
			    "madvise(MADV_POPULATE_WRITE)"));
	l->explained += finding->faults;
}

/* ---- Habits ---- */

static uint64_t faults_of_habit(const struct diagnoses *diagnoses, const char *id)
{
	uint64_t faults = 0;

	vec_each (&diagnoses->items, d)
		faults += strcmp(d->id, id) ? 0 : d->faults;
	return faults;
}

/* The same habits are looked for on both sides, however little time they cost. */
static void find_habits_of(const struct report *report, uint64_t least, struct diagnoses *out)
{
	struct situation situation = report->advice.situation; /* but for its limit */

	situation.least_faults = least;
	diagnoses_find(&situation, out);
}

static void tell_habit(struct looking *l, const struct diagnosis *d, uint64_t other)
{
	uint64_t more = d->faults - other;
	struct verdict_finding *finding = verdict_add(
		l->out, d->id, l->side, xasprintf("In %s: %s", side_name(l->side), d->title));

	price(l, finding, more, d->saved_faults);
	vec_each (&d->evidence, line) {
		if (strcmp(line->label, "would save") != 0)
			verdict_say(finding, line->label, xstrdup(line->text));
	}
	if (d->most_bytes)
		say_other_side(l, finding, d->most_bytes);
	verdict_say(finding, "fix", xstrdup(d->remedy));
	l->explained += finding->faults;
}

static void find_habits(struct looking *l)
{
	uint64_t least = l->apart / SMALLEST_PART + 1;
	struct diagnoses here, there;

	find_habits_of(report_of(l, l->side), least, &here);
	find_habits_of(report_of(l, other_side(l->side)), least, &there);
	vec_each (&here.items, d) {
		uint64_t other = faults_of_habit(&there, d->id);

		if (d->faults > other && d->faults - other >= least &&
		    strcmp(d->id, "first-touch-pass") && strcmp(d->id, "huge-pages-unused"))
			tell_habit(l, d, other);
	}
	diagnoses_fini(&here);
	diagnoses_fini(&there);
}

/* ---- Copies ---- */

static uint64_t copied_faults(const struct report *report)
{
	uint64_t faults = 0;

	vec_each (&report->advice.situation.flows, flow)
		faults += flow->by_copy && flow->region_kind != REGION_FILE &&
					  flow->region_kind != REGION_ZEROED
				  ? flow->pages
				  : 0;
	return faults;
}

static const struct flow *largest_copy(const struct report *report)
{
	const struct flow *largest = NULL;

	vec_each (&report->advice.situation.flows, flow) {
		if (flow->by_copy && (!largest || flow->pages > largest->pages))
			largest = flow;
	}
	return largest;
}

static void find_copies(struct looking *l)
{
	uint64_t here = copied_faults(report_of(l, l->side));
	uint64_t there = copied_faults(report_of(l, other_side(l->side)));
	const struct situation *s = &report_of(l, l->side)->advice.situation;
	const struct flow *flow = largest_copy(report_of(l, l->side));
	struct verdict_finding *finding;
	char count[NUMBER_SIZE];
	scoped_free char *touch = NULL, *owner = NULL;

	if (!flow || here <= there || (here - there) * COPIED_PART < l->apart)
		return;
	touch = flow_touch(flow);
	owner = site_text(&s->sites.items[flow->owner]);
	finding = verdict_add(l->out, "growth-by-copy", l->side,
			      xasprintf("In %s: blocks are copied into new ones, where %s moves or "
					"keeps them: %s took %s page faults",
					side_name(l->side), side_name(other_side(l->side)), touch,
					count_format(here - there, count)));
	price(l, finding, l->apart, here - there);
	verdict_say(finding, "made by", xstrdup(owner));
	verdict_say(finding, "fix",
		    xstrdup("Copy nothing that is only read. Where blocks grow, ask for the final "
			    "size at once, or use realloc(): it moves the pages of large ones "
			    "(mremap) and copies nothing"));
	l->explained += l->apart;
}

/* ---- Growth ---- */

static void tell_growth(struct looking *l, const struct growth *here, uint64_t there)
{
	uint64_t more = here->faults - there;
	char count[NUMBER_SIZE], other_count[NUMBER_SIZE];
	struct verdict_finding *finding = verdict_add(
		l->out, "container-growth", l->side,
		xasprintf("In %s: %s%s%s%s makes what it has larger step by step: %s page faults "
			  "more than the %s of that in %s",
			  side_name(l->side), here->function, *here->caller ? " (for " : "",
			  here->caller, *here->caller ? ")" : "", count_format(more, count),
			  count_format(there, other_count), side_name(other_side(l->side))));

	price(l, finding, more, more);
	verdict_say(finding, "fix",
		    xstrdup("Ask for the final size beforehand: reserve(), with_capacity()"));
	l->explained += finding->faults;
}

static void find_growth(struct looking *l)
{
	struct growth here, there;

	growth_find(diff_first_run(l->diff, l->side), &here);
	growth_find(diff_first_run(l->diff, other_side(l->side)), &there);
	if (here.faults > there.faults && 2 * (here.faults - there.faults) >= l->apart)
		tell_growth(l, &here, there.faults);
	growth_fini(&here);
	growth_fini(&there);
}

/* ---- Any memory ---- */

/* Faults by what they are, without names. */
struct memory_group {
	uint32_t key; /* cause, kind */
	uint64_t pages[NR_SIDES];
};
struct memory_groups {
	VEC(struct memory_group) items;
	struct pair_map numbers;
};

static uint32_t group_key(const struct flow *flow)
{
	return (uint32_t)flow->cause << 8 | (uint32_t)flow->region_kind;
}

static void group_flows(const struct report *report, enum side side, struct memory_groups *out)
{
	vec_each (&report->advice.situation.flows, flow) {
		uint32_t key = group_key(flow);
		uint32_t number = pair_map_number(&out->numbers, key, 0);

		vec_extend(&out->items, (size_t)number + 1);
		out->items.items[number].key = key;
		out->items.items[number].pages[side] += flow->pages;
	}
}

static const struct memory_group *largest_group(const struct looking *l,
						const struct memory_groups *groups)
{
	enum side other = other_side(l->side);
	const struct memory_group *best = NULL;

	vec_each (&groups->items, g) {
		uint64_t more = g->pages[l->side] > g->pages[other]
					? g->pages[l->side] - g->pages[other]
					: 0;

		if (more && (!best || more > best->pages[l->side] - best->pages[other]))
			best = g;
	}
	return best;
}

static const struct flow *largest_flow(const struct report *report, uint32_t key)
{
	const struct flow *largest = NULL;

	vec_each (&report->advice.situation.flows, flow) {
		if (group_key(flow) == key && (!largest || flow->pages > largest->pages))
			largest = flow;
	}
	return largest;
}

/* " of 8.00 MiB to 16.0 MiB"; a heap's size is not that of what is in it. */
static char *block_size(const struct flow *flow)
{
	scoped_free char *size = flow && flow->region_kind == REGION_BLOCK
					 ? size_class_text(flow->size_class)
					 : NULL;

	return size ? xasprintf(" of %s", size) : xstrdup("");
}

static void say_sites(const struct situation *s, const struct flow *flow,
		      struct verdict_finding *finding)
{
	const struct site *owner = &s->sites.items[flow->owner];
	const struct site *returner = &s->sites.items[flow->returner];

	if (flow->owner && *owner->function)
		verdict_say(finding, "made by", site_text(owner));
	verdict_say(finding, "touched by", flow_touch(flow));
	if (flow->returner)
		verdict_say(finding, "given back by", site_text(returner));
}

static void tell_group(struct looking *l, const struct memory_group *g)
{
	enum side other = other_side(l->side);
	enum fault_cause cause = (enum fault_cause)(g->key >> 8);
	enum region_kind kind = (enum region_kind)(g->key & 0xff);
	const struct flow *flow = largest_flow(report_of(l, l->side), g->key);
	const struct flow *there = largest_flow(report_of(l, other), g->key);
	scoped_free char *size = block_size(flow), *other_size = block_size(there);
	scoped_free char *touch = flow_touch(flow);
	uint64_t more = g->pages[l->side] - g->pages[other];
	char count[NUMBER_SIZE], other_count[NUMBER_SIZE];
	struct verdict_finding *finding;

	finding = verdict_add(
		l->out, fault_cause_words[cause].key, l->side,
		xasprintf("In %s: %s, %s%s: %s page faults more than the %s of %s%s, most by %s",
			  side_name(l->side), fault_cause_words[cause].text,
			  region_kind_names[kind], size, count_format(more, count),
			  count_format(g->pages[other], other_count), side_name(other), other_size,
			  touch));
	price(l, finding, more, more);
	say_sites(&report_of(l, l->side)->advice.situation, flow, finding);
	l->explained += finding->faults;
}

static void find_memory(struct looking *l)
{
	struct memory_groups groups = {0};
	const struct memory_group *largest;

	group_flows(report_of(l, BASE), BASE, &groups);
	group_flows(report_of(l, NEW), NEW, &groups);
	largest = largest_group(l, &groups);
	if (largest)
		tell_group(l, largest);
	vec_free(&groups.items);
	pair_map_fini(&groups.numbers);
}

void verdict_find_faults(const struct diff *diff, struct verdict *out)
{
	const struct metric_change *faults = &diff->metrics[METRIC_FAULTS];
	double delta = change_delta(&faults->change);
	struct looking l = {
		.diff = diff,
		.out = out,
		.side = delta < 0 ? BASE : NEW,
		.apart = (uint64_t)(delta < 0 ? -delta : delta),
	};

	if (!faults->is_known || !faults->change.is_claimed)
		return;
	find_populated(&l);
	if (2 * l.explained < l.apart)
		find_habits(&l);
	if (2 * l.explained < l.apart)
		find_copies(&l);
	if (2 * l.explained < l.apart)
		find_growth(&l);
	if (2 * l.explained < l.apart)
		find_memory(&l);
}
