/* SPDX-License-Identifier: MIT */
/*
 * What the running kernel offers of what recording uses. It is probed: version numbers say little
 * about kernels that are configured, patched and locked down in so many ways.
 */
#ifndef PROF_CAPTURE_FEATURES_H
#define PROF_CAPTURE_FEATURES_H

enum feature {
	FEATURE_BTF, /* the kernel describes its types */
	FEATURE_SYSCALL_TRACEPOINTS,
	FEATURE_FAULT_TRACEPOINTS,
	FEATURE_TASK_TRACEPOINTS,
	FEATURE_TASK_STORAGE,   /* maps keyed by task */
	FEATURE_MMAPABLE_ARRAY, /* maps that user space reads as memory */
	FEATURE_LOOP,           /* the helper bpf_loop, for walking stacks */
	FEATURE_FIND_VMA,       /* the helper bpf_find_vma, for naming the module of an address */
	FEATURE_FAULT_EVENTS,   /* the software events of minor and major faults */
	FEATURE_UPROBES,        /* probes on functions of files */
	NR_FEATURES
};

enum support {
	SUPPORT_NO,
	SUPPORT_YES,
	SUPPORT_UNKNOWN, /* this process may not ask */
};

struct features {
	enum support support[NR_FEATURES];
	char missing_tracepoints[NR_FEATURES][128]; /* names with commas between, where some are */
};

void features_probe(struct features *out);

#endif
