// SPDX-License-Identifier: MIT
#include "diff/metrics.h"

const struct metric_words metric_words[NR_METRICS] = {
	[METRIC_FAULTS] = {"faults", "page faults", UNIT_COUNT, true, false, true},
	[METRIC_MINOR] = {"minor-faults", "minor", UNIT_COUNT, true, false, false},
	[METRIC_MAJOR] = {"major-faults", "major", UNIT_COUNT, true, false, false},
	[METRIC_FAULT_NS] = {"fault-time", "time of page faults", UNIT_NS, true, false, false},
	[METRIC_POPULATED] = {"populated", "pages populated without a fault", UNIT_COUNT, true,
			      false, false},
	[METRIC_SYSCALLS] = {"syscalls", "system calls", UNIT_COUNT, false, true, true},
	[METRIC_ERRORS] = {"errors", "errors of calls", UNIT_COUNT, false, true, true},
	[METRIC_SYSCALL_NS] = {"syscall-time", "time in system calls", UNIT_NS, false, true, false},
	[METRIC_READ_BYTES] = {"read-bytes", "bytes read", UNIT_BYTES, false, true, true},
	[METRIC_WRITE_BYTES] = {"write-bytes", "bytes written", UNIT_BYTES, false, true, true},
	[METRIC_WALL_NS] = {"wall", "wall time", UNIT_NS, false, false, false},
	[METRIC_USER_NS] = {"user", "user time", UNIT_NS, false, false, false},
	[METRIC_SYSTEM_NS] = {"system", "system time", UNIT_NS, false, false, false},
	[METRIC_MEMORY_BYTES] = {"memory", "anonymous memory at most", UNIT_BYTES, true, false,
				 false},
	[METRIC_MADE_BYTES] = {"made-memory", "memory brought in", UNIT_BYTES, true, false, false},
	[METRIC_BLOCKS] = {"blocks", "blocks of the allocator", UNIT_COUNT, false, false, true},
	[METRIC_BLOCK_BYTES] = {"block-bytes", "bytes of these blocks", UNIT_BYTES, false, false,
				true},
	[METRIC_UNTOUCHED_BYTES] = {"untouched-bytes", "of them never touched", UNIT_BYTES, true,
				    false, false},
	[METRIC_PROCESSES] = {"processes", "processes", UNIT_COUNT, false, false, true},
	[METRIC_THREADS] = {"threads", "threads", UNIT_COUNT, false, false, true},
};
