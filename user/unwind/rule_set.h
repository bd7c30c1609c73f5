/* SPDX-License-Identifier: MIT */
/*
 * The distinct rules of one file, numbered. A row has 16 bits for a rule's number; whole systems
 * have some seven thousand rules, so only a file made for it can exhaust them, and then gets
 * UNSUPPORTED.
 */
#ifndef PROF_UNWIND_RULE_SET_H
#define PROF_UNWIND_RULE_SET_H

#include <stdint.h>

#include "base/vec.h"
#include "unwind.h"

enum { RULE_NONE, RULE_UNSUPPORTED }; /* always the first two */

struct rule_set {
	VEC(struct unwind_rule) rules;
	uint16_t *slots; /* open addressing; 0 is free, since RULE_NONE is never looked for */
	size_t nr_slots; /* a power of two */
};

void rule_set_init(struct rule_set *set);
void rule_set_fini(struct rule_set *set);
uint16_t rule_set_add(struct rule_set *set, const struct unwind_rule *rule);

#endif
