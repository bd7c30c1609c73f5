// SPDX-License-Identifier: MIT
/* The diagnoses, which lead the report: what costs most, why, and what to do. */
#include "output/diagnosis_text.h"

#include "cli/text.h"
#include "output/printable.h"
#include "output/text_section.h"

#define MOST_DIAGNOSES 3
#define MOST_COLUMNS   100 /* longer lines are hard to read */
#define INDENT         5
#define LABELS         20 /* the column that texts begin in */

static void write_wrapped(FILE *out, const char *text, unsigned int column,
			  const struct report_style *style)
{
	unsigned int width = style->width < MOST_COLUMNS ? style->width : MOST_COLUMNS;
	scoped_free char *clean = printable(text);

	text_print_wrapped(out, clean, column, width);
}

static void write_line(FILE *out, const char *label, const char *text,
		       const struct report_style *style)
{
	fprintf(out, "%*s%-*s", INDENT, "", LABELS - INDENT, label);
	write_wrapped(out, text, LABELS, style);
}

void diagnosis_write(FILE *out, const struct diagnosis *d, size_t number,
		     const struct report_style *style)
{
	scoped_free char *title = xasprintf("%s [%s]", d->title, d->id);

	fprintf(out, "%3zu. %s", number, style->color ? "\033[1m" : "");
	write_wrapped(out, title, INDENT, style);
	fputs(style->color ? "\033[0m" : "", out);
	vec_each (&d->evidence, line)
		write_line(out, line->label, line->text, style);
	write_line(out, "fix", d->remedy, style);
	if (d->attempt) {
		scoped_free char *attempt =
			xasprintf("prof explain --try %s -- COMMAND", d->attempt->name);

		write_line(out, "try", attempt, style);
	}
}

void text_diagnoses(FILE *out, const struct report *report, const struct report_style *style)
{
	const struct diagnoses *diagnoses = &report->advice.diagnoses;
	size_t shown = diagnoses->items.size;

	if (!shown)
		return;
	if (shown > MOST_DIAGNOSES && !style->all)
		shown = MOST_DIAGNOSES;
	text_heading(out, style, "Diagnosis");
	for (size_t i = 0; i < shown; i++)
		diagnosis_write(out, &diagnoses->items.items[i], i + 1, style);
	if (shown < diagnoses->items.size)
		fprintf(out, "  ... %zu more (prof explain)\n", diagnoses->items.size - shown);
}
