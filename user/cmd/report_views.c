// SPDX-License-Identifier: MIT
#include "cmd/report_views.h"

#include <errno.h>
#include <regex.h>

#include "base/error.h"
#include "output/fault_pivot.h"
#include "output/functions_text.h"
#include "output/text_section.h"
#include "profile/event_paths.h"

bool report_view_is_chosen(const struct report_view *view)
{
	return view->nr_pivots || view->functions || view->symbol;
}

static int compile(const char *pattern, regex_t *out)
{
	return regcomp(out, pattern, REG_EXTENDED | REG_ICASE | REG_NOSUB);
}

int report_view_check(const struct report_view *view)
{
	regex_t pattern;
	char reason[128];
	int err;

	if (!view->symbol)
		return 0;
	err = compile(view->symbol, &pattern);
	if (!err) {
		regfree(&pattern);
		return 0;
	}
	regerror(err, &pattern, reason, sizeof reason);
	refuse(-EINVAL, "'%s' is no regular expression: %s", view->symbol, reason);
	return -EINVAL;
}

static void write_pivot(FILE *out, const struct report *report, const struct report_view *view,
			const struct report_style *style, bool json)
{
	struct fault_pivot pivot;

	fault_pivot_build(report->recording, &report->memory, view->pivots, view->nr_pivots,
			  report->path_weight, &pivot);
	if (json)
		json_fault_pivot(out, &pivot);
	else
		text_fault_pivot(out, &pivot, style);
	fault_pivot_fini(&pivot);
}

static bool name_matches(void *pattern, const char *name)
{
	return !regexec(pattern, name, 0, NULL, 0);
}

/* The paths of all events of a kind, and what of them is below functions of the wanted names. */
static bool find_matches(struct recording *r, const char *choice, regex_t *pattern,
			 struct path_tree *paths, struct function_table *out)
{
	event_paths_build(r, path_choice_find(choice), 0, paths);
	function_table_build(paths, name_matches, pattern, WEIGHT_COUNT, false, out);
	return path_tree_node(paths, 0)->total[WEIGHT_COUNT];
}

static void write_symbol(FILE *out, struct recording *r, const struct report_view *view,
			 const struct report_style *style)
{
	struct suspicion s = {.pattern = view->symbol};
	struct path_tree faults, calls;
	regex_t pattern;

	if (compile(view->symbol, &pattern))
		return;
	if (find_matches(r, "faults", &pattern, &faults, &s.by_faults))
		s.faults = &faults;
	if (find_matches(r, "syscalls", &pattern, &calls, &s.by_calls))
		s.calls = &calls;
	text_suspicion(out, &s, style);
	function_table_fini(&s.by_faults);
	function_table_fini(&s.by_calls);
	path_tree_fini(&faults);
	path_tree_fini(&calls);
	regfree(&pattern);
}

void report_view_write(FILE *out, struct recording *r, struct report *report,
		       const struct report_view *view, const struct report_style *style, bool json)
{
	if (!json)
		text_head(out, report, style);
	if (view->symbol && !json)
		write_symbol(out, r, view, style);
	if (view->nr_pivots)
		write_pivot(out, report, view, style, json);
	if (!view->functions || json)
		return;
	text_functions(out, report, view->by_self, style);
	if (view->callees_first)
		report_invert_paths(report);
	text_fault_paths(out, report, style);
}
