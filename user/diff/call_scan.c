// SPDX-License-Identifier: MIT
#include "diff/call_scan.h"

#include <sys/syscall.h>

#include "decode/byte_flow.h"
#include "profile/stack_reading.h"

#define SCAN_COLUMNS                                                                               \
	(COLUMN(SYSCALL_NR) | COLUMN(SYSCALL_FLAGS) | COLUMN(SYSCALL_STACK) |                      \
	 COLUMN(SYSCALL_RESULT) | COLUMN(SYSCALL_DURATION_NS))

#define MAX_ERRNO 4095

/* How user probes on returns come back, since Linux 6.11; of x86-64 alone. */
#if defined(__x86_64__)
#define CALL_URETPROBE 335
#else
#define CALL_URETPROBE UINT32_MAX
#endif

bool call_waits(uint32_t key)
{
	switch (key) {
	case SYS_futex:
	case SYS_wait4:
	case SYS_waitid:
	case SYS_ppoll:
	case SYS_pselect6:
	case SYS_epoll_pwait:
	case SYS_nanosleep:
	case SYS_clock_nanosleep:
	case SYS_rt_sigtimedwait:
	case SYS_rt_sigreturn:
	case SYS_restart_syscall:
	case SYS_sched_yield:
	case SYS_accept:
	case SYS_accept4:
#ifdef SYS_poll
	case SYS_poll:
	case SYS_select:
	case SYS_epoll_wait:
	case SYS_pause:
#endif
		return true;
	default:
		return false;
	}
}

bool call_is_tracers(uint32_t key)
{
	return key == CALL_URETPROBE;
}

/* Who of the program made the calls, read once for each stack. */
static uint32_t function_on(struct call_scan *scan, const struct recording *r, uint32_t stack)
{
	uint32_t *known = &scan->stack_functions[stack];

	if (!*known)
		*known = stack_read_touch(r, stack, &scan->function_names).function + 1;
	return *known - 1;
}

static uint32_t site_of(struct call_scan *scan, const struct recording *r, uint32_t key,
			uint32_t stack)
{
	uint32_t function = function_on(scan, r, stack);
	uint32_t number = pair_map_number(&scan->site_numbers, key, function);

	if (number == scan->sites.size)
		*vec_push(&scan->sites) = (struct call_site){.key = key, .function = function};
	return number;
}

static struct stack_calls *place_at(struct call_scan *scan, const struct recording *r, uint32_t key,
				    uint32_t stack)
{
	uint32_t number = pair_map_number(&scan->numbers, key, stack);

	if (number == scan->places.size)
		*vec_push(&scan->places) = (struct stack_calls){
			.key = key,
			.stack = stack,
			.site = site_of(scan, r, key, stack),
			.moves_bytes = byte_flow_of(key) != FLOW_NOTHING,
		};
	return &scan->places.items[number];
}

static struct call_slots *slots_of(struct call_scan *scan, uint32_t key)
{
	uint32_t number = pair_map_number(&scan->keys, key, 0);

	vec_extend(&scan->slots, (size_t)number + 1);
	return &scan->slots.items[number];
}

static void add_row(struct call_scan *scan, struct stack_calls *place, const struct columns *c,
		    uint32_t row)
{
	struct call_amounts *amounts = &place->amounts;
	int64_t result = (int64_t)c->at[SYSCALL_RESULT][row];

	amounts->calls++;
	amounts->errors += result < 0 && result >= -MAX_ERRNO;
	if (result > 0 && place->moves_bytes)
		amounts->bytes += (uint64_t)result;
	if (c->at[SYSCALL_FLAGS][row] & SYSCALL_UNTIMED)
		return;
	amounts->ns += c->at[SYSCALL_DURATION_NS][row];
	spread_add(&scan->sites.items[place->site].times, c->at[SYSCALL_DURATION_NS][row]);
}

/* The first row of a part of the run. */
static uint64_t slot_begin(uint64_t slot, uint64_t all)
{
	return (slot * all + CALL_SLOTS - 1) / CALL_SLOTS;
}

static void add_rows(struct call_scan *scan, const struct recording *r, const struct columns *c,
		     uint64_t first, uint64_t all)
{
	uint64_t slot = first * CALL_SLOTS / all, slot_end = slot_begin(slot + 1, all);
	struct stack_calls *place = NULL;
	struct call_slots *slots = NULL;

	for (uint32_t i = 0; i < c->rows; i++) {
		uint64_t flags = c->at[SYSCALL_FLAGS][i];
		uint32_t key = syscall_key(c->at[SYSCALL_NR][i], flags);
		uint32_t stack = (uint32_t)c->at[SYSCALL_STACK][i];

		while (first + i >= slot_end)
			slot_end = slot_begin(++slot + 1, all);
		if (call_is_tracers(key))
			continue;
		if (!slots || place->key != key)
			slots = slots_of(scan, key);
		if (!place || place->key != key || place->stack != stack)
			place = place_at(scan, r, key, stack);
		add_row(scan, place, c, i);
		if (!(flags & SYSCALL_UNTIMED))
			slots->ns[slot] += c->at[SYSCALL_DURATION_NS][i];
	}
}

static void sum_up(struct call_scan *scan)
{
	vec_each (&scan->places, place)
		call_amounts_add(&scan->sites.items[place->site].amounts, &place->amounts);
	vec_each (&scan->slots, slots) {
		for (int slot = 0; slot < CALL_SLOTS; slot++)
			scan->all.ns[slot] += slots->ns[slot];
	}
}

void call_amounts_add(struct call_amounts *sum, const struct call_amounts *more)
{
	sum->calls += more->calls;
	sum->errors += more->errors;
	sum->ns += more->ns;
	sum->bytes += more->bytes;
}

void call_scan_take(struct recording *r, struct call_scan *out)
{
	uint64_t first = 0, all = 0;

	*out = (struct call_scan){0};
	out->stack_functions = xcalloc(r->stacks.size + 1, sizeof *out->stack_functions);
	vec_each (&r->blocks, block)
		all += block->kind == BLOCK_SYSCALLS ? block->rows : 0;
	vec_each (&r->blocks, block) {
		struct columns c;

		if (block->kind != BLOCK_SYSCALLS || block_columns(r, block, SCAN_COLUMNS, &c) < 0)
			continue;
		add_rows(out, r, &c, first, all);
		first += c.rows;
		columns_fini(&c);
	}
	sum_up(out);
}

void call_scan_fini(struct call_scan *scan)
{
	vec_each (&scan->sites, site)
		spread_fini(&site->times);
	vec_free(&scan->sites);
	pair_map_fini(&scan->site_numbers);
	names_fini(&scan->function_names);
	free(scan->stack_functions);
	pair_map_fini(&scan->numbers);
	pair_map_fini(&scan->keys);
	vec_free(&scan->places);
	vec_free(&scan->slots);
}

const char *call_site_function(const struct call_scan *scan, const struct call_site *site)
{
	return names_text(&scan->function_names, site->function);
}
