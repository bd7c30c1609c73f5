// SPDX-License-Identifier: MIT
/* The model of memory: what each sequence of calls and faults must be told to come from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "made_memory.h"
#include "memory/judge.h"

#include <cmocka.h>

#define ANY -1

static void first_touches(void **state)
{
	struct made_memory *mm = *state;

	MAP_BLOCK(mm, 0, 100);
	FAULT(mm, 0, 40, WRITE_ONE);
	FAULT(mm, 40, 30, READ_ONE);
	FAULT(mm, 40, 10, WRITE_PROTECTED);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_FIRST_WRITE, SYS_mmap, ANY), 40);
	assert_int_equal(pages_of(mm, CAUSE_FIRST_READ, SYS_mmap, ANY), 30);
	assert_int_equal(pages_of(mm, CAUSE_ZERO_UPGRADE, SYS_mmap, ANY), 10);
	assert_int_equal(all_pages(mm), 80);
	assert_int_equal(memory_totals(mm->model)->service_ns, 240);
	assert_int_equal(memory_totals(mm->model)->most_bytes, 50 * PAGE);
	assert_int_equal(memory_totals(mm->model)->made_bytes, 50 * PAGE);
}

static void churn_by_unmapping(void **state)
{
	struct made_memory *mm = *state;

	for (int i = 0; i < 10; i++) {
		MAP_BLOCK(mm, 0, 100);
		FAULT(mm, 0, 100, WRITE_ONE);
		CALL(mm, SYS_munmap, 0, AT(0), 100 * PAGE);
	}
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_FIRST_WRITE, SYS_mmap, ANY), 100);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT, SYS_mmap, SYS_munmap), 900);
	assert_int_equal(memory_totals(mm->model)->made_bytes, 1000 * PAGE);
	assert_int_equal(memory_totals(mm->model)->most_bytes, 100 * PAGE);
	assert_int_equal(memory_lives(mm->model)->rows.size, 1);
	assert_int_equal(memory_lives(mm->model)->rows.items[0].regions, 10);
	assert_int_equal(memory_lives(mm->model)->rows.items[0].returned, 10);
	assert_int_equal(memory_lives(mm->model)->rows.items[0].most_bytes, 100 * PAGE);
}

static void a_failed_call_changes_nothing(void **state)
{
	struct made_memory *mm = *state;

	MAP_BLOCK(mm, 0, 10);
	FAULT(mm, 0, 10, WRITE_ONE);
	CALL(mm, SYS_munmap, (uint64_t)-22, AT(0), 10 * PAGE);
	CALL(mm, SYS_mmap, (uint64_t)-12, 0, 10 * PAGE, 3, MAP_PRIVATE | MAP_ANONYMOUS);
	FAULT(mm, 0, 10, WRITE_ONE);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT, ANY, ANY), 0);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT_UNASKED, SYS_mmap, ANY), 10);
	assert_int_equal(memory_totals(mm->model)->unsure_faults, 10);
}

static void a_hole_is_unknown(void **state)
{
	struct made_memory *mm = *state;

	MAP_BLOCK(mm, 0, 10);
	MAP_BLOCK(mm, 20, 10);
	FAULT(mm, 0, 30, WRITE_ONE); /* a run across both and what is between */
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_FIRST_WRITE, SYS_mmap, ANY), 20);
	assert_int_equal(pages_of(mm, CAUSE_UNKNOWN, ANY, ANY), 10);
	assert_int_equal(memory_totals(mm->model)->unknown_faults, 10);
	assert_int_equal(all_pages(mm), 30);
}

/*
 * A thread's munmap takes long to return; another one maps the same place meanwhile. By the times
 * of beginnings alone, or of ends alone, one of the two orders would come out wrong.
 */
static void threads_hand_memory_over(void **state)
{
	struct made_memory *mm = *state;

	MAP_BLOCK(mm, 0, 10);
	FAULT(mm, 0, 10, WRITE_ONE);
	call_lasting(mm, 1000, SYS_munmap, 0, (const uint64_t[6]){AT(0), 10 * PAGE}, 0);
	EVENT(mm, .type = TASK_FORK, .other = 2, .value = {1, 100, 101});
	mm->task = 2;
	MAP_BLOCK(mm, 0, 10); /* ends long before the munmap does */
	FAULT(mm, 0, 10, WRITE_ONE);
	mm->now_ns += 2000;
	mm->task = 1;
	FAULT(mm, 0, 1, WRITE_ONE);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT, SYS_mmap, SYS_munmap), 10);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT_UNASKED, SYS_mmap, ANY), 1);
	assert_int_equal(pages_of(mm, CAUSE_UNKNOWN, ANY, ANY), 0);
}

/* The mmap begins first, but gets its place only when the munmap has run. */
static void a_waiting_mmap_gets_what_is_unmapped(void **state)
{
	struct made_memory *mm = *state;

	MAP_BLOCK(mm, 0, 10);
	FAULT(mm, 0, 10, WRITE_ONE);
	EVENT(mm, .type = TASK_FORK, .other = 2, .value = {1, 100, 101});
	mm->task = 2;
	call_lasting(mm, 500, SYS_mmap, AT(0),
		     (const uint64_t[6]){0, 10 * PAGE, 3, MAP_PRIVATE | MAP_ANONYMOUS}, 0);
	mm->task = 1;
	CALL(mm, SYS_munmap, 0, AT(0), 10 * PAGE);
	mm->now_ns += 1000;
	FAULT(mm, 0, 10, WRITE_ONE);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT, SYS_mmap, SYS_munmap), 10);
	assert_int_equal(memory_lives(mm->model)->rows.items[0].regions, 2);
}

static void copy_on_write_on_both_sides(void **state)
{
	struct made_memory *mm = *state;

	MAP_BLOCK(mm, 0, 20);
	FAULT(mm, 0, 20, WRITE_ONE);
	EVENT(mm, .type = TASK_FORK, .other = 2, .value = {2, 101, 101});
	FAULT(mm, 0, 5, WRITE_PROTECTED);
	mm->task = 2;
	FAULT(mm, 0, 20, WRITE_PROTECTED);
	FAULT(mm, 0, 20, WRITE_PROTECTED); /* its own by now */
	EVENT(mm, .type = TASK_EXIT);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_COPY_ON_WRITE, SYS_mmap, ANY), 25);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT_UNASKED, ANY, ANY), 20);
	assert_int_equal(memory_totals(mm->model)->most_bytes, 40 * PAGE);
}

/* A vforked child lives in its parent's memory: nothing is copied. */
static void vfork_shares_memory(void **state)
{
	struct made_memory *mm = *state;

	MAP_BLOCK(mm, 0, 20);
	EVENT(mm, .type = TASK_FORK, .other = 2, .value = {2, 101, 101, 1});
	mm->task = 2;
	FAULT(mm, 0, 10, WRITE_ONE);
	EVENT(mm, .type = TASK_EXEC, .value = {101, 101});
	mm->task = 1;
	FAULT(mm, 0, 1, WRITE_ONE);
	mm->task = 2;
	FAULT(mm, 0, 1, WRITE_ONE);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_FIRST_WRITE, SYS_mmap, ANY), 10);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT_UNASKED, ANY, ANY), 1);
	assert_int_equal(pages_of(mm, CAUSE_UNKNOWN, ANY, ANY), 1); /* the new program */
}

static void the_heap_grows_and_shrinks(void **state)
{
	struct made_memory *mm = *state;

	EVENT(mm, .type = TASK_EXEC, .value = {100, 100, AT(0)});
	CALL(mm, SYS_brk, AT(0), 0);
	CALL(mm, SYS_brk, AT(10), AT(10));
	FAULT(mm, 0, 10, WRITE_ONE);
	CALL(mm, SYS_brk, AT(4), AT(4));
	CALL(mm, SYS_brk, AT(8), AT(8));
	CALL(mm, SYS_brk, AT(8), AT(9999)); /* refused */
	FAULT(mm, 4, 4, WRITE_ONE);
	FAULT(mm, 8, 1, WRITE_ONE);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_HEAP_GROWTH, SYS_brk, ANY), 10);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT, SYS_brk, SYS_brk), 4);
	assert_int_equal(pages_of(mm, CAUSE_UNKNOWN, ANY, ANY), 1);
}

static void moving_takes_owner_and_history_along(void **state)
{
	struct made_memory *mm = *state;

	MAP_BLOCK(mm, 0, 10);
	FAULT(mm, 0, 5, WRITE_ONE);
	CALL(mm, SYS_mremap, AT(100), AT(0), 10 * PAGE, 20 * PAGE, MREMAP_MAYMOVE);
	FAULT(mm, 100, 5, WRITE_ONE); /* were there: nobody asked for them again */
	FAULT(mm, 105, 15, WRITE_ONE);
	MAP_BLOCK(mm, 0, 10);
	FAULT(mm, 0, 5, WRITE_ONE); /* a new place, not one that was given back */
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT_UNASKED, SYS_mmap, ANY), 5);
	assert_int_equal(pages_of(mm, CAUSE_FIRST_WRITE, SYS_mmap, ANY), 5 + 5 + 5);
	assert_int_equal(pages_of(mm, CAUSE_FIRST_WRITE, SYS_mremap, ANY), 10);
}

/* What userfaultfd's users do to a heap: the pages are elsewhere, the mapping is still there. */
static void moving_can_leave_the_mapping_behind(void **state)
{
	struct made_memory *mm = *state;

	MAP_BLOCK(mm, 0, 10);
	FAULT(mm, 0, 5, WRITE_ONE);
	CALL(mm, SYS_mremap, AT(100), AT(0), 10 * PAGE, 10 * PAGE,
	     MREMAP_MAYMOVE | MREMAP_DONTUNMAP);
	FAULT(mm, 0, 10, WRITE_ONE);
	FAULT(mm, 105, 5, WRITE_ONE);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT, SYS_mmap, SYS_mremap), 5);
	assert_int_equal(pages_of(mm, CAUSE_FIRST_WRITE, SYS_mmap, ANY), 5 + 5 + 5);
	assert_int_equal(pages_of(mm, CAUSE_UNKNOWN, ANY, ANY), 0);
}

static void who_makes_memory_usable_owns_it(void **state)
{
	struct made_memory *mm = *state;

	map(mm, 0, 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
	CALL(mm, SYS_mprotect, 0, AT(0), 10 * PAGE, PROT_READ | PROT_WRITE);
	FAULT(mm, 0, 10, WRITE_ONE);
	CALL(mm, SYS_mprotect, 0, AT(0), 10 * PAGE, PROT_READ);
	CALL(mm, SYS_mprotect, 0, AT(0), 10 * PAGE, PROT_READ | PROT_WRITE);
	FAULT(mm, 0, 10, WRITE_PROTECTED);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_FIRST_WRITE, SYS_mprotect, ANY), 10);
	assert_int_equal(pages_of(mm, CAUSE_PROTECTION_UPGRADE, SYS_mprotect, ANY), 10);
}

static void populated_pages_are_told_apart(void **state)
{
	struct made_memory *mm = *state;

	call_lasting(
		mm, 5, SYS_mmap, AT(0),
		(const uint64_t[6]){0, 10 * PAGE, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE},
		10);
	CALL(mm, SYS_madvise, 0, AT(0), 4 * PAGE, MADV_DONTNEED);
	call_lasting(mm, 5, SYS_mlock, 0, (const uint64_t[6]){AT(0), 10 * PAGE}, 4);
	call_lasting(mm, 5, SYS_futex, 0, (const uint64_t[6]){0}, 1);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_POPULATED, ANY, ANY), 15);
	assert_int_equal(pages_of(mm, CAUSE_POPULATED, SYS_mmap, ANY), 14);
	assert_int_equal(pages_of(mm, CAUSE_POPULATED, SYS_mmap, SYS_madvise), 4);
	assert_int_equal(all_pages(mm), 0);
	assert_int_equal(memory_totals(mm->model)->made_bytes, 14 * PAGE);
}

static void huge_pages_are_supposed_until_shown_wrong(void **state)
{
	struct made_memory *mm = *state;
	uint64_t huge = 512, start = 512 - (BASE / PAGE) % 512;

	MAP_BLOCK(mm, start, 4 * huge);
	CALL(mm, SYS_madvise, 0, AT(start), 4 * huge * PAGE, MADV_HUGEPAGE);
	fault_at(mm, AT(start), 4, (int64_t)(huge * PAGE), WRITE_ONE);
	FAULT(mm, start + huge + 7, 1, WRITE_ONE); /* the second one was small */
	CALL(mm, SYS_munmap, 0, AT(start), 4 * huge * PAGE);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_FIRST_WRITE, SYS_mmap, ANY), 5);
	assert_int_equal(memory_totals(mm->model)->most_bytes, 4 * huge * PAGE);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT_UNASKED, ANY, ANY), 0);
}

static void the_stack_grows_and_files_have_names(void **state)
{
	struct made_memory *mm = *state;
	struct task_mapping mapping = {.task = 1, .start = AT(100), .end = AT(110)};

	EVENT(mm, .type = TASK_EXEC, .value = {100, 100, 0, AT(108) + 16, AT(500), AT(200) + 64});
	mapping.time_ns = mm->now_ns;
	mapping.flags = MAPPED_READ | MAPPED_WRITE | MAPPED_GROWS_DOWN;
	memory_take_mapping(mm->model, &mapping, FILE_ON_DISK);
	mapping.start = AT(200), mapping.end = AT(210), mapping.module = 5;
	mapping.flags = MAPPED_READ | MAPPED_EXEC;
	memory_take_mapping(mm->model, &mapping, FILE_ON_DISK);
	mapping.start = AT(300), mapping.end = AT(310), mapping.module = 6;
	mapping.flags = MAPPED_READ | MAPPED_WRITE;
	memory_take_mapping(mm->model, &mapping, FILE_ON_DISK);
	mm->now_ns += 10;
	fault_at(mm, AT(107), 50, -(int64_t)PAGE, WRITE_ONE); /* to far below what was mapped */
	FAULT(mm, 498, 1, READ_ONE);                          /* the kernel's data below the vdso */
	FAULT(mm, 201, 1, 0x14);
	FAULT(mm, 300, 4, WRITE_ONE);
	FAULT(mm, 304, 2, READ_ONE);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_STACK_GROWTH, ANY, ANY), 50);
	assert_int_equal(pages_of(mm, CAUSE_VDSO, ANY, ANY), 1);
	assert_int_equal(pages_of(mm, CAUSE_EXEC_TEXT, ANY, ANY), 1);
	assert_int_equal(pages_of(mm, CAUSE_FILE_PRIVATE_WRITE, ANY, ANY), 4);
	assert_int_equal(pages_of(mm, CAUSE_FILE_READ, ANY, ANY), 2);
	assert_int_equal(pages_of(mm, CAUSE_UNKNOWN, ANY, ANY), 0);
}

/* Two runs that march together: that a page was read before it was written comes too late. */
static void a_run_may_be_ahead_of_another(void **state)
{
	struct made_memory *mm = *state;

	MAP_BLOCK(mm, 0, 20);
	FAULT(mm, 0, 20, WRITE_PROTECTED);
	mm->now_ns -= 25;
	FAULT(mm, 0, 20, READ_ONE);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_ZERO_UPGRADE, SYS_mmap, ANY), 20);
	assert_int_equal(pages_of(mm, CAUSE_FIRST_READ, SYS_mmap, ANY), 20);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT_UNASKED, ANY, ANY), 0);
	assert_int_equal(memory_totals(mm->model)->unsure_faults, 0);
	assert_int_equal(memory_totals(mm->model)->confirmed_upgrades, 20);
}

/* A run that lasts is cut where another thread gives its pages back. */
static void a_run_is_cut_by_a_call(void **state)
{
	struct made_memory *mm = *state;

	MAP_BLOCK(mm, 0, 100);
	FAULT(mm, 0, 100, WRITE_ONE);
	mm->now_ns -= 60; /* in the middle of the run */
	CALL(mm, SYS_madvise, 0, AT(0), 100 * PAGE, MADV_DONTNEED);
	mm->now_ns += 100;
	FAULT(mm, 0, 100, WRITE_ONE);
	finish(mm);
	assert_int_equal(pages_of(mm, CAUSE_FIRST_WRITE, SYS_mmap, ANY), 100);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT, SYS_mmap, SYS_madvise), 50);
	assert_int_equal(pages_of(mm, CAUSE_REFAULT_UNASKED, SYS_mmap, ANY), 50);
}

/* Whatever a row says, its faults and its time are all told. */
static void strange_rows_keep_the_totals(void **state)
{
	static const uint64_t addresses[] = {0, 1, BASE, (1ULL << 63) - 1, 1ULL << 63, UINT64_MAX};
	static const uint64_t strides[] = {0, 1, PAGE, -PAGE, 12345, 1ULL << 62, 1ULL << 63};
	static const uint64_t counts[] = {1, 2, 5000, UINT32_MAX};
	struct made_memory *mm = *state;
	uint64_t faults = 0;

	MAP_BLOCK(mm, 0, 100);
	CALL(mm, SYS_mmap, UINT64_MAX - 5000, 0, UINT64_MAX, 3, MAP_PRIVATE | MAP_ANONYMOUS);
	CALL(mm, SYS_munmap, 0, 0, UINT64_MAX);
	CALL(mm, SYS_munmap, 0, AT(50), (1ULL << 63) - 1);
	CALL(mm, SYS_mremap, 0, UINT64_MAX, 1ULL << 63, 1ULL << 62);
	CALL(mm, SYS_brk, UINT64_MAX / 2, 0);
	CALL(mm, SYS_shmdt, 0, AT(10));
	EVENT(mm, .type = TASK_FORK, .other = 1, .value = {1});
	for (size_t a = 0; a < sizeof addresses / sizeof *addresses; a++) {
		for (size_t s = 0; s < sizeof strides / sizeof *strides; s++) {
			for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
				fault_at(mm, addresses[a], counts[c], (int64_t)strides[s],
					 (uint32_t)(a + s));
				faults += counts[c];
			}
		}
	}
	finish(mm);
	assert_int_equal(memory_totals(mm->model)->faults, faults);
	assert_int_equal(all_pages(mm), faults);
	assert_int_equal(memory_totals(mm->model)->service_ns, 3 * faults);
}

static void regions_are_classed_by_size(void **state)
{
	(void)state;
	assert_int_equal(size_class_of(0), 0);
	assert_int_equal(size_class_of(4095), 11);
	assert_int_equal(size_class_of(4096), 12);
	assert_int_equal(size_class_of(12 << 20), 23);
}

static void median_of_lives(void **state)
{
	struct lives lives = {0};

	(void)state;
	for (uint64_t i = 1; i <= 101; i++)
		lives_add(&lives, REGION_BLOCK, 3, i == 7 ? 9 : 0, 5000, i * 1000);
	lives_add(&lives, REGION_BLOCK, 3, 0, 50000, 7); /* another size */
	assert_int_equal(lives.rows.size, 2);
	assert_int_equal(lives.rows.items[0].regions, 101);
	assert_int_equal(lives.rows.items[0].returned, 1);
	assert_int_equal(lives.rows.items[0].returner, 9);
	assert_in_range(life_row_median_ns(&lives.rows.items[0]), 51000 * 7 / 8, 51000);
	lives_fini(&lives);
}

static void history_grows_with_time(void **state)
{
	struct history h;
	uint64_t faults = 0, most = 0;

	(void)state;
	history_init(&h, 1000);
	for (uint64_t i = 0; i < 5000; i++) {
		history_add_faults(&h, 1000 + i * 1000000, 2, 10);
		history_note_bytes(&h, 1000 + i * 1000000, i == 3000 ? 777 : 5);
	}
	history_finish(&h);
	assert_in_range(h.nr, MOST_MOMENTS / 2 - 1, MOST_MOMENTS);
	for (uint32_t i = 0; i < h.nr; i++) {
		faults += h.moments[i].faults;
		if (h.moments[i].most_bytes > most)
			most = h.moments[i].most_bytes;
	}
	assert_int_equal(faults, 10000);
	assert_int_equal(most, 777);
	assert_true(h.nr * h.width_ns >= 4999 * 1000000ULL);
}

#define MODEL_TEST(test) cmocka_unit_test_setup_teardown(test, memory_setup, memory_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		MODEL_TEST(first_touches),
		MODEL_TEST(churn_by_unmapping),
		MODEL_TEST(a_failed_call_changes_nothing),
		MODEL_TEST(a_hole_is_unknown),
		MODEL_TEST(threads_hand_memory_over),
		MODEL_TEST(a_waiting_mmap_gets_what_is_unmapped),
		MODEL_TEST(copy_on_write_on_both_sides),
		MODEL_TEST(vfork_shares_memory),
		MODEL_TEST(the_heap_grows_and_shrinks),
		MODEL_TEST(moving_takes_owner_and_history_along),
		MODEL_TEST(moving_can_leave_the_mapping_behind),
		MODEL_TEST(who_makes_memory_usable_owns_it),
		MODEL_TEST(populated_pages_are_told_apart),
		MODEL_TEST(huge_pages_are_supposed_until_shown_wrong),
		MODEL_TEST(the_stack_grows_and_files_have_names),
		MODEL_TEST(a_run_may_be_ahead_of_another),
		MODEL_TEST(a_run_is_cut_by_a_call),
		MODEL_TEST(strange_rows_keep_the_totals),
		cmocka_unit_test(regions_are_classed_by_size),
		cmocka_unit_test(median_of_lives),
		cmocka_unit_test(history_grows_with_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
