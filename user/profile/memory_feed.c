// SPDX-License-Identifier: MIT
#include "profile/memory_feed.h"

#include "memory/memory.h"
#include "recording/stable_sort.h"

/* More blocks than ever overlap in an honest recording; beyond, order is given up, not memory. */
#define MOST_OPEN 24

#define CALL_COLUMNS                                                                               \
	(COLUMN(SYSCALL_START_NS) | COLUMN(SYSCALL_DURATION_NS) | COLUMN(SYSCALL_RESULT) |         \
	 COLUMN(SYSCALL_NR) | COLUMN(SYSCALL_TASK) | COLUMN(SYSCALL_STACK) |                       \
	 COLUMN(SYSCALL_FLAGS) | COLUMN(SYSCALL_POPULATED_PAGES) | COLUMN(SYSCALL_ARG0) |          \
	 COLUMN(SYSCALL_ARG1) | COLUMN(SYSCALL_ARG2) | COLUMN(SYSCALL_ARG3) |                      \
	 COLUMN(SYSCALL_ARG4) | COLUMN(SYSCALL_ARG5))
#define FAULT_COLUMNS                                                                              \
	(COLUMN(FAULT_START_NS) | COLUMN(FAULT_SPAN_NS) | COLUMN(FAULT_COUNT) |                    \
	 COLUMN(FAULT_SERVICE_NS) | COLUMN(FAULT_ADDRESS) | COLUMN(FAULT_STRIDE_BYTES) |           \
	 COLUMN(FAULT_IP) | COLUMN(FAULT_TASK) | COLUMN(FAULT_STACK) | COLUMN(FAULT_ERROR_CODE) |  \
	 COLUMN(FAULT_KIND) | COLUMN(FAULT_FLAGS) | COLUMN(FAULT_POPULATED_PAGES) |                \
	 COLUMN(FAULT_SYSCALL))

#define ALLOC_COLUMNS                                                                              \
	(COLUMN(ALLOC_TIME_NS) | COLUMN(ALLOC_ADDRESS) | COLUMN(ALLOC_OLD_ADDRESS) |               \
	 COLUMN(ALLOC_BYTES) | COLUMN(ALLOC_TASK) | COLUMN(ALLOC_STACK) | COLUMN(ALLOC_KIND))

_Static_assert(SYSCALL_START_NS == 0 && FAULT_START_NS == 0 && ALLOC_TIME_NS == 0,
	       "the start is column 0");

static enum feed_kind feed_kind_of(enum block_kind kind)
{
	return kind == BLOCK_FAULTS        ? FEED_FAULTS
	       : kind == BLOCK_ALLOCATIONS ? FEED_ALLOCATION
					   : FEED_SYSCALL;
}

static uint32_t columns_of(enum feed_kind kind)
{
	return kind == FEED_FAULTS       ? FAULT_COLUMNS
	       : kind == FEED_ALLOCATION ? ALLOC_COLUMNS
					 : CALL_COLUMNS;
}

/* A block that has rows of interest, from when on. */
struct wanted_block {
	const struct block *block;
	uint64_t start_ns;
};

struct open_block {
	enum feed_kind kind;
	struct columns columns;
	uint32_t *order; /* rows of interest, by start */
	uint32_t nr, at;
};

struct memory_feed {
	struct recording *r;
	VEC(struct wanted_block) wanted; /* by start */
	size_t next_wanted, next_event, next_mapping;
	uint32_t nr_open;
	struct open_block open[MOST_OPEN];
	uint64_t row[MAX_COLUMNS]; /* that was given out last */
};

/* ---- Which blocks ---- */

static bool row_is_wanted(const struct columns *c, uint32_t row)
{
	return memory_wants_call(c->at[SYSCALL_NR][row]) || c->at[SYSCALL_POPULATED_PAGES][row];
}

static void want_block(struct memory_feed *feed, const struct block *block, uint64_t start_ns)
{
	*vec_push(&feed->wanted) = (struct wanted_block){block, start_ns};
}

static void want_syscalls(struct memory_feed *feed, const struct block *block)
{
	uint32_t mask =
		COLUMN(SYSCALL_NR) | COLUMN(SYSCALL_POPULATED_PAGES) | COLUMN(SYSCALL_START_NS);
	uint64_t start_ns = UINT64_MAX;
	bool any = false;
	struct columns c;

	if (block_columns(feed->r, block, mask, &c) < 0)
		return;
	for (uint32_t i = 0; i < c.rows; i++) {
		if (!row_is_wanted(&c, i))
			continue;
		any = true;
		if (start_ns > c.at[SYSCALL_START_NS][i])
			start_ns = c.at[SYSCALL_START_NS][i];
	}
	columns_fini(&c);
	if (any)
		want_block(feed, block, start_ns);
}

static int by_start(const void *left, const void *right)
{
	const struct wanted_block *a = left, *b = right;

	return (a->start_ns > b->start_ns) - (a->start_ns < b->start_ns);
}

/* ---- Open blocks ---- */

struct row_start {
	uint64_t start_ns;
	uint32_t row;
};

static int by_row_start(const void *left, const void *right)
{
	const struct row_start *a = left, *b = right;

	return (a->start_ns > b->start_ns) - (a->start_ns < b->start_ns);
}

static void order_rows(struct open_block *open)
{
	scoped_free struct row_start *starts = xcalloc(open->columns.rows, sizeof *starts);
	bool is_sorted = true;

	for (uint32_t i = 0; i < open->columns.rows; i++) {
		if (open->kind == FEED_SYSCALL && !row_is_wanted(&open->columns, i))
			continue;
		starts[open->nr] = (struct row_start){open->columns.at[0][i], i};
		is_sorted &=
			!open->nr || starts[open->nr - 1].start_ns <= starts[open->nr].start_ns;
		open->nr++;
	}
	if (!is_sorted)
		stable_sort(starts, open->nr, sizeof *starts, by_row_start);
	open->order = xcalloc(open->nr, sizeof *open->order);
	for (uint32_t i = 0; i < open->nr; i++)
		open->order[i] = starts[i].row;
}

static void open_block(struct memory_feed *feed, const struct block *block)
{
	struct open_block open = {.kind = feed_kind_of(block->kind)};

	if (block_columns(feed->r, block, columns_of(open.kind), &open.columns) < 0)
		return;
	order_rows(&open);
	feed->open[feed->nr_open++] = open;
}

static void open_close(struct open_block *open)
{
	columns_fini(&open->columns);
	free(open->order);
}

static uint64_t open_time(const struct open_block *open)
{
	return open->columns.at[0][open->order[open->at]];
}

/* The open block with the earliest row; NULL when none is open. */
static struct open_block *earliest(struct memory_feed *feed)
{
	struct open_block *first = feed->nr_open ? &feed->open[0] : NULL;

	for (uint32_t i = 1; i < feed->nr_open; i++) {
		uint64_t time_ns = open_time(&feed->open[i]), first_ns = open_time(first);

		if (time_ns < first_ns || (time_ns == first_ns && feed->open[i].kind < first->kind))
			first = &feed->open[i];
	}
	return first;
}

/* ---- The feed ---- */

struct memory_feed *memory_feed_new(struct recording *r)
{
	struct memory_feed *feed = xnew(struct memory_feed);

	feed->r = r;
	vec_each (&r->blocks, block) {
		if (block->kind == BLOCK_FAULTS || block->kind == BLOCK_ALLOCATIONS)
			want_block(feed, block, block->start_min_ns);
		else
			want_syscalls(feed, block);
	}
	stable_sort(feed->wanted.items, feed->wanted.size, sizeof *feed->wanted.items, by_start);
	return feed;
}

void memory_feed_free(struct memory_feed *feed)
{
	if (!feed)
		return;
	for (uint32_t i = 0; i < feed->nr_open; i++)
		open_close(&feed->open[i]);
	vec_free(&feed->wanted);
	free(feed);
}

/* When the next event or mapping is, the earlier of them; UINT64_MAX: there is none. */
static uint64_t table_time(const struct memory_feed *feed, bool *is_event)
{
	const struct recording *r = feed->r;
	uint64_t event = feed->next_event < r->task_events.size
				 ? r->task_events.items[feed->next_event].time_ns
				 : UINT64_MAX;
	uint64_t mapping = feed->next_mapping < r->mappings.size
				   ? r->mappings.items[feed->next_mapping].time_ns
				   : UINT64_MAX;

	*is_event = event <= mapping && feed->next_event < r->task_events.size;
	return event < mapping ? event : mapping;
}

static bool table_left(const struct memory_feed *feed)
{
	return feed->next_event < feed->r->task_events.size ||
	       feed->next_mapping < feed->r->mappings.size;
}

/* Opens what may begin before the earliest known so far, and returns that. */
static struct open_block *open_until(struct memory_feed *feed, uint64_t table_ns)
{
	struct open_block *first;

	while ((first = earliest(feed)),
	       feed->nr_open < MOST_OPEN && feed->next_wanted < feed->wanted.size) {
		const struct wanted_block *next = &feed->wanted.items[feed->next_wanted];

		if (next->start_ns > table_ns || (first && next->start_ns > open_time(first)))
			break;
		feed->next_wanted++;
		open_block(feed, next->block);
	}
	return first;
}

static void take_row(struct memory_feed *feed, struct open_block *open, struct feed_item *out)
{
	uint32_t row = open->order[open->at++];
	uint32_t wanted = columns_of(open->kind);

	out->kind = open->kind;
	memset(feed->row, 0, sizeof feed->row);
	for (; wanted; wanted &= wanted - 1) {
		int column = __builtin_ctz(wanted);

		if (open->columns.at[column]) /* older files lack some */
			feed->row[column] = open->columns.at[column][row];
	}
	out->row = feed->row;
	out->time_ns = feed->row[0];
	if (open->at < open->nr)
		return;
	open_close(open);
	*open = feed->open[--feed->nr_open];
}

static void take_table(struct memory_feed *feed, bool is_event, uint64_t time_ns,
		       struct feed_item *out)
{
	out->kind = is_event ? FEED_TASK_EVENT : FEED_MAPPING;
	out->time_ns = time_ns;
	if (is_event)
		out->event = &feed->r->task_events.items[feed->next_event++];
	else
		out->mapping = &feed->r->mappings.items[feed->next_mapping++];
}

/* Of the same time, births come first, and mappings before the faults that they explain. */
bool memory_feed_next(struct memory_feed *feed, struct feed_item *out)
{
	bool is_event;
	uint64_t table_ns = table_time(feed, &is_event);
	struct open_block *first = open_until(feed, table_ns);

	*out = (struct feed_item){0};
	if (!first && !table_left(feed))
		return false;
	if (first && (!table_left(feed) || open_time(first) < table_ns ||
		      (open_time(first) == table_ns && !is_event && first->kind == FEED_SYSCALL)))
		take_row(feed, first, out);
	else
		take_table(feed, is_event, table_ns, out);
	return true;
}
