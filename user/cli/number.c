// SPDX-License-Identifier: MIT
#include "cli/number.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/text.h"

struct unit {
	const char *name;
	uint64_t size;
};

/* ---- Printing ---- */

/* Three significant digits; the caller makes sure that value < 1000 after rounding, or is final. */
static void print_scaled(double value, const char *unit, char buffer[NUMBER_SIZE])
{
	int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;

	snprintf(buffer, NUMBER_SIZE, "%.*f %s", decimals, value, unit);
}

/* Takes the first unit, smallest first, in which the value stays below `limit` when rounded. */
static void format_in_units(uint64_t value, const struct unit *units, double limit,
			    char buffer[NUMBER_SIZE])
{
	const struct unit *unit = units;

	while (unit[1].name && (double)value / (double)unit->size >= limit - 0.5)
		unit++;
	if (unit->size == 1)
		snprintf(buffer, NUMBER_SIZE, "%" PRIu64 " %s", value, unit->name);
	else
		print_scaled((double)value / (double)unit->size, unit->name, buffer);
}

const char *duration_format(uint64_t ns, char buffer[NUMBER_SIZE])
{
	const struct unit units[] = {
		{"ns", 1},
		{locale_is_utf8() ? "µs" : "us", 1000},
		{"ms", 1000000},
		{"s", 1000000000},
		{0},
	};

	format_in_units(ns, units, 1000, buffer);
	return buffer;
}

const char *size_format(uint64_t bytes, char buffer[NUMBER_SIZE])
{
	static const struct unit units[] = {
		{"B", 1},
		{"KiB", 1ULL << 10},
		{"MiB", 1ULL << 20},
		{"GiB", 1ULL << 30},
		{"TiB", 1ULL << 40},
		{"PiB", 1ULL << 50},
		{0},
	};

	format_in_units(bytes, units, 1024, buffer);
	return buffer;
}

const char *count_format(uint64_t count, char buffer[NUMBER_SIZE])
{
	char digits[NUMBER_SIZE];
	int size = snprintf(digits, sizeof digits, "%" PRIu64, count);
	char *to = buffer;

	for (int i = 0; i < size; i++) {
		if (i && (size - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
	return buffer;
}

const char *change_format(int64_t change, char buffer[NUMBER_SIZE])
{
	uint64_t magnitude = change < 0 ? -(uint64_t)change : (uint64_t)change;
	const char *sign = change < 0 ? "-" : change > 0 ? "+" : "";
	char digits[NUMBER_SIZE];

	/* 19 digits, 6 commas and a sign: the precision only tells the compiler that it fits. */
	snprintf(buffer, NUMBER_SIZE, "%s%.26s", sign, count_format(magnitude, digits));
	return buffer;
}

const char *percent_format(uint64_t part, uint64_t whole, char buffer[NUMBER_SIZE])
{
	double percent = whole ? 100.0 * (double)part / (double)whole : 0;

	if (!whole)
		snprintf(buffer, NUMBER_SIZE, "-");
	else if (part && percent < 0.1)
		snprintf(buffer, NUMBER_SIZE, "<0.1%%");
	else
		snprintf(buffer, NUMBER_SIZE, "%.1f%%", percent);
	return buffer;
}

/* ---- Reading ---- */

/*
 * A decimal number and a unit, without a detour through floating point. Of the fraction, the digits
 * beyond the ninth are ignored.
 */
static bool parse_scaled(const char *text, const struct unit *units, uint64_t *out)
{
	const char *at = text;
	uint64_t whole = 0, fraction = 0, scale = 1;
	__uint128_t value;

	for (; isdigit((unsigned char)*at); at++)
		if (__builtin_mul_overflow(whole, 10, &whole) ||
		    __builtin_add_overflow(whole, (uint64_t)(*at - '0'), &whole))
			return false;
	if (at == text)
		return false;
	if (*at == '.') {
		if (!isdigit((unsigned char)*++at))
			return false;
		for (; isdigit((unsigned char)*at); at++) {
			if (scale < 1000000000) {
				fraction = 10 * fraction + (uint64_t)(*at - '0');
				scale *= 10;
			}
		}
	}
	while (units->name && strcmp(units->name, at))
		units++;
	if (!units->name)
		return false;
	value = (__uint128_t)whole * units->size + (__uint128_t)fraction * units->size / scale;
	*out = (uint64_t)value;
	return value <= UINT64_MAX;
}

static int parse_or_refuse(const char *text, const char *what, const char *example,
			   const struct unit *units, uint64_t *out)
{
	uint64_t value;

	if (!parse_scaled(text, units, &value)) {
		refuse(-EINVAL, "'%s' is not a %s", text, what);
		hint("write it like %s", example);
		return -EINVAL;
	}
	*out = value;
	return 0;
}

int duration_parse(const char *text, uint64_t *out_ns)
{
	static const struct unit units[] = {
		{"", 1000000000},
		{"ns", 1},
		{"us", 1000},
		{"µs", 1000},
		{"ms", 1000000},
		{"s", 1000000000},
		{"m", 60 * 1000000000ULL},
		{"h", 3600 * 1000000000ULL},
		{0},
	};

	return parse_or_refuse(text, "duration", "10s, 1.5m or 200ms", units, out_ns);
}

int size_parse(const char *text, uint64_t *out_bytes)
{
	static const struct unit units[] = {
		{"", 1},
		{"B", 1},
		{"K", 1ULL << 10},
		{"KiB", 1ULL << 10},
		{"M", 1ULL << 20},
		{"MiB", 1ULL << 20},
		{"G", 1ULL << 30},
		{"GiB", 1ULL << 30},
		{"T", 1ULL << 40},
		{"TiB", 1ULL << 40},
		{"k", 1ULL << 10},
		{"m", 1ULL << 20},
		{"g", 1ULL << 30},
		{"t", 1ULL << 40},
		{0},
	};

	return parse_or_refuse(text, "size", "512K, 64M or 1.5G", units, out_bytes);
}

int count_parse(const char *text, uint64_t *out)
{
	static const struct unit units[] = {
		{"", 1}, {"k", 1000}, {"K", 1000}, {"M", 1000000}, {"G", 1000000000}, {0},
	};

	return parse_or_refuse(text, "count", "500, 12k or 1.5M", units, out);
}
