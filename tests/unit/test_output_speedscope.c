// SPDX-License-Identifier: MIT
/* speedscope's JSON, read back: its structure, and the weights that were planted. */
#include "output/speedscope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <jansson.h>
#include <cmocka.h>

#include "tests/unit/made_recording.h"

/*
 * Thread 100/100 "prog": main > load takes 4 faults of 10 ns, main 1 of 5 ns which failed, and
 * reads for 7 ns; thread 100/101 "work" takes 2 faults without a stack. 3 more faults were lost.
 */
static struct recording *planted(void)
{
	struct function_line lines[] = {
		{.function = (char *)"load \"x\"", .file = (char *)"/src/a:b.c", .line = 12}};
	uint32_t module, main_frame, load;
	struct maker m;

	maker_start(&m);
	writer_meta_text(m.w, "argv", "./prog");
	make_root(&m, "prog", 0);
	MAKE_EVENT(&m, .time_ns = 1500, .task = 1, .other = 2, .type = TASK_FORK,
		   .value = {1, 100, 101}, .text = (char *)"work");
	module = make_module(&m, "/bin/prog");
	main_frame = make_frame(&m, 0, module, 0x10, NAMES("main"));
	writer_location(m.w,
			&(struct location){
				.module = module, .offset = 0x20, .nr_lines = 1, .lines = lines});
	load = make_frame(&m, main_frame, module, 0x20, NULL);
	make_stack(&m, 1, load);
	make_stack(&m, 2, main_frame);
	MAKE_FAULT(&m, [FAULT_COUNT] = 4, [FAULT_SERVICE_NS] = 40, [FAULT_TASK] = 1,
		   [FAULT_STACK] = 1);
	MAKE_FAULT(&m, [FAULT_SERVICE_NS] = 5, [FAULT_TASK] = 1, [FAULT_STACK] = 2,
		   [FAULT_KIND] = FAULT_FAILED);
	MAKE_FAULT(&m, [FAULT_COUNT] = 2, [FAULT_TASK] = 2, [FAULT_FLAGS] = FAULT_UNTIMED);
	MAKE_SYSCALL(&m, [SYSCALL_NR] = 0, [SYSCALL_TASK] = 1, [SYSCALL_STACK] = 2,
		     [SYSCALL_DURATION_NS] = 7);
	writer_counter(m.w, "kernel.faults.minor", 9);
	writer_counter(m.w, "kernel.faults.failed", 1);
	writer_counter(m.w, "kernel.fault_ns.minor", 100);
	writer_counter(m.w, "kernel.fault_ns.failed", 5);
	return maker_open(&m, true);
}

static json_t *write_and_read(struct recording *r, unsigned int detail)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	json_t *file;

	speedscope_write(out, r, detail);
	fclose(out);
	file = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(file);
	free(text);
	return file;
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static json_t *frames_of(const json_t *file)
{
	return json_object_get(json_object_get(file, "shared"), "frames");
}

/* Every sample has a weight and names frames that there are; the sum is where the profile ends. */
static void assert_is_sound(const json_t *profile, size_t nr_frames)
{
	json_t *samples = json_object_get(profile, "samples");
	json_t *weights = json_object_get(profile, "weights"), *sample, *frame, *weight;
	json_int_t sum = 0;
	size_t i, j;

	assert_string_equal(text_of(profile, "type"), "sampled");
	assert_int_equal(json_integer_value(json_object_get(profile, "startValue")), 0);
	assert_int_equal(json_array_size(samples), json_array_size(weights));
	json_array_foreach(samples, i, sample)
	{
		json_array_foreach(sample, j, frame)
			assert_in_range(json_integer_value(frame), 0, nr_frames - 1);
	}
	json_array_foreach(weights, i, weight) sum += json_integer_value(weight);
	assert_int_equal(sum, json_integer_value(json_object_get(profile, "endValue")));
}

static void there_is_a_profile_for_each_weight_and_thread(void **state)
{
	static const struct {
		const char *name, *unit;
		json_int_t sum;
	} expected[] = {
		{"page faults, all threads", "none", 10},
		{"page faults, prog 100/100", "none", 5},
		{"page faults, work 100/101", "none", 2},
		{"time of page faults, all threads", "nanoseconds", 105},
		{"time of page faults, prog 100/100", "nanoseconds", 45},
		{"bytes of page faults, all threads", "bytes", 9 * 4096},
		{"bytes of page faults, prog 100/100", "bytes", 4 * 4096},
		{"bytes of page faults, work 100/101", "bytes", 2 * 4096},
		{"system calls, all threads", "none", 1},
		{"system calls, prog 100/100", "none", 1},
		{"time of system calls, all threads", "nanoseconds", 7},
		{"time of system calls, prog 100/100", "nanoseconds", 7},
	};
	struct recording *r = planted();
	json_t *file = write_and_read(r, 0), *profile;
	size_t i;

	(void)state;
	assert_string_equal(text_of(file, "$schema"),
			    "https://www.speedscope.app/file-format-schema.json");
	assert_string_equal(text_of(file, "name"), "./prog");
	assert_int_equal(json_array_size(json_object_get(file, "profiles")),
			 sizeof expected / sizeof *expected);
	json_array_foreach(json_object_get(file, "profiles"), i, profile)
	{
		assert_string_equal(text_of(profile, "name"), expected[i].name);
		assert_string_equal(text_of(profile, "unit"), expected[i].unit);
		assert_int_equal(json_integer_value(json_object_get(profile, "endValue")),
				 expected[i].sum);
		assert_is_sound(profile, json_array_size(frames_of(file)));
	}
	json_decref(file);
	recording_close(r);
}

/* The names of the frames of a profile's sample, joined. */
static char *sample_names(const json_t *file, size_t profile, size_t sample)
{
	json_t *at = json_array_get(json_object_get(file, "profiles"), profile), *frame;
	char *names = xstrdup("");
	size_t i;

	at = json_array_get(json_object_get(at, "samples"), sample);
	json_array_foreach(at, i, frame)
	{
		json_t *named = json_array_get(frames_of(file), (size_t)json_integer_value(frame));
		char *more = xasprintf("%s%s%s", names, i ? "|" : "", text_of(named, "name"));

		free(names);
		names = more;
	}
	return names;
}

static void samples_go_from_the_root_to_the_leaf(void **state)
{
	struct recording *r = planted();
	json_t *file = write_and_read(r, 0);
	scoped_free char *all = sample_names(file, 0, 1);
	scoped_free char *lost = sample_names(file, 0, 2);
	scoped_free char *bare = sample_names(file, 2, 0);
	scoped_free char *call = sample_names(file, 8, 0);

	(void)state;
	assert_string_equal(all, "prog|main|load \"x\"");
	assert_string_equal(lost, "[lost]");
	assert_string_equal(bare, "work 100/101");
	assert_string_equal(call, "prog|main|read_[k]");
	json_decref(file);
	recording_close(r);
}

/* The frame of the function that has a source file. */
static json_t *find_load(const json_t *file)
{
	json_t *frame;
	size_t i;

	json_array_foreach(frames_of(file), i, frame)
	{
		if (!strncmp(text_of(frame, "name"), "load", 4))
			return frame;
	}
	return NULL;
}

static void frames_have_files_and_lines_by_choice(void **state)
{
	struct recording *r = planted();
	json_t *file = write_and_read(r, 0), *with_lines = write_and_read(r, PATH_LINES);

	(void)state;
	assert_string_equal(text_of(find_load(file), "file"), "/src/a:b.c");
	assert_null(json_object_get(find_load(file), "line"));
	assert_string_equal(text_of(find_load(with_lines), "file"), "/src/a:b.c");
	assert_int_equal(json_integer_value(json_object_get(find_load(with_lines), "line")), 12);
	json_decref(file);
	json_decref(with_lines);
	recording_close(r);
}

static void an_empty_recording_is_a_file(void **state)
{
	struct recording *r;
	struct maker m;
	json_t *file;

	(void)state;
	maker_start(&m);
	make_root(&m, "prog", 0);
	r = maker_open(&m, true);
	file = write_and_read(r, 0);
	assert_int_equal(json_array_size(json_object_get(file, "profiles")), 0);
	assert_int_equal(json_array_size(frames_of(file)), 0);
	json_decref(file);
	recording_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_is_a_profile_for_each_weight_and_thread),
		cmocka_unit_test(samples_go_from_the_root_to_the_leaf),
		cmocka_unit_test(frames_have_files_and_lines_by_choice),
		cmocka_unit_test(an_empty_recording_is_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
