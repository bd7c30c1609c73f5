// SPDX-License-Identifier: MIT
/*
 * Diagnoses of made situations: each pattern speaks where all that it is about holds, and is silent
 * when any of it is taken away.
 */
#include "advice/diagnosis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <cmocka.h>

#include "advice/contexts.h"

#define KIB (1ULL << 10)
#define MIB (1ULL << 20)

/* A habit: `blocks` regions of `bytes`, one after the other, all touched. */
struct story {
	enum allocator allocator;
	uint32_t made_by, given_by; /* system calls */
	const char *given_in, *maker;
	enum region_kind kind;
	uint64_t bytes;
	uint32_t blocks, at_once;
	bool kept;         /* nobody gives them back */
	bool doubling;     /* each is twice as large as the one before */
	uint64_t refaults; /* that have a returner; the others are first touches */
	uint64_t faults;   /* 0: one for each page */
	enum fault_cause cause;
	bool in_thread, other_thread, in_kernel, by_copy, is_huge;
	uint32_t syscall, forks;
	uint64_t system_ns, wall_ns, cpu_ns;
	bool has_swap, never_huge;
	uint32_t trim_calls; /* of malloc_trim(), beside what is told of */
};

struct made {
	struct situation s;
	struct lives lives;
};

static void make_regions(struct made *made, const struct story *story)
{
	for (uint32_t i = 0; i < story->blocks; i++)
		lives_add(&made->lives, story->kind, 1, story->kept ? 0 : 2,
			  story->bytes << (story->doubling ? i : 0), 1000000);
	vec_each (&made->lives.rows, row)
		*vec_push(&made->s.regions) = (struct region_group){row->owner, row->returner, row};
}

static uint64_t bytes_of(const struct story *story)
{
	return story->doubling ? story->bytes * ((1ULL << story->blocks) - 1)
			       : story->bytes * story->blocks;
}

static void make_sites(struct made *made, const struct story *story)
{
	uint64_t added = bytes_of(story);
	uint64_t peak = story->bytes * (story->at_once ? story->at_once : 1);

	*vec_push(&made->s.sites) =
		(struct site){.entry = "", .function = "", .caller = "", .maker = ""};
	*vec_push(&made->s.sites) = (struct site){
		.nr = story->made_by,
		.allocator = story->allocator,
		.entry = story->allocator ? "malloc" : "",
		.function = "make",
		.caller = "work",
		.maker = story->maker ? story->maker : "",
		.totals = {.calls = story->blocks,
			   .added_bytes = added,
			   .most_bytes = story->kept ? added : peak},
	};
	*vec_push(&made->s.sites) = (struct site){
		.nr = story->given_by,
		.allocator = story->allocator,
		.entry = story->given_in ? story->given_in : "free",
		.function = "give",
		.caller = "work",
		.maker = "",
		.totals = {.calls = story->blocks, .asked_bytes = added},
	};
	*vec_push(&made->s.sites) = (struct site){
		.nr = SYS_brk,
		.allocator = story->allocator,
		.entry = "malloc_trim",
		.function = "tidy",
		.caller = "work",
		.maker = "",
		.totals = {.calls = story->trim_calls},
	};
}

static void make_flow(struct made *made, const struct story *story, uint64_t pages, bool is_again,
		      uint32_t task)
{
	uint32_t size_class = size_class_of(story->bytes);

	if (!pages)
		return;
	*vec_push(&made->s.flows) = (struct flow){
		.cause = is_again       ? CAUSE_REFAULT
			 : story->cause ? story->cause
					: CAUSE_FIRST_WRITE,
		.region_kind = story->kind,
		.size_class = story->doubling ? size_class + story->blocks - 1 : size_class,
		.owner = 1,
		.returner = is_again ? 2 : 0,
		.toucher = story->by_copy ? "memcpy" : "fill",
		.touching = "work",
		.by_copy = story->by_copy,
		.is_huge = story->is_huge,
		.in_kernel = story->in_kernel,
		.syscall = story->syscall,
		.task = task,
		.process = 1,
		.process_name = "1",
		.is_thread = task != 1,
		.pages = pages,
		.service_ns = 1000 * pages,
		.bytes = 4096 * pages,
	};
}

static void make_flows(struct made *made, const struct story *story)
{
	uint64_t all = story->faults ? story->faults : bytes_of(story) / 4096;
	uint32_t task = story->in_thread ? 2 : 1;

	make_flow(made, story, story->refaults, true, task);
	make_flow(made, story, all - story->refaults, false, task);
	if (story->other_thread)
		make_flow(made, story, all, false, 3);
	if (story->doubling) /* of each size there are flows */
		for (uint32_t i = 0; i + 1 < story->blocks; i++) {
			struct story small = *story;

			small.blocks = i + 1;
			make_flow(made, &small, 1, false, task);
		}
}

static void make(const struct story *story, struct made *out)
{
	*out = (struct made){0};
	make_sites(out, story);
	make_flows(out, story);
	make_regions(out, story);
	vec_extend(&out->s.forks, 2);
	out->s.forks.items[1] = story->forks;
	out->s.page_bytes = 4096;
	out->s.system_ns = story->system_ns;
	out->s.wall_ns = story->wall_ns;
	out->s.cpu_ns = story->cpu_ns;
	out->s.has_swap = story->has_swap;
	out->s.huge_pages_on_request = !story->never_huge;
	vec_each (&out->s.flows, flow)
		out->s.faults += flow->pages;
}

static void unmake(struct made *made)
{
	lives_fini(&made->lives);
	situation_fini(&made->s);
}

/* The id of what is told first, "" for silence, and what can be tried. */
static const char *attempt_name;

static const char *told(struct story story)
{
	struct made made;
	struct diagnoses found;
	const char *id = "";

	make(&story, &made);
	diagnoses_find(&made.s, &found);
	attempt_name = "";
	if (found.items.size) {
		id = found.items.items[0].id;
		if (found.items.items[0].attempt)
			attempt_name = found.items.items[0].attempt->name;
	}
	diagnoses_fini(&found);
	unmake(&made);
	return id;
}

/* The story with one change. */
#define TOLD(base, ...)                                                                            \
	({                                                                                         \
		struct story with_ = (base);                                                       \
		__VA_ARGS__;                                                                       \
		told(with_);                                                                       \
	})

/* ---- What every pattern needs ---- */

static const struct story block_per_item = {
	.made_by = SYS_mmap,
	.given_by = SYS_munmap,
	.kind = REGION_BLOCK,
	.bytes = 12 * MIB,
	.blocks = 100,
};

static void a_block_for_each_item_is_told(void **state)
{
	(void)state;
	assert_string_equal(told(block_per_item), "block-per-item");
	assert_string_equal(attempt_name, "");
	assert_string_equal(TOLD(block_per_item, with_.in_thread = true), "block-per-item");
}

static void few_or_kept_or_concurrent_blocks_are_not(void **state)
{
	(void)state;
	assert_string_equal(TOLD(block_per_item, with_.blocks = 7), "");
	assert_string_equal(TOLD(block_per_item, with_.blocks = 8), "block-per-item");
	assert_string_equal(TOLD(block_per_item, with_.at_once = 26), "");
	assert_string_equal(TOLD(block_per_item, with_.at_once = 25), "block-per-item");
	/* Made once and kept: that is memory, and no churn. */
	assert_string_equal(TOLD(block_per_item, with_.kept = true), "first-touch-pass");
	assert_string_equal(TOLD(block_per_item, with_.kept = true, with_.bytes = MIB), "");
	assert_string_equal(TOLD(block_per_item, with_.kept = true, with_.blocks = 5), "");
}

static void sparse_use_of_large_blocks_is_no_waste(void **state)
{
	(void)state;
	assert_string_equal(TOLD(block_per_item, with_.bytes = 40 * MIB, with_.faults = 400), "");
}

static void little_cost_is_not_told(void **state)
{
	(void)state;
	/* 100 blocks of 80 KiB: 2000 faults; of 84 KiB: 2100, of which 1 % is needed. */
	assert_string_equal(TOLD(block_per_item, with_.bytes = 80 * KIB), "");
	assert_string_equal(TOLD(block_per_item, with_.bytes = 84 * KIB), "block-per-item");
	/* 307,200 faults of 1 us: 0.304 s could be saved, of 6.1 s or of 6.0 s. */
	assert_string_equal(
		TOLD(block_per_item, with_.system_ns = 6100000000, with_.wall_ns = 9000000000), "");
	assert_string_equal(
		TOLD(block_per_item, with_.system_ns = 6000000000, with_.wall_ns = 9000000000),
		"block-per-item");
	assert_string_equal(
		TOLD(block_per_item, with_.system_ns = 9000000000, with_.wall_ns = 6000000000),
		"block-per-item");
}

static void numbers_and_words_are_those_of_the_situation(void **state)
{
	struct made made;
	struct diagnoses found;
	const struct diagnosis *d;

	(void)state;
	make(&block_per_item, &made);
	diagnoses_find(&made.s, &found);
	assert_int_equal(found.items.size, 1);
	d = &found.items.items[0];
	assert_int_equal(d->faults, 100 * 3072);
	assert_int_equal(d->service_ns, 100 * 3072 * 1000);
	assert_int_equal(d->saved_faults, 99 * 3072); /* one block must be made */
	assert_int_equal(d->saved_least_ns, 99 * 3072 * 1000);
	assert_int_equal(d->saved_most_ns, 99 * 3072 * 1000);
	assert_int_equal(d->regions, 100);
	assert_int_equal(d->least_bytes, 12 * MIB);
	assert_int_equal(d->most_bytes, 12 * MIB);
	assert_int_equal(d->peak_bytes, 12 * MIB);
	assert_int_equal(d->owner, 1);
	assert_int_equal(d->returner, 2);
	assert_int_equal(d->threads, 1);
	assert_true(d->in_main && !d->in_threads);
	assert_non_null(strstr(d->title, "make (called by work) maps it"));
	assert_non_null(strstr(d->title, "12.0 MiB"));
	diagnoses_fini(&found);
	unmake(&made);
}

/* ---- glibc ---- */

static const struct story heap_trim = {
	.allocator = ALLOCATOR_GLIBC,
	.made_by = SYS_brk,
	.given_by = SYS_brk,
	.kind = REGION_HEAP,
	.bytes = MIB,
	.blocks = 100,
	.refaults = 99 * 256,
	.cause = CAUSE_HEAP_GROWTH,
};

static void trimming_of_the_heap(void **state)
{
	(void)state;
	assert_string_equal(told(heap_trim), "heap-trim-churn");
	assert_string_equal(attempt_name, "glibc-keep");
	assert_string_equal(TOLD(heap_trim, with_.given_in = "malloc_trim"), "malloc-trim-calls");
	assert_string_equal(attempt_name, "");
	assert_string_equal(TOLD(heap_trim, with_.trim_calls = 5), "heap-trim-churn");
	assert_string_equal(attempt_name, "glibc-keep");
	assert_string_equal(TOLD(heap_trim, with_.trim_calls = 90), "heap-trim-churn");
	assert_string_equal(attempt_name, "");                        /* nothing is predicted */
	assert_string_equal(TOLD(heap_trim, with_.refaults = 0), ""); /* it only grows */
	assert_string_equal(TOLD(heap_trim, with_.blocks = 7, with_.refaults = 1536), "");
	assert_string_equal(TOLD(heap_trim, with_.allocator = ALLOCATOR_NONE), "own-give-back");
	assert_string_equal(TOLD(heap_trim, with_.maker = "deflateInit_"), "context-per-item");
	assert_string_equal(attempt_name, "glibc-keep");
}

static void trimming_of_a_threads_heap(void **state)
{
	struct story story = heap_trim;

	(void)state;
	story.kind = REGION_ARENA;
	story.made_by = SYS_mprotect;
	story.given_by = SYS_madvise;
	story.in_thread = true;
	assert_string_equal(told(story), "arena-trim-churn");
	assert_string_equal(attempt_name, "glibc-keep");
	assert_string_equal(TOLD(story, with_.refaults = 0), "");
	assert_string_equal(TOLD(story, with_.allocator = ALLOCATOR_NONE), "own-give-back");
	assert_string_equal(attempt_name, "");
}

static void mapped_blocks_of_malloc_by_size_and_thread(void **state)
{
	struct story story = block_per_item;

	(void)state;
	story.allocator = ALLOCATOR_GLIBC;
	story.bytes = MIB;
	assert_string_equal(told(story), "mmap-threshold-frozen");
	assert_string_equal(attempt_name, "glibc-keep");
	/* Each is larger than the one before: an unfrozen threshold maps them, too. */
	assert_string_equal(
		TOLD(story, with_.doubling = true, with_.bytes = 64 * KIB, with_.blocks = 9), "");
	story.bytes = 32 * MIB - 4096;
	assert_string_equal(told(story), "mmap-threshold-frozen");
	story.bytes = 32 * MIB + 4096;
	assert_string_equal(told(story), "large-malloc-per-item");
	assert_string_equal(attempt_name, "glibc-keep");
	assert_string_equal(TOLD(story, with_.in_thread = true), "large-malloc-per-item");
	story.bytes = 80 * MIB;
	assert_string_equal(told(story), "large-malloc-per-item");
	assert_string_equal(attempt_name, "glibc-keep");
	story.in_thread = true;
	assert_string_equal(told(story), "huge-malloc-in-thread");
	assert_string_equal(attempt_name, "glibc-keep-one-arena");
	assert_string_equal(TOLD(story, with_.blocks = 7), "");
	assert_string_equal(TOLD(story, with_.faults = 2000), "");
}

/* ---- Other allocators ---- */

static void other_allocators_have_other_remedies(void **state)
{
	struct story story = heap_trim;

	(void)state;
	story.kind = REGION_BLOCK;
	story.made_by = SYS_mmap;
	story.given_by = SYS_madvise;
	story.cause = CAUSE_FIRST_WRITE;
	story.allocator = ALLOCATOR_JEMALLOC;
	assert_string_equal(told(story), "jemalloc-decay");
	assert_string_equal(attempt_name, "jemalloc-keep");
	assert_string_equal(TOLD(story, with_.refaults = 0), "");
	assert_string_equal(TOLD(story, with_.bytes = 8 * MIB), "jemalloc-oversize-purge");
	story.allocator = ALLOCATOR_TCMALLOC;
	assert_string_equal(told(story), "tcmalloc-release");
	assert_string_equal(attempt_name, "tcmalloc-keep");
	story.allocator = ALLOCATOR_MIMALLOC;
	assert_string_equal(told(story), "mimalloc-unmap");
	assert_string_equal(attempt_name, ""); /* nothing was measured to help */
	story.allocator = ALLOCATOR_MUSL;
	assert_string_equal(told(story), "musl-unmap");
	assert_string_equal(attempt_name, "");
}

/* ---- Use ---- */

static void contexts_made_for_each_item(void **state)
{
	struct story story = block_per_item;

	(void)state;
	story.allocator = ALLOCATOR_GLIBC;
	story.maker = "ZSTD_compress2";
	assert_string_equal(told(story), "context-per-item");
	assert_string_equal(attempt_name, "glibc-keep");
	assert_string_equal(TOLD(story, with_.bytes = 80 * MIB, with_.in_thread = true),
			    "context-per-item");
	assert_string_equal(attempt_name, "glibc-keep-one-arena");
	assert_string_equal(TOLD(story, with_.maker = NULL), "mmap-threshold-frozen");
	assert_string_equal(TOLD(story, with_.blocks = 7), "");
	assert_string_equal(TOLD(story, with_.allocator = ALLOCATOR_NONE), "context-per-item");
	assert_string_equal(attempt_name, "");
}

static void growth_by_copying(void **state)
{
	const struct story growth = {
		.allocator = ALLOCATOR_GLIBC,
		.made_by = SYS_mmap,
		.given_by = SYS_munmap,
		.kind = REGION_BLOCK,
		.bytes = MIB,
		.blocks = 7,
		.doubling = true,
		.by_copy = true,
	};

	(void)state;
	assert_string_equal(told(growth), "growth-by-copy");
	assert_string_equal(attempt_name, ""); /* no setting avoids the copies */
	assert_string_equal(TOLD(growth, with_.by_copy = false), "");
	assert_string_equal(TOLD(growth, with_.doubling = false, with_.blocks = 100),
			    "mmap-threshold-frozen");
	assert_string_equal(TOLD(growth, with_.blocks = 2, with_.bytes = 16 * MIB), "");
	assert_string_equal(TOLD(growth, with_.kept = true), "first-touch-pass");
}

static void reads_into_fresh_memory(void **state)
{
	struct story story = block_per_item;

	(void)state;
	story.in_kernel = true;
	story.syscall = SYS_read + 1;
	assert_string_equal(told(story), "read-into-fresh-memory");
	assert_string_equal(TOLD(story, with_.syscall = SYS_recvfrom + 1),
			    "read-into-fresh-memory");
	assert_string_equal(TOLD(story, with_.syscall = SYS_getrandom + 1), "block-per-item");
	assert_string_equal(TOLD(story, with_.in_kernel = false, with_.syscall = 0),
			    "block-per-item");
	assert_string_equal(TOLD(story, with_.at_once = 100), "first-touch-pass");
}

static void copies_after_fork(void **state)
{
	struct story story = {
		.made_by = SYS_mmap,
		.kind = REGION_BLOCK,
		.bytes = 64 * MIB,
		.blocks = 1,
		.kept = true,
		.cause = CAUSE_COPY_ON_WRITE,
		.forks = 1,
	};

	(void)state;
	assert_string_equal(told(story), "copy-on-write-after-fork");
	assert_string_equal(TOLD(story, with_.forks = 0), "copy-on-write-after-fork");
	assert_string_equal(TOLD(story, with_.forks = 64), "copy-on-write-after-fork");
	assert_string_equal(TOLD(story, with_.forks = 65), ""); /* any shell does that */
	assert_string_equal(TOLD(story, with_.faults = 8000), "");
}

static void threads_that_race(void **state)
{
	struct story story = {
		.made_by = SYS_mmap,
		.kind = REGION_BLOCK,
		.bytes = 64 * MIB,
		.blocks = 1,
		.kept = true,
		.cause = CAUSE_REFAULT_UNASKED,
		.other_thread = true,
	};

	(void)state;
	assert_string_equal(told(story), "threads-racing");
	assert_string_equal(TOLD(story, with_.has_swap = true), ""); /* may have been swapped out */
	assert_string_equal(TOLD(story, with_.other_thread = false), "");
}

static void one_pass_over_much_memory(void **state)
{
	struct story story = {
		.allocator = ALLOCATOR_GLIBC,
		.made_by = SYS_mmap,
		.kind = REGION_BLOCK,
		.bytes = 256 * MIB,
		.blocks = 1,
		.kept = true,
		.cpu_ns = 300000000,
	};

	(void)state;
	assert_string_equal(told(story), "first-touch-pass");
	assert_string_equal(attempt_name, "glibc-huge-pages");
	assert_string_equal(TOLD(story, with_.allocator = ALLOCATOR_NONE), "first-touch-pass");
	assert_string_equal(attempt_name, "");
	assert_string_equal(TOLD(story, with_.never_huge = true), "first-touch-pass");
	assert_string_equal(attempt_name, "");
	assert_string_equal(TOLD(story, with_.is_huge = true), "");
	story.cpu_ns = 150000000;
	assert_string_equal(TOLD(story, with_.faults = 32768), "huge-pages-unused");
	assert_string_equal(TOLD(story, with_.faults = 32768, with_.never_huge = true), "");
	assert_string_equal(TOLD(story, with_.faults = 32768, with_.bytes = 600 * MIB), "");
	story.cpu_ns = 300000000;
	assert_string_equal(TOLD(story, with_.bytes = 60 * MIB), "");
	assert_string_equal(TOLD(story, with_.cpu_ns = 350000000), ""); /* less than a fifth */
}

static void nothing_is_said_of_nothing(void **state)
{
	struct situation s = {0};
	struct diagnoses found;

	(void)state;
	diagnoses_find(&s, &found);
	assert_int_equal(found.items.size, 0);
	diagnoses_fini(&found);
}

/* ---- Names ---- */

static void allocators_are_known_by_file_and_function(void **state)
{
	(void)state;
	assert_int_equal(allocator_of("libc.so.6", "__libc_malloc"), ALLOCATOR_GLIBC);
	assert_int_equal(allocator_of("libc.so.6", "cfree"), ALLOCATOR_GLIBC);
	assert_int_equal(allocator_of("libc.so.6", "mmap"), ALLOCATOR_NONE);
	assert_int_equal(allocator_of("libc.so.6", "__libc_start_main"), ALLOCATOR_NONE);
	assert_int_equal(allocator_of("app", "systrim.constprop.0"), ALLOCATOR_GLIBC);
	assert_int_equal(allocator_of("app", "malloc"), ALLOCATOR_NONE); /* whose is it? */
	assert_int_equal(allocator_of("ld-musl-x86_64.so.1", "malloc"), ALLOCATOR_MUSL);
	assert_int_equal(allocator_of("libc.so", "malloc"), ALLOCATOR_MUSL);
	assert_int_equal(allocator_of("libjemalloc.so.2", "fn@0x20540"), ALLOCATOR_JEMALLOC);
	assert_int_equal(allocator_of("app", "_rjem_je_pages_map"), ALLOCATOR_JEMALLOC);
	assert_int_equal(allocator_of("app", "tcmalloc::PageHeap::New"), ALLOCATOR_TCMALLOC);
	assert_int_equal(allocator_of("app", "_mi_os_alloc"), ALLOCATOR_MIMALLOC);
	assert_int_equal(allocator_of("app", "json_free"), ALLOCATOR_NONE);
	assert_true(is_allocator_entry("operator new(unsigned long)"));
	assert_false(is_allocator_entry("mallocate"));
	assert_string_equal(allocator_entry_name("__libc_malloc"), "malloc");
	assert_string_equal(allocator_entry_name("__GI___libc_free"), "free");
	assert_non_null(context_kind_of("deflateInit2_"));
	assert_null(context_kind_of("deflate"));
}

static void remedies_answer_what_they_are_for(void **state)
{
	const struct remedy *keep = remedy_find("glibc-keep");
	const struct remedy *one_arena = remedy_find("glibc-keep-one-arena");
	const struct diagnosis small = {.attempt = keep}, huge = {.attempt = one_arena}, none = {0};

	(void)state;
	assert_null(remedy_find("glibc"));
	assert_true(diagnosis_answered_by(&small, keep));
	assert_true(diagnosis_answered_by(&small, one_arena));
	assert_false(diagnosis_answered_by(&huge, keep));
	assert_true(diagnosis_answered_by(&huge, remedy_find("jemalloc")));
	assert_false(diagnosis_answered_by(&huge, remedy_find("jemalloc-keep")));
	assert_false(diagnosis_answered_by(&none, remedy_find("jemalloc")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_block_for_each_item_is_told),
		cmocka_unit_test(few_or_kept_or_concurrent_blocks_are_not),
		cmocka_unit_test(sparse_use_of_large_blocks_is_no_waste),
		cmocka_unit_test(little_cost_is_not_told),
		cmocka_unit_test(numbers_and_words_are_those_of_the_situation),
		cmocka_unit_test(trimming_of_the_heap),
		cmocka_unit_test(trimming_of_a_threads_heap),
		cmocka_unit_test(mapped_blocks_of_malloc_by_size_and_thread),
		cmocka_unit_test(other_allocators_have_other_remedies),
		cmocka_unit_test(contexts_made_for_each_item),
		cmocka_unit_test(growth_by_copying),
		cmocka_unit_test(reads_into_fresh_memory),
		cmocka_unit_test(copies_after_fork),
		cmocka_unit_test(threads_that_race),
		cmocka_unit_test(one_pass_over_much_memory),
		cmocka_unit_test(nothing_is_said_of_nothing),
		cmocka_unit_test(allocators_are_known_by_file_and_function),
		cmocka_unit_test(remedies_answer_what_they_are_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
