// SPDX-License-Identifier: MIT
#include "recording/schema.h"

/* A call's arguments and result are mostly those of the last call of the same number. */
#define LIKE_LAST_CALL .predictor = PREDICT_SAME_KEY, .base = SYSCALL_NR

/* clang-format off */
static const struct column_schema syscall_columns[NR_SYSCALL_COLUMNS] = {
	[SYSCALL_START_NS] = {.predictor = PREDICT_PREVIOUS_ROW},
	[SYSCALL_RESULT]   = {LIKE_LAST_CALL},
	[SYSCALL_TASK]     = {.check = CELL_TASK},
	[SYSCALL_STACK]    = {LIKE_LAST_CALL, .check = CELL_STACK},
	[SYSCALL_CPU]      = {.check = CELL_CPU},
	[SYSCALL_ARG0]     = {LIKE_LAST_CALL},
	[SYSCALL_ARG1]     = {LIKE_LAST_CALL},
	[SYSCALL_ARG2]     = {LIKE_LAST_CALL},
	[SYSCALL_ARG3]     = {LIKE_LAST_CALL},
	[SYSCALL_ARG4]     = {LIKE_LAST_CALL},
	[SYSCALL_ARG5]     = {LIKE_LAST_CALL},
};

/* The same stack means the same instruction, which mostly goes on near where it last was. */
#define LIKE_LAST_ON_STACK .predictor = PREDICT_SAME_KEY, .base = FAULT_STACK
/* A run of one fault has its sum, minimum and maximum alike. */
#define LIKE_MINIMUM .predictor = PREDICT_COLUMN, .base = FAULT_SERVICE_MIN_NS

static const struct column_schema fault_columns[NR_FAULT_COLUMNS] = {
	[FAULT_START_NS]       = {.predictor = PREDICT_PREVIOUS_ROW},
	[FAULT_COUNT]          = {.check = CELL_COUNT},
	[FAULT_SERVICE_NS]     = {LIKE_MINIMUM},
	[FAULT_SERVICE_MAX_NS] = {LIKE_MINIMUM},
	[FAULT_ADDRESS]        = {LIKE_LAST_ON_STACK},
	[FAULT_STRIDE_BYTES]   = {LIKE_LAST_ON_STACK},
	[FAULT_IP]             = {LIKE_LAST_ON_STACK},
	[FAULT_TASK]           = {.check = CELL_TASK},
	[FAULT_STACK]          = {.check = CELL_STACK},
	[FAULT_ERROR_CODE]     = {LIKE_LAST_ON_STACK},
	[FAULT_KIND]           = {.check = CELL_FAULT_KIND},
	[FAULT_CPU]            = {.check = CELL_CPU},
	[FAULT_SYSCALL]        = {LIKE_LAST_ON_STACK},
};

static const struct column_schema alloc_columns[NR_ALLOC_COLUMNS] = {
	[ALLOC_TIME_NS]     = {.predictor = PREDICT_PREVIOUS_ROW},
	[ALLOC_ADDRESS]     = {.predictor = PREDICT_PREVIOUS_ROW},
	[ALLOC_OLD_ADDRESS] = {.predictor = PREDICT_PREVIOUS_ROW},
	[ALLOC_BYTES]       = {.predictor = PREDICT_SAME_KEY, .base = ALLOC_STACK},
	[ALLOC_TASK]        = {.check = CELL_TASK},
	[ALLOC_STACK]       = {.check = CELL_STACK},
	[ALLOC_KIND]        = {.check = CELL_ALLOC_KIND},
	[ALLOC_CPU]         = {.check = CELL_CPU},
};

static const struct schema schemas[NR_BLOCK_KINDS] = {
	[BLOCK_SYSCALLS] = {NR_SYSCALL_COLUMNS, SYSCALL_NR, syscall_columns},
	[BLOCK_FAULTS]   = {NR_FAULT_COLUMNS, FAULT_STACK, fault_columns},
	[BLOCK_MEMORY_CALLS] = {NR_SYSCALL_COLUMNS, SYSCALL_NR, syscall_columns},
	[BLOCK_ALLOCATIONS] = {NR_ALLOC_COLUMNS, ALLOC_STACK, alloc_columns},
};
/* clang-format on */

_Static_assert(NR_SYSCALL_COLUMNS <= MAX_COLUMNS && NR_FAULT_COLUMNS <= MAX_COLUMNS, "MAX_COLUMNS");

const struct schema *schema_of(uint32_t block_kind)
{
	return block_kind < NR_BLOCK_KINDS && schemas[block_kind].nr_columns ? &schemas[block_kind]
									     : NULL;
}
