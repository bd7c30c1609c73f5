// SPDX-License-Identifier: MIT
#include "unwind/rule_set.h"

#define FIRST_SLOTS 1024 /* enough for most files */

static const struct unwind_rule none = {.cfa_kind = UNWIND_CFA_NONE};
static const struct unwind_rule unsupported = {
	.cfa_kind = UNWIND_CFA_UNSUPPORTED,
	.ra_kind = UNWIND_RA_UNSUPPORTED,
};

static size_t rule_hash(const struct unwind_rule *rule)
{
	uint64_t halves[2];

	memcpy(halves, rule, sizeof halves);
	return ((halves[0] ^ (halves[1] << 29 | halves[1] >> 35)) * 0x9e3779b97f4a7c15) >> 32;
}

/* Where the rule is, or the free slot where it belongs. */
static uint16_t *find_slot(const struct rule_set *set, const struct unwind_rule *rule)
{
	size_t mask = set->nr_slots - 1, at = rule_hash(rule) & mask;

	while (set->slots[at] && memcmp(&set->rules.items[set->slots[at]], rule, sizeof *rule))
		at = (at + 1) & mask;
	return &set->slots[at];
}

static void grow(struct rule_set *set)
{
	free(set->slots);
	set->nr_slots = set->nr_slots ? 2 * set->nr_slots : FIRST_SLOTS;
	set->slots = xcalloc(set->nr_slots, sizeof *set->slots);
	for (size_t i = RULE_UNSUPPORTED; i < set->rules.size; i++)
		*find_slot(set, &set->rules.items[i]) = i;
}

void rule_set_init(struct rule_set *set)
{
	*set = (struct rule_set){0};
	*vec_push(&set->rules) = none;
	*vec_push(&set->rules) = unsupported;
	grow(set);
}

void rule_set_fini(struct rule_set *set)
{
	vec_free(&set->rules);
	free(set->slots);
}

uint16_t rule_set_add(struct rule_set *set, const struct unwind_rule *rule)
{
	uint16_t *slot = find_slot(set, rule);

	if (*slot)
		return *slot;
	if (set->rules.size == UINT16_MAX)
		return RULE_UNSUPPORTED;
	if (set->rules.size >= set->nr_slots / 2) {
		grow(set);
		slot = find_slot(set, rule);
	}
	*slot = set->rules.size;
	*vec_push(&set->rules) = *rule;
	return *slot;
}
