// SPDX-License-Identifier: MIT
/* Why one side makes more system calls: the same bytes in smaller pieces, or more of a call. */
#include <math.h>
#include <sys/syscall.h>

#include "cli/number.h"
#include "decode/byte_flow.h"
#include "diff/call_remedy.h"
#include "diff/diff.h"

#define BYTES_ALIKE   0.9 /* to be the same bytes */
#define LEAST_RATIO   1.5 /* of calls, to be other pieces */
#define SMALLEST_PART 10  /* of the difference that another finding explains: a tenth */

struct flow_sum {
	double calls, bytes, ns;
};

static struct flow_sum sum_flow(const struct diff *diff, enum side side, enum byte_flow flow)
{
	struct flow_sum sum = {0};

	for (uint32_t n = 0; n < diff->runs.nr[side]; n++) {
		const struct call_scan *calls = &diff->runs.of[side][n]->calls;

		vec_each (&calls->sites, site) {
			if (byte_flow_of(site->key) != flow || !*call_site_function(calls, site))
				continue; /* the loader's */
			sum.calls += (double)site->amounts.calls / diff->runs.nr[side];
			sum.bytes += (double)site->amounts.bytes / diff->runs.nr[side];
			sum.ns += (double)site->amounts.ns / diff->runs.nr[side];
		}
	}
	return sum;
}

/* The function of the side's program that makes the most of those calls. */
static const char *busiest_function(const struct run *run, enum byte_flow flow, uint32_t key)
{
	struct pair_map numbers = {0};
	VEC(uint64_t) calls = {0};
	uint32_t best = 0;
	const char *name = "";

	vec_each (&run->calls.sites, site) {
		bool wanted = flow ? byte_flow_of(site->key) == flow : site->key == key;
		uint32_t number;

		if (!wanted || !site->function)
			continue;
		number = pair_map_number(&numbers, site->function, 0);
		vec_extend(&calls, (size_t)number + 1);
		calls.items[number] += site->amounts.calls;
		if (calls.items[number] >= calls.items[best])
			best = number;
	}
	if (calls.size)
		name = names_text(&run->calls.function_names,
				  (uint32_t)numbers.pairs.items[best].a);
	vec_free(&calls);
	pair_map_fini(&numbers);
	return name;
}

static bool is_same_amount(double a, double b)
{
	return fmin(a, b) > 0 && fmin(a, b) >= BYTES_ALIKE * fmax(a, b);
}

static void price(struct verdict_finding *finding, double calls, double ns_each)
{
	finding->calls = finding->saved_calls = (uint64_t)calls;
	finding->saved_ns = (uint64_t)(calls * ns_each);
	finding->price_ns = calls * ns_each;
}

/* On average; calls that move something move a byte at least. */
static uint64_t piece_bytes(const struct flow_sum *sum)
{
	return (uint64_t)fmax(1, round(sum->bytes / sum->calls));
}

static void tell_pieces(enum side more, enum byte_flow flow, const struct flow_sum sums[NR_SIDES],
			const char *function, struct verdict *out)
{
	enum side less = other_side(more);
	char more_calls[NUMBER_SIZE], less_calls[NUMBER_SIZE], more_size[NUMBER_SIZE],
		less_size[NUMBER_SIZE], bytes[NUMBER_SIZE];
	struct verdict_finding *finding;
	bool reads = flow == FLOW_READ;

	size_format(piece_bytes(&sums[more]), more_size);
	size_format(piece_bytes(&sums[less]), less_size);
	finding = verdict_add(
		out, "unbuffered-io", more,
		xasprintf("In %s: %s %s in %s calls of %s%s%s, where %s makes %s of %s",
			  side_name(more), reads ? "reads" : "writes",
			  size_format((uint64_t)sums[more].bytes, bytes),
			  count_format((uint64_t)sums[more].calls, more_calls), more_size,
			  *function ? ", most by " : "", function, side_name(less),
			  count_format((uint64_t)sums[less].calls, less_calls), less_size));
	price(finding, sums[more].calls - sums[less].calls, sums[more].ns / sums[more].calls);
	verdict_say(finding, "fix",
		    xasprintf("%s through a buffer: pieces of 64 KiB make the calls' own price "
			      "vanish",
			      reads ? "Read" : "Write"));
}

static bool find_pieces(const struct diff *diff, enum byte_flow flow, struct verdict *out)
{
	struct flow_sum sums[NR_SIDES] = {sum_flow(diff, BASE, flow), sum_flow(diff, NEW, flow)};
	enum side more = sums[BASE].calls > sums[NEW].calls ? BASE : NEW, less = other_side(more);

	if (!is_same_amount(sums[BASE].bytes, sums[NEW].bytes) || sums[less].calls < 1 ||
	    sums[more].calls < LEAST_RATIO * sums[less].calls ||
	    sums[more].calls - sums[less].calls <= diff->noise.least)
		return false;
	tell_pieces(more, flow, sums, busiest_function(diff_first_run(diff, more), flow, 0), out);
	return true;
}

/* ---- More of a call ---- */

static bool manages_memory(const char *name)
{
	static const char *const names[] = {
		"mmap", "munmap", "brk", "madvise", "mremap", "mprotect", "process_madvise", NULL};

	for (const char *const *at = names; *at; at++) {
		if (!strcmp(*at, name))
			return true;
	}
	return false;
}

static uint32_t key_of(const struct run *run, const char *name)
{
	vec_each (&run->report->syscalls.rows, row) {
		char label[32];

		if (!strcmp(call_label(row->key, label), name))
			return row->key;
	}
	return UINT32_MAX;
}

static double mean_ns(const struct diff_table *table, const struct diff_row *row, enum side side)
{
	double calls = diff_row_mean(table, row, side, AMOUNT_COUNT);

	return calls > 0 ? diff_row_mean(table, row, side, AMOUNT_NS) / calls : 0;
}

/* Time spent waiting is not the calls' own. */
#define PRICE_OF_WAITING_NS 1000

static void tell_row(const struct diff *diff, const struct diff_row *row, struct verdict *out)
{
	const struct diff_table *table = &diff->tables[FACET_SYSCALL];
	double delta = change_delta(&row->change);
	enum side more = delta < 0 ? BASE : NEW;
	const struct run *run = diff_first_run(diff, more);
	const char *name = diff_row_name(table, row);
	uint32_t key = key_of(run, name);
	const char *function = busiest_function(run, FLOW_NOTHING, key);
	const char *remedy = call_remedy(name);
	double each = call_waits(key) ? PRICE_OF_WAITING_NS : mean_ns(table, row, more);
	char count[NUMBER_SIZE], there[NUMBER_SIZE];
	struct verdict_finding *finding = verdict_add(
		out, "more-calls", more,
		xasprintf("In %s: %s calls of %s more than the %s of %s%s%s", side_name(more),
			  count_format((uint64_t)fabs(delta), count), name,
			  count_format((uint64_t)(more == NEW ? row->change.base.mean
							      : row->change.new.mean),
				       there),
			  side_name(other_side(more)), *function ? ", most by " : "", function));

	price(finding, fabs(delta), each);
	if (remedy)
		verdict_say(finding, "fix", xstrdup(remedy));
}

static void tell_errors(const struct diff *diff, const struct diff_row *row, struct verdict *out)
{
	const struct diff_table *table = &diff->tables[FACET_SYSCALL];
	double delta = change_delta(&row->also);
	enum side more = delta < 0 ? BASE : NEW;
	char count[NUMBER_SIZE], there[NUMBER_SIZE];
	struct verdict_finding *finding = verdict_add(
		out, "more-errors", more,
		xasprintf("In %s: %s calls of %s more fail than the %s of %s", side_name(more),
			  count_format((uint64_t)fabs(delta), count), diff_row_name(table, row),
			  count_format((uint64_t)(more == NEW ? row->also.base.mean
							      : row->also.new.mean),
				       there),
			  side_name(other_side(more))));

	price(finding, fabs(delta), mean_ns(table, row, more));
}

static bool explains_memory(const struct verdict *verdict)
{
	vec_each (&verdict->items, finding) {
		if (finding->faults)
			return true;
	}
	return false;
}

void verdict_find_calls(const struct diff *diff, struct verdict *out)
{
	const struct diff_table *table = &diff->tables[FACET_SYSCALL];
	bool has_memory = explains_memory(out), has_pieces[NR_BYTE_FLOWS] = {false};
	double most = 0;

	if (!diff->scope.syscalls)
		return;
	if (diff->scope.same_calls) {
		has_pieces[FLOW_READ] = find_pieces(diff, FLOW_READ, out);
		has_pieces[FLOW_WRITE] = find_pieces(diff, FLOW_WRITE, out);
	}
	vec_each (&table->rows, row)
		most = fmax(most, fabs(change_delta(&row->change)));
	vec_each (&table->rows, row) {
		const char *name = diff_row_name(table, row);
		const struct run *run =
			diff_first_run(diff, change_delta(&row->change) < 0 ? BASE : NEW);
		uint32_t key = key_of(run, name);

		if ((has_memory && manages_memory(name)) ||
		    (key != UINT32_MAX && has_pieces[byte_flow_of(key)]) ||
		    (diff->is_parallel && key != UINT32_MAX && call_waits(key)))
			continue;
		if (row->change.is_claimed &&
		    fabs(change_delta(&row->change)) * SMALLEST_PART >= most)
			tell_row(diff, row, out);
		else if (row->also.is_claimed)
			tell_errors(diff, row, out);
	}
}
