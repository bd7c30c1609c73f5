// SPDX-License-Identifier: MIT
#include "diff/scope.h"

#include <sys/syscall.h>

#include "profile/facts.h"

static void chosen_calls(const struct recording *r, struct syscall_set *out)
{
	const char *trace = recording_meta(r, "trace");

	if (!trace || syscall_set_parse(trace, out) < 0)
		memset(out, 0xff, sizeof *out);
}

/* They are recorded along with page faults. */
static bool has_memory_calls(const struct recording *r, const struct syscall_set *calls)
{
	return recording_has(r, "faults") ||
	       (recording_has(r, "syscalls") && syscall_set_has(calls, SYS_mmap) &&
		syscall_set_has(calls, SYS_munmap) && syscall_set_has(calls, SYS_brk));
}

static void take_run(struct scope *scope, const struct run *run, bool is_first)
{
	const struct recording *r = run->recording;
	struct syscall_set calls;

	chosen_calls(r, &calls);
	scope->faults &= recording_has(r, "faults");
	scope->syscalls &= recording_has(r, "syscalls");
	scope->memory &= has_memory_calls(r, &calls);
	scope->files &= run->files.is_known;
	if (is_first)
		scope->calls = calls;
	scope->same_calls &= !memcmp(&scope->calls, &calls, sizeof calls);
	scope->calls = syscall_set_common(&scope->calls, &calls);
}

void scope_of(const struct aligned_runs *runs, struct scope *out)
{
	*out = (struct scope){true, true, true, true, true, true, {{0}}};
	for (int side = 0; side < NR_SIDES; side++) {
		for (uint32_t i = 0; i < runs->nr[side]; i++)
			take_run(out, runs->of[side][i], side == BASE && !i);
	}
	out->same_times = run_times_include_stops(runs->of[BASE][0]) ==
			  run_times_include_stops(runs->of[NEW][0]);
	out->files &= out->syscalls && out->same_calls;
}

bool scope_has_call(const struct scope *scope, uint32_t key)
{
	return scope->syscalls && (scope->same_calls || syscall_set_has(&scope->calls, key));
}
