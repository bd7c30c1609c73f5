// SPDX-License-Identifier: MIT
/* The course of a run as text: changes, phases, and what goes together. */
#include <inttypes.h>
#include <math.h>

#include "cli/number.h"
#include "output/analysis_output.h"
#include "profile/facts.h"

#define MOST_LINES   12
#define MATRIX_NAMES 24 /* columns */

static double seconds_at(const struct page *p, uint32_t window)
{
	const struct windows *w = &p->analysis->course.windows;

	return ((double)(w->start_ns - recording_start_ns(p->analysis->recording)) +
		(double)w->width_ns * window) /
	       1e9;
}

static char *level_text(const struct series *s, double value)
{
	char text[NUMBER_SIZE];

	if (s->kind == SERIES_LATENCY_OF || s->kind == SERIES_FAULT_NS)
		return xstrdup(duration_format((uint64_t)value, text));
	return xasprintf("%.3g", value);
}

/* Beyond a thousand the digits say nothing. */
static const char *factor_text(double factor, char buffer[32])
{
	if (factor > 1000)
		return "over 1000 times";
	if (factor < 0.001)
		return "less than a thousandth of";
	snprintf(buffer, 32, "%.3g times", factor);
	return buffer;
}

static void write_change(const struct page *p, const struct change *change)
{
	const struct windows *w = &p->analysis->course.windows;
	const struct series *s = &w->series[change->series];
	scoped_free char *label = series_label(s);
	scoped_free char *before = level_text(s, change->before);
	scoped_free char *after = level_text(s, change->after);
	char factor[32];

	page_sentence(p, 2, "from %.6g s on, %s: %s instead of %s%s (%s what it was)",
		      seconds_at(p, change->at), label, after, before,
		      s->kind == SERIES_LATENCY_OF ? "" : " a window",
		      factor_text(change->factor, factor));
}

static void write_changes(const struct page *p)
{
	const struct course *course = &p->analysis->course;
	size_t shown = 0;

	page_heading(p, "Changes in the course of the run");
	if (!course->changes.size)
		fputs("  none: no level changed beyond its noise\n", p->out);
	vec_each (&course->changes, change) {
		if (shown++ < MOST_LINES)
			write_change(p, change);
	}
	if (course->changes.size > MOST_LINES)
		fprintf(p->out, "  ... %zu more (--json)\n", course->changes.size - MOST_LINES);
}

static void write_phase(const struct page *p, const struct phase *phase, unsigned int number)
{
	const struct course *course = &p->analysis->course;

	fprintf(p->out, "  %u. %.0f%% of the time, first at %.6g s:", number,
		100.0 * phase->windows / course->windows.nr, seconds_at(p, phase->first));
	if (!phase->nr_traits)
		fputs(" as usual", p->out);
	for (unsigned int i = 0; i < phase->nr_traits; i++) {
		const struct trait_of_phase *trait = &phase->traits[i];
		scoped_free char *label = series_label(&course->windows.series[trait->series]);
		char factor[32];

		fprintf(p->out, "%s %s %s the median", i ? "," : "", label,
			factor_text(trait->factor, factor));
	}
	fputc('\n', p->out);
}

static void write_phases(const struct page *p)
{
	const struct course *course = &p->analysis->course;
	char width[NUMBER_SIZE];

	page_heading(p, "Phases");
	fprintf(p->out, "  %" PRIu32 " windows of %s: ", course->windows.nr,
		duration_format(course->windows.width_ns, width));
	if (course->nr_phases < 2) {
		fputs("no clusters, all are of one kind\n", p->out);
		return;
	}
	fprintf(p->out, "%u kinds (silhouette %.2f)\n", course->nr_phases, course->silhouette);
	for (unsigned int i = 0; i < course->nr_phases; i++)
		write_phase(p, &course->phases[i], i + 1);
}

static void write_kind(const struct page *p, const struct kind_member *members, size_t nr)
{
	uint64_t calls = 0, total_ns = 0;
	char *names = xstrdup(""), mean[NUMBER_SIZE], label[32];

	for (size_t i = 0; i < nr; i++) {
		char *longer = xasprintf("%s%s%s", names, i ? ", " : "",
					 call_label(members[i].key, label));

		free(names);
		names = longer;
		calls += members[i].calls;
		total_ns += members[i].calls * members[i].mean_ns;
	}
	page_sentence(p, 2, "%u. %s: %" PRIu64 " calls, %s each", members->kind + 1, names, calls,
		      duration_format(total_ns / calls, mean));
	free(names);
}

static void write_kinds(const struct page *p)
{
	const struct kinds *kinds = &p->analysis->kinds;

	page_heading(p, "Kinds of system calls, by number and time");
	if (kinds->nr < 2) {
		fputs("  no clusters, all are of one kind\n", p->out);
		return;
	}
	fprintf(p->out, "  %zu names in %u kinds (silhouette %.2f)\n", kinds->nr_members, kinds->nr,
		kinds->silhouette);
	for (size_t i = 0, end; i < kinds->nr_members; i = end) {
		for (end = i;
		     end < kinds->nr_members && kinds->members[end].kind == kinds->members[i].kind;)
			end++;
		write_kind(p, kinds->members + i, end - i);
	}
}

static void write_relation(const struct page *p, const struct relation *relation)
{
	const struct windows *w = &p->analysis->course.windows;
	scoped_free char *x = series_label(&w->series[relation->x]);
	scoped_free char *y = series_label(&w->series[relation->y]);
	const struct correlation *c = &relation->correlation;

	page_sentence(p, 2, "%s and %s: %s (rank correlation %+.2f, 95%%: %+.2f to %+.2f)", x, y,
		      c->r > 0 ? "more of one where there is more of the other"
			       : "less of one where there is more of the other",
		      c->r, c->low, c->high);
}

static void write_matrix(const struct page *p)
{
	const struct course *course = &p->analysis->course;
	uint32_t nr = course->windows.nr_series;

	fputs("\n", p->out);
	for (uint32_t i = 0; i < nr; i++) {
		scoped_free char *label = series_label(&course->windows.series[i]);

		fprintf(p->out, "  %2" PRIu32 " %-*.*s", i + 1, MATRIX_NAMES, MATRIX_NAMES, label);
		for (uint32_t k = 0; k <= i; k++)
			fprintf(p->out, " %+5.2f", course->r[i * nr + k]);
		fputc('\n', p->out);
	}
	fprintf(p->out, "  %*s", MATRIX_NAMES + 3, "");
	for (uint32_t k = 0; k < nr; k++)
		fprintf(p->out, " %5" PRIu32, k + 1);
	fputc('\n', p->out);
}

static void write_relations(const struct page *p)
{
	const struct course *course = &p->analysis->course;
	size_t shown = 0;

	page_heading(p,
		     "What goes together, window by window, beyond what all calls have in common");
	if (course->busy_windows < LEAST_WINDOWS)
		fputs("  in too few windows of time anything happened\n", p->out);
	else if (!course->relations.size)
		fputs("  nothing beyond chance\n", p->out);
	vec_each (&course->relations, relation) {
		if (shown++ < MOST_LINES)
			write_relation(p, relation);
	}
	if (course->windows.nr_series > 1 && course->busy_windows >= LEAST_WINDOWS)
		write_matrix(p);
}

void course_text(const struct page *p)
{
	if (!p->analysis->course.windows.nr) {
		page_heading(p, "The course of the run");
		fputs("  too little happened to cut it into windows of time\n", p->out);
	} else if (p->analysis->parts & ANALYSIS_CHANGES) {
		write_changes(p);
	}
	if (p->analysis->course.windows.nr && p->analysis->parts & ANALYSIS_CLUSTERS)
		write_phases(p);
	if (p->analysis->parts & ANALYSIS_CLUSTERS)
		write_kinds(p);
	if (p->analysis->course.windows.nr && p->analysis->parts & ANALYSIS_CORRELATION)
		write_relations(p);
}
