// SPDX-License-Identifier: MIT
#include "trace/usage.h"

#include "trace/line.h"

static double seconds_of(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static void put_seconds(struct bytes *out, const char *what, double seconds)
{
	text_printf(out, "%18.6f  %s\n", seconds, what);
}

static void put_count(struct bytes *out, const char *what, long count)
{
	text_printf(out, "%18ld  %s\n", count, what);
}

void usage_write(const struct rusage *usage, uint64_t wall_ns, struct bytes *out)
{
	double user = seconds_of(usage->ru_utime), system = seconds_of(usage->ru_stime);
	double wall = (double)wall_ns / 1e9;

	put_count(out, "major page faults (requiring I/O)", usage->ru_majflt);
	put_count(out, "minor page faults (reclaiming a frame)", usage->ru_minflt);
	put_count(out, "page faults", usage->ru_majflt + usage->ru_minflt);
	put_count(out, "maximum resident set size (KiB)", usage->ru_maxrss);
	put_count(out, "voluntary context switches", usage->ru_nvcsw);
	put_count(out, "involuntary context switches", usage->ru_nivcsw);
	put_seconds(out, "wall seconds", wall);
	put_seconds(out, "user seconds", user);
	put_seconds(out, "system seconds", system);
	text_printf(out, "%17.1f%%  of one processor\n",
		    wall > 0 ? 100 * (user + system) / wall : 0.0);
	text_printf(out, "%17.1f%%  of that in the kernel\n",
		    user + system > 0 ? 100 * system / (user + system) : 0.0);
}
