// SPDX-License-Identifier: MIT
#include "analysis/accounts.h"

#include "decode/syscalls.h"
#include "profile/facts.h"

const char *const account_verdict_names[NR_ACCOUNT_VERDICTS] = {
	"unknown", "computes", "faults", "works-in-calls", "waits", "mixed",
};

/* What the rows say of a thread. */
struct sums {
	uint64_t syscall_ns, ready_ns; /* ready_ns: of the calls' time */
	uint64_t children_ns;          /* in calls that wait for children, without that */
	uint64_t fault_ns; /* of faults outside of calls; of it major ones, which sleep: */
	uint64_t major_ns;
};

/* Until when it was watched; 0: that is not known. */
static uint64_t end_of(const struct task *task)
{
	return task->timed_ns ? task->timed_ns : task->end_ns;
}

/* A call that never returned lasted to the end of its thread. */
static uint64_t duration_of(const struct recording *r, const struct columns *c, uint32_t row)
{
	uint64_t end_ns = end_of(&r->tasks.items[c->at[SYSCALL_TASK][row]]);
	uint64_t start_ns = c->at[SYSCALL_START_NS][row];

	if (c->at[SYSCALL_FLAGS][row] & SYSCALL_UNFINISHED)
		return end_ns > start_ns ? end_ns - start_ns : 0;
	return c->at[SYSCALL_DURATION_NS][row];
}

static void add_calls(const struct recording *r, const struct columns *c, struct sums *sums)
{
	struct syscall_set children;

	if (syscall_set_parse("?wait4,?waitid,?waitpid", &children))
		return;
	for (uint32_t i = 0; i < c->rows; i++) {
		struct sums *of = &sums[c->at[SYSCALL_TASK][i]];
		uint64_t duration_ns = duration_of(r, c, i);
		uint64_t ready_ns = c->at[SYSCALL_READY_NS][i];

		of->syscall_ns += duration_ns;
		of->ready_ns += ready_ns;
		if (syscall_set_has(&children,
				    syscall_key(c->at[SYSCALL_NR][i], c->at[SYSCALL_FLAGS][i])) &&
		    duration_ns > ready_ns)
			of->children_ns += duration_ns - ready_ns;
	}
}

static void add_faults(const struct columns *c, struct sums *sums)
{
	for (uint32_t i = 0; i < c->rows; i++) {
		struct sums *of = &sums[c->at[FAULT_TASK][i]];

		if (c->at[FAULT_FLAGS][i] & (FAULT_KERNEL | FAULT_UNTIMED))
			continue;
		of->fault_ns += c->at[FAULT_SERVICE_NS][i];
		if (c->at[FAULT_KIND][i] == FAULT_MAJOR)
			of->major_ns += c->at[FAULT_SERVICE_NS][i];
	}
}

static void add_block(struct recording *r, const struct block *block, struct sums *sums)
{
	bool calls = block->kind == BLOCK_SYSCALLS || block->kind == BLOCK_MEMORY_CALLS;
	uint32_t mask = calls ? COLUMN(SYSCALL_NR) | COLUMN(SYSCALL_FLAGS) | COLUMN(SYSCALL_TASK) |
					COLUMN(SYSCALL_START_NS) | COLUMN(SYSCALL_DURATION_NS) |
					COLUMN(SYSCALL_READY_NS)
			      : COLUMN(FAULT_TASK) | COLUMN(FAULT_FLAGS) | COLUMN(FAULT_KIND) |
					COLUMN(FAULT_SERVICE_NS);
	struct columns c;

	if ((!calls && block->kind != BLOCK_FAULTS) || block_columns(r, block, mask, &c) < 0)
		return;
	if (calls)
		add_calls(r, &c, sums);
	else
		add_faults(&c, sums);
	columns_fini(&c);
}

static uint64_t minus(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void judge(struct account *a)
{
	uint64_t half = (a->life_ns - a->ready_ns) / 2;

	if (!a->is_known)
		return;
	a->is_kept = a->ready_ns > a->life_ns / 2;
	a->verdict = a->user_ns > half                       ? ACCOUNT_COMPUTES
		     : a->fault_ns > half                    ? ACCOUNT_FAULTS
		     : a->work_ns > half                     ? ACCOUNT_WORKS
		     : a->waiting_ns + a->children_ns > half ? ACCOUNT_WAITS
							     : ACCOUNT_MIXED;
}

/* Each part is cut to what is left of its whole: clocks that differ by a tick make no part
 * negative.
 */
static void divide(const struct task *task, const struct sums *sums, struct account *out)
{
	uint64_t outside_ns, ready_outside_ns, ready_inside_ns, inside_ns, outside_cpu_ns;

	out->cpu_ns = task->cpu_ns;
	out->syscall_ns = least(sums->syscall_ns, out->life_ns);
	ready_inside_ns = least(sums->ready_ns, out->syscall_ns);
	inside_ns = out->syscall_ns - ready_inside_ns;
	outside_ns = out->life_ns - out->syscall_ns;
	ready_outside_ns = least(task->ready_ns, outside_ns);
	outside_ns -= ready_outside_ns;
	out->ready_ns = ready_inside_ns + ready_outside_ns;
	out->fault_ns = least(sums->fault_ns, outside_ns);
	out->user_ns = outside_ns - out->fault_ns;
	outside_cpu_ns = minus(outside_ns, sums->major_ns);
	out->work_ns = least(minus(task->cpu_ns, outside_cpu_ns), inside_ns);
	out->parts_cpu_ns = outside_cpu_ns + out->work_ns;
	out->waiting_ns = inside_ns - out->work_ns;
	out->children_ns = least(sums->children_ns, out->waiting_ns);
	out->waiting_ns -= out->children_ns;
}

static void add_account(struct account *to, const struct account *a)
{
	to->life_ns += a->life_ns;
	to->syscall_ns += a->syscall_ns;
	to->user_ns += a->user_ns;
	to->fault_ns += a->fault_ns;
	to->work_ns += a->work_ns;
	to->waiting_ns += a->waiting_ns;
	to->children_ns += a->children_ns;
	to->ready_ns += a->ready_ns;
	to->cpu_ns += a->cpu_ns;
	to->parts_cpu_ns += a->parts_cpu_ns;
	to->is_known = true;
}

static void account_of(const struct recording *r, uint32_t id, const struct sums *sums,
		       struct accounts *accounts)
{
	const struct task *task = &r->tasks.items[id];
	struct account *out;

	if (!task->seen)
		return;
	out = vec_push(&accounts->threads);
	out->task = id;
	out->life_ns = minus(end_of(task), task->start_ns);
	out->syscall_ns = sums->syscall_ns;
	out->is_known = task->timed_ns;
	if (out->is_known)
		divide(task, sums, out);
	judge(out);
	if (out->is_known)
		add_account(&accounts->all, out);
}

void accounts_build(struct recording *r, struct accounts *out)
{
	scoped_free struct sums *sums = xcalloc(r->tasks.size + 1, sizeof *sums);

	*out = (struct accounts){
		.recording = r,
		.has_all_calls = recording_has(r, "syscalls") && !recording_meta(r, "trace") &&
				 !recording_lacks_syscalls(r),
		.has_faults = recording_has(r, "faults"),
	};
	vec_each (&r->blocks, block)
		add_block(r, block, sums);
	for (uint32_t id = 1; id < r->tasks.size; id++)
		account_of(r, id, &sums[id], out);
	judge(&out->all);
}

void accounts_fini(struct accounts *accounts)
{
	vec_free(&accounts->threads);
}
