// SPDX-License-Identifier: MIT
#include "analysis/call_groups.h"

#include "decode/byte_flow.h"
#include "analysis/net_times.h"
#include "profile/facts.h"
#include "recording/format.h"
#include "stats/quantiles.h"
#include "stats/selection.h"

#define BATCH_ROWS (16U << 20)
#define NR_ASKED   (3 * NR_CALL_QUANTILES)

const unsigned int call_quantile_ppm[NR_CALL_QUANTILES] = {
	500000, 750000, 900000, 950000, 990000, 999000, 999900,
};
const char *const call_quantile_names[NR_CALL_QUANTILES] = {
	"p50", "p75", "p90", "p95", "p99", "p99.9", "p99.99",
};

bool call_quantile_is_told(uint64_t timed, unsigned int quantile)
{
	return quantile_is_told(timed, call_quantile_ppm[quantile]);
}

/* ---- Rows, with the number of their group ---- */

/* What is done with the rows of a block; groups[row] is the number of each one's group. */
typedef void block_visitor(void *arg, const struct columns *c, const uint32_t *groups);

static void visit_blocks(struct recording *r, struct grouping *g, uint32_t mask,
			 block_visitor *visit, void *arg)
{
	scoped_free uint32_t *groups = xcalloc(BLOCK_ROWS, sizeof *groups);

	grouping_restart(g);
	vec_each (&r->blocks, block) {
		struct columns c;

		if (block->kind != BLOCK_SYSCALLS ||
		    block_columns(r, block, mask | grouping_columns(g), &c) < 0)
			continue;
		grouping_block(g, r, block, &c);
		for (uint32_t row = 0; row < c.rows; row++)
			groups[row] = grouping_number(g, &c, row);
		visit(arg, &c, groups);
		columns_fini(&c);
	}
}

static bool is_timed(const struct columns *c, uint32_t row)
{
	return !(c->at[SYSCALL_FLAGS][row] & SYSCALL_UNTIMED);
}

/* ---- First pass: counting ---- */

static void count_row(struct call_group *group, const struct columns *c, uint32_t row)
{
	int64_t result = (int64_t)c->at[SYSCALL_RESULT][row];
	uint64_t own_ns;
	uint32_t key = syscall_key(c->at[SYSCALL_NR][row], c->at[SYSCALL_FLAGS][row]);

	group->calls++;
	if (result < 0 && result >= -4095)
		group->errors++;
	else if (moves_bytes(key))
		group->bytes += (uint64_t)result;
	if (!is_timed(c, row))
		return;
	moments_add(&group->times, &c->at[SYSCALL_DURATION_NS][row], 1);
	own_ns = net_ns(c->at[SYSCALL_DURATION_NS][row], c->at[SYSCALL_READY_NS][row]);
	if (own_ns > group->own_max_ns)
		group->own_max_ns = own_ns;
}

static void count_block(void *arg, const struct columns *c, const uint32_t *groups)
{
	struct call_groups *all = arg;

	vec_extend(&all->groups, grouping_size(&all->grouping));
	for (uint32_t row = 0; row < c->rows; row++)
		count_row(&all->groups.items[groups[row]], c, row);
}

static void sum_up(struct call_groups *groups)
{
	struct call_group *all = &groups->all;

	vec_each (&groups->groups, group) {
		all->calls += group->calls;
		all->errors += group->errors;
		all->bytes += group->bytes;
		moments_merge(&all->times, &group->times);
	}
}

/* ---- Which ranks ---- */

struct ranks {
	uint64_t of[NR_ASKED];
};

/* The quantiles' own, then the two ends of each one's interval; 1 for what nobody will look at. */
static void ranks_of_group(struct call_group *group, struct ranks *out)
{
	uint64_t timed = group->times.count;

	for (unsigned int i = 0; i < NR_CALL_QUANTILES; i++) {
		struct call_quantile *q = &group->quantiles[i];
		uint64_t low = 1, high = 1;

		q->has_interval = quantile_interval(timed, call_quantile_ppm[i], &low, &high);
		out->of[i] = quantile_rank_ppm(timed, call_quantile_ppm[i]);
		out->of[NR_CALL_QUANTILES + 2 * i] = q->has_interval ? low : 1;
		out->of[NR_CALL_QUANTILES + 2 * i + 1] = q->has_interval ? high : 1;
	}
}

static void take_values(struct call_group *group, const uint64_t values[NR_ASKED], bool is_exact)
{
	for (unsigned int i = 0; i < NR_CALL_QUANTILES; i++) {
		struct call_quantile *q = &group->quantiles[i];

		q->value_ns = values[i];
		q->low_ns = values[NR_CALL_QUANTILES + 2 * i];
		q->high_ns = values[NR_CALL_QUANTILES + 2 * i + 1];
		q->is_exact = is_exact;
	}
}

/* ---- Second pass: groups that fit together ---- */

struct batch {
	uint32_t first, end; /* groups */
	uint64_t *durations;
	size_t *next; /* by group of the batch: where the next duration goes */
	size_t *ends;
};

static void gather_block(void *arg, const struct columns *c, const uint32_t *groups)
{
	struct batch *b = arg;

	for (uint32_t row = 0; row < c->rows; row++) {
		uint32_t group = groups[row] - b->first;

		if (groups[row] >= b->first && groups[row] < b->end && is_timed(c, row) &&
		    b->next[group] < b->ends[group])
			b->durations[b->next[group]++] = c->at[SYSCALL_DURATION_NS][row];
	}
}

static void select_in_memory(struct call_group *group, uint64_t *durations, size_t nr)
{
	uint64_t values[NR_ASKED];
	struct ranks ranks;

	if (!nr)
		return;
	ranks_of_group(group, &ranks);
	for (unsigned int i = 0; i < NR_ASKED; i++) { /* fewer, if a block went bad meanwhile */
		if (ranks.of[i] > nr)
			ranks.of[i] = nr;
	}
	selection_of(durations, nr, ranks.of, NR_ASKED, values);
	take_values(group, values, nr == group->times.count);
}

static void batch_run(struct recording *r, struct call_groups *groups, uint32_t first, uint32_t end,
		      uint64_t rows)
{
	struct batch b = {
		.first = first,
		.end = end,
		.durations = xcalloc(rows + 1, sizeof *b.durations),
		.next = xcalloc(end - first, sizeof *b.next),
		.ends = xcalloc(end - first, sizeof *b.ends),
	};
	size_t at = 0;

	for (uint32_t i = first; i < end; i++) {
		b.next[i - first] = at;
		b.ends[i - first] = at += groups->groups.items[i].times.count;
	}
	visit_blocks(r, &groups->grouping, COLUMN(SYSCALL_DURATION_NS) | COLUMN(SYSCALL_FLAGS),
		     gather_block, &b);
	at = 0;
	for (uint32_t i = first; i < end; i++) {
		select_in_memory(&groups->groups.items[i], b.durations + at,
				 b.next[i - first] - at);
		at = b.ends[i - first];
	}
	free(b.durations);
	free(b.next);
	free(b.ends);
}

/* ---- Second pass: a group too large for that ---- */

struct single {
	uint32_t group;
	struct selection *selection;
	void (*take)(struct selection *s, const uint64_t *values, size_t nr);
	uint64_t durations[BLOCK_ROWS];
};

static void single_block(void *arg, const struct columns *c, const uint32_t *groups)
{
	struct single *s = arg;
	size_t nr = 0;

	for (uint32_t row = 0; row < c->rows; row++) {
		if (groups[row] == s->group && is_timed(c, row))
			s->durations[nr++] = c->at[SYSCALL_DURATION_NS][row];
	}
	s->take(s->selection, s->durations, nr);
}

static void single_pass(struct recording *r, struct grouping *g, struct single *s,
			void (*take)(struct selection *, const uint64_t *, size_t))
{
	s->take = take;
	visit_blocks(r, g, COLUMN(SYSCALL_DURATION_NS) | COLUMN(SYSCALL_FLAGS), single_block, s);
}

static void single_run(struct recording *r, struct call_groups *groups, uint32_t group)
{
	struct single *s = xnew(struct single);
	uint64_t values[NR_ASKED], total;
	struct ranks ranks;
	bool is_exact = true;

	s->group = group;
	s->selection = selection_new();
	ranks_of_group(&groups->groups.items[group], &ranks);
	single_pass(r, &groups->grouping, s, selection_scan);
	total = selection_total(s->selection);
	for (unsigned int i = 0; i < NR_ASKED && total; i++)
		selection_ask(s->selection, ranks.of[i] < total ? ranks.of[i] : total);
	while (total && selection_again(s->selection))
		single_pass(r, &groups->grouping, s, selection_pass);
	for (unsigned int i = 0; i < NR_ASKED && total; i++) {
		bool is_right;

		values[i] = selection_value(s->selection, i, &is_right);
		is_exact &= is_right;
	}
	if (total)
		take_values(&groups->groups.items[group], values, is_exact);
	selection_free(s->selection);
	free(s);
}

static void find_quantiles(struct recording *r, struct call_groups *groups, uint64_t batch_rows)
{
	uint32_t first = 0, nr = (uint32_t)groups->groups.size;
	uint64_t rows = 0;

	for (uint32_t i = 0; i <= nr; i++) {
		uint64_t timed = i < nr ? groups->groups.items[i].times.count : batch_rows + 1;

		if (rows + timed > batch_rows) {
			if (first < i)
				batch_run(r, groups, first, i, rows);
			first = i;
			rows = 0;
		}
		if (i < nr && timed > batch_rows) {
			single_run(r, groups, i);
			first = i + 1;
			continue;
		}
		rows += timed;
	}
}

/* ---- Last pass: the events ---- */

struct exemplar {
	uint64_t start_ns;
	uint32_t task; /* 0: none yet */
};

struct exemplars {
	struct call_groups *groups;
	struct pair_map wanted;     /* of group and value */
	VEC(struct exemplar) found; /* by number in `wanted` */
};

static void want_quantiles(struct exemplars *e)
{
	for (uint32_t i = 0; i < e->groups->groups.size; i++) {
		const struct call_group *group = &e->groups->groups.items[i];

		for (int q = 0; q < NR_CALL_QUANTILES && group->times.count; q++)
			pair_map_number(&e->wanted, i, group->quantiles[q].value_ns);
	}
	vec_extend(&e->found, e->wanted.pairs.size);
}

/* The median is soon found, and of what is slower there is only half as much to be looked up. */
static void exemplars_block(void *arg, const struct columns *c, const uint32_t *groups)
{
	struct exemplars *e = arg;

	for (uint32_t row = 0; row < c->rows; row++) {
		uint64_t duration_ns = c->at[SYSCALL_DURATION_NS][row];
		const struct call_group *group = &e->groups->groups.items[groups[row]];
		uint32_t number;

		if (!is_timed(c, row) || duration_ns < group->quantiles[0].value_ns)
			continue;
		number = pair_map_find(&e->wanted, groups[row], duration_ns);
		if (number == PAIR_UNKNOWN || e->found.items[number].task)
			continue;
		e->found.items[number].start_ns = c->at[SYSCALL_START_NS][row];
		e->found.items[number].task = (uint32_t)c->at[SYSCALL_TASK][row];
	}
}

static void find_exemplars(struct recording *r, struct call_groups *groups)
{
	struct exemplars e = {.groups = groups};

	want_quantiles(&e);
	visit_blocks(r, &groups->grouping,
		     COLUMN(SYSCALL_DURATION_NS) | COLUMN(SYSCALL_FLAGS) |
			     COLUMN(SYSCALL_START_NS) | COLUMN(SYSCALL_TASK),
		     exemplars_block, &e);
	for (uint32_t i = 0; i < groups->groups.size; i++) {
		for (int q = 0; q < NR_CALL_QUANTILES && groups->groups.items[i].times.count; q++) {
			struct call_quantile *quantile = &groups->groups.items[i].quantiles[q];
			uint32_t number = pair_map_find(&e.wanted, i, quantile->value_ns);

			quantile->start_ns = e.found.items[number].start_ns;
			quantile->task = e.found.items[number].task;
		}
	}
	pair_map_fini(&e.wanted);
	vec_free(&e.found);
}

void call_groups_build(struct recording *r, const enum aspect *aspects, unsigned int nr_aspects,
		       uint64_t batch_rows, struct call_groups *out)
{
	*out = (struct call_groups){.lost = recording_lost_syscalls(r)};
	grouping_init(&out->grouping, r, aspects, nr_aspects);
	visit_blocks(r, &out->grouping,
		     COLUMN(SYSCALL_NR) | COLUMN(SYSCALL_FLAGS) | COLUMN(SYSCALL_RESULT) |
			     COLUMN(SYSCALL_DURATION_NS) | COLUMN(SYSCALL_READY_NS),
		     count_block, out);
	sum_up(out);
	find_quantiles(r, out, batch_rows ? batch_rows : BATCH_ROWS);
	find_exemplars(r, out);
}

void call_groups_fini(struct call_groups *groups)
{
	grouping_fini(&groups->grouping);
	vec_free(&groups->groups);
	*groups = (struct call_groups){0};
}
