// SPDX-License-Identifier: MIT
#include "trace/journal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"

static const uint64_t SECOND_NS = 1000000000;

void journal_fini(struct journal *j)
{
	bytes_fini(&j->text);
}

void journal_write(struct journal *j, const void *text, size_t size)
{
	bytes_append(&j->text, text, size);
}

void journal_puts(struct journal *j, const char *text)
{
	bytes_append(&j->text, text, strlen(text));
}

void journal_printf(struct journal *j, const char *fmt, ...)
{
	char short_text[256];
	scoped_free char *long_text = NULL;
	va_list args, again;
	int size;

	va_start(args, fmt);
	va_copy(again, args);
	size = vsnprintf(short_text, sizeof short_text, fmt, args);
	if (size >= (int)sizeof short_text) {
		long_text = xcalloc(1, (size_t)size + 1);
		vsnprintf(long_text, (size_t)size + 1, fmt, again);
	}
	va_end(again);
	va_end(args);
	if (size > 0)
		journal_write(j, long_text ? long_text : short_text, (size_t)size);
}

/* Seconds and, after a point, as many digits of their fraction. */
static void write_fraction(struct journal *j, uint64_t ns, unsigned int digits)
{
	uint64_t fraction = ns % SECOND_NS;

	if (!digits)
		return;
	for (unsigned int i = digits; i < 9; i++)
		fraction /= 10;
	journal_printf(j, ".%0*" PRIu64, (int)digits, fraction);
}

static void write_time(struct journal *j, uint64_t time_ns)
{
	uint64_t wall_ns = time_ns + (uint64_t)j->wall_offset_ns;
	time_t seconds = (time_t)(wall_ns / SECOND_NS);
	struct tm tm;

	if (j->style->time == TIME_UNIX || !localtime_r(&seconds, &tm))
		journal_printf(j, "%lld", (long long)seconds);
	else
		journal_printf(j, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
	write_fraction(j, wall_ns, j->style->time_digits);
	journal_puts(j, " ");
}

static void write_since_last(struct journal *j, uint64_t time_ns)
{
	uint64_t since_ns = j->last_ns && time_ns > j->last_ns ? time_ns - j->last_ns : 0;
	bool is_second = j->style->time != TIME_NONE;

	journal_printf(j, "%s%6" PRIu64, is_second ? "(+" : "", since_ns / SECOND_NS);
	write_fraction(j, since_ns, j->style->since_last_digits);
	journal_puts(j, is_second ? ") " : " ");
	j->last_ns = time_ns;
}

static void write_number(struct journal *j, int syscall)
{
	if (syscall < 0)
		journal_puts(j, "[????] ");
	else
		journal_printf(j, "[%4d] ", syscall);
}

void journal_begin(struct journal *j, enum pid_form pid_form, uint32_t tid, uint64_t time_ns,
		   int syscall)
{
	j->line_at = j->text.size;
	j->written = 0;
	if (pid_form == PID_IN_BRACKETS)
		journal_printf(j, "[pid %5" PRIu32 "] ", tid);
	else if (pid_form == PID_BARE)
		journal_printf(j, "%-5" PRIu32 " ", tid);
	if (j->style->time != TIME_NONE)
		write_time(j, time_ns);
	if (j->style->since_last)
		write_since_last(j, time_ns);
	if (j->style->numbers)
		write_number(j, syscall);
}

void journal_pad(struct journal *j)
{
	size_t column = j->written + j->text.size - j->line_at;

	do
		bytes_u8(&j->text, ' ');
	while (++column < j->style->result_column);
}

void journal_duration(struct journal *j, uint64_t duration_ns)
{
	journal_printf(j, " <%" PRIu64, duration_ns / SECOND_NS);
	write_fraction(j, duration_ns, j->style->duration_digits);
	journal_puts(j, ">");
}

void journal_end_line(struct journal *j)
{
	bytes_u8(&j->text, '\n');
	j->open_task = 0;
	j->open_is_begun = false;
}

void journal_reset(struct journal *j)
{
	j->written += (unsigned int)(j->text.size - j->line_at);
	j->line_at = 0;
	bytes_reset(&j->text);
}
