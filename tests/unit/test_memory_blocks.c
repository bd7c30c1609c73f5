// SPDX-License-Identifier: MIT
/* Blocks of allocators: how many, how large, for how long, and what of them was never touched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/unit/made_memory.h"

/* ---- Events ---- */

static void alloc(struct made_memory *mm, enum alloc_kind kind, uint64_t address,
		  uint64_t old_address, uint64_t bytes, uint32_t stack)
{
	const uint64_t row[MAX_COLUMNS] = {
		[ALLOC_TIME_NS] = mm->now_ns,
		[ALLOC_ADDRESS] = address,
		[ALLOC_OLD_ADDRESS] = old_address,
		[ALLOC_BYTES] = bytes,
		[ALLOC_TASK] = mm->task,
		[ALLOC_STACK] = stack,
		[ALLOC_KIND] = kind,
	};

	memory_take_alloc(mm->model, row);
	mm->now_ns += 10;
}

static void made(struct made_memory *mm, uint64_t address, uint64_t bytes, uint32_t stack)
{
	alloc(mm, ALLOC_MADE, address, 0, bytes, stack);
}

static void freed(struct made_memory *mm, uint64_t address)
{
	alloc(mm, ALLOC_FREED, address, 0, 0, 0);
}

static void resized(struct made_memory *mm, uint64_t from, uint64_t to, uint64_t bytes,
		    uint32_t stack)
{
	alloc(mm, ALLOC_RESIZED, to, from, bytes, stack);
}

static struct block_totals totals_of(const struct made_memory *mm, uint32_t stack)
{
	vec_each (&memory_blocks(mm->model)->sites, site) {
		if (site->stack == stack)
			return site->totals;
	}
	return (struct block_totals){0};
}

/* ---- Counts ---- */

static void blocks_are_counted_by_stack(void **state)
{
	struct made_memory *mm = *state;
	struct block_totals one, two;

	made(mm, 0x1000, 100, 1); /* lives for 30 ns */
	made(mm, 0x2000, 50, 2);
	made(mm, 0x3000, 7, 1);
	freed(mm, 0x1000);
	freed(mm, 0x2000); /* for 30 */
	made(mm, 0x1000, 20, 1);
	freed(mm, 0x1000); /* for 10 */
	finish(mm);        /* 0x3000: for 50 */
	one = totals_of(mm, 1);
	two = totals_of(mm, 2);
	assert_int_equal(one.blocks, 3);
	assert_int_equal(one.bytes, 127);
	assert_int_equal(one.least_bytes, 7);
	assert_int_equal(one.largest_bytes, 100);
	assert_int_equal(one.most_bytes, 107);
	assert_int_equal(one.kept_blocks, 1);
	assert_int_equal(one.kept_bytes, 7);
	assert_int_equal(one.live_blocks, 0);
	assert_int_equal(one.live_bytes, 0);
	assert_int_equal(one.life_ns, 30 + 10 + 50);
	assert_int_equal(one.longest_ns, 50);
	assert_int_equal(two.blocks, 1);
	assert_int_equal(two.kept_blocks, 0);
	assert_int_equal(two.life_ns, 30);
	assert_int_equal(memory_blocks(mm->model)->unknown_frees, 0);
}

static void the_peak_is_that_of_all_sites_together(void **state)
{
	struct made_memory *mm = *state;
	uint64_t peak_ns;

	made(mm, 0x1000, 500, 1);
	made(mm, 0x2000, 300, 2);
	freed(mm, 0x1000);
	made(mm, 0x3000, 100, 3);
	peak_ns = mm->now_ns;
	made(mm, 0x4000, 600, 2); /* 1000 now */
	freed(mm, 0x4000);
	made(mm, 0x5000, 450, 1); /* 850 */
	finish(mm);
	assert_int_equal(memory_blocks(mm->model)->peak_bytes, 1000);
	assert_int_equal(memory_blocks(mm->model)->peak_blocks, 3);
	assert_int_equal(memory_blocks(mm->model)->peak_ns, peak_ns);
	assert_int_equal(totals_of(mm, 1).peak_bytes, 0);
	assert_int_equal(totals_of(mm, 1).most_bytes, 500);
	assert_int_equal(totals_of(mm, 2).peak_bytes, 900);
	assert_int_equal(totals_of(mm, 2).peak_blocks, 2);
	assert_int_equal(totals_of(mm, 3).peak_bytes, 100);
}

static void realloc_frees_and_makes_anew(void **state)
{
	struct made_memory *mm = *state;

	made(mm, 0x1000, 100, 1);
	resized(mm, 0x1000, 0x2000, 200, 2);   /* moved */
	resized(mm, 0x2000, 0x2000, 300, 3);   /* in place */
	resized(mm, 0x2000, 0, 1ULL << 60, 4); /* fails: the block is as it was */
	resized(mm, 0x2000, 0, 0, 5);          /* frees */
	freed(mm, 0x1000);                     /* is nobody's by now */
	finish(mm);
	assert_int_equal(totals_of(mm, 1).resized, 1);
	assert_int_equal(totals_of(mm, 2).bytes, 200);
	assert_int_equal(totals_of(mm, 2).resized, 1);
	assert_int_equal(totals_of(mm, 3).bytes, 300);
	assert_int_equal(totals_of(mm, 3).life_ns, 20);
	assert_int_equal(totals_of(mm, 3).kept_blocks, 0);
	assert_int_equal(totals_of(mm, 4).failures, 1);
	assert_int_equal(totals_of(mm, 4).blocks, 0);
	assert_int_equal(memory_blocks(mm->model)->unknown_frees, 1);
	assert_int_equal(memory_blocks(mm->model)->peak_bytes, 300);
}

/* Another thread gets what realloc() has left before that one has returned. */
static void realloc_comes_back_for_a_displaced_block(void **state)
{
	struct made_memory *mm = *state;

	made(mm, 0x1000, 100, 1);
	made(mm, 0x1000, 60, 2);
	resized(mm, 0x1000, 0x2000, 200, 3);
	freed(mm, 0x1000);
	freed(mm, 0x2000);
	finish(mm);
	assert_int_equal(totals_of(mm, 1).resized, 1);
	assert_int_equal(totals_of(mm, 2).resized, 0);
	assert_int_equal(totals_of(mm, 2).life_ns, 20);
	assert_int_equal(totals_of(mm, 3).kept_blocks, 0);
	assert_int_equal(memory_blocks(mm->model)->unseen_frees, 0);
	assert_int_equal(memory_blocks(mm->model)->unknown_frees, 0);
	assert_int_equal(memory_blocks(mm->model)->live_bytes, 0);
}

static void lost_events_are_counted(void **state)
{
	struct made_memory *mm = *state;

	made(mm, 0x1000, 100, 1);
	made(mm, 0x1000, 100, 1); /* its end was lost */
	freed(mm, 0x1000);
	freed(mm, 0x1000); /* the same again: another name of free() */
	freed(mm, 0x5000); /* its beginning was lost */
	finish(mm);
	assert_int_equal(totals_of(mm, 1).blocks, 2);
	assert_int_equal(totals_of(mm, 1).kept_blocks, 0);
	assert_int_equal(memory_blocks(mm->model)->unseen_frees, 1);
	assert_int_equal(memory_blocks(mm->model)->unknown_frees, 1);
}

static void failures_are_no_blocks(void **state)
{
	struct made_memory *mm = *state;

	made(mm, 0, 1ULL << 60, 1);
	made(mm, 0, 0, 1); /* malloc(0) may return nothing */
	finish(mm);
	assert_int_equal(totals_of(mm, 1).blocks, 0);
	assert_int_equal(totals_of(mm, 1).failures, 1);
}

static void a_child_has_blocks_of_its_own(void **state)
{
	struct made_memory *mm = *state;

	made(mm, 0x1000, 100, 1);
	made(mm, 0x2000, 100, 1);
	EVENT(mm, .type = TASK_FORK, .other = 2, .value = {2});
	mm->task = 2;
	freed(mm, 0x1000);
	made(mm, 0x1000, 30, 2);
	resized(mm, 0x2000, 0x3000, 40, 3);
	EVENT(mm, .type = TASK_EXIT, .value = {0});
	mm->task = 1;
	freed(mm, 0x1000);
	finish(mm);
	assert_int_equal(totals_of(mm, 1).blocks, 2);
	assert_int_equal(totals_of(mm, 1).kept_blocks, 1);
	assert_int_equal(totals_of(mm, 2).kept_bytes, 30);
	assert_int_equal(totals_of(mm, 3).kept_bytes, 40);
	assert_int_equal(memory_blocks(mm->model)->inherited_frees, 2);
	assert_int_equal(memory_blocks(mm->model)->unknown_frees, 0);
}

static void exec_ends_all_blocks(void **state)
{
	struct made_memory *mm = *state;

	made(mm, 0x1000, 100, 1);
	EVENT(mm, .type = TASK_EXEC);
	made(mm, 0x1000, 30, 2);
	freed(mm, 0x1000);
	finish(mm);
	assert_int_equal(totals_of(mm, 1).kept_blocks, 1);
	assert_int_equal(totals_of(mm, 1).life_ns, 10);
	assert_int_equal(totals_of(mm, 2).kept_blocks, 0);
	assert_int_equal(memory_blocks(mm->model)->unseen_frees, 0);
}

/* ---- Pages ---- */

static void untouched_pages_are_whole_ones(void **state)
{
	struct made_memory *mm = *state;

	MAP_BLOCK(mm, 0, 11);
	FAULT(mm, 0, 1, WRITE_ONE);         /* the allocator's header */
	made(mm, AT(0) + 16, 10 * PAGE, 1); /* whole: pages 1 to 9 */
	FAULT(mm, 2, 3, WRITE_ONE);
	FAULT(mm, 10, 1, WRITE_ONE);
	freed(mm, AT(0) + 16);
	finish(mm);
	assert_int_equal(totals_of(mm, 1).judged_bytes, 9 * PAGE);
	assert_int_equal(totals_of(mm, 1).untouched_bytes, 6 * PAGE);
	assert_int_equal(totals_of(mm, 1).untouched_blocks, 0);
}

static void reading_is_touching(void **state)
{
	struct made_memory *mm = *state;

	MAP_BLOCK(mm, 0, 4);
	made(mm, AT(0), 4 * PAGE, 1);
	FAULT(mm, 0, 4, READ_ONE);
	freed(mm, AT(0));
	finish(mm);
	assert_int_equal(totals_of(mm, 1).untouched_bytes, 0);
}

/* What was there before its birth tells nothing; what had been given back before, it does. */
static void pages_of_earlier_blocks(void **state)
{
	struct made_memory *mm = *state;

	MAP_BLOCK(mm, 0, 8);
	FAULT(mm, 0, 8, WRITE_ONE);
	made(mm, AT(0), 8 * PAGE, 1); /* recycled */
	freed(mm, AT(0));
	CALL(mm, SYS_munmap, 0, AT(0), 8 * PAGE);
	MAP_BLOCK(mm, 0, 8);
	made(mm, AT(0), 8 * PAGE, 2); /* where pages were, and are no more */
	FAULT(mm, 0, 3, WRITE_ONE);
	freed(mm, AT(0));
	finish(mm);
	assert_int_equal(totals_of(mm, 1).judged_bytes, 8 * PAGE);
	assert_int_equal(totals_of(mm, 1).untouched_bytes, 0);
	assert_int_equal(totals_of(mm, 2).untouched_bytes, 5 * PAGE);
}

/* What was mapped before anybody looked may have been touched before, too. */
static void pages_from_before_the_recording_say_nothing(void **state)
{
	struct made_memory *mm = *state;
	const struct task_mapping before = {
		.time_ns = mm->now_ns,
		.task = 1,
		.start = AT(0),
		.end = AT(8),
		.flags = MAPPED_READ | MAPPED_WRITE | MAPPED_BEFORE,
	};

	memory_take_mapping(mm->model, &before, FILE_ON_DISK);
	MAP_BLOCK(mm, 8, 2);
	made(mm, AT(0), 10 * PAGE, 1);
	made(mm, AT(100), 4 * PAGE, 2); /* and what is mapped nowhere says nothing either */
	FAULT(mm, 0, 3, WRITE_ONE);
	freed(mm, AT(0));
	freed(mm, AT(100));
	finish(mm);
	assert_int_equal(totals_of(mm, 1).judged_bytes, 10 * PAGE);
	assert_int_equal(totals_of(mm, 1).untouched_bytes, 2 * PAGE);
	assert_int_equal(totals_of(mm, 2).untouched_bytes, 0);
}

/* A block that gives its own pages back has touched them. */
static void own_give_back_is_no_untouched_memory(void **state)
{
	struct made_memory *mm = *state;

	MAP_BLOCK(mm, 0, 8);
	FAULT(mm, 0, 4, WRITE_ONE);
	CALL(mm, SYS_madvise, 0, AT(0), 4 * PAGE, MADV_DONTNEED);
	made(mm, AT(0), 8 * PAGE, 1); /* 4 pages gone, 4 never there */
	FAULT(mm, 0, 6, WRITE_ONE);
	CALL(mm, SYS_madvise, 0, AT(0), 8 * PAGE, MADV_DONTNEED);
	freed(mm, AT(0));
	finish(mm);
	assert_int_equal(totals_of(mm, 1).untouched_bytes, 2 * PAGE);
}

static void blocks_kept_to_the_end_are_judged(void **state)
{
	struct made_memory *mm = *state;

	MAP_BLOCK(mm, 0, 8);
	made(mm, AT(0), 8 * PAGE, 1);
	made(mm, 0x10, 100, 2); /* without a whole page */
	EVENT(mm, .type = TASK_EXIT, .value = {0});
	finish(mm);
	assert_int_equal(totals_of(mm, 1).untouched_bytes, 8 * PAGE);
	assert_int_equal(totals_of(mm, 1).untouched_blocks, 1);
	assert_int_equal(totals_of(mm, 2).judged_bytes, 0);
	assert_int_equal(totals_of(mm, 2).untouched_blocks, 0);
}

/* ---- The map ---- */

#define NR_ADDRESSES 3000

/* Against an array of flags, in an order without order. */
static void map_keeps_what_is_in_it(void **state)
{
	static bool is_there[NR_ADDRESSES];
	struct block_map map = {0};
	uint32_t random = 1, used = 0;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		uint32_t at = (random = random * 1664525 + 1013904223) % NR_ADDRESSES;
		const struct live_block block = {.address = 16 * (at + 1), .bytes = at};
		struct live_block *found = block_map_find(&map, block.address);

		assert_int_equal(found != NULL, is_there[at]);
		if (found) {
			assert_int_equal(found->bytes, at);
			block_map_remove(&map, found);
			used--;
		} else {
			assert_true(block_map_add(&map, &block));
			used++;
		}
		is_there[at] = !is_there[at];
		assert_int_equal(map.used, used);
	}
	assert_null(block_map_find(&map, 0));
	block_map_fini(&map);
}

static void hostile_blocks(void **state)
{
	struct made_memory *mm = *state;

	made(mm, UINT64_MAX, UINT64_MAX, 1);
	made(mm, 1, UINT64_MAX, 1);
	made(mm, UINT64_MAX - 4096, 8192, 1);
	resized(mm, UINT64_MAX, 1, UINT64_MAX, 1);
	freed(mm, 1);
	alloc(mm, 77, 1, 1, 1, 1);
	finish(mm);
	assert_int_equal(totals_of(mm, 1).blocks, 4);
	assert_int_equal(memory_blocks(mm->model)->live_blocks, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, memory_setup, memory_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(blocks_are_counted_by_stack),
		TEST(the_peak_is_that_of_all_sites_together),
		TEST(realloc_frees_and_makes_anew),
		TEST(realloc_comes_back_for_a_displaced_block),
		TEST(lost_events_are_counted),
		TEST(failures_are_no_blocks),
		TEST(a_child_has_blocks_of_its_own),
		TEST(exec_ends_all_blocks),
		TEST(untouched_pages_are_whole_ones),
		TEST(reading_is_touching),
		TEST(pages_of_earlier_blocks),
		TEST(pages_from_before_the_recording_say_nothing),
		TEST(own_give_back_is_no_untouched_memory),
		TEST(blocks_kept_to_the_end_are_judged),
		TEST(map_keeps_what_is_in_it),
		TEST(hostile_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
