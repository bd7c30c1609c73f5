// SPDX-License-Identifier: MIT
/* The words and numbers that all forms of a comparison share. */
#include <inttypes.h>
#include <math.h>

#include "base/bytes.h"
#include "output/diff_output.h"
#include "output/printable.h"

const char *metric_format(enum metric_unit unit, double value, char buffer[NUMBER_SIZE])
{
	uint64_t whole = value > 0 ? (uint64_t)(value + 0.5) : 0;

	return unit == UNIT_NS      ? duration_format(whole, buffer)
	       : unit == UNIT_BYTES ? size_format(whole, buffer)
				    : count_format(whole, buffer);
}

const char *ratio_format(double base, double new, char buffer[NUMBER_SIZE])
{
	double ratio = base > 0 ? new / base : 0;

	if (base == new)
		snprintf(buffer, NUMBER_SIZE, "=");
	else if (!(base > 0))
		snprintf(buffer, NUMBER_SIZE, "new");
	else if (!(new > 0))
		snprintf(buffer, NUMBER_SIZE, "gone");
	else if (ratio >= 1000)
		snprintf(buffer, NUMBER_SIZE, "%.0fx", ratio);
	else if (ratio < 0.001)
		snprintf(buffer, NUMBER_SIZE, "1/%.0fx", 1 / ratio);
	else if (ratio >= 2 || ratio <= 0.5)
		snprintf(buffer, NUMBER_SIZE, "%.*f%s", ratio >= 2 ? 1 : 3, ratio, "x");
	else
		snprintf(buffer, NUMBER_SIZE, "%+.1f%%", 100 * (ratio - 1));
	return buffer;
}

char *direction_text(const struct diff *diff, enum metric metric)
{
	static const char *const verbs[NR_METRICS] = {
		[METRIC_FAULTS] = "takes",    [METRIC_SYSCALLS] = "makes",
		[METRIC_FAULT_NS] = "spends", [METRIC_SYSCALL_NS] = "spends",
		[METRIC_WALL_NS] = "takes",   [METRIC_READ_BYTES] = "has",
		[METRIC_WRITE_BYTES] = "has", [METRIC_BLOCKS] = "asks for",
	};
	const struct change *c = &diff->metrics[metric].change;
	const struct metric_words *words = &metric_words[metric];
	double delta = change_delta(c), base = c->base.mean, new = c->new.mean;
	char amount[NUMBER_SIZE], ratio[NUMBER_SIZE];

	if (fabs(delta) < 0.5)
		return xasprintf("NEW and BASE have the same %s", words->text);
	metric_format(words->unit, fabs(delta), amount);
	ratio_format(base, new, ratio);
	return xasprintf("NEW %s %s%s%s %s than BASE (%s)", verbs[metric] ? verbs[metric] : "has",
			 amount, words->unit == UNIT_COUNT ? " " : " of ", words->text,
			 delta > 0 ? "more" : "less", ratio);
}

char *side_command(const struct diff *diff, enum side side)
{
	const struct run *run = diff_first_run(diff, side);
	struct bytes text = {0};

	for (uint32_t i = 0; i < run_nr_words(run); i++) {
		scoped_free char *word = shell_word(run_word(run, i));

		bytes_append(&text, " ", i > 0);
		bytes_append(&text, word, strlen(word));
	}
	bytes_u8(&text, 0);
	return (char *)text.data;
}
