// SPDX-License-Identifier: MIT
/* Anomalies: hardly any in clean data of many shapes, and nearly all that are planted. */
#include "analysis/anomaly.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "loglinear.h"
#include "stats/random.h"

#define BITS  9
#define TRIES 300

enum shape { STEADY, UNIFORM, NORMAL, EXPONENTIAL, LOGNORMAL, PARETO, TWO_MODES, NR_SHAPES };

static double normal(uint64_t key, uint64_t i)
{
	double u = random_unit(key, 2 * i) + 0x1p-54, v = random_unit(key, 2 * i + 1);

	return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

static double value_of(enum shape shape, uint64_t key, uint64_t i)
{
	double u = random_unit(key, 2 * i) + 0x1p-54;

	switch (shape) {
	case STEADY:
		return 5000;
	case UNIFORM:
		return 1000 + 9000 * u;
	case NORMAL:
		return 100000 + 5000 * normal(key, i);
	case EXPONENTIAL:
		return -20000 * log(u);
	case LOGNORMAL:
		return 20000 * exp(0.6 * normal(key, i));
	case PARETO:
		return 5000 / pow(u, 1 / 1.5);
	default:
		return (u < 0.7 ? 2000 : 900000) * exp(0.2 * normal(key + 1, i));
	}
}

/* In microseconds, so that differences are beyond what an interrupt takes. */
static void fill(struct histogram *h, enum shape shape, uint64_t key, uint64_t nr)
{
	histogram_clear(h);
	for (uint64_t i = 0; i < nr; i++)
		histogram_add(h, loglinear_index((uint64_t)(1000 * value_of(shape, key, i)), BITS),
			      1);
}

static unsigned int false_alarms(enum shape shape, uint64_t nr)
{
	unsigned int alarms = 0;
	struct anomaly_rule rule;
	struct histogram h;

	histogram_init(&h, BITS);
	for (uint64_t key = 0; key < TRIES; key++) {
		fill(&h, shape, key * 1000 + nr, nr);
		anomaly_rule_of(&h, &rule);
		alarms += rule.count > 0;
	}
	histogram_fini(&h);
	return alarms;
}

static void clean_data_raise_none(void **state)
{
	static const uint64_t sizes[] = {20, 60, 300, 3000};

	(void)state;
	for (int shape = 0; shape < NR_SHAPES; shape++) {
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
			unsigned int alarms = false_alarms((enum shape)shape, sizes[i]);

			if (alarms)
				print_message("shape %d, %lu values: %u of %d\n", shape,
					      (unsigned long)sizes[i], alarms, TRIES);
			assert_in_range(alarms, 0, TRIES / 50);
		}
	}
}

static void planted_ones_are_found(void **state)
{
	static const enum shape shapes[] = {STEADY, UNIFORM, NORMAL, EXPONENTIAL, LOGNORMAL};
	struct anomaly_rule rule;
	unsigned int found = 0;
	struct histogram h;

	(void)state;
	histogram_init(&h, BITS);
	for (size_t shape = 0; shape < sizeof shapes / sizeof *shapes; shape++) {
		for (uint64_t key = 0; key < 40; key++) {
			fill(&h, shapes[shape], key, 1000);
			for (int i = 0; i < 3; i++)
				histogram_add(&h, loglinear_index(200000000000, BITS), 1);
			anomaly_rule_of(&h, &rule);
			found += rule.count == 3 && rule.threshold_ns <= 200000000000;
		}
	}
	histogram_fini(&h);
	assert_in_range(found, 196, 200);
}

static void one_in_thirty(void **state)
{
	struct anomaly_rule rule;
	struct histogram h;

	(void)state;
	histogram_init(&h, BITS);
	fill(&h, LOGNORMAL, 3, 29);
	histogram_add(&h, loglinear_index(5000000000000, BITS), 1);
	anomaly_rule_of(&h, &rule);
	assert_int_equal(rule.count, 1);
	assert_int_equal(anomaly_severity(anomaly_score(&rule, 5000000000000)), SEVERITY_HIGH);
	histogram_fini(&h);
}

/* Twenty at one time have a like of their own; twenty all over the place have none, and are no
 * anomalies either. */
static void many_are_no_anomalies(void **state)
{
	struct anomaly_rule rule;
	struct histogram h;

	(void)state;
	histogram_init(&h, BITS);
	fill(&h, LOGNORMAL, 3, 1000);
	histogram_add(&h, loglinear_index(200000000000, BITS), 20);
	anomaly_rule_of(&h, &rule);
	assert_int_equal(rule.count, 0);
	assert_true(rule.threshold_ns == UINT64_MAX);
	fill(&h, LOGNORMAL, 3, 1000);
	for (uint64_t i = 0; i < 19; i++)
		histogram_add(&h, loglinear_index(200000000000 + i * 100000000000, BITS), 1);
	anomaly_rule_of(&h, &rule);
	assert_int_equal(rule.count, 0);
	histogram_fini(&h);
}

static void too_few_to_say(void **state)
{
	struct anomaly_rule rule;
	struct histogram h;

	(void)state;
	histogram_init(&h, BITS);
	anomaly_rule_of(&h, &rule);
	assert_int_equal(rule.count, 0);
	histogram_add(&h, loglinear_index(1000, BITS), ANOMALY_LEAST_CALLS - 2);
	histogram_add(&h, loglinear_index(UINT64_MAX, BITS), 1);
	anomaly_rule_of(&h, &rule);
	assert_int_equal(rule.count, 0);
	histogram_add(&h, loglinear_index(1000, BITS), 1);
	anomaly_rule_of(&h, &rule);
	assert_int_equal(rule.count, 1);
	histogram_fini(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clean_data_raise_none), cmocka_unit_test(planted_ones_are_found),
		cmocka_unit_test(one_in_thirty),         cmocka_unit_test(many_are_no_anomalies),
		cmocka_unit_test(too_few_to_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
