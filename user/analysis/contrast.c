// SPDX-License-Identifier: MIT
#include "analysis/contrast.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "stats/tails.h"

/* The chance of shares so different, if both were samples of the same: a test of two proportions,
 * with half a call's worth of doubt. */
static double probability_of(const struct trait *t, double few, double rest)
{
	double p = (double)t->few / few, q = (double)t->rest / rest;
	double pooled = ((double)t->few + (double)t->rest) / (few + rest);
	double error = sqrt(pooled * (1 - pooled) * (1 / few + 1 / rest));
	double doubt = (1 / few + 1 / rest) / 2;

	if (!(error > 0))
		return 1;
	return tail_normal(fmax(0, fabs(p - q) - doubt) / error);
}

static double risk_ratio_of(const struct trait *t, double few, double rest)
{
	double with = (double)t->few / ((double)t->few + (double)t->rest);
	double without_few = few - (double)t->few, without_rest = rest - (double)t->rest;
	double without =
		without_few + without_rest > 0 ? without_few / (without_few + without_rest) : 0;

	return without > 0 ? with / without : INFINITY;
}

static bool is_worth_telling(const struct finding *f)
{
	return f->support >= LEAST_SUPPORT && f->risk_ratio >= LEAST_RISK_RATIO;
}

/* How much is explained: of the few that have it, those that are not there by the rest's measure.
 */
static double gain_of(const struct finding *f)
{
	return f->support - f->background;
}

/* The most gain; what is equal in order of attribute and value. */
static int compare_findings(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (gain_of(x) != gain_of(y))
		return gain_of(x) < gain_of(y) ? 1 : -1;
	if (x->trait.attribute != y->trait.attribute)
		return x->trait.attribute < y->trait.attribute ? -1 : 1;
	return (x->trait.value > y->trait.value) - (x->trait.value < y->trait.value);
}

static size_t keep_true(struct finding *findings, size_t nr)
{
	scoped_free double *probabilities = xcalloc(nr + 1, sizeof *probabilities);
	scoped_free bool *is_true = xcalloc(nr + 1, sizeof *is_true);
	size_t kept = 0;

	for (size_t i = 0; i < nr; i++)
		probabilities[i] = findings[i].probability;
	tails_discoveries(probabilities, nr, FALSE_RATE, is_true);
	for (size_t i = 0; i < nr; i++) {
		if (is_true[i] && is_worth_telling(&findings[i]))
			findings[kept++] = findings[i];
	}
	return kept;
}

unsigned int contrast_find(const struct trait *traits, size_t nr, uint64_t few, uint64_t rest,
			   struct finding out[MAX_FINDINGS])
{
	scoped_free struct finding *findings = xcalloc(nr + 1, sizeof *findings);
	uint64_t seen = 0;
	unsigned int found = 0;
	size_t kept;

	if (!few || !rest)
		return 0;
	for (size_t i = 0; i < nr; i++) {
		findings[i] = (struct finding){
			.trait = traits[i],
			.support = (double)traits[i].few / (double)few,
			.background = (double)traits[i].rest / (double)rest,
			.risk_ratio = risk_ratio_of(&traits[i], (double)few, (double)rest),
			.probability = fmin(
				1, fmax(1, traits[i].tries) *
					   probability_of(&traits[i], (double)few, (double)rest)),
		};
	}
	kept = keep_true(findings, nr);
	if (kept)
		qsort(findings, kept, sizeof *findings, compare_findings);
	for (size_t i = 0; i < kept && found < MAX_FINDINGS; i++) {
		uint64_t bit = 1ULL << (findings[i].trait.question & 63);

		if (seen & bit)
			continue;
		seen |= bit;
		out[found++] = findings[i];
	}
	return found;
}
