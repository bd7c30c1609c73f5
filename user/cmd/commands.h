/* SPDX-License-Identifier: MIT */
/*
 * The subcommands of prof. Each lives in a file of its own; main.c lists them.
 */
#ifndef PROF_CMD_COMMANDS_H
#define PROF_CMD_COMMANDS_H

#include "cli/options.h"

extern const struct command record_command;
extern const struct command report_command;
extern const struct command explain_command;
extern const struct command analyze_command;
extern const struct command annotate_command;
extern const struct command flame_command;
extern const struct command diff_command;
extern const struct command merge_command;
extern const struct command script_command;
extern const struct command export_command;
extern const struct command trace_command;
extern const struct command stat_command;
extern const struct command info_command;
extern const struct command doctor_command;

#endif
