// SPDX-License-Identifier: MIT
/* `prof analyze` as text: sentences, each with the numbers that it stands on. */
#include "output/analysis_output.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>

#include "cli/number.h"
#include "cli/text.h"
#include "output/call_groups_output.h"
#include "output/example.h"
#include "output/printable.h"
#include "profile/facts.h"

static double percent(uint64_t part, uint64_t all)
{
	return all ? 100.0 * (double)part / (double)all : 0;
}

void page_heading(const struct page *p, const char *title)
{
	fprintf(p->out, p->style->color ? "\n\033[1m%s\033[m\n" : "\n%s\n", title);
}

void page_sentence(const struct page *p, unsigned int column, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = xstrdup("");
	va_end(args);
	fprintf(p->out, "%*s", (int)column, "");
	text_print_wrapped(p->out, text, column, p->style->width);
	free(text);
}

/* ---- What sets calls apart ---- */

static void write_finding(const struct page *p, const struct finding *f)
{
	scoped_free char *label = attribute_label(
		&p->analysis->study.attributes, (enum attribute)f->trait.attribute, f->trait.value);
	scoped_free char *clean = printable(label);

	if (isinf(f->risk_ratio))
		page_sentence(p, 6, "%.0f%% are %s, and no others", 100 * f->support, clean);
	else
		page_sentence(p, 6, "%.0f%% are %s, of the others %.2g%% (risk ratio %.3g)",
			      100 * f->support, clean, 100 * f->background, f->risk_ratio);
}

static void write_part(const struct page *p, const struct part *part)
{
	for (unsigned int i = 0; i < part->nr_findings; i++)
		write_finding(p, &part->findings[i]);
	example_text(p->out, p->analysis->recording, &part->example, p->style->input, 6);
}

/* ---- Calls ---- */

static void write_modes(const struct page *p, const struct call_study *call)
{
	uint64_t total_ns = 0;

	for (unsigned int i = 0; i < call->nr_modes; i++)
		total_ns += call->modes[i].total_ns;
	for (unsigned int i = 0; i < call->nr_modes; i++) {
		const struct part *mode = &call->modes[i];
		char middle[NUMBER_SIZE];

		page_sentence(p, 4, "%.3g%% at %s (%.3g%% of its time)",
			      percent(mode->count, call->timed),
			      duration_format(mode->middle_ns, middle),
			      percent(mode->total_ns, total_ns));
		write_part(p, mode);
	}
}

/* On a busy machine. */
static void write_waiting_of(const struct page *p, const struct call_study *call)
{
	char waiting[NUMBER_SIZE];

	if (call->ready_ns > call->total_ns / 10)
		page_sentence(p, 4, "others had the processor for %s of that; the rest:",
			      duration_format(call->ready_ns, waiting));
}

static void write_call(const struct page *p, const struct call_study *call)
{
	char label[32], total[NUMBER_SIZE], middle[NUMBER_SIZE], from[NUMBER_SIZE];

	fprintf(p->out, "\n  %s: %" PRIu64 " calls, %s, %.1f%% of the time of all calls; ",
		call_label(call->key, label), call->calls, duration_format(call->total_ns, total),
		percent(call->total_ns, p->analysis->study.total_ns));
	if (call->nr_modes > 1) {
		fprintf(p->out, "%u modes\n", call->nr_modes);
		write_waiting_of(p, call);
		write_modes(p, call);
	} else {
		fprintf(p->out, "one mode, at %s\n",
			duration_format(call->modes[0].middle_ns, middle));
		write_waiting_of(p, call);
	}
	if (!call->slowest.count)
		return;
	page_sentence(p, 4, "the slowest %" PRIu64 " (from %s on)%s", call->slowest.count,
		      duration_format(call->slowest.from_ns, from),
		      call->slowest.nr_findings ? ":" : ": nothing recorded sets them apart");
	write_part(p, &call->slowest);
}

static void write_calls(const struct page *p)
{
	page_heading(p, "What takes the time, and what the slow calls have in common");
	if (!p->analysis->study.calls.size)
		fprintf(p->out, "  no system call has both %d calls and %.1f%% of the time\n",
			STUDY_LEAST_CALLS, 100 * STUDY_LEAST_SHARE);
	vec_each (&p->analysis->study.calls, call)
		write_call(p, call);
}

/* ---- Anomalies ---- */

/* What it took beside that, while others had the processor, if that is worth a word. */
static void write_waiting(const struct page *p, const struct anomaly *a)
{
	uint64_t waiting_ns = a->event.duration_ns - a->own_ns;
	char waiting[NUMBER_SIZE];

	if (waiting_ns > a->own_ns / 10)
		fprintf(p->out, ", and %s without a processor",
			duration_format(waiting_ns, waiting));
}

static void write_anomaly(const struct page *p, unsigned int number, const struct anomaly *a)
{
	char label[32], took[NUMBER_SIZE], baseline[NUMBER_SIZE];

	fprintf(p->out, "  %2u. %-6s %s took %s, %.1fσ from the usual %s", number,
		severity_names[anomaly_severity(a->score)], call_label(a->key, label),
		duration_format(a->own_ns, took), a->score,
		duration_format(a->baseline_ns, baseline));
	write_waiting(p, a);
	fputc('\n', p->out);
	example_text(p->out, p->analysis->recording, &a->event, p->style->input, 6);
}

static void write_anomalies(const struct page *p)
{
	const struct study *s = &p->analysis->study;

	page_heading(p, "Anomalies");
	if (!s->anomalies) {
		fputs("  no anomalies: no call took longer than the tail of its like explains\n",
		      p->out);
		return;
	}
	fprintf(p->out,
		"  %" PRIu64 " calls took longer than the tail of their like explains: %" PRIu64
		" High, %" PRIu64 " Medium, %" PRIu64 " Low\n",
		s->anomalies, s->by_severity[SEVERITY_HIGH], s->by_severity[SEVERITY_MEDIUM],
		s->by_severity[SEVERITY_LOW]);
	for (unsigned int i = 0; i < s->nr_worst; i++)
		write_anomaly(p, i + 1, &s->worst[i]);
}

static void write_text(FILE *out, const struct analysis *a, const struct analysis_style *style)
{
	const struct page p = {out, a, style};

	lost_calls_line(out, recording_lost_syscalls(a->recording));
	if (a->parts & ANALYSIS_MODES)
		write_calls(&p);
	if (a->parts & ANALYSIS_ANOMALIES)
		write_anomalies(&p);
	if (a->parts & ANALYSIS_COURSE)
		course_text(&p);
	if (a->parts & ANALYSIS_HEAT)
		heat_text(&p);
}

const struct analysis_output analysis_text = {write_text};
