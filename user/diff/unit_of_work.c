// SPDX-License-Identifier: MIT
#include "diff/unit_of_work.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "cli/number.h"
#include "decode/syscalls.h"

#define CALLS "calls:"
#define MIB   1048576.0

static bool is_number(const char *spec, double *out)
{
	char *end;

	*out = strtod(spec, &end);
	return end != spec && !*end && *out > 0;
}

int unit_of_work_check(const char *spec)
{
	double number;

	if (!strcmp(spec, "read-bytes") || !strcmp(spec, "write-bytes") || is_number(spec, &number))
		return 0;
	if (!strncmp(spec, CALLS, strlen(CALLS))) {
		if (syscall_number(spec + strlen(CALLS)) >= 0)
			return 0;
		return refuse(-EINVAL, "there is no system call '%s'", spec + strlen(CALLS));
	}
	refuse(-EINVAL, "'%s' is no unit of work", spec);
	hint("choose read-bytes, write-bytes, calls:NAME or a number of items");
	return -EINVAL;
}

static uint64_t calls_of(const struct run *run, uint32_t key)
{
	vec_each (&run->report->syscalls.rows, row) {
		if (row->key == key)
			return row->calls;
	}
	return 0;
}

static double amount_of(const struct run *run, const char *spec)
{
	if (!strcmp(spec, "read-bytes"))
		return (double)run->metrics.at[METRIC_READ_BYTES].value / MIB;
	if (!strcmp(spec, "write-bytes"))
		return (double)run->metrics.at[METRIC_WRITE_BYTES].value / MIB;
	return (double)calls_of(run, (uint32_t)syscall_number(spec + strlen(CALLS)));
}

static char *text_of(const char *spec)
{
	if (!strcmp(spec, "read-bytes"))
		return xstrdup("MiB read");
	if (!strcmp(spec, "write-bytes"))
		return xstrdup("MiB written");
	return xasprintf("call of %s", spec + strlen(CALLS));
}

int unit_of_work_parse(const char *spec, const struct aligned_runs *runs, struct unit_of_work *out)
{
	int err = unit_of_work_check(spec);
	double number;

	*out = (struct unit_of_work){0};
	if (err)
		return err;
	if (is_number(spec, &number)) {
		*out = (struct unit_of_work){xstrdup("item"), {number, number}};
		return 0;
	}
	for (int side = 0; side < NR_SIDES; side++) {
		for (uint32_t i = 0; i < runs->nr[side]; i++)
			out->of[side] += amount_of(runs->of[side][i], spec) / runs->nr[side];
		if (!(out->of[side] > 0)) {
			refuse(-ENODATA, "%s has none of the unit '%s'", side_name((enum side)side),
			       spec);
			hint("system calls must be recorded for it: prof record -e "
			     "faults,syscalls");
			return -ENODATA;
		}
	}
	out->text = text_of(spec);
	return 0;
}

void unit_of_work_fini(struct unit_of_work *unit)
{
	free(unit->text);
}
