// SPDX-License-Identifier: MIT
/*
 * The unwinding rule of each instruction that programs execute, checked against what really
 * happened (stepping.h).
 *
 * The rule has to lead to where the return address was pushed, and to the values that the registers
 * had at the call. It must say that the frame is the outermost one if and only if nobody was called
 * yet. PROF_TEST_STEPS asks for more instructions.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stepping.h"

#define MAX_SHOWN 20

struct checked {
	struct stepped s;
	unsigned long checked, no_rule, unsupported, outermost, unknown_saved, wrong;
};

static const struct unwind_rule *find_rule(struct checked *c)
{
	const struct mapping *mapping = current_mapping(&c->s);

	assert_non_null(mapping);
	return unwind_table_find(&c->s.files.items[mapping->file].table,
				 c->s.registers[REG_IP] - mapping->start + mapping->offset);
}

static void show(struct checked *c, const char *what)
{
	const struct mapping *mapping = current_mapping(&c->s);

	if (c->wrong++ < MAX_SHOWN)
		print_message(
			"%s at %s+%lx\n", what, c->s.files.items[mapping->file].path,
			(unsigned long)(c->s.registers[REG_IP] - mapping->start + mapping->offset));
}

static uint64_t rule_cfa(const struct stepped *s, const struct unwind_rule *rule)
{
	uint64_t base = s->registers[rule->cfa_reg];

	switch (rule->cfa_kind) {
	case UNWIND_CFA_REG:
		return base + rule->cfa_offset;
	case UNWIND_CFA_PLT:
		return base + 8 +
		       8 * ((s->registers[REG_IP] & 15) >= (unsigned int)rule->cfa_offset);
	case UNWIND_CFA_DEREF:
		return load(s, base + rule->cfa_offset) + rule->deref_offset;
	default:
		return 0;
	}
}

static void check_saved(struct checked *c, const struct unwind_rule *rule, const struct call *call)
{
	/* r10 is not given back. */
	static const uint8_t followed[] = {UNWIND_RBX, UNWIND_RBP, UNWIND_R12,
					   UNWIND_R13, UNWIND_R14, UNWIND_R15};
	static const uint8_t numbers[] = {3, 6, 10, 12, 13, 14, 15};
	const struct stepped *s = &c->s;

	for (size_t i = 0; i < sizeof followed; i++) {
		uint8_t number = numbers[followed[i]], saved = rule->saved[followed[i]];
		uint64_t value = s->registers[number];

		if (saved == UNWIND_UNKNOWN) {
			c->unknown_saved++;
			continue;
		}
		if (saved && rule->flags & UNWIND_FROM_RBP << followed[i])
			value = load(s, s->registers[REG_BP] + 8 * (UNWIND_RBP_ZERO - saved));
		else if (saved)
			value = load(s, call->slot + 8 - 8 * saved);
		if (value != call->registers[number])
			show(c, "wrong register");
	}
}

static void check_rule(struct checked *c, const struct unwind_rule *rule, const struct call *call)
{
	uint64_t return_address = 0;

	c->checked++;
	if (rule_cfa(&c->s, rule) != call->slot + 8)
		show(c, "wrong CFA");
	if (rule->ra_kind == UNWIND_RA_CFA)
		return_address = load(&c->s, call->slot);
	else if (rule->ra_kind == UNWIND_RA_REGISTER)
		return_address = c->s.registers[rule->saved[UNWIND_R10]];
	if (return_address != call->return_address)
		show(c, "wrong return address");
	else
		check_saved(c, rule, call);
}

static void check(struct checked *c)
{
	const struct unwind_rule *rule = find_rule(c);
	const struct call *call = last_call(&c->s);

	if (!rule)
		c->no_rule++;
	else if (rule->cfa_kind == UNWIND_CFA_UNSUPPORTED)
		c->unsupported++;
	else if (!call && rule->ra_kind == UNWIND_RA_UNDEFINED)
		c->outermost++;
	else if (!call || rule->ra_kind == UNWIND_RA_UNDEFINED)
		show(c, "wrong end of the stack");
	else
		check_rule(c, rule, call);
}

static void walk(struct checked *c, char *const *argv, unsigned long max_steps)
{
	if (!start(&c->s, argv)) {
		print_message("skipped: cannot trace %s\n", argv[0]);
		skip();
	}
	do
		check(c);
	while (c->s.steps < max_steps && step(&c->s));
	stepped_fini(&c->s);
}

static void assert_right(char *const *argv, unsigned long max_steps)
{
	const char *wanted = getenv("PROF_TEST_STEPS");
	struct checked c = {0};

	max_steps = wanted ? strtoul(wanted, NULL, 10) : max_steps;
	walk(&c, argv, max_steps);
	print_message("%s: %lu steps, %lu checked, %lu outermost, %lu without a rule, %lu "
		      "unsupported, %lu registers unknown, %lu wrong\n",
		      argv[0], c.s.steps, c.checked, c.outermost, c.no_rule, c.unsupported,
		      c.unknown_saved, c.wrong);
	assert_int_equal(c.wrong, 0);
	assert_true(c.outermost > 1);
	assert_true(c.checked > max_steps / 2 || c.checked > 50000);
	assert_in_range(c.no_rule + c.unsupported, 0, c.s.steps / 5000);
}

static void program_true(void **state)
{
	(void)state;
	assert_right((char *[]){"/bin/true", NULL}, 200000);
}

static void program_ls(void **state)
{
	(void)state;
	assert_right((char *[]){"/bin/ls", "-l", "/", NULL}, 50000);
}

static void wrong_tables(void **state)
{
	struct checked c = {.s.spoil = true};

	(void)state;
	walk(&c, (char *[]){"/bin/true", NULL}, 2000);
	assert_true(c.wrong > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(program_true),
		cmocka_unit_test(program_ls),
		cmocka_unit_test(wrong_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
