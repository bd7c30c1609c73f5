// SPDX-License-Identifier: MIT
#include "advice/diagnosis.h"

#include "advice/pattern.h"
#include "cli/number.h"

#define MOST_GROUPS 64 /* of a pattern: what is spread wider than that is none */

static const struct pattern *const tables[] = {
	use_patterns, glibc_patterns, library_patterns, own_patterns, pass_patterns,
};

/* ---- Words ---- */

bool flow_is_own_memory(const struct flow *flow)
{
	return flow->region_kind == REGION_HEAP || flow->region_kind == REGION_ARENA ||
	       flow->region_kind == REGION_BLOCK;
}

const char *key_by_owner(const struct situation *s, const struct flow *flow)
{
	return flow_owner(s, flow)->function;
}

char *group_sizes(const struct group *g)
{
	char least[NUMBER_SIZE], most[NUMBER_SIZE];

	size_format(g->least_bytes, least);
	size_format(g->most_bytes, most);
	if (!strcmp(least, most))
		return xstrdup(most);
	return xasprintf("%s to %s", least, most);
}

bool group_in_threads(const struct group *g)
{
	return 2 * g->in_threads > g->faults;
}

const struct remedy *group_keeper(const struct group *g)
{
	static const char *const names[NR_ALLOCATORS] = {
		[ALLOCATOR_GLIBC] = "glibc-keep",
		[ALLOCATOR_JEMALLOC] = "jemalloc-keep",
		[ALLOCATOR_TCMALLOC] = "tcmalloc-keep",
	};
	enum allocator allocator = group_owner(g)->allocator;

	if (allocator == ALLOCATOR_GLIBC && group_in_threads(g) &&
	    g->most_bytes >= GLIBC_HEAP_BYTES)
		return remedy_find("glibc-keep-one-arena");
	return names[allocator] ? remedy_find(names[allocator]) : NULL;
}

/* ---- Evidence ---- */

static void add_line(struct diagnosis *d, const char *label, char *text)
{
	*vec_push(&d->evidence) = (struct diagnosis_line){label, text};
}

/* The largest, and how many more there are. */
static char *largest_site(const struct group *g, const struct shares *shares,
			  const struct site *largest)
{
	scoped_free char *text = site_text(largest);
	size_t others = shares->items.size ? shares->items.size - 1 : 0;
	char share[NUMBER_SIZE];
	uint64_t all = 0;

	if (!others)
		return xstrdup(text);
	vec_each (&shares->items, item)
		all += item->pages;
	(void)g;
	return xasprintf("%s (%s), and %zu other place%s", text,
			 percent_format(shares->items.items[0].pages, all, share), others,
			 others == 1 ? "" : "s");
}

static char *describe_threads(const struct group *g)
{
	size_t threads = g->tasks.items.size;

	if (!g->in_threads)
		return xasprintf("the main thread%s", threads > 1 ? " of several processes" : "");
	return xasprintf("%zu thread%s%s", threads, threads == 1 ? "" : "s",
			 g->in_threads == g->faults ? " beside the main one"
						    : ", the main one among them");
}

static char *describe_regions(const struct group *g)
{
	scoped_free char *sizes = group_sizes(g);
	char count[NUMBER_SIZE], life[NUMBER_SIZE], peak[NUMBER_SIZE], added[NUMBER_SIZE];

	return xasprintf("%s of %s, each there for about %s; %s in all, at most %s at a time",
			 count_format(g->regions, count), sizes,
			 duration_format(g->median_ns, life), size_format(g->added_bytes, added),
			 size_format(g->peak_bytes, peak));
}

static char *describe_cost(const struct group *g)
{
	const struct situation *s = g->s;
	char faults[NUMBER_SIZE], of_all[NUMBER_SIZE], time[NUMBER_SIZE], of_time[NUMBER_SIZE];
	uint64_t whole = s->system_ns ? s->system_ns : s->wall_ns;

	count_format(g->faults, faults);
	percent_format(g->faults, s->faults, of_all);
	duration_format(g->service_ns, time);
	if (!whole)
		return xasprintf("%s page faults (%s of all), %s", faults, of_all, time);
	if (g->service_ns > whole)
		whole = g->service_ns; /* its clock ticks more coarsely */
	return xasprintf("%s page faults (%s of all), %s (%s of the %s time)", faults, of_all, time,
			 percent_format(g->service_ns, whole, of_time),
			 s->system_ns ? "system" : "wall");
}

static char *describe_saving(const struct diagnosis *d)
{
	char faults[NUMBER_SIZE], least[NUMBER_SIZE], most[NUMBER_SIZE];

	count_format(d->saved_faults, faults);
	if (!d->saved_faults)
		return xstrdup("cannot be told");
	if (d->saved_least_ns == d->saved_most_ns)
		return xasprintf("about %s faults, %s", faults,
				 duration_format(d->saved_most_ns, most));
	if (!d->saved_least_ns)
		return xasprintf("up to %s faults, up to %s", faults,
				 duration_format(d->saved_most_ns, most));
	return xasprintf("about %s faults, %s to %s", faults,
			 duration_format(d->saved_least_ns, least),
			 duration_format(d->saved_most_ns, most));
}

static void add_evidence(const struct group *g, struct diagnosis *d)
{
	const struct site *owner = group_owner(g), *returner = group_returner(g);

	if (owner != g->s->sites.items)
		add_line(d, "made by", largest_site(g, &g->owners, owner));
	add_line(d, "touched by", flow_touch(group_toucher(g)));
	if (returner != g->s->sites.items && (g->returners.items.size || g->regions > 2))
		add_line(d, "given back by", largest_site(g, &g->returners, returner));
	if (g->regions > 2)
		add_line(d, "regions", describe_regions(g));
	add_line(d, "threads", describe_threads(g));
	add_line(d, "cost", describe_cost(g));
	add_line(d, "would save", describe_saving(d));
}

/* ---- Patterns ---- */

static uint64_t time_of(const struct group *g, uint64_t faults)
{
	return g->faults ? (uint64_t)((__uint128_t)g->service_ns * faults / g->faults) : 0;
}

static bool pays(const struct situation *s, uint64_t faults, uint64_t ns)
{
	bool is_known = s->system_ns || s->wall_ns;

	if (s->least_faults)
		return faults >= s->least_faults;
	if (faults < LEAST_FAULTS)
		return false;
	return !is_known || (s->system_ns && ns >= s->system_ns / LEAST_PART) ||
	       (s->wall_ns && ns >= s->wall_ns / LEAST_PART);
}

static uint32_t site_id(const struct situation *s, const struct site *site)
{
	return (uint32_t)(site - s->sites.items);
}

static void tell(const struct pattern *pattern, const struct group *g, struct diagnoses *out)
{
	const struct flow *toucher = group_toucher(g);
	uint64_t cost = pattern->cost(g);
	struct diagnosis *d = vec_push(&out->items);

	*d = (struct diagnosis){
		.id = pattern->id,
		.faults = g->faults,
		.service_ns = g->service_ns,
		.saved_faults = cost,
		.saved_least_ns = time_of(g, cost),
		.saved_most_ns = time_of(g, cost),
		.owner = site_id(g->s, group_owner(g)),
		.returner = site_id(g->s, group_returner(g)),
		.toucher = toucher->toucher,
		.touching = toucher->touching,
		.regions = g->regions,
		.least_bytes = g->least_bytes,
		.most_bytes = g->most_bytes,
		.median_ns = g->median_ns,
		.peak_bytes = g->peak_bytes,
		.threads = (uint32_t)g->tasks.items.size,
		.in_main = g->in_threads < g->faults,
		.in_threads = g->in_threads,
	};
	pattern->explain(g, d);
	add_evidence(g, d);
}

static struct group *group_for(struct group *groups, size_t *nr, const char *text)
{
	for (size_t i = 0; i < *nr; i++) {
		if (!strcmp(groups[i].text, text))
			return &groups[i];
	}
	if (*nr == MOST_GROUPS)
		return NULL;
	groups[*nr] = (struct group){.text = text};
	return &groups[(*nr)++];
}

/* Tells of each group that the pattern holds for, and takes its faults. */
static void pattern_try(const struct pattern *pattern, const struct situation *s, bool *taken,
			struct diagnoses *out)
{
	struct group groups[MOST_GROUPS];
	size_t nr = 0;

	for (uint32_t id = 0; id < s->flows.size; id++) {
		const struct flow *flow = &s->flows.items[id];
		struct group *g = NULL;

		if (!taken[id] && pattern->wants(s, flow))
			g = group_for(groups, &nr, pattern->key ? pattern->key(s, flow) : "");
		if (g)
			group_add(g, s, id);
	}
	for (struct group *g = groups; g < groups + nr; g++) {
		if (pays(s, g->faults, g->service_ns)) { /* else what it might save does not */
			group_finish(g);
			if (pattern->holds(g) &&
			    pays(s, pattern->cost(g), time_of(g, pattern->cost(g)))) {
				vec_each (&g->flows, id)
					taken[*id] = true;
				tell(pattern, g, out);
			}
		}
		group_fini(g);
	}
}

static int by_price(const void *left, const void *right)
{
	const struct diagnosis *a = left, *b = right;

	if (a->service_ns != b->service_ns)
		return a->service_ns < b->service_ns ? 1 : -1;
	if (a->faults != b->faults)
		return a->faults < b->faults ? 1 : -1;
	return strcmp(a->id, b->id);
}

void diagnoses_find(const struct situation *s, struct diagnoses *out)
{
	scoped_free bool *taken = xcalloc(s->flows.size + 1, sizeof *taken);

	*out = (struct diagnoses){0};
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		for (const struct pattern *pattern = tables[i]; pattern->id; pattern++)
			pattern_try(pattern, s, taken, out);
	}
	if (out->items.size)
		qsort(out->items.items, out->items.size, sizeof *out->items.items, by_price);
}

bool diagnosis_answered_by(const struct diagnosis *d, const struct remedy *remedy)
{
	const struct remedy *keep = remedy_find("glibc-keep");
	const struct remedy *one_arena = remedy_find("glibc-keep-one-arena");

	if (!d->attempt)
		return false;
	return d->attempt == remedy || (d->attempt == keep && remedy == one_arena) ||
	       (remedy->preload && (d->attempt == keep || d->attempt == one_arena));
}

void diagnoses_fini(struct diagnoses *diagnoses)
{
	vec_each (&diagnoses->items, d) {
		vec_each (&d->evidence, line)
			free(line->text);
		vec_free(&d->evidence);
		free(d->title);
		free(d->remedy);
	}
	vec_free(&diagnoses->items);
}
