/* SPDX-License-Identifier: MIT */
/* What writer and reader need to know of the columns of each kind of block: one table row a column.
 */
#ifndef PROF_RECORDING_SCHEMA_H
#define PROF_RECORDING_SCHEMA_H

#include "recording/format.h"
#include "recording/recording.h"

/* What the cells of a column must be, whatever the file says. */
enum cell_check {
	CELL_ANY,
	CELL_TASK,       /* a known task, else 0 */
	CELL_STACK,      /* a known stack, else 0 */
	CELL_CPU,        /* below MAX_CPUS, else 0 */
	CELL_COUNT,      /* 1 to MAX_RUN_FAULTS */
	CELL_FAULT_KIND, /* below NR_FAULT_KINDS, else FAULT_FAILED */
	CELL_ALLOC_KIND, /* below NR_ALLOC_KINDS, else ALLOC_FREED */
};

struct column_schema {
	uint8_t predictor; /* how the writer predicts it; the reader goes by what the file says */
	uint8_t base;
	uint8_t check;
};

struct schema {
	uint32_t nr_columns;
	uint32_t key_column; /* the base of PREDICT_SAME_KEY */
	const struct column_schema *columns;
};

const struct schema *schema_of(uint32_t block_kind); /* NULL for an unknown kind */

#endif
