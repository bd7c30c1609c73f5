// SPDX-License-Identifier: MIT
#include "diff/fill.h"

#include "cli/number.h"
#include "diff/fill_calls.h"
#include "loglinear.h"

#define NOBODY "[nobody]"

struct filling {
	struct diff_table *tables;
	struct alignment *alignment;
	enum side side;
	uint32_t number;
	const struct run *run;
	char **site_labels; /* by site */
};

static void add(const struct filling *f, enum facet facet, const char *name,
		const uint64_t amounts[NR_AMOUNTS])
{
	diff_table_add(&f->tables[facet], f->side, f->number, name, amounts);
}

/* ---- Words ---- */

char *size_class_text(uint32_t size_class)
{
	char from[NUMBER_SIZE], to[NUMBER_SIZE];

	size_format(1ULL << size_class, from);
	size_format(size_class < 63 ? 2ULL << size_class : UINT64_MAX, to);
	return xasprintf("%s to %s", from, to);
}

char *site_label(struct alignment *a, enum side side, const struct site *site)
{
	char label[32];
	const char *what = *site->entry ? site->entry : call_label(site->nr, label);

	if (!*site->function)
		return xstrdup(what);
	return xasprintf("%s in %s", what, alignment_name(a, side, site->function));
}

static void label_sites(struct filling *f)
{
	const struct situation *s = &f->run->report->advice.situation;

	f->site_labels = xcalloc(s->sites.size + 1, sizeof *f->site_labels);
	for (uint32_t id = 0; id < s->sites.size; id++)
		f->site_labels[id] = id ? site_label(f->alignment, f->side, &s->sites.items[id])
					: xstrdup(NOBODY);
}

static void free_labels(struct filling *f)
{
	for (uint32_t id = 0; id < f->run->report->advice.situation.sites.size; id++)
		free(f->site_labels[id]);
	free(f->site_labels);
}

/* ---- Page faults ---- */

/* Sizes of what is mapped of files are those of the files. */
static const char *size_name(const struct cause_key *key, char **to_free)
{
	if (!region_kind_is_anonymous((enum region_kind)key->region_kind))
		return "files and shared memory";
	*to_free = size_class_text(key->size_class);
	return *to_free;
}

static const char *site_name(const struct filling *f, uint32_t call)
{
	const struct memory *model = f->run->report->memory.model;

	return f->site_labels[call ? memory_place_of_call(model, call) : 0];
}

static void fill_fault_row(const struct filling *f, const struct cause_row *row)
{
	const uint64_t amounts[NR_AMOUNTS] = {
		[AMOUNT_COUNT] = row->pages,
		[AMOUNT_NS] = row->service_ns,
		[AMOUNT_BYTES] = row->bytes,
	};
	scoped_free char *size = NULL;

	if (row->key.cause == CAUSE_POPULATED) /* no faults */
		return;
	add(f, FACET_CAUSE, fault_cause_words[row->key.cause].text, amounts);
	add(f, FACET_REGION, region_kind_names[row->key.region_kind], amounts);
	add(f, FACET_SIZE, size_name(&row->key, &size), amounts);
	add(f, FACET_OWNER, site_name(f, row->key.owner), amounts);
	add(f, FACET_RETURNER, site_name(f, row->key.returner), amounts);
}

/* What the kernel counted and no row tells of, so that each facet has all. */
static void fill_lost_faults(const struct filling *f)
{
	const struct scan *scan = &f->run->report->scan;
	const uint64_t amounts[NR_AMOUNTS] = {
		[AMOUNT_COUNT] = scan->faults_lost, [AMOUNT_NS] = scan->fault_ns_lost};

	if (!scan->faults_lost)
		return;
	for (int facet = FACET_CAUSE; facet <= FACET_RETURNER; facet++) {
		if (facet != FACET_LIFE)
			add(f, (enum facet)facet, "[lost]", amounts);
	}
}

static void fill_faults(const struct filling *f)
{
	vec_each (&memory_causes(f->run->report->memory.model)->rows, row)
		fill_fault_row(f, row);
	fill_lost_faults(f);
}

/* ---- Calls that manage memory ---- */

/* "mmap in f", "brk by malloc in f". */
static char *memory_call_label(const struct filling *f, const struct site *site)
{
	char label[32];
	const char *function =
		*site->function ? alignment_name(f->alignment, f->side, site->function) : "";

	return xasprintf("%s%s%s%s%s", call_label(site->nr, label), *site->entry ? " by " : "",
			 site->entry, *function ? " in " : "", function);
}

/* Faults in memory that the site made. */
static uint64_t *faults_by_site(const struct filling *f)
{
	const struct report *report = f->run->report;
	uint64_t *faults = xcalloc(report->advice.situation.sites.size + 1, sizeof *faults);

	vec_each (&memory_causes(report->memory.model)->rows, row) {
		if (row->key.owner)
			faults[memory_place_of_call(report->memory.model, row->key.owner)] +=
				cause_row_faults(row);
	}
	return faults;
}

static void fill_memory(const struct filling *f)
{
	const struct situation *s = &f->run->report->advice.situation;
	scoped_free uint64_t *faults = faults_by_site(f);

	for (uint32_t id = 1; id < s->sites.size; id++) {
		const struct call_totals *totals = &s->sites.items[id].totals;
		scoped_free char *name = memory_call_label(f, &s->sites.items[id]);
		const uint64_t amounts[NR_AMOUNTS] = {
			[AMOUNT_COUNT] = totals->calls,
			[AMOUNT_NS] = totals->duration_ns,
			[AMOUNT_BYTES] = totals->asked_bytes,
			[AMOUNT_FAULTS] = faults[id],
		};

		if (totals->calls || faults[id])
			add(f, FACET_MEMORY, name, amounts);
	}
}

/* ---- Regions ---- */

static const char *life_name(uint64_t ns)
{
	static const struct {
		uint64_t below_ns;
		const char *name;
	} classes[] = {
		{100000, "less than 100 us"},  {1000000, "100 us to 1 ms"},
		{10000000, "1 to 10 ms"},      {100000000, "10 to 100 ms"},
		{1000000000, "100 ms to 1 s"}, {10000000000, "1 to 10 s"},
		{UINT64_MAX, "10 s and more"},
	};
	size_t i = 0;

	while (ns >= classes[i].below_ns && classes[i].below_ns != UINT64_MAX)
		i++;
	return classes[i].name;
}

static void fill_lives(const struct filling *f)
{
	vec_each (&memory_lives(f->run->report->memory.model)->rows, row) {
		if (row->kind != REGION_BLOCK && row->kind != REGION_HEAP &&
		    row->kind != REGION_ARENA)
			continue;
		for (uint32_t i = 0; i < LIFE_BUCKETS; i++) {
			const uint64_t amounts[NR_AMOUNTS] = {[AMOUNT_COUNT] = row->lives[i]};

			if (row->lives[i])
				add(f, FACET_LIFE, life_name(loglinear_lower(i, LIFE_BITS)),
				    amounts);
		}
	}
}

void tables_fill(struct diff_table tables[NR_FACETS], const struct scope *scope,
		 struct alignment *alignment, enum side side, uint32_t number,
		 const struct run *run)
{
	struct filling f = {tables, alignment, side, number, run, NULL};

	label_sites(&f);
	if (scope->faults)
		fill_faults(&f);
	if (scope->memory) {
		fill_memory(&f);
		fill_lives(&f);
	}
	if (scope->syscalls)
		calls_fill(tables, scope, alignment, side, number, run);
	free_labels(&f);
}
