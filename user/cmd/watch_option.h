/* SPDX-License-Identifier: MIT */
/* The options of a watch over calls' times, alike wherever calls are seen live. */
#ifndef PROF_CMD_WATCH_OPTION_H
#define PROF_CMD_WATCH_OPTION_H

#include "trace/watch.h"

int watch_set_anomalies(struct watch_options *watch);
int watch_set_extended(struct watch_options *watch);
int watch_set_threshold(struct watch_options *watch, const char *value); /* "4.5": deviations */
int watch_set_window(struct watch_options *watch, const char *value);    /* "200": calls */

int watch_set_analysis(struct watch_options *watch);

#define WATCH_ANOMALY_HELP                                                                         \
	"tell of each call that takes much longer than those of its name before it, and sum up "   \
	"at "                                                                                      \
	"the end"
#define WATCH_THRESHOLD_HELP                                                                       \
	"so many deviations beyond (5), at least twice as long, and half a millisecond more; "     \
	"time without a processor does not count"
#define WATCH_WINDOW_HELP   "how many earlier calls it is compared with (100)"
#define WATCH_EXTENDED_HELP "mean, deviation, extremes and percentiles of each call, at the end"
#define WATCH_ANALYSIS_HELP                                                                        \
	"at the end, which calls go together over time (a matrix of correlations), and which are " \
	"of one kind (clusters)"

#endif
