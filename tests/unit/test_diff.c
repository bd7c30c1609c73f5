// SPDX-License-Identifier: MIT
/*
 * Recordings made by hand and compared: nothing differs from itself, the other way round is the
 * negative, parts add up, and functions meet whose names do not.
 */
#include "diff/diff.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <cmocka.h>

#include "diff/gate.h"
#include "tests/unit/made_recording.h"

/* A program whose stages fault and write; names and amounts are what a test says. */
struct program {
	const char *names[4]; /* run, fill, and the two that call fill */
	uint64_t faults[2];   /* below either caller */
	uint64_t writes, bytes_each;
	bool inlines;         /* the second caller is no function of its own */
	uint64_t write_ns;    /* of the first write, 1 ns more of each; 0: 700 ns of all */
	uint64_t late_writes; /* at the end, by the second caller */
	const char *argument;
	uint64_t lost, lost_writes;
	uint64_t wall_ns; /* 0: 5 ms */
	const char *host;
};

static const struct program plain = {
	.names = {"run", "fill", "stage_one", "stage_two"},
	.faults = {1000, 3000},
	.writes = 20,
	.bytes_each = 65536,
};

struct made {
	struct recording *r;
	struct run *run;
};

static void make_faults(struct maker *m, uint64_t stack, uint64_t nr, uint64_t address)
{
	MAKE_FAULT(m, [FAULT_START_NS] = 5000 + stack, [FAULT_COUNT] = nr,
		   [FAULT_SPAN_NS] = nr * 100, [FAULT_SERVICE_NS] = nr * 50,
		   [FAULT_ADDRESS] = address, [FAULT_STRIDE_BYTES] = nr > 1 ? 4096 : 0,
		   [FAULT_ERROR_CODE] = 6, [FAULT_TASK] = 1, [FAULT_STACK] = stack);
}

/* Writes that the kernel has counted and the stream has dropped. */
static void make_lost_writes(struct maker *m, uint64_t kept, uint64_t lost)
{
	writer_counter(m->w, "lost.syscalls.ring_full", lost);
	writer_syscall_total(m->w, &(struct syscall_total){.nr = SYS_write,
							   .calls = kept + lost,
							   .duration_ns = 700 * (kept + lost)});
}

static struct made make(const struct program *p)
{
	uint32_t program, libc, start, run, callers[2], fill[2], write;
	struct maker m;

	maker_start(&m);
	writer_meta_text(m.w, "argv", p->names[0]);
	if (p->argument)
		writer_meta_text(m.w, "argv", p->argument);
	writer_meta_text(m.w, "host", p->host ? p->host : "here");
	make_root(&m, "prog", 0);
	program = make_module(&m, "/usr/bin/prog");
	libc = make_module(&m, "/lib/libc.so.6");
	start = make_frame(&m, 0, program, 0x10, NAMES("main"));
	run = make_frame(&m, start, program, 0x20, NAMES(p->names[0]));
	callers[0] = make_frame(&m, run, program, 0x30, NAMES(p->names[2]));
	callers[1] = p->inlines ? run : make_frame(&m, run, program, 0x40, NAMES(p->names[3]));
	for (int i = 0; i < 2; i++) {
		fill[i] = make_frame(&m, callers[i], program, 0x50, NAMES(p->names[1]));
		make_stack(&m, (uint32_t)i + 1,
			   make_frame(&m, fill[i], libc, 0x60, NAMES("memset")));
		if (p->faults[i])
			make_faults(&m, (uint64_t)i + 1, p->faults[i],
				    0x7f0000000000 + (uint64_t)i * 0x100000000);
	}
	write = make_frame(&m, run, libc, 0x70, NAMES("write"));
	make_stack(&m, 3, write);
	make_stack(&m, 4, make_frame(&m, callers[1], libc, 0x70, NAMES("write")));
	for (uint64_t i = 0; i < p->writes + p->late_writes; i++)
		MAKE_SYSCALL(&m, [SYSCALL_START_NS] = 900000 + i, [SYSCALL_NR] = SYS_write,
			     [SYSCALL_RESULT] = p->bytes_each,
			     [SYSCALL_DURATION_NS] = p->write_ns ? p->write_ns + i : 700,
			     [SYSCALL_TASK] = 1, [SYSCALL_STACK] = i < p->writes ? 3 : 4);
	if (p->lost_writes)
		make_lost_writes(&m, p->writes, p->lost_writes);
	if (p->lost)
		writer_counter(m.w, "lost.faults.ring_full", p->lost);
	MAKE_EVENT(&m, .time_ns = 9000000, .task = 1, .type = TASK_EXIT, .value = {0, 0, 0, 0, 1});
	writer_counter(m.w, "exit_status", 0);
	writer_counter(m.w, "wall_ns", p->wall_ns ? p->wall_ns : 5000000);
	struct recording *r = maker_open(&m, true);

	return (struct made){r, run_new(r, "made")};
}

static void made_fini(struct made *made)
{
	run_free(made->run);
	recording_close(made->r);
}

static struct diff *compare(const struct made *base, const struct made *new)
{
	static const struct diff_options options = {0};
	const struct aligned_runs runs = {.of = {&base->run, &new->run}, .nr = {1, 1}};
	struct diff *diff;

	assert_int_equal(diff_make(&runs, &options, &diff), 0);
	return diff;
}

static const char *first_id(const struct diff *diff)
{
	return diff->verdict.items.items[0].id;
}

static void nothing_differs_from_itself(void **state)
{
	struct made a = make(&plain);
	struct diff *diff = compare(&a, &a);

	(void)state;
	assert_string_equal(first_id(diff), "no-difference");
	assert_false(diff->differs);
	for (int metric = 0; metric < NR_METRICS; metric++)
		assert_true(change_delta(&diff->metrics[metric].change) == 0);
	for (int facet = 0; facet < NR_FACETS; facet++) {
		vec_each (&diff->tables[facet].rows, row)
			assert_true(change_delta(&row->change) == 0 && !row->change.is_claimed);
	}
	for (int events = 0; events < NR_PATH_EVENTS; events++) {
		assert_int_equal(diff->path_changes[events].items.size, 0);
		assert_int_equal(path_tree_node(&diff->paths[events], 0)->total[ALIGNED_APART], 0);
	}
	assert_int_equal(diff->alignment.matches.size, 0);
	diff_free(diff);
	made_fini(&a);
}

static void the_other_way_round_is_the_negative(void **state)
{
	struct program more = plain;
	struct made a = make(&plain), b;
	struct diff *forth, *back;

	(void)state;
	more.faults[1] = 9000;
	more.writes = 300;
	b = make(&more);
	forth = compare(&a, &b);
	back = compare(&b, &a);
	assert_true(change_delta(&forth->metrics[METRIC_FAULTS].change) == 6000);
	for (int metric = 0; metric < NR_METRICS; metric++)
		assert_true(change_delta(&forth->metrics[metric].change) ==
			    -change_delta(&back->metrics[metric].change));
	for (int facet = 0; facet < NR_FACETS; facet++) {
		vec_each (&forth->tables[facet].rows, row) {
			const struct diff_row *other = diff_table_find(
				&back->tables[facet], diff_row_name(&forth->tables[facet], row));

			assert_non_null(other);
			assert_true(change_delta(&row->change) == -change_delta(&other->change));
		}
	}
	for (int events = 0; events < NR_PATH_EVENTS; events++) {
		const uint64_t *x = path_tree_node(&forth->paths[events], 0)->total;
		const uint64_t *y = path_tree_node(&back->paths[events], 0)->total;

		assert_true(aligned_delta(x) == -aligned_delta(y));
		assert_int_equal(x[ALIGNED_APART], y[ALIGNED_APART]);
	}
	diff_free(forth);
	diff_free(back);
	made_fini(&a);
	made_fini(&b);
}

static uint64_t sum_of(const struct diff *diff, enum facet facet, enum side side)
{
	uint64_t sum = 0;

	vec_each (&diff->tables[facet].rows, row)
		sum += diff_row_sum(&diff->tables[facet], row, side, AMOUNT_COUNT);
	return sum;
}

static void parts_add_up(void **state)
{
	static const enum facet of_faults[] = {FACET_CAUSE, FACET_REGION, FACET_SIZE, FACET_OWNER,
					       FACET_RETURNER};
	struct program other = plain;
	struct made a = make(&plain), b;
	struct diff *diff;

	(void)state;
	other.faults[0] = 77;
	other.writes = 5;
	b = make(&other);
	diff = compare(&a, &b);
	for (size_t i = 0; i < sizeof of_faults / sizeof *of_faults; i++) {
		assert_int_equal(sum_of(diff, of_faults[i], BASE), 4000);
		assert_int_equal(sum_of(diff, of_faults[i], NEW), 3077);
	}
	assert_int_equal(sum_of(diff, FACET_SYSCALL, BASE), 20);
	assert_int_equal(sum_of(diff, FACET_CALL_SITE, NEW), 5);
	assert_int_equal(path_tree_node(&diff->paths[PATH_FAULTS], 0)->total[ALIGNED_NEW], 3077);
	assert_int_equal(path_tree_node(&diff->paths[PATH_CALLS], 0)->total[ALIGNED_BASE], 20);
	diff_free(diff);
	made_fini(&a);
	made_fini(&b);
}

/* Other names, and one function less: everything meets all the same. */
static void functions_meet_by_what_they_do(void **state)
{
	const struct program other = {
		.names = {"execute", "populate", "phase_a", NULL},
		.faults = {1000, 3000},
		.writes = 20,
		.bytes_each = 65536,
		.inlines = true,
	};
	struct made a = make(&plain), b = make(&other);
	struct diff *diff = compare(&a, &b);

	(void)state;
	assert_string_equal(alignment_name(&diff->alignment, NEW, "populate"), "fill -> populate");
	assert_string_equal(alignment_name(&diff->alignment, BASE, "fill"), "fill -> populate");
	assert_int_equal(diff->inlined.items.size, 1);
	assert_int_equal(path_tree_node(&diff->paths[PATH_FAULTS], 0)->total[ALIGNED_APART], 0);
	assert_string_equal(first_id(diff), "renamed");
	assert_false(diff->differs);
	vec_each (&diff->alignment.matches, match)
		assert_true(match->score >= LEAST_SCORE && match->score <= 1);
	diff_free(diff);
	made_fini(&a);
	made_fini(&b);
}

/* In one program, work that goes from one caller to the other has moved. */
static void moved_work_is_no_loss(void **state)
{
	struct program from = plain, to = plain;
	struct made a, b;
	struct diff *diff;

	(void)state;
	from.faults[0] = 0;
	to.faults[0] = 3000;
	to.faults[1] = 0;
	a = make(&from);
	b = make(&to);
	diff = compare(&a, &b);
	assert_string_equal(first_id(diff), "moved");
	assert_int_equal(diff->path_changes[PATH_FAULTS].moved.size, 1);
	assert_int_equal(diff->path_changes[PATH_FAULTS].moved.items[0].base, 3000);
	assert_int_equal(diff->path_changes[PATH_FAULTS].items.size, 2);
	assert_false(diff->differs);
	diff_free(diff);
	made_fini(&a);
	made_fini(&b);
}

static void smaller_pieces_are_found(void **state)
{
	struct program pieces = plain;
	struct made a = make(&plain), b;
	struct diff *diff;

	(void)state;
	pieces.writes = 20480;
	pieces.bytes_each = 64;
	b = make(&pieces);
	diff = compare(&a, &b);
	assert_string_equal(first_id(diff), "unbuffered-io");
	assert_int_equal(diff->verdict.items.items[0].saved_calls, 20460);
	assert_int_equal(diff->verdict.items.items[0].saved_ns, 20460 * 700);
	assert_int_equal(diff->job.verdict, JOB_SAME);
	diff_free(diff);
	made_fini(&a);
	made_fini(&b);
}

static void another_amount_is_another_job(void **state)
{
	struct program larger = plain, argued = plain, number = plain;
	struct made a = make(&plain), b, c, d;
	struct diff *diff;

	(void)state;
	larger.writes = 40;
	b = make(&larger);
	diff = compare(&a, &b);
	assert_int_equal(diff->job.verdict, JOB_OTHER);
	assert_string_equal(first_id(diff), "not-the-same-job");
	diff_free(diff);
	/* Bytes that agree outweigh arguments that do not. */
	argued.argument = "100";
	number.argument = "200";
	c = make(&argued);
	d = make(&number);
	diff = compare(&c, &d);
	assert_int_equal(diff->job.verdict, JOB_SAME);
	diff_free(diff);
	made_fini(&a);
	made_fini(&b);
	made_fini(&c);
	made_fini(&d);
}

static bool has_caveat(const struct diff *diff, const char *part)
{
	vec_each (&diff->caveats.texts, text) {
		if (strstr(*text, part))
			return true;
	}
	return false;
}

static void losses_and_emptiness_are_told(void **state)
{
	struct program lossy = plain, empty = plain, far = plain;
	struct made a = make(&plain), b, c, d;
	struct diff *diff;

	(void)state;
	lossy.lost = 7;
	b = make(&lossy);
	diff = compare(&a, &b);
	assert_true(has_caveat(diff, "NEW lost 7 events"));
	assert_false(has_caveat(diff, "different hosts"));
	diff_free(diff);
	far.host = "there";
	d = make(&far);
	diff = compare(&a, &d);
	assert_true(has_caveat(diff, "different hosts (here | there)"));
	diff_free(diff);
	made_fini(&d);
	empty.faults[0] = empty.faults[1] = empty.writes = 0;
	c = make(&empty);
	diff = compare(&c, &a);
	assert_true(has_caveat(diff, "BASE is empty"));
	assert_false(has_caveat(diff, "NEW is empty"));
	diff_free(diff);
	diff = compare(&c, &c);
	assert_false(diff->differs);
	diff_free(diff);
	made_fini(&a);
	made_fini(&b);
	made_fini(&c);
}

static bool holds(const struct diff *diff, const char *text)
{
	struct gate_result result;
	struct gate gate;

	assert_int_equal(gate_parse(text, &gate), 0);
	gate_judge(&gate, diff, &result);
	assert_true(result.is_known);
	return result.holds;
}

static void gates_hold_or_not(void **state)
{
	struct program less = plain;
	struct gate_result result;
	struct made a = make(&plain), b;
	struct diff *diff;
	struct gate goal;

	(void)state;
	less.faults[1] = 0; /* 4000 become 1000 */
	b = make(&less);
	diff = compare(&a, &b);
	assert_true(holds(diff, "faults<-70%"));
	assert_false(holds(diff, "faults<-75%"));
	assert_true(holds(diff, "faults<=-75%"));
	assert_true(holds(diff, "faults<-2k"));
	assert_true(holds(diff, "faults>999"));
	assert_false(holds(diff, "faults>+5%"));
	assert_false(holds(diff, "calls:write>+0"));
	assert_true(holds(diff, "calls:write>=20"));
	assert_true(holds(diff, "fault-time<100us"));
	assert_int_equal(goal_parse("faults=-80%", &goal), 0);
	gate_judge(&goal, diff, &result);
	assert_false(result.holds);
	assert_true(result.percent == -75 && result.low < -75 && result.high > -75);
	assert_string_equal(reduction_class(result.percent), "70 to 80%");
	assert_string_equal(reduction_class(-85), "80 to 90%");
	assert_string_equal(reduction_class(-60), "50 to 70%");
	assert_string_equal(reduction_class(-3), "minimal");
	assert_string_equal(reduction_class(5), "none");
	diff_free(diff);
	made_fini(&a);
	made_fini(&b);
}

static double quantile_of(const struct diff *diff, const char *site, enum side side,
			  enum amount amount)
{
	const struct diff_table *table = &diff->tables[FACET_CALL_SITE];
	const struct diff_row *row = diff_table_find(table, site);
	double ns;

	assert_non_null(row);
	return diff_row_quantile(table, row, side, amount, &ns) ? ns : -1;
}

/* Of few calls exactly, of many within the bound; of too few not at all. */
static void times_of_callers_have_quantiles(void **state)
{
	struct program slow = plain;
	struct made a, b;
	struct diff *diff;

	(void)state;
	slow.write_ns = 1000;
	slow.writes = 100;
	slow.late_writes = 99;
	a = make(&slow);
	slow.writes = 2000;
	slow.late_writes = 2;
	b = make(&slow);
	diff = compare(&a, &b);
	assert_true(quantile_of(diff, "write in run", BASE, AMOUNT_P50) == 1049);
	assert_true(quantile_of(diff, "write in run", BASE, AMOUNT_P99) == 1098);
	assert_true(fabs(quantile_of(diff, "write in run", NEW, AMOUNT_P50) - 1999) < 0.004 * 1999);
	assert_true(fabs(quantile_of(diff, "write in run", NEW, AMOUNT_P99) - 2979) < 0.004 * 2979);
	assert_true(quantile_of(diff, "write in stage_two", BASE, AMOUNT_P50) == 1149);
	assert_true(quantile_of(diff, "write in stage_two", BASE, AMOUNT_P99) == -1);
	assert_true(quantile_of(diff, "write in stage_two", NEW, AMOUNT_P50) == -1);
	diff_free(diff);
	made_fini(&a);
	made_fini(&b);
}

/* Functions that have one name by the map are one row, with the quantiles of all. */
static void callers_that_are_one_are_put_together(void **state)
{
	struct program two = plain;
	struct name_map map = {0};
	const struct diff_options options = {.map = &map};
	struct aligned_runs runs = {.nr = {1, 1}};
	struct diff *diff;
	struct made a, b;

	(void)state;
	two.write_ns = 1000;
	two.writes = 60;
	two.late_writes = 60;
	a = make(&two);
	two.names[0] = "stage_two";
	b = make(&two);
	runs.of[BASE] = &a.run;
	runs.of[NEW] = &b.run;
	assert_int_equal(name_map_add_line(&map, "run -> stage_two", "map", 1), 0);
	assert_int_equal(name_map_add_line(&map, "stage_two -> stage_two", "map", 2), 0);
	assert_int_equal(diff_make(&runs, &options, &diff), 0);
	assert_int_equal(diff->tables[FACET_CALL_SITE].rows.size, 1);
	assert_true(diff->tables[FACET_CALL_SITE].rows.items[0].change.new.mean == 120);
	diff_free(diff);
	name_map_fini(&map);
	made_fini(&a);
	made_fini(&b);
}

/* Time that no event explains is told as such: a verdict and the exit status agree. */
static void what_only_totals_show_is_told(void **state)
{
	struct program slow = plain;
	struct made made[2];
	struct run *base[4], *new[4];
	const struct aligned_runs runs = {.of = {base, new}, .nr = {4, 4}};
	static const struct diff_options options = {0};
	struct diff *diff;

	(void)state;
	slow.wall_ns = 500000000;
	made[BASE] = make(&plain);
	made[NEW] = make(&slow);
	for (int i = 0; i < 4; i++) {
		base[i] = made[BASE].run;
		new[i] = made[NEW].run;
	}
	assert_int_equal(diff_make(&runs, &options, &diff), 0);
	assert_true(diff->differs);
	assert_string_equal(first_id(diff), "only-in-total");
	assert_int_equal(diff->verdict.items.items[0].side, NEW);
	diff_free(diff);
	made_fini(&made[BASE]);
	made_fini(&made[NEW]);
}

static void lost_calls_are_a_row_of_their_own(void **state)
{
	struct program lossy = plain;
	struct made a = make(&plain), b;
	const struct diff_row *row;
	struct diff *diff;

	(void)state;
	lossy.lost_writes = 30;
	b = make(&lossy);
	diff = compare(&a, &b);
	row = diff_table_find(&diff->tables[FACET_CALL_SITE], "[lost]");
	assert_non_null(row);
	assert_true(row->change.base.mean == 0 && row->change.new.mean == 30);
	assert_int_equal(sum_of(diff, FACET_CALL_SITE, NEW), 50);
	assert_true(quantile_of(diff, "[lost]", NEW, AMOUNT_P50) == -1);
	diff_free(diff);
	diff = compare(&a, &a);
	assert_null(diff_table_find(&diff->tables[FACET_CALL_SITE], "[lost]"));
	diff_free(diff);
	made_fini(&a);
	made_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_differs_from_itself),
		cmocka_unit_test(the_other_way_round_is_the_negative),
		cmocka_unit_test(parts_add_up),
		cmocka_unit_test(functions_meet_by_what_they_do),
		cmocka_unit_test(moved_work_is_no_loss),
		cmocka_unit_test(smaller_pieces_are_found),
		cmocka_unit_test(another_amount_is_another_job),
		cmocka_unit_test(losses_and_emptiness_are_told),
		cmocka_unit_test(gates_hold_or_not),
		cmocka_unit_test(times_of_callers_have_quantiles),
		cmocka_unit_test(callers_that_are_one_are_put_together),
		cmocka_unit_test(what_only_totals_show_is_told),
		cmocka_unit_test(lost_calls_are_a_row_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
