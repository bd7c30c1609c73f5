// SPDX-License-Identifier: MIT
/*
 * The types of time: points and spans of it, in their many layouts.
 */
#include "decode/types.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <utime.h>

#include "decode/constants.h"

/* What the kernel returns to itself from a call that a signal interrupted. */
#define ERESTARTSYS           512
#define ERESTART_RESTARTBLOCK 516

/* ---- When that is ---- */

/* False where there is nothing to say: for 0, and for what is no time. */
static bool format_time(int64_t seconds, uint64_t fraction, unsigned int digits, char *out,
			size_t size)
{
	uint64_t limit = digits == 9 ? 1000000000 : 1000000;
	time_t when = seconds;
	struct tm tm;
	char text[64], zone[8], point[16] = "";

	if ((!seconds && !fraction) || fraction >= limit || !localtime_r(&when, &tm) ||
	    !strftime(text, sizeof text, "%FT%T", &tm) || !strftime(zone, sizeof zone, "%z", &tm))
		return false;
	if (fraction)
		snprintf(point, sizeof point, ".%0*u", (int)digits, (unsigned int)fraction);
	snprintf(out, size, "%s%s%s", text, point, zone);
	return true;
}

static void comment_time(struct decoder *d, int64_t seconds, uint64_t fraction, unsigned int digits)
{
	char text[96];

	if (format_time(seconds, fraction, digits, text, sizeof text))
		emit_comment(d->e, "%s", text);
}

void time_comment(struct decoder *d, int64_t seconds, uint64_t nanoseconds)
{
	comment_time(d, seconds, nanoseconds, 9);
}

/* ---- Structs ---- */

static void print_pair(struct decoder *d, const char *names[2], int64_t seconds, uint64_t fraction)
{
	emit_open(d->e, EMIT_STRUCT);
	emit_member_int(d->e, names[0], seconds);
	emit_member_uint(d->e, names[1], fraction);
	emit_close(d->e);
}

void timespec_element(struct decoder *d, const void *bytes, uint64_t address)
{
	const char *names[2] = {"tv_sec", "tv_nsec"};
	struct timespec time;

	(void)address;
	memcpy(&time, bytes, sizeof time);
	print_pair(d, names, time.tv_sec, (uint64_t)time.tv_nsec);
}

void timeval_element(struct decoder *d, const void *bytes, uint64_t address)
{
	const char *names[2] = {"tv_sec", "tv_usec"};
	struct timeval time;

	(void)address;
	memcpy(&time, bytes, sizeof time);
	print_pair(d, names, time.tv_sec, (uint64_t)time.tv_usec);
}

/* ---- What is left of a sleep ---- */

/* Only a call that was interrupted, and that was not to sleep up to a point in time, tells it. */
static PRINT_FUNCTION(remainder_print)
{
	bool interrupted = d->call->result <= -ERESTARTSYS &&
			   d->call->result >= -ERESTART_RESTARTBLOCK &&
			   d->call->flags & CALL_RETURNED;
	bool absolute = arg->of && d->call->args[arg->of] & TIMER_ABSTIME;
	struct timespec time;

	if (!interrupted || absolute)
		emit_pointer(d->e, value);
	else if (fetch_anyway_or_pointer(d, value, &time, sizeof time))
		timespec_element(d, &time, value);
}

/* ---- Clocks ---- */

static void timezone_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct timezone zone;

	(void)address;
	memcpy(&zone, bytes, sizeof zone);
	emit_open(d->e, EMIT_STRUCT);
	emit_member_int(d->e, "tz_minuteswest", zone.tz_minuteswest);
	emit_member_int(d->e, "tz_dsttime", zone.tz_dsttime);
	emit_close(d->e);
}

static void time_element(struct decoder *d, const void *bytes, uint64_t address)
{
	int64_t seconds;

	(void)address;
	memcpy(&seconds, bytes, sizeof seconds);
	emit_open(d->e, EMIT_ARRAY);
	emit_int(d->e, seconds);
	comment_time(d, seconds, 0, 9);
	emit_close(d->e);
}

void result_time(struct decoder *d)
{
	char text[64];

	emit_int(d->e, d->call->result);
	if (format_time(d->call->result, 0, 9, text, sizeof text)) {
		emit_raw(d->e, " (");
		emit_raw(d->e, text);
		emit_raw(d->e, ")");
	}
}

/* Hundredths of a second. */
static void ticks_print(struct decoder *d, const char *name, uint64_t ticks)
{
	emit_member_uint(d->e, name, ticks);
	if (ticks)
		emit_comment(d->e, "%llu.%02u s", (unsigned long long)ticks / 100,
			     (unsigned int)(ticks % 100));
}

static void tms_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct tms times;

	(void)address;
	memcpy(&times, bytes, sizeof times);
	emit_open(d->e, EMIT_STRUCT);
	ticks_print(d, "tms_utime", (uint64_t)times.tms_utime);
	ticks_print(d, "tms_stime", (uint64_t)times.tms_stime);
	ticks_print(d, "tms_cutime", (uint64_t)times.tms_cutime);
	ticks_print(d, "tms_cstime", (uint64_t)times.tms_cstime);
	emit_close(d->e);
}

/* ---- The times of files ---- */

static void utimbuf_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct utimbuf times;

	(void)address;
	memcpy(&times, bytes, sizeof times);
	emit_open(d->e, EMIT_STRUCT);
	emit_member_int(d->e, "actime", times.actime);
	comment_time(d, times.actime, 0, 9);
	emit_member_int(d->e, "modtime", times.modtime);
	comment_time(d, times.modtime, 0, 9);
	emit_close(d->e);
}

static void utimes_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct timeval times[2];

	memcpy(times, bytes, sizeof times);
	emit_open(d->e, EMIT_ARRAY);
	for (size_t i = 0; i < 2; i++) {
		timeval_element(d, &times[i], address);
		comment_time(d, times[i].tv_sec, (uint64_t)times[i].tv_usec, 6);
	}
	emit_close(d->e);
}

static void utimens_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct timespec times[2];

	memcpy(times, bytes, sizeof times);
	emit_open(d->e, EMIT_ARRAY);
	for (size_t i = 0; i < 2; i++) {
		if (times[i].tv_nsec == UTIME_NOW || times[i].tv_nsec == UTIME_OMIT) {
			emit_word(d->e, times[i].tv_nsec == UTIME_NOW ? "UTIME_NOW" : "UTIME_OMIT");
			continue;
		}
		timespec_element(d, &times[i], address);
		comment_time(d, times[i].tv_sec, (uint64_t)times[i].tv_nsec, 9);
	}
	emit_close(d->e);
}

/* Shown also where a call has failed that would have filled in what stands before it. */
static PRINT_FUNCTION(timeout_print)
{
	struct timespec time;

	(void)arg;
	if (fetch_anyway_or_pointer(d, value, &time, sizeof time))
		timespec_element(d, &time, value);
}

const struct arg_type type_utimbuf =
	STRUCT_TYPE(CAPTURE_ENTER, sizeof(struct utimbuf), utimbuf_element);
const struct arg_type type_utimes =
	STRUCT_TYPE(CAPTURE_ENTER, 2 * sizeof(struct timeval), utimes_element);
const struct arg_type type_utimens =
	STRUCT_TYPE(CAPTURE_ENTER, 2 * sizeof(struct timespec), utimens_element);
const struct arg_type type_timespec =
	STRUCT_TYPE(CAPTURE_ENTER, sizeof(struct timespec), timespec_element);
const struct arg_type type_timeout = {
	.print = timeout_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER | CAPTURE_EXIT,
		      .element_bytes = sizeof(struct timespec)}},
};
const struct arg_type type_out_timespec =
	STRUCT_TYPE(CAPTURE_EXIT, sizeof(struct timespec), timespec_element);
/* Of which the call leaves what is left: behind its result. */
const struct arg_type type_in_out_timespec = {
	.print = struct_print,
	.size_bytes = sizeof(struct timespec),
	.element = timespec_element,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER | CAPTURE_EXIT,
		      .element_bytes = sizeof(struct timespec)}},
};
const struct arg_type type_in_out_timeval = {
	.print = struct_print,
	.size_bytes = sizeof(struct timeval),
	.element = timeval_element,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER | CAPTURE_EXIT,
		      .element_bytes = sizeof(struct timeval)}},
};
const struct arg_type type_remainder = {
	.print = remainder_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_EXIT,
		      .element_bytes = sizeof(struct timespec)}},
};
const struct arg_type type_clock = CHOICE_TYPE(4, clock_names);
const struct arg_type type_timeval =
	STRUCT_TYPE(CAPTURE_ENTER, sizeof(struct timeval), timeval_element);
const struct arg_type type_out_timeval =
	STRUCT_TYPE(CAPTURE_EXIT, sizeof(struct timeval), timeval_element);
const struct arg_type type_timezone =
	STRUCT_TYPE(CAPTURE_ENTER, sizeof(struct timezone), timezone_element);
const struct arg_type type_out_timezone =
	STRUCT_TYPE(CAPTURE_EXIT, sizeof(struct timezone), timezone_element);
const struct arg_type type_time = STRUCT_TYPE(CAPTURE_EXIT, sizeof(int64_t), time_element);
const struct arg_type type_tms = STRUCT_TYPE(CAPTURE_EXIT, sizeof(struct tms), tms_element);
