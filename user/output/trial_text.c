// SPDX-License-Identifier: MIT
/* How a trial of a remedy ended, as text. */
#include "output/explain_output.h"

#include <inttypes.h>

#include "cli/number.h"

typedef const char *format_number(uint64_t value, char buffer[NUMBER_SIZE]);

/* "-98.2%"; "-" where there was nothing before. */
static const char *change_of(uint64_t before, uint64_t after, char buffer[NUMBER_SIZE])
{
	double change = before ? 100.0 * ((double)after - (double)before) / (double)before : 0;

	if (before)
		snprintf(buffer, NUMBER_SIZE, "%+.1f%%", change);
	else
		snprintf(buffer, NUMBER_SIZE, "-");
	return buffer;
}

static void write_row(FILE *out, const char *label, uint64_t before, uint64_t after,
		      format_number *format)
{
	char first[NUMBER_SIZE], second[NUMBER_SIZE], change[NUMBER_SIZE];

	fprintf(out, "  %-16s %14s %14s %10s\n", label, format(before, first),
		format(after, second), change_of(before, after, change));
}

static void write_prediction(FILE *out, const struct trial *trial)
{
	char faults[NUMBER_SIZE], most[NUMBER_SIZE];

	if (!trial->predicted_faults) {
		fputs("predicted: nothing, no diagnosis of the run before names this remedy\n",
		      out);
		return;
	}
	fprintf(out, "predicted: %s page faults less, %s%s less (",
		count_format(trial->predicted_faults, faults),
		trial->predicted_least_ns < trial->predicted_most_ns ? "up to " : "",
		duration_format(trial->predicted_most_ns, most));
	vec_each (&trial->answered, d)
		fprintf(out, "%s%s", d == trial->answered.items ? "" : ", ", (*d)->id);
	fputs(")\n", out);
}

static void write_measurement(FILE *out, const struct trial *trial)
{
	int64_t saved = trial->measured_faults;
	char faults[NUMBER_SIZE], part[NUMBER_SIZE];

	fprintf(out, "measured:  %s page faults %s",
		count_format((uint64_t)(saved < 0 ? -saved : saved), faults),
		saved < 0 ? "more" : "less");
	if (trial->predicted_faults && saved > 0)
		fprintf(out, ", %s of what was predicted",
			percent_format((uint64_t)saved, trial->predicted_faults, part));
	fputc('\n', out);
}

static void write_verdict(FILE *out, const struct trial *trial)
{
	const struct trial_side *before = &trial->before, *after = &trial->after;

	fprintf(out, "verdict:   %s\n",
		trial->helped ? "it helps, as far as page faults go" : "it does not help");
	if (trial->helped && after->system_ns > before->system_ns)
		fputs("           but the system time rose: look at the times of several runs\n",
		      out);
	if (after->most_bytes > before->most_bytes + before->most_bytes / 10)
		fputs("           it costs memory: what is kept is there for nobody else\n", out);
	if (before->exit_status.value != after->exit_status.value)
		fputs("           the exit status differs: it may not have done the same work\n",
		      out);
}

void trial_text(FILE *out, const struct trial *trial)
{
	const struct trial_side *before = &trial->before, *after = &trial->after;
	scoped_free char *settings = remedy_settings(trial->remedy);

	fprintf(out, "tried:     %s (%s)\n           %s\n\n", trial->remedy->name,
		trial->remedy->summary, settings);
	fprintf(out, "  %-16s %14s %14s %10s\n", "", "before", "after", "change");
	write_row(out, "page faults", before->faults, after->faults, count_format);
	write_row(out, "system time", before->system_ns, after->system_ns, duration_format);
	write_row(out, "wall time", before->wall_ns, after->wall_ns, duration_format);
	write_row(out, "memory at most", before->most_bytes, after->most_bytes, size_format);
	fputc('\n', out);
	write_prediction(out, trial);
	write_measurement(out, trial);
	write_verdict(out, trial);
}
