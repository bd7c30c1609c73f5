/* SPDX-License-Identifier: MIT */
/*
 * Reading a recording, whole or damaged.
 *
 * Opening loads the tables and the summary of every block; columns are decoded on demand. The file
 * may be hostile: every size is checked against what is there and against a bound before memory is
 * taken, every id against its table, so what comes out of here needs no further checks. Whatever is
 * damaged is left out, counted in `struct integrity` and reported once; the rest is served.
 */
#ifndef PROF_RECORDING_READER_H
#define PROF_RECORDING_READER_H

#include "base/vec.h"
#include "recording/recording.h"

/* What the chunks of one kind amount to. */
struct chunk_sizes {
	const char *name; /* NULL: no such kind */
	uint32_t chunks;
	uint64_t stored_bytes, raw_bytes;
};

#define MAX_CHUNK_KINDS 16

struct integrity {
	bool complete;   /* the recorder finished the file */
	bool index_used; /* found through the index rather than by scanning */
	uint64_t file_bytes;
	uint64_t stored_bytes, raw_bytes; /* of whole chunks: as stored, before compression */
	uint32_t chunks, damaged_chunks;  /* whole ones, others */
	struct chunk_sizes kinds[MAX_CHUNK_KINDS]; /* of the whole ones */
	uint64_t damaged_offset;                   /* of the first damage, when there is any */
	uint64_t lost_tail_bytes;                  /* after the last whole chunk */
};

/* Exact statistics of one key in one block: syscalls by syscall_key(), faults by kind. */
#define SUMMARY_BITS 9 /* of the log-linear histograms below */
struct key_summary {
	uint32_t key;
	uint64_t events; /* rows, or faults within rows */
	uint64_t timed;  /* of those, how many have a duration: the histogram's total */
	uint64_t duration_ns, min_ns, max_ns; /* over the timed ones */
	uint32_t nr_buckets; /* syscalls only: (index, count) ascending; faults have none */
	struct bucket *buckets;
	uint32_t nr_errnos; /* syscalls only: (errno, count) ascending */
	struct bucket *errnos;
};

struct block {
	enum block_kind kind;
	uint64_t file_offset;
	uint64_t pieces_offset; /* 0: it has none */
	uint32_t rows;
	uint64_t start_min_ns, end_max_ns;
	uint32_t nr_keys;
	struct key_summary *keys; /* ascending by key */
};

/* A task's life, put together from the task events. Index 0 is unused. */
struct task {
	uint32_t parent, process; /* process: id of the task that leads it */
	uint32_t pid, tid;
	uint64_t start_ns, end_ns; /* end_ns 0: was still running */
	bool seen, ended, ends_process;
	int32_t exit_status;                 /* as wait(2) gives it */
	bool counted;                        /* it is known what follows: */
	uint64_t faults_before;              /* before recording; 0 if it was born later */
	uint64_t minor_faults, major_faults; /* the kernel's own counters at the end */
	uint64_t reaped_faults;              /* of waited-for descendants, when ends_process */
	uint64_t populated_at_end; /* pages populated between its last event and its end */
	uint64_t timed_ns;         /* when the next two were known (TASK_TIMES); 0: never */
	uint64_t cpu_ns, ready_ns;
	char *comm; /* last name; never NULL, and "[unknown]" when no event told */
	char *path; /* last program executed, by itself or before its birth; NULL when none was */
};

struct meta {
	char *key;
	uint8_t *value; /* NUL-terminated beyond `size` */
	size_t size;
};

struct counter {
	char *name;
	uint64_t value;
};

struct recording {
	struct integrity integrity;
	VEC(struct meta) meta;
	VEC(struct counter) counters; /* by name */
	VEC(struct module) modules;
	VEC(struct frame) frames;                 /* [0] is the root */
	VEC(struct stack) stacks;                 /* by id; [0] is "none" */
	VEC(struct location) locations;           /* by (module, offset) */
	VEC(struct task_event) task_events;       /* by time */
	VEC(struct task) tasks;                   /* by id */
	VEC(struct task_mapping) mappings;        /* by time */
	VEC(struct syscall_total) syscall_totals; /* by nr */
	VEC(struct block) blocks;                 /* by start_min_ns */
	uint32_t nr_call_keys;
	struct key_summary *call_keys; /* of all blocks of system calls; NULL: not in the file */
	struct reader *reader;         /* the file behind it */
};

/*
 * Opens, or reports what is wrong with the file and returns -errno: -ENOENT and the like, -EBADMSG
 * for a file that is no recording or holds nothing readable, -EPROTO for one of a newer format.
 */
int recording_open(const char *path, struct recording **out);
/*
 * The same for who only wants call_keys, and what the metadata and counters say: nothing else is
 * read. Of a file that has no call_keys it is all that recording_open() reads.
 */
int recording_open_brief(const char *path, struct recording **out);
void recording_close(struct recording *r); /* NULL is fine */

/*
 * Reads the columns of all blocks, which opening a finished file leaves unread, and takes the
 * damaged ones out of r->blocks. Returns 0, or -EBADMSG when there was any, reported.
 */
int recording_verify(struct recording *r);

/* The first value of a key, or NULL. */
const char *recording_meta(const struct recording *r, const char *key);
uint64_t recording_counter(const struct recording *r, const char *name); /* 0 when absent */
/* The location of a frame, or NULL when it was never symbolized. */
const struct location *recording_location(const struct recording *r, uint32_t module,
					  uint64_t offset);

/*
 * Decodes the columns named in `mask` (bit = column) of a block. columns[i] is NULL for the others
 * and else holds block->rows cells, valid until columns_fini. -EBADMSG, reported, when the block is
 * damaged. Cells that are ids (tasks, stacks) have been checked against the tables.
 */
struct columns {
	uint32_t rows;
	uint64_t *at[MAX_COLUMNS];
	uint64_t *memory; /* what they lie in */
};

#define COLUMN(column) (1U << (column))
#define ALL_COLUMNS    (~0U)

int block_columns(struct recording *r, const struct block *block, uint32_t mask,
		  struct columns *out);
void columns_fini(struct columns *c);

/* What was captured for the rows of a block of system calls: for those that have any, ascending. */
struct piece_row {
	uint32_t row, first, nr;
};

struct pieces {
	uint32_t nr_rows;
	struct piece_row *rows;
	struct piece *items;
	uint8_t *memory; /* what their bytes lie in */
};

#define PIECES_COLUMNS                                                                             \
	(COLUMN(SYSCALL_ARG0) | COLUMN(SYSCALL_ARG1) | COLUMN(SYSCALL_ARG2) |                      \
	 COLUMN(SYSCALL_ARG3) | COLUMN(SYSCALL_ARG4) | COLUMN(SYSCALL_ARG5))

/* `columns` are the block's, those of PIECES_COLUMNS among them. -EBADMSG, reported, when the
 * pieces are damaged; there are none in *out then. */
int block_pieces(struct recording *r, const struct block *block, const struct columns *columns,
		 struct pieces *out);
void pieces_fini(struct pieces *p);
/* Those of a row; NULL when it has none. */
const struct piece *pieces_of_row(const struct pieces *p, uint32_t row, uint32_t *out_nr);

#endif
