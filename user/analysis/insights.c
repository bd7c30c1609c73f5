// SPDX-License-Identifier: MIT
#include "analysis/insights.h"

#include <stdlib.h>

#include "decode/syscalls.h"

/* What makes things, how many by one call, and what ends them. */
struct trade {
	const char *things, *makers, *pair_makers, *enders;
};

static const struct trade trades[NR_CLEAN_UPS] = {
	[CLEAN_UP_MAPPINGS] = {"mappings", "?mmap,?mmap2", "none", "?munmap"},
	[CLEAN_UP_DESCRIPTORS] =
		{"descriptors",
		 "?open,?openat,?openat2,?creat,?open_by_handle_at,?socket,?accept,?accept4,?dup,"
		 "?epoll_create,?epoll_create1,?eventfd,?eventfd2,?timerfd_create,?signalfd,"
		 "?signalfd4,?inotify_init,?inotify_init1,?memfd_create,?pidfd_open,"
		 "?perf_event_open,?io_uring_setup,?userfaultfd",
		 "?pipe,?pipe2,?socketpair", "?close"},
};

/* ---- What dominates ---- */

static uint64_t part_of(const struct syscall_row *row, bool by_time)
{
	return by_time ? row->total_ns : row->calls;
}

static void find_dominant(const struct syscall_table *calls, bool by_time, struct dominance *out)
{
	const struct syscall_row *first = NULL;
	uint64_t next = 0;

	*out = (struct dominance){.whole = by_time ? calls->total_ns : calls->calls};
	vec_each (&calls->rows, row) {
		if (!first || part_of(row, by_time) > part_of(first, by_time)) {
			next = first ? part_of(first, by_time) : 0;
			first = row;
		} else if (part_of(row, by_time) > next) {
			next = part_of(row, by_time);
		}
	}
	if (!first || calls->rows.size < 2)
		return;
	out->part = part_of(first, by_time);
	if ((double)out->part > DOMINANT_SHARE * (double)out->whole &&
	    (double)out->part >= DOMINANT_LEAD * (double)next)
		out->row = first;
}

/* ---- What is cleaned up ---- */

static int compare_makers(const void *a, const void *b)
{
	const struct maker_count *x = a, *y = b;

	if (x->made != y->made)
		return x->made < y->made ? 1 : -1;
	return (x->key > y->key) - (x->key < y->key);
}

/* Of the calls in `set`, which make `each` things, those that succeeded. */
static uint64_t count_makers(const struct syscall_table *calls, const char *set, unsigned int each,
			     struct maker_count *makers, unsigned int *nr)
{
	struct syscall_set wanted;
	uint64_t made = 0;

	if (syscall_set_parse(set, &wanted))
		return 0;
	vec_each (&calls->rows, row) {
		uint64_t succeeded = row->calls - row->errors;

		if (!syscall_set_has(&wanted, row->key) || !succeeded || *nr == MOST_MAKERS)
			continue;
		makers[(*nr)++] = (struct maker_count){row->key, succeeded, each * succeeded};
		made += each * succeeded;
	}
	return made;
}

static void count_clean_up(const struct syscall_table *calls, const struct trade *trade,
			   struct clean_up *out)
{
	*out = (struct clean_up){.things = trade->things};
	out->made = count_makers(calls, trade->makers, 1, out->makers, &out->nr_makers);
	out->made += count_makers(calls, trade->pair_makers, 2, out->makers, &out->nr_makers);
	out->ended = count_makers(calls, trade->enders, 1, out->enders, &out->nr_enders);
	qsort(out->makers, out->nr_makers, sizeof *out->makers, compare_makers);
}

void insights_build(struct recording *r, struct insights *out)
{
	*out = (struct insights){.recording = r};
	syscall_table_build(r, &out->calls);
	find_dominant(&out->calls, true, &out->by_time);
	find_dominant(&out->calls, false, &out->by_calls);
	for (int i = 0; i < NR_CLEAN_UPS; i++)
		count_clean_up(&out->calls, &trades[i], &out->clean_ups[i]);
}

void insights_fini(struct insights *insights)
{
	syscall_table_fini(&insights->calls);
}
