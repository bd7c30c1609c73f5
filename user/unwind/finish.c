// SPDX-License-Identifier: MIT
#include "unwind/finish.h"

#include <string.h>

#include "base/alloc.h"

struct walk;

static bool walk_read(struct walk *walk, __u64 address, __u64 *out);
static bool walk_read_block(struct walk *walk, __u64 address, void *out, __u32 size);
static bool walk_map(struct walk *walk, __u64 address);
static const __u64 *walk_page(struct walk *walk, __u32 index);
static const struct unwind_row *walk_row(struct walk *walk, __u32 index);
static const struct unwind_rule *walk_rule(struct walk *walk, __u32 index);
static int walk_exactly(struct walk *walk, __u64 offset);

#include "walk.h"

struct finish {
	struct walk walk; /* first, so that the hooks find the rest */
	const struct unwind_store *store;
	const struct stack_rest_event *rest;
	code_lookup *lookup;
	void *arg;
	bool beyond; /* a word was asked for behind all that a copy can hold */
};

static bool is_absent(const struct stack_rest_event *rest, uint64_t address)
{
	uint64_t page = (address >> 12) - (rest->registers[WALK_SP] >> 12);

	return page < 32 && rest->absent_pages >> page & 1;
}

static bool walk_read_block(struct walk *walk, __u64 address, void *out, __u32 size)
{
	struct finish *finish = (struct finish *)walk;
	const struct stack_rest_event *rest = finish->rest;
	uint64_t offset = address - rest->registers[WALK_SP];

	finish->beyond |= (int64_t)offset > MAX_REST_BYTES - 4096;
	if (offset > rest->stack_bytes || rest->stack_bytes - offset < size ||
	    is_absent(rest, address) || is_absent(rest, address + size - 1))
		return false;
	memcpy(out, rest->stack + offset, size);
	return true;
}

static bool walk_read(struct walk *walk, __u64 address, __u64 *out)
{
	return walk_read_block(walk, address, out, sizeof *out);
}

static const __u64 *walk_page(struct walk *walk, __u32 index)
{
	const struct unwind_store *store = ((struct finish *)walk)->store;
	const struct walk_mapping *mapping = &walk->mapping;

	if (index >= store->max_pages)
		return NULL;
	if (!__atomic_load_n(&store->pages[index], __ATOMIC_ACQUIRE) && store->make_page)
		store->make_page(store->maker, mapping->file, index - mapping->first_page);
	return (const __u64 *)&store->pages[index];
}

static const struct unwind_row *walk_row(struct walk *walk, __u32 index)
{
	const struct unwind_store *store = ((struct finish *)walk)->store;

	return index < __atomic_load_n(&store->max_rows, __ATOMIC_RELAXED) ? &store->rows[index]
									   : NULL;
}

static const struct unwind_rule *walk_rule(struct walk *walk, __u32 index)
{
	return &((struct finish *)walk)->store->rules[index & (MAX_UNWIND_RULES - 1)];
}

static bool walk_map(struct walk *walk, __u64 address)
{
	struct finish *finish = (struct finish *)walk;
	struct unwind_file table = {0};
	struct code_range range;

	if (!finish->lookup(finish->arg, address, &range))
		return false;
	if (range.file < finish->store->max_files)
		__atomic_load(&finish->store->files[range.file], &table, __ATOMIC_ACQUIRE);
	walk->mapping = (struct walk_mapping){
		.start = range.start,
		.end = range.end,
		.base = range.base,
		.file = range.file,
		.first_page = table.first_page,
		.nr_pages = table.nr_pages,
	};
	return true;
}

static bool read_stack(void *arg, uint64_t address, void *out, uint32_t size)
{
	return walk_read_block(arg, address, out, size);
}

/* Reads what the walk has only noted. */
static struct frame_registers registers_of(struct walk *walk)
{
	struct frame_registers registers = {.known = walk->known & WALK_ALL_KNOWN};

	for (int i = 0; i < NR_WALK_REGISTERS; i++) {
		registers.values[i] = walk->registers[i];
		if (walk->saved_at[i] &&
		    !read_stack(walk, walk->saved_at[i], &registers.values[i], 8))
			registers.known &= ~(1U << i);
	}
	registers.values[DWARF_RIP] = walk->ip;
	registers.known |= 1U << DWARF_RIP;
	return registers;
}

static void go_to_caller(struct walk *walk, const struct frame_registers *registers, bool is_signal)
{
	if (is_signal && walk->nr_frames > 1) /* nobody called it */
		walk_amend(walk, walk->ip);
	memcpy(walk->registers, registers->values, sizeof walk->registers);
	memset(walk->saved_at, 0, sizeof walk->saved_at);
	walk->known = registers->known & WALK_ALL_KNOWN;
	walk->ip = registers->values[DWARF_RIP];
	walk->exact = is_signal;
}

static int walk_exactly(struct walk *walk, __u64 offset)
{
	const struct unwind_store *store = ((struct finish *)walk)->store;
	struct frame_registers registers = registers_of(walk);
	bool is_signal = false;

	if (!store->step_exactly)
		return -1;
	switch (store->step_exactly(store->maker, walk->mapping.file, offset,
				    walk->mapping.base + offset, read_stack, walk, &registers,
				    &is_signal)) {
	case EXACT_CALLER:
		go_to_caller(walk, &registers, is_signal);
		return true;
	case EXACT_OUTERMOST:
		return walk_end(walk, WALK_COMPLETE);
	default:
		return -1;
	}
}

uint32_t unwind_finish(const struct unwind_store *store, const struct stack_rest_event *rest,
		       code_lookup *lookup, void *arg, uint64_t *frames, uint32_t nr_frames,
		       uint32_t *flags)
{
	scoped_free struct finish *finish = xnew(struct finish);
	struct walk *walk = &finish->walk;

	finish->store = store;
	finish->rest = rest;
	finish->lookup = lookup;
	finish->arg = arg;
	memcpy(walk->registers, rest->registers, sizeof walk->registers);
	walk_start(walk, rest->ip, rest->exact);
	walk->known = rest->known;
	walk->flags = *flags & ~(uint32_t)WALK_NO_TABLE;
	walk->nr_frames = nr_frames - 1; /* the last one is where it begins again */
	while (walk_step(walk))
		;
	if (walk->flags & WALK_UNREADABLE && finish->beyond)
		walk->flags ^= WALK_UNREADABLE | WALK_NO_TABLE;
	for (uint32_t i = nr_frames - 1; i < walk->nr_frames; i++)
		frames[i] = walk->frames[i];
	*flags = walk->flags;
	return walk->nr_frames;
}
