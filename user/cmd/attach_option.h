/* SPDX-License-Identifier: MIT */
/* `-p PID[,PID...]` and `-d TIME`, alike for all subcommands that watch processes. */
#ifndef PROF_CMD_ATTACH_OPTION_H
#define PROF_CMD_ATTACH_OPTION_H

#include "record/session.h"

#define PID_HELP                                                                                   \
	"watch processes that run already, with all their threads, and the processes that these "  \
	"start from now on; may be repeated. None is stopped, not even for a moment, unless by "   \
	"ptrace. Ctrl-C ends it and leaves them as they are"
#define DURATION_HELP "end after TIME, as 10, 10s, 500ms or 2m; what is watched runs on, unwatched"

/* Adds the pids of a list, with commas or blanks between (as pidof prints it). 0 or -EINVAL,
 * reported. */
int pids_parse(const char *value, struct target_choice *choice);
int limit_parse(const char *value, uint64_t *out_ns);
/* For -a. Returns -EINVAL. */
int refuse_all_processes(void *opts, const char *value);

#endif
