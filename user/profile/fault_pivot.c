// SPDX-License-Identifier: MIT
#include "profile/fault_pivot.h"

#include <inttypes.h>
#include <xxhash.h>

#include "profile/facts.h"
#include "recording/idmap.h"

const char *const pivot_key_names[NR_PIVOT_KEYS + 1] = {
	[PIVOT_PROCESS] = "process", [PIVOT_THREAD] = "thread", [PIVOT_CAUSE] = "cause",
	[PIVOT_KIND] = "kind",       [PIVOT_SIZE] = "size",     [PIVOT_VMA] = "vma",
};

/* "1.00 MiB to 2.00 MiB": a class by powers of two; each bound is a whole number of its unit. */
static char *size_text(uint32_t class)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	uint32_t to = class + 1;

	if (!class)
		return xstrdup("-");
	return xasprintf("%llu %s to %llu %s", 1ULL << class % 10, units[class / 10],
			 1ULL << to % 10, units[to / 10]);
}

static char *task_text(const struct recording *r, uint32_t task, bool of_process)
{
	const struct task *t = &r->tasks.items[task];

	if (of_process)
		return xasprintf("%s %" PRIu32, task_comm(r, t->process),
				 r->tasks.items[t->process].pid);
	return xasprintf("%s %" PRIu32, task_comm(r, task), t->tid);
}

/* Of a file its path, also of what it lacks; else what it is, with the call that made it. */
static char *vma_text(const struct recording *r, const struct memory_report *memory,
		      const struct cause_key *key)
{
	const char *kind = region_kind_names[key->region_kind];
	uint32_t owner = memory_report_call_name(memory, key->owner);

	if (key->module >= FIRST_FILE_MODULE && key->module < r->modules.size)
		return xstrdup(r->modules.items[key->module].path);
	if (!key->owner || !region_kind_is_anonymous((enum region_kind)key->region_kind))
		return xasprintf("[%s]", kind);
	return xasprintf("[%s] %s", kind, names_text(&memory->names, owner));
}

static char *value_text(const struct recording *r, const struct memory_report *memory,
			const struct cause_key *key, enum pivot_key what)
{
	switch (what) {
	case PIVOT_PROCESS:
	case PIVOT_THREAD:
		return task_text(r, key->task, what == PIVOT_PROCESS);
	case PIVOT_CAUSE:
		return xstrdup(fault_cause_words[key->cause].text);
	case PIVOT_KIND:
		return xstrdup(region_kind_names[key->region_kind]);
	case PIVOT_SIZE:
		return size_text(key->size_class);
	default:
		return vma_text(r, memory, key);
	}
}

struct pivoting {
	struct fault_pivot *out;
	struct idmap ids; /* row + 1 */
};

static bool values_equal(const void *owner, uint32_t id, const void *wanted)
{
	const struct fault_pivot *pivot = owner;

	return !memcmp(pivot->rows.items[id - 1].values, wanted,
		       sizeof pivot->rows.items[0].values);
}

static struct pivot_row *row_of(struct pivoting *p, const uint32_t values[NR_PIVOT_KEYS])
{
	uint32_t new_id = (uint32_t)p->out->rows.size + 1;
	size_t size = NR_PIVOT_KEYS * sizeof *values;
	uint32_t id = idmap_intern(&p->ids, XXH3_64bits(values, size), values_equal, p->out, values,
				   new_id);

	if (id == new_id)
		memcpy(vec_push(&p->out->rows)->values, values, size);
	return &p->out->rows.items[id - 1];
}

static void row_add(struct pivot_row *to, const struct cause_row *row)
{
	uint64_t faults = cause_row_faults(row);

	to->faults += faults;
	to->populated_pages += row->pages - faults;
	to->service_ns += row->service_ns;
	to->bytes += row->bytes;
}

static uint64_t weight_of(const struct pivot_row *row, enum weight weight)
{
	return weight == WEIGHT_NS      ? row->service_ns
	       : weight == WEIGHT_BYTES ? row->bytes
					: row->faults;
}

static int compare(const struct fault_pivot *pivot, const struct pivot_row *a,
		   const struct pivot_row *b, enum weight weight)
{
	uint64_t first = weight_of(a, weight), second = weight_of(b, weight);
	int order = 0;

	if (first != second)
		return first < second ? 1 : -1;
	for (unsigned int i = 0; i < pivot->nr_keys && !order; i++)
		order = strcmp(names_text(&pivot->names, a->values[i]),
			       names_text(&pivot->names, b->values[i]));
	return order;
}

struct ordering {
	const struct fault_pivot *pivot;
	enum weight weight;
};

static int by_weight(const void *left, const void *right, void *arg)
{
	const struct ordering *o = arg;

	return compare(o->pivot, left, right, o->weight);
}

void fault_pivot_build(const struct recording *r, const struct memory_report *memory,
		       const enum pivot_key *keys, unsigned int nr_keys, enum weight weight,
		       struct fault_pivot *out)
{
	struct pivoting p = {.out = out};
	struct ordering ordering = {out, weight};

	*out = (struct fault_pivot){.nr_keys = nr_keys};
	memcpy(out->keys, keys, nr_keys * sizeof *keys);
	vec_each (&memory_causes(memory->model)->rows, row) {
		uint32_t values[NR_PIVOT_KEYS] = {0};

		for (unsigned int i = 0; i < nr_keys; i++) {
			scoped_free char *text = value_text(r, memory, &row->key, keys[i]);

			values[i] = names_intern(&out->names, text);
		}
		row_add(row_of(&p, values), row);
		row_add(&out->all, row);
		if (nr_keys == 1 && keys[0] == PIVOT_CAUSE && memory->causes[row->key.cause].timed)
			row_of(&p, values)->times = &memory->causes[row->key.cause];
	}
	out->all.faults += memory->lost_faults;
	idmap_fini(&p.ids);
	if (out->rows.size)
		qsort_r(out->rows.items, out->rows.size, sizeof *out->rows.items, by_weight,
			&ordering);
}

void fault_pivot_fini(struct fault_pivot *pivot)
{
	names_fini(&pivot->names);
	vec_free(&pivot->rows);
}
