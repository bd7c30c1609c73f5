/* SPDX-License-Identifier: MIT */
/*
 * The expressions of strace's -e: what is to be shown, and how.
 */
#ifndef PROF_TRACE_QUALIFIERS_H
#define PROF_TRACE_QUALIFIERS_H

#include "trace/trace.h"

/* QUALIFIER=VALUE, or a set of system calls. A later one replaces an earlier one of the same kind.
 * 0 or -EINVAL, reported. */
int qualifier_parse(const char *expression, struct trace_options *out);

/* The values, as the long options have them, too. */
int trace_set_parse(const char *value, struct trace_options *out);
int signals_parse(const char *value, struct trace_options *out);
int statuses_parse(const char *value, struct trace_options *out);
int quiet_parse(const char *value, struct trace_options *out);
int fd_detail_parse(const char *value, struct trace_options *out);

#endif
