// SPDX-License-Identifier: MIT
/*
 * Whole stacks at each instruction that programs execute: the walk of the kernel side, compiled
 * here, over the stopped process, checked against the shadow stack (stepping.h), frame by frame.
 *
 * A stack that the walk calls complete must have all frames of the shadow stack and no other; one
 * that ends early must say so, and what it has must be right. The programs are some of the
 * distribution and, where they have been built, those of the end-to-end tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stepping.h"
#include "unwind/publish.h"

#define MAX_ROWS  (2 << 20)
#define MAX_PAGES (64 << 10)
#define MAX_SHOWN 10
#define NR_CACHE  16

/* From the root of the repository, where tests run. */
#define HARD_STACKS ".build/programs/hard_stacks"

struct walk;

static bool walk_read(struct walk *walk, __u64 address, __u64 *out);
static bool walk_read_block(struct walk *walk, __u64 address, void *out, __u32 size);
static bool walk_map(struct walk *walk, __u64 address);
static const __u64 *walk_page(struct walk *walk, __u32 index);
static const struct unwind_row *walk_row(struct walk *walk, __u32 index);
static const struct unwind_rule *walk_rule(struct walk *walk, __u32 index);

static int walk_exactly(struct walk *walk, __u64 offset)
{
	(void)walk;
	(void)offset;
	return -1;
}

#include "walk.h"

struct page {
	uint64_t address; /* 1: none */
	uint8_t bytes[4096];
};

struct walked {
	struct walk walk; /* first, so that the hooks find the rest */
	struct stepped s;
	struct unwind_store store;
	size_t nr_published;
	struct page cache[NR_CACHE];
	uint64_t frames[MAX_FRAMES]; /* that there should be */
	size_t nr_frames;
	unsigned long checked, complete, wrong;
};

static bool walk_read_block(struct walk *walk, __u64 address, void *out, __u32 size)
{
	return read_memory(&((struct walked *)walk)->s, address, out, size);
}

static bool walk_read(struct walk *walk, __u64 address, __u64 *out)
{
	struct walked *w = (struct walked *)walk;
	uint64_t start = address & ~4095ULL;
	struct page *page = &w->cache[start / 4096 % NR_CACHE];

	if (address % 8)
		return read_memory(&w->s, address, out, sizeof *out);
	if (page->address != start) {
		page->address = 1;
		if (!read_memory(&w->s, start, page->bytes, sizeof page->bytes))
			return false;
		page->address = start;
	}
	memcpy(out, page->bytes + (address - start), sizeof *out);
	return true;
}

static const __u64 *walk_page(struct walk *walk, __u32 index)
{
	assert_in_range(index, 0, MAX_PAGES - 1);
	return (const __u64 *)&((struct walked *)walk)->store.pages[index];
}

static const struct unwind_row *walk_row(struct walk *walk, __u32 index)
{
	assert_in_range(index, 0, MAX_ROWS - 1);
	return &((struct walked *)walk)->store.rows[index];
}

static const struct unwind_rule *walk_rule(struct walk *walk, __u32 index)
{
	return &((struct walked *)walk)->store.rules[index];
}

static bool walk_map(struct walk *walk, __u64 address)
{
	struct walked *w = (struct walked *)walk;
	const struct mapping *mapping = known_mapping(&w->s, address);
	struct unwind_file *table;

	if (!mapping)
		return false;
	table = &w->store.files[FIRST_FILE + mapping->file];
	walk->mapping = (struct walk_mapping){
		.start = mapping->start,
		.end = mapping->end,
		.base = mapping->start - mapping->offset,
		.file = FIRST_FILE + mapping->file,
		.first_page = table->first_page,
		.nr_pages = table->nr_pages,
	};
	return true;
}

static void walked_init(struct walked *w)
{
	w->store = (struct unwind_store){
		.rows = xcalloc(MAX_ROWS, sizeof *w->store.rows),
		.pages = xcalloc(MAX_PAGES, sizeof *w->store.pages),
		.rules = xcalloc(MAX_UNWIND_RULES, sizeof *w->store.rules),
		.files = xcalloc(MAX_FILES, sizeof *w->store.files),
		.max_rows = MAX_ROWS,
		.max_pages = MAX_PAGES,
		.max_files = MAX_FILES,
	};
	unwind_store_begin(&w->store);
}

static void walked_fini(struct walked *w)
{
	stepped_fini(&w->s);
	free(w->store.rows);
	free(w->store.pages);
	free(w->store.rules);
	free(w->store.files);
	unwind_store_fini(&w->store);
}

/* Sees to the tables of what is mapped by now. */
static void publish_tables(struct walked *w)
{
	current_mapping(&w->s);
	for (; w->nr_published < w->s.files.size; w->nr_published++)
		assert_int_equal(unwind_publish(&w->store, FIRST_FILE + w->nr_published,
						&w->s.files.items[w->nr_published].table),
				 0);
}

static void walk_stack(struct walked *w)
{
	struct walk *walk = &w->walk;

	for (size_t i = 0; i < NR_CACHE; i++)
		w->cache[i].address = 1;
	memcpy(walk->registers, w->s.registers, sizeof walk->registers);
	walk_start(walk, w->s.registers[REG_IP], true);
	while (walk_step(walk))
		;
}

static void expect_frame(struct walked *w, uint64_t address)
{
	if (w->nr_frames < MAX_FRAMES)
		w->frames[w->nr_frames++] = address;
}

/* Down one shadow stack, and on to the one that its signal interrupted. */
static void expect_frames(struct walked *w)
{
	const struct stepped *s = &w->s;
	bool exact = false;

	w->nr_frames = 0;
	expect_frame(w, s->registers[REG_IP]);
	for (size_t at = s->shadow; at < s->shadows.size;) {
		const struct shadow *shadow = &s->shadows.items[at];

		at = s->shadows.size;
		for (size_t i = shadow->calls.size; i-- > 0;) {
			const struct call *call = &shadow->calls.items[i];

			exact = call->kind != CALL_INSTRUCTION ||
				(i > 0 && call[-1].kind == CALL_SIGNAL);
			expect_frame(w, call->return_address - !exact);
			if (call->kind == CALL_SIGNAL && i == 0)
				at = call->from;
		}
	}
}

static void show_frame(const struct walked *w, uint64_t address)
{
	const struct mapping *mapping = known_mapping(&w->s, address);

	if (mapping)
		print_message(" %s+%lx", w->s.files.items[mapping->file].path,
			      (unsigned long)(address - mapping->start + mapping->offset));
	else
		print_message(" %lx", (unsigned long)address);
}

static void show(const struct walked *w)
{
	print_message("wrong after %lu steps, flags %x\n", w->s.steps, w->walk.flags);
	for (size_t i = 0; i < w->nr_frames || i < w->walk.nr_frames; i++) {
		show_frame(w, i < w->walk.nr_frames ? w->walk.frames[i] : 0);
		print_message(" should be");
		show_frame(w, i < w->nr_frames ? w->frames[i] : 0);
		print_message("\n");
	}
}

/* Has frames that are right, and all of them if it says so. */
static bool is_right(const struct walked *w)
{
	size_t nr_frames = w->walk.nr_frames;

	return nr_frames <= w->nr_frames &&
	       (nr_frames == w->nr_frames || !(w->walk.flags & WALK_COMPLETE)) &&
	       !memcmp(w->walk.frames, w->frames, nr_frames * sizeof *w->frames);
}

static void check(struct walked *w)
{
	publish_tables(w);
	walk_stack(w);
	expect_frames(w);
	w->checked++;
	w->complete += w->walk.flags == WALK_COMPLETE;
	if (!is_right(w) && w->wrong++ < MAX_SHOWN)
		show(w);
}

static void walk_all(struct walked *w, char *const *argv, unsigned long max_steps)
{
	if (access(argv[0], X_OK) || !start(&w->s, argv)) {
		print_message("skipped: cannot trace %s\n", argv[0]);
		skip();
	}
	do
		if (!w->s.in_transit)
			check(w);
	while (w->s.steps < max_steps && step(&w->s));
	print_message("%s %s: %lu steps, %lu signals, %lu stacks, %lu complete, %lu wrong\n",
		      argv[0], argv[1] ? argv[1] : "", w->s.steps, w->s.signals, w->checked,
		      w->complete, w->wrong);
}

/* `cut`: so many stacks may end early, in code that changes stacks. */
static void assert_right(struct walked *w, char *const *argv, unsigned int nr_signals,
			 unsigned int cut)
{
	walk_all(w, argv, 10000000);
	assert_int_equal(w->wrong, 0);
	assert_true(w->checked > 50000);
	assert_in_range(w->complete, w->checked - cut, w->checked);
	assert_int_equal(w->s.signals, nr_signals);
}

static void program_of_the_distribution(void **state)
{
	assert_right(*state, (char *[]){"/bin/true", NULL}, 0, 0);
}

/* The longjmp and the switches between stacks have some instructions where the stack is no stack.
 */
static void hard_stacks(void **state)
{
	assert_right(*state,
		     (char *[]){HARD_STACKS, "sort", "signal", "altstack", "longjmp", "vfork",
				"align", "huge", "thread", "coroutine", "recurse", "30", NULL},
		     2, 20);
}

static void wrong_tables(void **state)
{
	struct walked *w = *state;

	w->s.spoil = true;
	walk_all(w, (char *[]){"/bin/true", NULL}, 2000);
	assert_true(w->complete < w->checked / 2);
	assert_true(w->wrong > 50);
}

static int begin(void **state)
{
	*state = xnew(struct walked);
	walked_init(*state);
	return 0;
}

/* Also of a test that was skipped. */
static int end(void **state)
{
	walked_fini(*state);
	free(*state);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(program_of_the_distribution),
		TEST(hard_stacks),
		TEST(wrong_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
