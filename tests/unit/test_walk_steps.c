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

struct walk;

static bool walk_read(struct walk *walk, __u64 address, __u64 *out);
static bool walk_read_block(struct walk *walk, __u64 address, void *out, __u32 size);
static bool walk_map(struct walk *walk, __u64 address);
static const __u64 *walk_page(struct walk *walk, __u32 index);
static const struct unwind_row *walk_row(struct walk *walk, __u32 index);
static const struct unwind_rule *walk_rule(struct walk *walk, __u32 index);

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
	unsigned long checked, complete, cut, unproven, unproven_wrong, wrong;
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
	unwind_store_fini(&w->store);
	free(w->store.rows);
	free(w->store.pages);
	free(w->store.rules);
	free(w->store.files);
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

static void show(struct walked *w, const char *what)
{
	print_message("%s after %lu steps, flags %x\n", what, w->s.steps, w->walk.flags);
	for (size_t i = 0; i < w->nr_frames || i < w->walk.nr_frames; i++) {
		uint64_t is = i < w->walk.nr_frames ? w->walk.frames[i] : 0;
		uint64_t expected = i < w->nr_frames ? w->frames[i] : 0;
		const struct mapping *mapping = known_mapping(&w->s, expected ? expected : is);

		print_message("  %lx for %lx in %s+%lx\n", (unsigned long)is,
			      (unsigned long)expected,
			      mapping ? w->s.files.items[mapping->file].path : "?",
			      (unsigned long)(mapping ? (expected ? expected : is) -
								mapping->start + mapping->offset
						      : 0));
	}
}

static void check(struct walked *w)
{
	const struct walk *walk = &w->walk;
	bool prefix, same;

	publish_tables(w);
	walk_stack(w);
	expect_frames(w);
	w->checked++;
	prefix = walk->nr_frames <= w->nr_frames &&
		 !memcmp(walk->frames, w->frames, walk->nr_frames * sizeof *walk->frames);
	same = prefix && walk->nr_frames == w->nr_frames;
	w->complete += walk->flags == WALK_COMPLETE;
	w->cut += !(walk->flags & WALK_COMPLETE);
	if (walk->flags & WALK_FRAME_POINTER) {
		w->unproven++;
		if (!same && w->unproven_wrong++ < 2)
			show(w, "unproven and wrong");
	} else if (walk->flags & WALK_COMPLETE ? !same : !prefix) {
		if (w->wrong++ < MAX_SHOWN)
			show(w, "wrong");
	} else if (!(walk->flags & WALK_COMPLETE) && w->cut < 2) {
		show(w, "cut");
	}
}

static void walk(struct walked *w, char *const *argv, unsigned int every)
{
	walked_init(w);
	if (!start(&w->s, argv)) {
		print_message("skipped: cannot trace %s\n", argv[0]);
		skip();
	}
	do
		if (!w->s.in_transit && w->s.steps % every == 0)
			check(w);
	while (step(&w->s));
	print_message("%s %s: %lu steps, %lu signals, %lu checked, %lu complete, %lu cut, %lu "
		      "unproven, %lu of "
		      "them wrong, %lu wrong\n",
		      argv[0], argv[1] ? argv[1] : "", w->s.steps, w->s.signals, w->checked,
		      w->complete, w->cut, w->unproven, w->unproven_wrong, w->wrong);
	walked_fini(w);
}

int main(int argc, char **argv)
{
	struct walked *w = xnew(struct walked);
	(void)argc;
	walk(w, argv + 2, atoi(argv[1]));
}
