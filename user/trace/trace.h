/* SPDX-License-Identifier: MIT */
/*
 * A command's events as lines of text while they happen: system calls in strace's syntax, page
 * faults in one of our own.
 */
#ifndef PROF_TRACE_H
#define PROF_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "decode/syscalls.h"
#include "record/session.h"
#include "trace/style.h"
#include "trace/summary.h"
#include "trace/watch.h"

/* How a call ended, as -e status= chooses: bits of trace_options.statuses. */
enum call_status {
	STATUS_SUCCESSFUL,
	STATUS_FAILED,
	STATUS_UNFINISHED, /* its thread was killed in it, or called exit */
	STATUS_UNAVAILABLE,
	STATUS_DETACHED, /* the trace ended before it */
	NR_CALL_STATUSES
};
#define ALL_STATUSES ((1U << NR_CALL_STATUSES) - 1)

/* What is not to be told beside the calls: bits of trace_options.quiet. */
enum quiet_about {
	QUIET_ATTACH = 1,
	QUIET_EXIT = 2,
	QUIET_PERSONALITY = 4,
	QUIET_EXEC_OF_THREAD = 8,
};

/* In what form the frames of a stack stand below their line. */
enum stack_form {
	STACK_FUNCTIONS, /* function+0xoffset (module) */
	STACK_STRACE,    /* > /path/of/module(function+0xoffset) [0xaddress] */
};

/* Whether the table of strace -c is to be made. */
enum summary_choice { SUMMARY_NONE, SUMMARY_ONLY, SUMMARY_TOO };

/* Where the place in the source stands that a call was made at. */
enum source_form {
	SOURCE_NONE,
	SOURCE_BEHIND, /* [file:line in function] at the line's end */
	SOURCE_BELOW,  /* at file:line  # function() in a line of its own */
};

struct trace_options {
	const char *output; /* NULL: standard error */
	bool append;        /* to it, instead of keeping the earlier one as FILE.old */
	bool separately;    /* each thread's lines in FILE.TID */
	bool as_root;
	uint64_t ring_bytes; /* per CPU; 0: the default */
	bool by_ptrace;      /* also where BPF programs could be loaded */
	bool filtered;       /* by ptrace, stop at the calls that are shown alone */
	bool is_deep;        /* what the calls of `deep` are given is read while they are stopped */
	struct syscall_set deep;
	uint64_t limit_ns;            /* it ends after that time; 0: with the command */
	struct target_choice targets; /* if there are any, they are attached to */
	uint64_t max_events;          /* then the command runs on untraced; 0: no end */

	uint32_t fault_kinds; /* bits of enum wire_fault_kind */
	uint32_t max_frames;  /* below each line; 0: none */
	enum stack_form stack_form;
	enum source_form source;

	bool syscalls;            /* as lines; else page faults alone: */
	bool follow;              /* also what the command starts */
	struct syscall_set shown; /* system calls */
	char **paths;             /* that calls have to be about; ends with NULL; NULL: any */
	uint32_t statuses;        /* bits of enum call_status */
	uint64_t signals;         /* bit N - 1: signal N is shown */
	uint32_t quiet;           /* enum quiet_about */
	struct line_style style;

	enum summary_choice summary;
	struct summary_options table;
	bool errors_by_name; /* below the table */
	struct watch_options watch;
	bool usage; /* what the command used, as time -v has it */
};

/* Traces the command `argv` (ends with NULL), or the processes to attach to. Returns prof's exit
 * status, as record_run() does. */
int trace_run(const struct trace_options *options, char **argv);

#endif
