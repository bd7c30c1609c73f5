// SPDX-License-Identifier: MIT
#include "cmd/report_calls.h"

#include <errno.h>
#include <stdlib.h>

#include "analysis/insights.h"
#include "analysis/priority.h"
#include "base/error.h"
#include "output/accounts_output.h"
#include "output/call_groups_output.h"
#include "output/insights_output.h"
#include "output/ratios_output.h"

/* ---- What options say ---- */

static void choose(struct call_view *view, enum call_view_kind kind)
{
	view->nr_chosen++;
	view->kind = kind;
}

int call_view_percentiles(struct call_view *view, const char *aspects)
{
	choose(view, CALLS_PERCENTILES);
	return aspects ? aspects_parse(aspects, view->aspects, &view->nr_aspects) : 0;
}

int call_view_extended(struct call_view *view, const char *aspects)
{
	choose(view, CALLS_EXTENDED);
	return aspects ? aspects_parse(aspects, view->aspects, &view->nr_aspects) : 0;
}

int call_view_quick(struct call_view *view, const char *value)
{
	(void)value;
	view->is_quick = true;
	return 0;
}

bool call_view_fits(const struct call_view *view)
{
	const bool by_syscall =
		!view->nr_aspects || (view->nr_aspects == 1 && view->aspects[0] == ASPECT_SYSCALL);

	return !view->is_quick ||
	       (view->nr_chosen && view->kind == CALLS_PERCENTILES && by_syscall);
}

int call_view_threshold(struct call_view *view, const char *value)
{
	char *end;
	double threshold = strtod(value, &end);

	if (end == value || *end || !(threshold > 0 && threshold <= 1e6))
		return refuse(-EINVAL, "'%s' is not a number of deviations", value);
	view->threshold = threshold;
	return 0;
}

int call_view_anomalies(struct call_view *view, const char *value)
{
	(void)value;
	choose(view, CALLS_ANALYSIS);
	view->parts = ANALYSIS_ANOMALIES;
	return 0;
}

int call_view_analysis(struct call_view *view, const char *parts)
{
	choose(view, CALLS_ANALYSIS);
	return analysis_parts_parse(parts, &view->parts);
}

int call_view_insights(struct call_view *view, const char *value)
{
	(void)value;
	choose(view, CALLS_INSIGHTS);
	return 0;
}

int call_view_priority(struct call_view *view, const char *value)
{
	(void)value;
	choose(view, CALLS_PRIORITY);
	return 0;
}

int call_view_account(struct call_view *view, const char *value)
{
	(void)value;
	choose(view, CALLS_ACCOUNT);
	return 0;
}

int call_view_ratios(struct call_view *view, const char *value)
{
	(void)value;
	choose(view, CALLS_RATIOS);
	return 0;
}

/* ---- The views ---- */

static void write_groups(FILE *out, struct recording *r, const struct call_view *view,
			 const struct call_view_form *form)
{
	static const enum aspect by_syscall[] = {ASPECT_SYSCALL};
	enum group_sort sort = form->sort == SORT_CALLS  ? GROUPS_BY_CALLS
			       : form->sort == SORT_TAIL ? GROUPS_BY_TAIL
							 : GROUPS_BY_TIME;
	struct call_groups groups;

	if (view->is_quick)
		call_groups_brief(r, &groups);
	else
		call_groups_build(r, view->nr_aspects ? view->aspects : by_syscall,
				  view->nr_aspects ? view->nr_aspects : 1, 0, &groups);
	if (form->json)
		call_groups_json(out, &groups, sort);
	else if (view->kind == CALLS_EXTENDED)
		call_groups_extended(out, &groups, view->threshold);
	else
		call_groups_table(out, &groups, sort);
	call_groups_fini(&groups);
}

static void write_analysis(FILE *out, struct recording *r, uint32_t parts,
			   const struct analysis_style *style, bool json)
{
	struct analysis analysis;

	analysis_build(r, parts, HEAT_ALL_CALLS, &analysis);
	(json ? &analysis_json : &analysis_text)->write(out, &analysis, style);
	analysis_fini(&analysis);
}

static void write_insights(FILE *out, struct recording *r, const struct analysis_style *style,
			   bool json)
{
	struct insights insights;

	insights_build(r, &insights);
	if (json)
		insights_json(out, &insights);
	else
		insights_text(out, &insights, style);
	insights_fini(&insights);
}

static void write_priority(FILE *out, struct recording *r, const struct analysis_style *style,
			   bool json)
{
	struct priorities priorities;

	priorities_build(r, &priorities);
	if (json)
		priorities_json(out, &priorities);
	else
		priorities_text(out, &priorities, style);
	priorities_fini(&priorities);
}

static void write_account(FILE *out, struct recording *r, const struct analysis_style *style,
			  bool json)
{
	struct accounts accounts;

	accounts_build(r, &accounts);
	if (json)
		accounts_json(out, &accounts);
	else
		accounts_text(out, &accounts, style);
	accounts_fini(&accounts);
}

static void write_ratios(FILE *out, struct recording *r, const struct analysis_style *style,
			 bool json)
{
	struct ratios ratios;

	ratios_build(r, &ratios);
	if (json)
		ratios_json(out, &ratios);
	else
		ratios_text(out, &ratios, style);
	ratios_fini(&ratios);
}

void call_view_write(FILE *out, struct recording *r, const struct call_view *view,
		     const struct call_view_form *form)
{
	const struct analysis_style style = {form->color, form->width, form->input};

	switch (view->kind) {
	case CALLS_PERCENTILES:
	case CALLS_EXTENDED:
		write_groups(out, r, view, form);
		break;
	case CALLS_ANALYSIS:
		write_analysis(out, r, view->parts, &style, form->json);
		break;
	case CALLS_INSIGHTS:
		write_insights(out, r, &style, form->json);
		break;
	case CALLS_PRIORITY:
		write_priority(out, r, &style, form->json);
		break;
	case CALLS_ACCOUNT:
		write_account(out, r, &style, form->json);
		break;
	case CALLS_RATIOS:
		write_ratios(out, r, &style, form->json);
		break;
	}
}
