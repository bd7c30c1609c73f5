// SPDX-License-Identifier: MIT
#include "analysis/anomaly.h"

#include <math.h>

#include "loglinear.h"
#include "stats/modes.h"
#include "stats/robust.h"

#define TAIL_SHARE    0.05
#define LEAST_IN_TAIL 20
#define LEAST_OCTAVES (1.0 / 16) /* steady calls do not make every other one an anomaly */

const char *const severity_names[NR_SEVERITIES] = {"Low", "Medium", "High"};

static double log_of(uint64_t ns)
{
	return log2((double)ns + 1);
}

/* The value of a rank, to within its bucket. */
static double log_at(const struct histogram *h, uint64_t rank)
{
	uint64_t below;

	return log_of(histogram_middle(h, histogram_find(h, rank, &below)));
}

/* The tail as a law: of calls beyond `start`, `share` of all, each `halving` octaves more are
 * survived by half. */
struct tail {
	double start, share, halving;
};

static struct tail tail_of(const struct histogram *h)
{
	double n = (double)h->total;
	double share = fmin(0.5, fmax(TAIL_SHARE, LEAST_IN_TAIL / n));
	uint64_t beyond = (uint64_t)(share * n);
	struct tail tail = {.share = share};

	tail.start = log_at(h, h->total - beyond > 0 ? h->total - beyond : 1);
	tail.halving = log_at(h, h->total - beyond / 2) - tail.start;
	tail.halving = fmax(tail.halving, LEAST_OCTAVES);
	tail.halving *= 1 + 1.5 / sqrt((double)beyond); /* of few, it is known but roughly */
	return tail;
}

static double tail_probability(const struct tail *tail, double log_ns)
{
	if (log_ns <= tail->start)
		return 1;
	return tail->share * exp2(-(log_ns - tail->start) / tail->halving);
}

/* From the slowest on: the last bucket in which the share of false ones is still within the rate
 * (Benjamini and Hochberg, over all calls). */
static void find_threshold(const struct histogram *h, const struct tail *tail,
			   struct anomaly_rule *out)
{
	double usual = exp2(out->median);
	double least_ns = fmax(ANOMALY_LEAST_FACTOR * usual, usual + ANOMALY_LEAST_EXCESS_NS);
	uint64_t count = 0;

	for (uint32_t i = h->end; i-- > h->first;) {
		uint64_t lower = loglinear_lower(i, h->bits);
		double probability;

		if ((double)lower < least_ns)
			break;
		if (!h->counts[i])
			continue;
		count += h->counts[i];
		probability = tail_probability(tail, log_of(lower));
		if (probability * (double)h->total <= ANOMALY_FALSE_RATE * (double)count) {
			out->threshold_ns = lower;
			out->count = count;
		} else if (probability >= tail->share / 2) {
			break;
		}
	}
}

/* From where on the slowest mode lies, with those that are slower yet and too few for one. */
static uint64_t like_from(const struct histogram *h)
{
	struct mode modes[MODES_MAX];
	unsigned int mode = modes_find(h, modes);
	uint64_t count = 0;

	while (mode > 0 && count < ANOMALY_LEAST_CALLS)
		count += modes[--mode].count;
	return mode ? modes[mode].low : 0;
}

static void copy_from(const struct histogram *h, uint64_t from_ns, struct histogram *out)
{
	histogram_init(out, h->bits);
	for (uint32_t i = h->first; i < h->end; i++) {
		if (h->counts[i] && loglinear_lower(i, h->bits) >= from_ns)
			histogram_add(out, i, h->counts[i]);
	}
}

static void judge(const struct histogram *like, uint64_t calls, struct anomaly_rule *out)
{
	struct robust_spread spread = spread_of_logs(like);
	struct tail tail = tail_of(like);
	double n = (double)calls, most;

	out->median = spread.median;
	out->deviation = fmax(spread.mad * MAD_TO_DEVIATION, LEAST_OCTAVES);
	find_threshold(like, &tail, out);
	most = fmax(fmin(ANOMALY_MOST_FEW, ANOMALY_MOST_SHARE_OF_FEW * n), ANOMALY_MOST_SHARE * n);
	if ((double)out->count > most) {
		out->is_mode = true;
		out->threshold_ns = UINT64_MAX;
		out->count = 0;
	}
}

void anomaly_rule_of(const struct histogram *h, struct anomaly_rule *out)
{
	struct histogram like;

	*out = (struct anomaly_rule){.threshold_ns = UINT64_MAX};
	if (h->total < ANOMALY_LEAST_CALLS)
		return;
	copy_from(h, like_from(h), &like);
	judge(&like, h->total, out);
	histogram_fini(&like);
}

double anomaly_score(const struct anomaly_rule *rule, uint64_t duration_ns)
{
	return (log2((double)duration_ns) - rule->median) / rule->deviation;
}

enum severity anomaly_severity(double score)
{
	return score > 5 ? SEVERITY_HIGH : score > 4 ? SEVERITY_MEDIUM : SEVERITY_LOW;
}
