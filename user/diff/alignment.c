// SPDX-License-Identifier: MIT
#include "diff/alignment.h"

#include <math.h>

#include "diff/function_name.h"

#define NONE            UINT32_MAX
#define MOST_CANDIDATES 256  /* of a side: the heaviest without a namesake */
#define SMALLEST_PART   2000 /* of all events, one in so many: less is nobody's cause */
#define ROUNDS          3    /* matches make neighbours known, which make matches */

/* How much each kind of evidence says. */
#define SAYS_ANCHORS    0.35
#define SAYS_NEIGHBOURS 0.25
#define SAYS_NAME       0.30
#define SAYS_WEIGHT     0.10

/*
 * Where most of what happens is in functions that both sides have, it is one program, and a
 * function that has gone was rather taken out than renamed, unless the names have this much in
 * common.
 */
#define FAMILIAR_PART  0.5
#define NAME_IN_COMMON 0.6

struct matching {
	struct alignment *a;
	bool is_familiar;
	const struct name_map *map;
	VEC(uint32_t) candidates[NR_SIDES];
};

static struct function *function_at(struct alignment *a, enum side side, uint32_t number)
{
	return &a->functions[side].items.items[number];
}

static uint64_t weight_of(const struct function *f)
{
	return f->total[PATH_FAULTS] + f->total[PATH_CALLS];
}

/* ---- Pairs ---- */

static void join(struct alignment *a, uint32_t base, uint32_t new, const char *text)
{
	uint32_t joint = names_intern(&a->texts, text);

	a->joint[BASE][base] = a->joint[NEW][new] = joint;
	a->is_matched[BASE][base] = a->is_matched[NEW][new] = true;
}

/* A map may say that several functions are one: all of them have the text of the first pair. */
static const char *text_of_earlier(const struct alignment *a, const struct match *match)
{
	vec_each (&a->matches, earlier) {
		if (earlier->of[BASE] == match->of[BASE] || earlier->of[NEW] == match->of[NEW])
			return names_text(&a->texts, a->joint[BASE][earlier->of[BASE]]);
	}
	return NULL;
}

static void join_match(struct alignment *a, const struct match *match)
{
	const char *base = function_text(&a->functions[BASE], match->of[BASE]);
	const char *new = function_text(&a->functions[NEW], match->of[NEW]);
	const char *earlier = text_of_earlier(a, match);
	scoped_free char *text = earlier ? xstrdup(earlier) : xasprintf("%s -> %s", base, new);

	join(a, match->of[BASE], match->of[NEW], text);
	*vec_push(&a->matches) = *match;
}

static void name_all(struct alignment *a)
{
	struct functions *base = &a->functions[BASE], *new = &a->functions[NEW];

	for (uint32_t i = 0; i < base->items.size; i++)
		a->joint[BASE][i] = names_intern(&a->texts, function_text(base, i));
	for (uint32_t i = 0; i < new->items.size; i++)
		a->joint[NEW][i] = names_intern(&a->texts, function_text(new, i));
}

/* Texts that both sides have are pairs. */
static void mark_namesakes(struct alignment *a)
{
	scoped_free uint8_t *sides = xcalloc(a->texts.texts.size, sizeof *sides);

	for (int side = 0; side < NR_SIDES; side++) {
		for (uint32_t i = 0; i < a->functions[side].items.size; i++)
			sides[a->joint[side][i]] |= (uint8_t)(1 << side);
	}
	for (int side = 0; side < NR_SIDES; side++) {
		for (uint32_t i = 0; i < a->functions[side].items.size; i++)
			a->is_matched[side][i] = sides[a->joint[side][i]] == 3;
	}
}

/* ---- The map ---- */

/* By a rule, what is not one by an earlier rule. */
static void match_rule(struct alignment *a, const struct name_rule *rule, bool *is_mapped)
{
	const struct functions *base = &a->functions[BASE], *new = &a->functions[NEW];

	for (uint32_t i = 0; i < base->items.size; i++) {
		scoped_free char *key =
			is_mapped[i] ? NULL : name_rule_key(rule, BASE, function_text(base, i));

		for (uint32_t k = 0; key && k < new->items.size; k++) {
			scoped_free char *other = name_rule_key(rule, NEW, function_text(new, k));
			const struct match match = {{i, k}, MATCH_MAP, 1};

			if (!other || strcmp(key, other) != 0)
				continue;
			join_match(a, &match);
			is_mapped[i] = true;
		}
	}
}

static void match_map(struct matching *m)
{
	scoped_free bool *is_mapped =
		xcalloc(m->a->functions[BASE].items.size + 1, sizeof *is_mapped);

	if (!m->map)
		return;
	vec_each (&m->map->rules, rule)
		match_rule(m->a, rule, is_mapped);
}

/* ---- Similarity ---- */

static double anchors_alike(const struct function *x, const struct function *y)
{
	double common = 0;
	size_t i = 0, k = 0;

	while (i < x->anchors.size && k < y->anchors.size) {
		const struct anchor *a = &x->anchors.items[i], *b = &y->anchors.items[k];

		if (a->name == b->name)
			common += fmin(a->weight, b->weight);
		i += a->name <= b->name;
		k += b->name <= a->name;
	}
	return common;
}

/* Of those neighbours that have a counterpart at all: Dice's coefficient. */
static double neighbours_alike(struct alignment *a, uint32_t base, uint32_t new)
{
	const struct function *x = function_at(a, BASE, base), *y = function_at(a, NEW, new);
	size_t known = 0, common = 0;

	vec_each (&x->neighbours, at)
		known += a->is_matched[BASE][*at];
	vec_each (&y->neighbours, at) {
		if (!a->is_matched[NEW][*at])
			continue;
		known++;
		vec_each (&x->neighbours, other)
			common += a->joint[BASE][*other] == a->joint[NEW][*at];
	}
	return known ? 2 * (double)common / (double)known : 0;
}

static double weights_alike(const struct function *x, const struct function *y)
{
	double apart = fabs(log2((double)weight_of(x) + 1) - log2((double)weight_of(y) + 1));

	return fmax(0, 1 - apart / 8);
}

static double score_of(struct alignment *a, bool is_familiar, uint32_t base, uint32_t new)
{
	const struct function *x = function_at(a, BASE, base), *y = function_at(a, NEW, new);
	double names = function_names_alike(function_text(&a->functions[BASE], base),
					    function_text(&a->functions[NEW], new));

	if (is_familiar && names < NAME_IN_COMMON)
		return 0;
	return SAYS_ANCHORS * anchors_alike(x, y) +
	       SAYS_NEIGHBOURS * neighbours_alike(a, base, new) + SAYS_NAME * names +
	       SAYS_WEIGHT * weights_alike(x, y);
}

/* By their innermost function that is the program's own. */
static double familiar_part(const struct alignment *a, enum side side)
{
	const struct functions *f = &a->functions[side];
	double all = 0, known = 0;

	for (uint32_t i = 0; i < f->items.size; i++) {
		double own = (double)f->items.items[i].own;

		all += own;
		if (a->is_matched[side][i] && strcmp(function_text(f, i), "main") != 0)
			known += own;
	}
	return all > 0 ? known / all : 0;
}

static int by_weight(const void *left, const void *right, void *arg)
{
	const struct functions *f = arg;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	uint64_t a_weight = weight_of(&f->items.items[a]), b_weight = weight_of(&f->items.items[b]);

	if (a_weight != b_weight)
		return a_weight < b_weight ? 1 : -1;
	return strcmp(function_text(f, a), function_text(f, b));
}

static void choose_candidates(struct matching *m, enum side side)
{
	struct functions *f = &m->a->functions[side];
	uint64_t most = 0;

	vec_each (&f->items, function)
		most = weight_of(function) > most ? weight_of(function) : most;
	for (uint32_t i = 0; i < f->items.size; i++) {
		const char *text = function_text(f, i);

		if (!m->a->is_matched[side][i] && !function_is_shared(f, i) &&
		    !function_is_glue(text) && *text != '[' &&
		    weight_of(&f->items.items[i]) > most / SMALLEST_PART)
			*vec_push(&m->candidates[side]) = i;
	}
	if (m->candidates[side].size)
		qsort_r(m->candidates[side].items, m->candidates[side].size, sizeof(uint32_t),
			by_weight, f);
	if (m->candidates[side].size > MOST_CANDIDATES)
		m->candidates[side].size = MOST_CANDIDATES;
}

static int by_score(const void *left, const void *right)
{
	const struct match *a = left, *b = right;

	if (a->score != b->score)
		return a->score < b->score ? 1 : -1;
	if (a->of[BASE] != b->of[BASE])
		return a->of[BASE] < b->of[BASE] ? -1 : 1;
	return (a->of[NEW] > b->of[NEW]) - (a->of[NEW] < b->of[NEW]);
}

struct matches {
	VEC(struct match) items;
};

static void score_all(struct matching *m, double least, struct matches *out)
{
	vec_each (&m->candidates[BASE], base) {
		vec_each (&m->candidates[NEW], new) {
			double score;

			if (m->a->is_matched[BASE][*base] || m->a->is_matched[NEW][*new])
				continue;
			score = score_of(m->a, m->is_familiar, *base, *new);
			if (score >= least)
				*vec_push(&out->items) =
					(struct match){{*base, *new}, MATCH_SIMILAR, score};
		}
	}
	if (out->items.size)
		qsort(out->items.items, out->items.size, sizeof *out->items.items, by_score);
}

/* The best pairs first, each function once. */
static bool match_similar(struct matching *m)
{
	struct matches found = {0};
	bool any = false;

	score_all(m, LEAST_SCORE, &found);
	vec_each (&found.items, match) {
		if (m->a->is_matched[BASE][match->of[BASE]] ||
		    m->a->is_matched[NEW][match->of[NEW]])
			continue;
		join_match(m->a, match);
		any = true;
	}
	vec_free(&found.items);
	return any;
}

static void suggest(struct matching *m)
{
	struct matches found = {0};

	score_all(m, LEAST_SUGGEST, &found);
	vec_each (&found.items, match)
		*vec_push(&m->a->suggestions) = *match;
	vec_free(&found.items);
}

/* ---- Glue ---- */

/* Run-times' frames, and standard code that the other side has nothing like. */
static void leave_out_glue(struct alignment *a)
{
	for (int side = 0; side < NR_SIDES; side++) {
		const struct functions *f = &a->functions[side];

		for (uint32_t i = 0; i < f->items.size; i++) {
			const char *text = function_text(f, i);

			if (function_is_glue(text) ||
			    (!a->is_matched[side][i] && function_is_standard(text)))
				a->joint[side][i] = 0;
		}
	}
}

void alignment_make(struct run *const *base, uint32_t nr_base, struct run *const *new,
		    uint32_t nr_new, const struct name_map *map, struct alignment *out)
{
	struct matching m = {.a = out, .map = map};

	*out = (struct alignment){0};
	functions_collect(base, nr_base, &out->anchor_names, &out->functions[BASE]);
	functions_collect(new, nr_new, &out->anchor_names, &out->functions[NEW]);
	for (int side = 0; side < NR_SIDES; side++) {
		size_t nr = out->functions[side].items.size + 1;

		out->joint[side] = xcalloc(nr, sizeof *out->joint[side]);
		out->is_matched[side] = xcalloc(nr, sizeof *out->is_matched[side]);
	}
	name_all(out);
	mark_namesakes(out);
	m.is_familiar = familiar_part(out, BASE) >= FAMILIAR_PART &&
			familiar_part(out, NEW) >= FAMILIAR_PART;
	match_map(&m);
	choose_candidates(&m, BASE);
	choose_candidates(&m, NEW);
	for (int round = 0; round < ROUNDS && match_similar(&m); round++)
		;
	suggest(&m);
	leave_out_glue(out);
	vec_free(&m.candidates[BASE]);
	vec_free(&m.candidates[NEW]);
}

void alignment_fini(struct alignment *a)
{
	for (int side = 0; side < NR_SIDES; side++) {
		functions_fini(&a->functions[side]);
		free(a->joint[side]);
		free(a->is_matched[side]);
	}
	names_fini(&a->anchor_names);
	names_fini(&a->texts);
	vec_free(&a->matches);
	vec_free(&a->suggestions);
}

const char *alignment_name(struct alignment *a, enum side side, const char *raw_name)
{
	uint32_t number = functions_find(&a->functions[side], raw_name);
	scoped_free char *plain = NULL;

	if (number != NONE && a->joint[side][number])
		return names_text(&a->texts, a->joint[side][number]);
	plain = function_name_plain(raw_name);
	return names_text(&a->texts, names_intern(&a->texts, plain));
}

void alignment_leave_out(struct alignment *a, enum side side, uint32_t function, bool out)
{
	const char *text = function_text(&a->functions[side], function);

	a->joint[side][function] = out ? 0 : names_intern(&a->texts, text);
}
