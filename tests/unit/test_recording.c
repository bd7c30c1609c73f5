// SPDX-License-Identifier: MIT
/* What is written is read back: every table, every kind of block, random and extreme cells. */
#include "recording/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "tests/unit/kept_messages.h" /* before cmocka.h, which has a macro fail() */
#include <cmocka.h>

#include "recording/schema.h"
#include "recording/writer.h"
#include "tests/unit/recording_walk.h"

static uint64_t random_state;

static uint64_t random_next(void)
{
	random_state += 0x9e3779b97f4a7c15;
	uint64_t z = (random_state ^ random_state >> 30) * 0xbf58476d1ce4e5b9;

	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* Small, huge, negative and plain numbers, each often. */
static uint64_t random_cell(void)
{
	uint64_t value = random_next();

	switch (random_next() % 6) {
	case 0:
		return 0;
	case 1:
		return UINT64_MAX;
	case 2:
		return value % 100;
	case 3:
		return 0 - value % 5000;
	default:
		return value >> random_next() % 64;
	}
}

static int setup(void **state)
{
	random_state = 1;
	return messages_setup(state);
}

/* A recording in memory: written through `writer`, then opened again. */
struct session {
	int fd;
	char *path;
	struct writer *writer;
	struct recording *r;
};

static void session_start(struct session *s)
{
	int fd = memfd_create("recording", MFD_CLOEXEC);

	s->fd = dup(fd);
	s->path = xasprintf("/proc/self/fd/%d", s->fd);
	assert_int_equal(writer_new(fd, "x", &s->writer), 0);
}

static void session_open(struct session *s)
{
	assert_int_equal(recording_open(s->path, &s->r), 0);
	assert_string_equal(messages, "");
	walk_recording(s->r);
	assert_string_equal(messages, "");
}

static void session_reopen(struct session *s)
{
	assert_int_equal(writer_finish(s->writer), 0);
	writer_free(s->writer);
	session_open(s);
	assert_true(s->r->integrity.complete);
	assert_true(s->r->integrity.index_used);
	assert_int_equal(s->r->integrity.damaged_chunks, 0);
	assert_int_equal(s->r->integrity.lost_tail_bytes, 0);
}

static void session_end(struct session *s)
{
	recording_close(s->r);
	close(s->fd);
	free(s->path);
}

static void an_empty_recording_is_one(void **state)
{
	struct session s;

	(void)state;
	session_start(&s);
	session_reopen(&s);
	assert_int_equal(s.r->blocks.size, 0);
	assert_int_equal(s.r->frames.size, 1);
	assert_int_equal(s.r->stacks.size, 1);
	assert_int_equal(s.r->modules.size, FIRST_FILE_MODULE);
	assert_string_equal(s.r->modules.items[MODULE_VDSO].path, "[vdso]");
	assert_int_equal(s.r->integrity.chunks, 1);
	assert_null(recording_meta(s.r, "argv"));
	assert_int_equal(recording_counter(s.r, "wall_ns"), 0);
	session_end(&s);
}

static void metadata_is_any_bytes_under_keys_that_may_repeat(void **state)
{
	struct session s;
	uint8_t bytes[300];

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)random_next();
	session_start(&s);
	writer_meta_text(s.writer, "argv", "ls");
	writer_meta_text(s.writer, "argv", "-l");
	writer_meta(s.writer, "bytes", bytes, sizeof bytes);
	writer_meta(s.writer, "nothing", "", 0);
	writer_meta_text(s.writer, "", "empty key");
	session_reopen(&s);
	assert_int_equal(s.r->meta.size, 5);
	assert_string_equal(recording_meta(s.r, "argv"), "ls");
	assert_string_equal((char *)s.r->meta.items[1].value, "-l");
	assert_int_equal(s.r->meta.items[2].size, sizeof bytes);
	assert_memory_equal(s.r->meta.items[2].value, bytes, sizeof bytes);
	assert_string_equal(recording_meta(s.r, "nothing"), "");
	assert_string_equal(recording_meta(s.r, ""), "empty key");
	assert_null(recording_meta(s.r, "arg"));
	session_end(&s);
}

static void the_last_counter_of_a_name_holds(void **state)
{
	struct session s;

	(void)state;
	session_start(&s);
	writer_counter(s.writer, "z", 1);
	writer_counter(s.writer, "a", UINT64_MAX);
	writer_counter(s.writer, "m", 2);
	writer_flush(s.writer);
	writer_counter(s.writer, "m", 3);
	writer_counter(s.writer, "z", 0);
	session_reopen(&s);
	assert_int_equal(s.r->counters.size, 3);
	assert_string_equal(s.r->counters.items[0].name, "a");
	assert_true(recording_counter(s.r, "a") == UINT64_MAX);
	assert_int_equal(recording_counter(s.r, "m"), 3);
	assert_int_equal(recording_counter(s.r, "z"), 0);
	session_end(&s);
}

static void modules_keep_their_ids(void **state)
{
	struct module module = {.path = "/usr/bin/ls", .build_id_size = 20, .device = UINT64_MAX};
	struct session s;

	(void)state;
	memset(module.build_id, 0xab, sizeof module.build_id);
	session_start(&s);
	assert_int_equal(writer_module(s.writer, &module), FIRST_FILE_MODULE);
	writer_flush(s.writer);
	assert_int_equal(writer_module(s.writer, &(struct module){.path = "", .inode = 7}), 4);
	session_reopen(&s);
	assert_int_equal(s.r->modules.size, 5);
	assert_string_equal(s.r->modules.items[3].path, "/usr/bin/ls");
	assert_int_equal(s.r->modules.items[3].build_id_size, 20);
	assert_memory_equal(s.r->modules.items[3].build_id, module.build_id, 20);
	assert_true(s.r->modules.items[3].device == UINT64_MAX);
	assert_int_equal(s.r->modules.items[4].inode, 7);
	assert_int_equal(s.r->modules.items[4].build_id_size, 0);
	session_end(&s);
}

#define FRAMES 100000

static void frames_are_interned_and_read_back(void **state)
{
	struct session s;
	struct frame *frames = xcalloc(FRAMES + 1, sizeof *frames);

	(void)state;
	session_start(&s);
	for (uint32_t id = 1; id <= FRAMES; id++) {
		/* The id as offset makes each of them a new one. */
		frames[id].parent = (uint32_t)(random_next() % id);
		frames[id].module = (uint32_t)(random_next() % FIRST_FILE_MODULE);
		frames[id].offset = id % 3 ? id : random_cell() << 20 | id;
		assert_int_equal(writer_frame(s.writer, frames[id].parent, frames[id].module,
					      frames[id].offset),
				 id);
		if (id % 9999 == 0)
			writer_flush(s.writer);
	}
	assert_int_equal(writer_nr_frames(s.writer), FRAMES);
	for (uint32_t id = 1; id <= FRAMES; id += 7) {
		struct frame frame;

		writer_frame_at(s.writer, id, &frame);
		assert_true(frame.offset == frames[id].offset);
		assert_int_equal(writer_frame(s.writer, frame.parent, frame.module, frame.offset),
				 id);
	}
	assert_int_equal(writer_nr_frames(s.writer), FRAMES);
	session_reopen(&s);
	assert_int_equal(s.r->frames.size, FRAMES + 1);
	for (uint32_t id = 1; id <= FRAMES; id++) {
		assert_int_equal(s.r->frames.items[id].parent, frames[id].parent);
		assert_int_equal(s.r->frames.items[id].module, frames[id].module);
		assert_true(s.r->frames.items[id].offset == frames[id].offset);
	}
	session_end(&s);
	free(frames);
}

static void stacks_come_with_any_ids(void **state)
{
	static const uint32_t ids[] = {7, 1, 500000, 3};
	struct session s;

	(void)state;
	session_start(&s);
	writer_frame(s.writer, 0, MODULE_UNKNOWN, 1);
	for (uint32_t i = 0; i < 4; i++)
		writer_stack(s.writer, ids[i], &(struct stack){.frame = i % 2, .flags = i});
	writer_stack(s.writer, 9, &(struct stack){.frame = 4711}); /* no such frame */
	session_reopen(&s);
	assert_int_equal(s.r->stacks.size, 500001);
	for (uint32_t i = 0; i < 4; i++) {
		assert_int_equal(s.r->stacks.items[ids[i]].frame, i % 2);
		assert_int_equal(s.r->stacks.items[ids[i]].flags, i);
	}
	assert_int_equal(s.r->stacks.items[9].frame, 0);
	session_end(&s);
}

static void locations_are_found(void **state)
{
	struct function_line lines[] = {
		{.function = "inlined", .file = "a.h", .line = 3, .column = 9},
		{.function = "outer", .file = "a.c", .line = UINT32_MAX},
		{.function = NULL, .file = "a.c"},
	};
	const struct location *found;
	struct session s;

	(void)state;
	session_start(&s);
	writer_location(s.writer, &(struct location){2, 50, 3, lines});
	writer_location(s.writer, &(struct location){0, UINT64_MAX, 1, lines});
	writer_location(s.writer, &(struct location){2, 40, 0, NULL});
	writer_location(s.writer, &(struct location){9, 40, 0, NULL}); /* no such module */
	session_reopen(&s);
	assert_int_equal(s.r->locations.size, 3);
	found = recording_location(s.r, 2, 50);
	assert_non_null(found);
	assert_int_equal(found->nr_lines, 3);
	assert_string_equal(found->lines[0].function, "inlined");
	assert_int_equal(found->lines[0].column, 9);
	assert_string_equal(found->lines[1].file, "a.c");
	assert_true(found->lines[1].line == UINT32_MAX);
	assert_null(found->lines[2].function);
	assert_non_null(recording_location(s.r, 0, UINT64_MAX));
	assert_int_equal(recording_location(s.r, 2, 40)->nr_lines, 0);
	assert_null(recording_location(s.r, 2, 41));
	assert_null(recording_location(s.r, 1, 50));
	assert_null(recording_location(s.r, 3, 0));
	session_end(&s);
}

static void syscall_totals_are_read_by_number(void **state)
{
	struct bucket buckets[] = {{0, 1}, {1, UINT32_MAX}, {495, 2}};
	struct syscall_total read = {.nr = 0, .calls = 9, .nr_buckets = 3, .buckets = buckets};
	struct session s;

	(void)state;
	session_start(&s);
	writer_syscall_total(s.writer, &(struct syscall_total){.nr = 60, .max_ns = UINT64_MAX});
	writer_syscall_total(s.writer, &(struct syscall_total){.nr = 0, .calls = 1});
	writer_syscall_total(s.writer, &read);
	session_reopen(&s);
	assert_int_equal(s.r->syscall_totals.size, 2);
	assert_int_equal(s.r->syscall_totals.items[0].calls, 9);
	assert_int_equal(s.r->syscall_totals.items[0].nr_buckets, 3);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(s.r->syscall_totals.items[0].buckets[i].index, buckets[i].index);
		assert_int_equal(s.r->syscall_totals.items[0].buckets[i].count, buckets[i].count);
	}
	assert_true(s.r->syscall_totals.items[1].max_ns == UINT64_MAX);
	session_end(&s);
}

/* Cells that a reader lets through as they are. */
static void cells_make_legal(enum block_kind kind, uint64_t *row)
{
	const struct schema *schema = schema_of(kind);

	for (uint32_t i = 0; i < schema->nr_columns; i++) {
		switch ((enum cell_check)schema->columns[i].check) {
		case CELL_ANY:
			break;
		case CELL_TASK:
			row[i] %= 6;
			break;
		case CELL_STACK:
			row[i] %= 11;
			break;
		case CELL_CPU:
			row[i] %= MAX_CPUS;
			break;
		case CELL_COUNT:
			row[i] = 1 + row[i] % 1000;
			break;
		case CELL_FAULT_KIND:
			row[i] %= NR_FAULT_KINDS;
			break;
		case CELL_ALLOC_KIND:
			row[i] %= NR_ALLOC_KINDS;
			break;
		}
	}
}

static void tasks_and_stacks_write(struct writer *w)
{
	writer_frame(w, 0, MODULE_UNKNOWN, 1);
	for (uint32_t id = 1; id <= 10; id++)
		writer_stack(w, id, &(struct stack){.frame = 1});
	for (uint32_t id = 1; id <= 5; id++)
		writer_task_event(
			w, &(struct task_event){.task = id, .type = TASK_START, .text = "t"});
}

/* Blocks come back by time; all of these start at 0, so in the order they were written. */
static void rows_compare(struct session *s, enum block_kind kind, const uint64_t *rows, uint32_t nr,
			 uint32_t mask)
{
	uint32_t nr_columns = schema_of(kind)->nr_columns, seen = 0;

	vec_each (&s->r->blocks, block) {
		struct columns c;

		if (block->kind != kind)
			continue;
		assert_int_equal(block_columns(s->r, block, mask, &c), 0);
		assert_int_equal(c.rows, block->rows);
		for (uint32_t column = 0; column < MAX_COLUMNS; column++) {
			if (column >= nr_columns || !(mask >> column & 1)) {
				assert_null(c.at[column]);
				continue;
			}
			for (uint32_t i = 0; i < c.rows; i++)
				if (c.at[column][i] !=
				    rows[(size_t)(seen + i) * nr_columns + column])
					fail_msg("kind %d, row %u, column %u", kind, seen + i,
						 column);
		}
		seen += c.rows;
		columns_fini(&c);
	}
	assert_int_equal(seen, nr);
}

static void rows_round_trip(enum block_kind kind, uint32_t nr, uint32_t flush_every)
{
	uint32_t nr_columns = schema_of(kind)->nr_columns;
	uint64_t *rows = xcalloc((size_t)nr * nr_columns, sizeof *rows);
	struct session s;

	session_start(&s);
	tasks_and_stacks_write(s.writer);
	for (uint32_t i = 0; i < nr; i++) {
		uint64_t *row = rows + (size_t)i * nr_columns;

		for (uint32_t column = 0; column < nr_columns; column++)
			row[column] = random_cell();
		if (i % flush_every == 0)
			row[0] = 0;
		cells_make_legal(kind, row);
		writer_row(s.writer, kind, row);
		if ((i + 1) % flush_every == 0)
			writer_flush(s.writer);
	}
	session_reopen(&s);
	rows_compare(&s, kind, rows, nr, ALL_COLUMNS);
	for (uint32_t column = 0; column < nr_columns; column++)
		rows_compare(&s, kind, rows, nr, COLUMN(column));
	rows_compare(&s, kind, rows, nr, COLUMN(1) | COLUMN(nr_columns - 1));
	rows_compare(&s, kind, rows, nr, 0);
	assert_int_equal(recording_verify(s.r), 0);
	session_end(&s);
	free(rows);
}

static void rows_of_any_cells_round_trip(void **state)
{
	static const uint32_t numbers[] = {1, 2, 63, 64, 65, 1000};

	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		rows_round_trip(BLOCK_SYSCALLS, numbers[i], 50);
		rows_round_trip(BLOCK_FAULTS, numbers[i], 50);
		rows_round_trip(BLOCK_MEMORY_CALLS, numbers[i], 50);
		rows_round_trip(BLOCK_ALLOCATIONS, numbers[i], 50);
	}
}

static void rows_fill_blocks(void **state)
{
	(void)state;
	rows_round_trip(BLOCK_SYSCALLS, 2 * BLOCK_ROWS, BLOCK_ROWS);
	rows_round_trip(BLOCK_FAULTS, 2 * BLOCK_ROWS, BLOCK_ROWS);
	rows_round_trip(BLOCK_ALLOCATIONS, 2 * BLOCK_ROWS, BLOCK_ROWS);
}

static void kinds_of_blocks_mix(void **state)
{
	uint64_t row[MAX_COLUMNS] = {0};
	struct session s;

	(void)state;
	session_start(&s);
	for (uint32_t i = 0; i < 3 * BLOCK_ROWS; i++) {
		row[0] = 3 * BLOCK_ROWS - i; /* later blocks have earlier times */
		writer_row(s.writer, i % 3 ? BLOCK_SYSCALLS : BLOCK_FAULTS, row);
	}
	session_reopen(&s);
	assert_int_equal(s.r->blocks.size, 3);
	for (size_t i = 1; i < 3; i++)
		assert_true(s.r->blocks.items[i - 1].start_min_ns <
			    s.r->blocks.items[i].start_min_ns);
	session_end(&s);
}

static void cells_beyond_their_bounds_are_bounded(void **state)
{
	uint64_t row[NR_FAULT_COLUMNS] = {0};
	struct columns c;
	struct session s;

	(void)state;
	session_start(&s);
	tasks_and_stacks_write(s.writer);
	row[FAULT_TASK] = 6;
	row[FAULT_STACK] = 11;
	row[FAULT_CPU] = MAX_CPUS;
	row[FAULT_KIND] = NR_FAULT_KINDS;
	writer_row(s.writer, BLOCK_FAULTS, row);
	row[FAULT_COUNT] = UINT64_MAX;
	row[FAULT_TASK] = 5;
	row[FAULT_STACK] = 10;
	row[FAULT_CPU] = MAX_CPUS - 1;
	writer_row(s.writer, BLOCK_FAULTS, row);
	session_reopen(&s);
	assert_int_equal(block_columns(s.r, s.r->blocks.items, ALL_COLUMNS, &c), 0);
	assert_int_equal(c.at[FAULT_TASK][0], 0);
	assert_int_equal(c.at[FAULT_STACK][0], 0);
	assert_int_equal(c.at[FAULT_CPU][0], 0);
	assert_int_equal(c.at[FAULT_KIND][0], FAULT_FAILED);
	assert_int_equal(c.at[FAULT_COUNT][0], 1);
	assert_int_equal(c.at[FAULT_TASK][1], 5);
	assert_int_equal(c.at[FAULT_STACK][1], 10);
	assert_int_equal(c.at[FAULT_CPU][1], MAX_CPUS - 1);
	assert_true(c.at[FAULT_COUNT][1] == MAX_RUN_FAULTS);
	columns_fini(&c);
	session_end(&s);
}

static void call_write(struct writer *w, uint64_t nr, uint64_t start_ns, uint64_t duration_ns,
		       int64_t result, uint64_t flags)
{
	uint64_t row[NR_SYSCALL_COLUMNS] = {0};

	row[SYSCALL_START_NS] = start_ns;
	row[SYSCALL_DURATION_NS] = duration_ns;
	row[SYSCALL_RESULT] = (uint64_t)result;
	row[SYSCALL_NR] = nr;
	row[SYSCALL_FLAGS] = flags;
	writer_row(w, BLOCK_SYSCALLS, row);
}

static void summaries_count_system_calls(void **state)
{
	const struct block *block;
	const struct key_summary *key;
	struct session s;

	(void)state;
	session_start(&s);
	call_write(s.writer, 700, 1000, 5, 0, 0);
	call_write(s.writer, 700, 900, 2000, -11, 0);
	call_write(s.writer, 700, 2000, 2001, -11, 0);
	call_write(s.writer, 700, 2000, 5, -4095, 0);
	call_write(s.writer, 700, 2000, 5, -4096, 0); /* an address, no error */
	call_write(s.writer, 700, 2000, 0, 0, SYSCALL_UNFINISHED);
	call_write(s.writer, 700, 2000, 0, -1, SYSCALL_BLOCKED);
	call_write(s.writer, SYS_rt_sigreturn, 2000, 7, -4, 0);
	call_write(s.writer, 700, 2000, 0, -9, SYSCALL_COMPAT);
	session_reopen(&s);
	block = s.r->blocks.items;
	assert_int_equal(block->rows, 9);
	assert_int_equal(block->start_min_ns, 900);
	assert_int_equal(block->end_max_ns, 4001);
	assert_int_equal(block->nr_keys, 3);

	key = &block->keys[0];
	assert_int_equal(key->key, SYS_rt_sigreturn);
	assert_int_equal(key->nr_errnos, 1); /* the interrupted call's EINTR, as strace has it */
	assert_int_equal(key->duration_ns, 7);

	key = &block->keys[1];
	assert_int_equal(key->key, 700);
	assert_int_equal(key->events, 7);
	assert_int_equal(key->timed, 5);
	assert_int_equal(key->duration_ns, 5 + 2000 + 2001 + 5 + 5);
	assert_int_equal(key->min_ns, 5);
	assert_int_equal(key->max_ns, 2001);
	assert_int_equal(key->nr_buckets, 2); /* 2000 and 2001 share one */
	assert_int_equal(key->buckets[0].index, 5);
	assert_int_equal(key->buckets[0].count, 3);
	assert_int_equal(key->buckets[1].index, loglinear_index(2000, SUMMARY_BITS));
	assert_int_equal(key->buckets[1].count, 2);
	assert_int_equal(key->nr_errnos, 3);
	assert_int_equal(key->errnos[0].index, 1);
	assert_int_equal(key->errnos[1].index, 11);
	assert_int_equal(key->errnos[1].count, 2);
	assert_int_equal(key->errnos[2].index, 4095);

	key = &block->keys[2];
	assert_int_equal(key->key, KEY_COMPAT | 700);
	assert_int_equal(key->timed, 1);
	assert_int_equal(key->min_ns, 0);
	assert_int_equal(key->errnos[0].index, 9);
	session_end(&s);
}

static void summaries_count_faults(void **state)
{
	const struct key_summary *key;
	uint64_t row[NR_FAULT_COLUMNS] = {0};
	struct session s;

	(void)state;
	session_start(&s);
	row[FAULT_START_NS] = 100;
	row[FAULT_SPAN_NS] = 50;
	row[FAULT_COUNT] = 3;
	row[FAULT_SERVICE_NS] = 60;
	row[FAULT_SERVICE_MIN_NS] = 10;
	row[FAULT_SERVICE_MAX_NS] = 30;
	writer_row(s.writer, BLOCK_FAULTS, row);
	row[FAULT_COUNT] = 2;
	row[FAULT_SERVICE_MIN_NS] = 20;
	row[FAULT_SERVICE_MAX_NS] = 40;
	writer_row(s.writer, BLOCK_FAULTS, row);
	row[FAULT_FLAGS] = FAULT_UNTIMED;
	row[FAULT_SERVICE_MIN_NS] = 0;
	writer_row(s.writer, BLOCK_FAULTS, row);
	row[FAULT_KIND] = FAULT_MAJOR;
	writer_row(s.writer, BLOCK_FAULTS, row);
	session_reopen(&s);
	assert_int_equal(s.r->blocks.items->start_min_ns, 100);
	assert_int_equal(s.r->blocks.items->end_max_ns, 190);
	assert_int_equal(s.r->blocks.items->nr_keys, 2);
	key = s.r->blocks.items->keys;
	assert_int_equal(key->key, FAULT_MINOR);
	assert_int_equal(key->events, 7);
	assert_int_equal(key->timed, 5);
	assert_int_equal(key->duration_ns, 120);
	assert_int_equal(key->min_ns, 10);
	assert_int_equal(key->max_ns, 40);
	assert_int_equal(key->nr_buckets, 0);
	assert_int_equal(key[1].key, FAULT_MAJOR);
	assert_int_equal(key[1].events, 2);
	assert_int_equal(key[1].timed, 0);
	session_end(&s);
}

static void many_keys_in_one_block(void **state)
{
	struct session s;

	(void)state;
	session_start(&s);
	for (uint64_t i = 0; i < BLOCK_ROWS; i++)
		call_write(s.writer, i * 7919 % BLOCK_ROWS, i, i, 0, 0);
	session_reopen(&s);
	assert_int_equal(s.r->blocks.items->nr_keys, BLOCK_ROWS);
	for (uint32_t key = 0; key < BLOCK_ROWS; key++) {
		assert_int_equal(s.r->blocks.items->keys[key].key, key);
		assert_int_equal(s.r->blocks.items->keys[key].timed, 1);
	}
	session_end(&s);
}

static void sizes_are_accounted_for(void **state)
{
	const struct integrity *i;
	uint64_t stored = 0, raw = 0;
	struct session s;

	(void)state;
	session_start(&s);
	for (uint64_t n = 0; n < BLOCK_ROWS; n++)
		call_write(s.writer, 0, 1000 * n, 200 + n % 7, 1, 0);
	session_reopen(&s);
	i = &s.r->integrity;
	assert_int_equal(i->chunks, 4); /* summary, columns, all calls, index */
	for (uint32_t kind = 0; kind < MAX_CHUNK_KINDS; kind++) {
		stored += i->kinds[kind].stored_bytes;
		raw += i->kinds[kind].raw_bytes;
	}
	assert_int_equal(i->stored_bytes, stored);
	assert_int_equal(i->raw_bytes, raw);
	assert_int_equal(i->file_bytes, 64 + 4 * 24 + stored);
	assert_true(raw > 15 * 8 * BLOCK_ROWS);
	assert_true(i->file_bytes < 2 * BLOCK_ROWS);
	session_end(&s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, messages_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_recording_is_one),
		TEST(metadata_is_any_bytes_under_keys_that_may_repeat),
		TEST(the_last_counter_of_a_name_holds),
		TEST(modules_keep_their_ids),
		TEST(frames_are_interned_and_read_back),
		TEST(stacks_come_with_any_ids),
		TEST(locations_are_found),
		TEST(syscall_totals_are_read_by_number),
		TEST(rows_of_any_cells_round_trip),
		TEST(rows_fill_blocks),
		TEST(kinds_of_blocks_mix),
		TEST(cells_beyond_their_bounds_are_bounded),
		TEST(summaries_count_system_calls),
		TEST(summaries_count_faults),
		TEST(many_keys_in_one_block),
		TEST(sizes_are_accounted_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
