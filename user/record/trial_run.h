/* SPDX-License-Identifier: MIT */
/*
 * A recording beside prof's own life: in a process of its own, with a changed environment, so that
 * prof goes on when the command was killed, or prof's own settings are not those of the command.
 */
#ifndef PROF_RECORD_TRIAL_RUN_H
#define PROF_RECORD_TRIAL_RUN_H

#include "record/record.h"

struct trial_settings {
	const char *preload;         /* path of a library to be loaded first; NULL: none */
	const char *const *settings; /* NAME=VALUE, ends with NULL; or NULL */
};

/*
 * Records the command `argv` into options->output. 0, also when the command failed or was killed;
 * or, where it could not be run, the exit status that says so: 125 to 127.
 */
int trial_run(const struct record_options *options, const struct trial_settings *settings,
	      char **argv);

/*
 * Records the command again and again, into FILE.1 to FILE.`times`. Returns the exit status that
 * the last run ended with, 128 and the signal if one killed it. A run that could not be recorded,
 * or was interrupted, is the last one.
 */
int repeated_run(const struct record_options *options, unsigned int times, char **argv);

#endif
