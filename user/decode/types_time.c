// SPDX-License-Identifier: MIT
/*
 * The types of time: points and spans of it, in their many layouts.
 */
#include "decode/types.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <utime.h>

/* ---- When that is ---- */

/* A fraction of a second in so many digits; none where it is 0 or none. */
static void comment_time(struct decoder *d, int64_t seconds, uint64_t fraction, unsigned int digits)
{
	uint64_t limit = digits == 9 ? 1000000000 : 1000000;
	time_t when = seconds;
	struct tm tm;
	char text[64], zone[8], point[16] = "";

	if ((!seconds && !fraction) || fraction >= limit || !localtime_r(&when, &tm) ||
	    !strftime(text, sizeof text, "%FT%T", &tm) || !strftime(zone, sizeof zone, "%z", &tm))
		return;
	if (fraction)
		snprintf(point, sizeof point, ".%0*u", (int)digits, (unsigned int)fraction);
	emit_comment(d->e, "%s%s%s", text, point, zone);
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

/* Two of them, under names of their own. */
static void print_two(struct decoder *d, const char *names[2], const void *bytes, uint64_t address,
		      print_element *element)
{
	emit_open(d->e, EMIT_STRUCT);
	for (size_t i = 0; i < 2; i++) {
		emit_name(d->e, names[i]);
		element(d, (const char *)bytes + 16 * i, address + 16 * i);
	}
	emit_close(d->e);
}

void itimerspec_element(struct decoder *d, const void *bytes, uint64_t address)
{
	const char *names[2] = {"it_interval", "it_value"};

	print_two(d, names, bytes, address, timespec_element);
}

void itimerval_element(struct decoder *d, const void *bytes, uint64_t address)
{
	const char *names[2] = {"it_interval", "it_value"};

	print_two(d, names, bytes, address, timeval_element);
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

const struct arg_type type_utimbuf =
	STRUCT_TYPE(CAPTURE_ENTER, sizeof(struct utimbuf), utimbuf_element);
const struct arg_type type_utimes =
	STRUCT_TYPE(CAPTURE_ENTER, 2 * sizeof(struct timeval), utimes_element);
const struct arg_type type_utimens =
	STRUCT_TYPE(CAPTURE_ENTER, 2 * sizeof(struct timespec), utimens_element);
