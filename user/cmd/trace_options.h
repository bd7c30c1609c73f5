/* SPDX-License-Identifier: MIT */
/*
 * What the options of `prof trace` do with their values; which they are stands in trace.c.
 */
#ifndef PROF_CMD_TRACE_OPTIONS_H
#define PROF_CMD_TRACE_OPTIONS_H

#include "base/vec.h"
#include "trace/trace.h"

/* How often options came whose number tells how much is wanted. */
struct trace_cli {
	struct trace_options trace;
	unsigned int nr_time, nr_follow, nr_hex, nr_fds, nr_quiet;
	bool has_calls; /* an option asks for system calls, beside page faults */
	bool successful_only, failed_only;
	VEC(char *) paths;
};

/* As in struct option_row; `opts` is a struct trace_cli. */
#define TRACE_SETTER(name) int name(void *opts, const char *value)

TRACE_SETTER(trace_accept);
TRACE_SETTER(trace_add_path);
TRACE_SETTER(trace_as_root);
TRACE_SETTER(trace_count_fds);
TRACE_SETTER(trace_count_follow);
TRACE_SETTER(trace_count_hex);
TRACE_SETTER(trace_count_quiet);
TRACE_SETTER(trace_count_time);
TRACE_SETTER(trace_refuse_ip);
TRACE_SETTER(trace_refuse_tampering);
TRACE_SETTER(trace_set_append);
TRACE_SETTER(trace_set_column);
TRACE_SETTER(trace_set_duration_digits);
TRACE_SETTER(trace_set_durations);
TRACE_SETTER(trace_set_environment);
TRACE_SETTER(trace_set_expression);
TRACE_SETTER(trace_set_failed_only);
TRACE_SETTER(trace_set_faults);
TRACE_SETTER(trace_set_fd_detail);
TRACE_SETTER(trace_set_hex);
TRACE_SETTER(trace_set_limit);
TRACE_SETTER(trace_set_deep);
TRACE_SETTER(trace_by_filter);
TRACE_SETTER(trace_by_ptrace);
TRACE_SETTER(trace_set_max_events);
TRACE_SETTER(trace_set_max_stack);
TRACE_SETTER(trace_set_numbers);
TRACE_SETTER(trace_set_output);
TRACE_SETTER(trace_set_overhead);
TRACE_SETTER(trace_set_pid);
TRACE_SETTER(trace_set_quiet);
TRACE_SETTER(trace_set_ring_size);
TRACE_SETTER(trace_set_separately);
TRACE_SETTER(trace_set_short);
TRACE_SETTER(trace_set_signals);
TRACE_SETTER(trace_set_since_last);
TRACE_SETTER(trace_set_since_last_digits);
TRACE_SETTER(trace_set_sort);
TRACE_SETTER(trace_set_source);
TRACE_SETTER(trace_set_stacks);
TRACE_SETTER(trace_set_statuses);
TRACE_SETTER(trace_set_string_limit);
TRACE_SETTER(trace_set_successful_only);
TRACE_SETTER(trace_set_table_columns);
TRACE_SETTER(trace_set_time);
TRACE_SETTER(trace_set_time_form);
TRACE_SETTER(trace_set_trace);
TRACE_SETTER(trace_set_verbose);
TRACE_SETTER(trace_summary_only);
TRACE_SETTER(trace_summary_too);
TRACE_SETTER(trace_watch_anomalies);
TRACE_SETTER(trace_watch_extended);
TRACE_SETTER(trace_watch_analysis);
TRACE_SETTER(trace_watch_threshold);
TRACE_SETTER(trace_watch_window);

#undef TRACE_SETTER

#endif
