// SPDX-License-Identifier: MIT
/*
 * Functions that the alignment gives one name are one row: their times are put together before
 * quantiles are taken of them.
 */
#include "diff/fill_calls.h"

#include "profile/facts.h"
#include "stats/quantiles.h"

#define P50_PPM 500000
#define P99_PPM 990000

struct filling {
	struct diff_table *tables;
	const struct scope *scope;
	struct alignment *alignment;
	enum side side;
	uint32_t number;
	const struct run *run;
};

static void add(const struct filling *f, enum facet facet, const char *name,
		const uint64_t amounts[NR_AMOUNTS])
{
	diff_table_add(&f->tables[facet], f->side, f->number, name, amounts);
}

/* ---- By name ---- */

static uint64_t bytes_of_key(const struct run *run, uint32_t key)
{
	uint64_t bytes = 0;

	vec_each (&run->calls.sites, site)
		bytes += site->key == key ? site->amounts.bytes : 0;
	return bytes;
}

static uint64_t told(uint64_t timed, unsigned int ppm, uint64_t quantile_ns)
{
	return quantile_is_told(timed, ppm) ? quantile_ns : 0;
}

static void fill_calls(const struct filling *f)
{
	vec_each (&f->run->report->syscalls.rows, row) {
		const uint64_t amounts[NR_AMOUNTS] = {
			[AMOUNT_COUNT] = row->calls,
			[AMOUNT_NS] = row->total_ns,
			[AMOUNT_BYTES] = bytes_of_key(f->run, row->key),
			[AMOUNT_ERRORS] = row->errors,
			[AMOUNT_P50] = told(row->timed, P50_PPM, row->quantile_ns[P50]),
			[AMOUNT_P99] = told(row->timed, P99_PPM, row->quantile_ns[P99]),
		};
		char label[32];

		if (!call_is_tracers(row->key) && scope_has_call(f->scope, row->key))
			add(f, FACET_SYSCALL, call_label(row->key, label), amounts);
	}
}

/* ---- By who makes them ---- */

struct group {
	struct call_amounts amounts;
	struct spread times;
};

struct groups {
	struct names names;
	VEC(struct group) items; /* by name */
};

static char *call_site_label(const struct filling *f, const struct call_site *site)
{
	const char *function = call_site_function(&f->run->calls, site);
	char buffer[32];
	const char *label = call_label(site->key, buffer);

	return *function ? xasprintf("%s in %s", label,
				     alignment_name(f->alignment, f->side, function))
			 : xstrdup(label);
}

static void group_sites(const struct filling *f, struct groups *out)
{
	vec_each (&f->run->calls.sites, site) {
		scoped_free char *label = call_site_label(f, site);
		uint32_t name = names_intern(&out->names, label);
		struct group *group;

		if (!scope_has_call(f->scope, site->key))
			continue;
		vec_extend(&out->items, (size_t)name + 1);
		group = &out->items.items[name];
		call_amounts_add(&group->amounts, &site->amounts);
		spread_merge(&group->times, &site->times);
	}
}

static void add_group(const struct filling *f, enum facet facet, const char *name,
		      const struct call_amounts *of, const struct spread *times)
{
	const uint64_t amounts[NR_AMOUNTS] = {
		[AMOUNT_COUNT] = of->calls,
		[AMOUNT_NS] = of->ns,
		[AMOUNT_BYTES] = of->bytes,
		[AMOUNT_ERRORS] = of->errors,
		[AMOUNT_P50] = told(times->total, P50_PPM, spread_quantile(times, P50_PPM)),
		[AMOUNT_P99] = told(times->total, P99_PPM, spread_quantile(times, P99_PPM)),
	};

	if (of->calls)
		add(f, facet, name, amounts);
}

static uint64_t missing(uint64_t all, uint64_t seen)
{
	return all > seen ? all - seen : 0;
}

/* What the kernel counted and no row tells of, so that the sites have all. */
static void add_lost(const struct filling *f, const struct call_amounts *seen)
{
	const struct run *run = f->run;
	const struct call_amounts lost = {
		.calls = missing(run->metrics.at[METRIC_SYSCALLS].value, seen->calls),
		.errors = missing(run->metrics.at[METRIC_ERRORS].value, seen->errors),
		.ns = missing(run->metrics.at[METRIC_SYSCALL_NS].value, seen->ns),
	};

	add_group(f, FACET_CALL_SITE, "[lost]", &lost, &(struct spread){0});
}

static void fill_call_sites(const struct filling *f)
{
	struct call_amounts seen = {0};
	struct groups groups = {0};

	group_sites(f, &groups);
	for (uint32_t name = 1; name < groups.items.size; name++) {
		struct group *group = &groups.items.items[name];

		add_group(f, FACET_CALL_SITE, names_text(&groups.names, name), &group->amounts,
			  &group->times);
		call_amounts_add(&seen, &group->amounts);
		spread_fini(&group->times);
	}
	if (f->scope->same_calls)
		add_lost(f, &seen);
	vec_free(&groups.items);
	names_fini(&groups.names);
}

/* ---- By file ---- */

static void fill_files(const struct filling *f)
{
	const struct file_scan *files = &f->run->files;

	vec_each (&files->items, use) {
		const struct call_amounts amounts = {use->calls, use->errors, use->ns,
						     use->read_bytes + use->written_bytes};

		add_group(f, FACET_FILE, names_text(&files->names, use->name), &amounts,
			  &use->times);
	}
}

void calls_fill(struct diff_table tables[NR_FACETS], const struct scope *scope,
		struct alignment *alignment, enum side side, uint32_t number, const struct run *run)
{
	const struct filling f = {tables, scope, alignment, side, number, run};

	fill_calls(&f);
	fill_call_sites(&f);
	if (scope->files)
		fill_files(&f);
}
