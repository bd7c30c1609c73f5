// SPDX-License-Identifier: MIT
/* Frames with their source lines, and with marks where they were inlined. */
#include "output/report_output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <jansson.h>
#include <cmocka.h>

#include "cli/terminal.h"
#include "output/folded.h"
#include "profile/event_paths.h"
#include "tests/unit/made_source.h"

static char *print(const struct report_output *form, unsigned int detail)
{
	static const struct report_style style = {.width = WIDTH_UNLIMITED, .percent_limit = 0};
	struct recording *r = recording_with_lines("/src");
	struct report *report = report_new(r, detail);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	form->write(out, report, &style);
	fclose(out);
	report_free(report);
	recording_close(r);
	return text;
}

static char *fold(unsigned int detail)
{
	struct recording *r = recording_with_lines("/src");
	struct path_tree paths;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	event_paths_build(r, &path_choices[0], detail, &paths);
	folded_write(out, &paths, path_choices[0].weight);
	fclose(out);
	path_tree_fini(&paths);
	recording_close(r);
	return text;
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no '%s' in:\n%s", part, text);
}

static void lines_stay_apart_in_the_graph(void **state)
{
	scoped_free char *text = print(&report_text, PATH_LINES);

	(void)state;
	assert_has(text, "|--70.00%--main  main.c:12\n");
	assert_has(text, "|--20.00%--main  main.c:10\n");
	assert_has(text, "|--50.00%--load  load.c:5\n");
	assert_has(text, "--40.00%--load  load.c:7\n");
	assert_has(text, "fill  main.c:30\n");
	assert_has(text, "grow  grow.h:3\n");
	assert_has(text, " --10.00%--other\n");
}

static void lines_are_merged_without_being_asked_for(void **state)
{
	scoped_free char *text = print(&report_text, 0);

	(void)state;
	assert_has(text, "|--90.00%--main\n");
	assert_null(strstr(text, ".c:"));
	assert_null(strstr(text, "[i]"));
}

/* The paths' frames and lines as "frame@line;..." with their faults. */
static char *joined_paths(const json_t *report)
{
	char *all = xstrdup("");
	const json_t *path, *frame;
	size_t i, f;

	json_array_foreach(json_object_get(report, "fault_paths"), i, path)
	{
		const json_t *lines = json_object_get(path, "lines");
		char *longer;

		json_array_foreach(json_object_get(path, "frames"), f, frame)
		{
			const char *line = json_string_value(json_array_get(lines, f));

			longer = xasprintf("%s%s@%s;", all, json_string_value(frame),
					   line ? line : "");
			free(all);
			all = longer;
		}
		assert_int_equal(json_array_size(lines), f);
		longer = xasprintf("%s %lld\n", all,
				   json_integer_value(json_object_get(path, "faults")));
		free(all);
		all = longer;
	}
	return all;
}

static void json_has_lines_beside_the_frames(void **state)
{
	scoped_free char *text = print(&report_json, PATH_LINES);
	json_t *report = json_loads(text, 0, NULL);
	scoped_free char *paths = joined_paths(report);

	(void)state;
	assert_has(paths, "_start@;main@/src/main.c:10;load@/src/load.c:5; 4\n");
	assert_has(paths, "_start@;main@/src/main.c:12;load@/src/load.c:5; 2\n");
	assert_has(paths, "_start@;main@/src/main.c:12;load@/src/load.c:5;load@/src/load.c:7; 8\n");
	assert_has(paths,
		   "_start@;main@/src/main.c:12;fill@/src/main.c:30;grow@/src/grow.h:3; 3\n");
	json_decref(report);
}

static void json_has_no_lines_without_being_asked(void **state)
{
	scoped_free char *text = print(&report_json, 0);

	(void)state;
	assert_null(strstr(text, "\"lines\""));
}

static void inlined_functions_are_marked_by_choice(void **state)
{
	scoped_free char *marked = fold(PATH_INLINE_MARKS), *plain = fold(0);

	(void)state;
	assert_has(marked, "prog;_start;main;fill;grow_[i] 3\n");
	assert_has(marked, "prog;_start;main;load 6\n");
	assert_has(plain, "prog;_start;main;fill;grow 3\n");
	assert_null(strstr(plain, "[i]"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_stay_apart_in_the_graph),
		cmocka_unit_test(lines_are_merged_without_being_asked_for),
		cmocka_unit_test(json_has_lines_beside_the_frames),
		cmocka_unit_test(json_has_no_lines_without_being_asked),
		cmocka_unit_test(inlined_functions_are_marked_by_choice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
