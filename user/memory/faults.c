// SPDX-License-Identifier: MIT
/*
 * Rows of faults, cut where regions or the history of pages change, judged part by part.
 *
 * A run lasts, and calls are made meanwhile; so it waits for the next call and is then taken as far
 * as it has come. Among runs the one that began first goes first: the times inside of runs are too
 * vague to tell more.
 */
#include <sys/syscall.h>

#include "memory/judge.h"
#include "memory/model.h"

#define HUGE_BYTES      (2ULL << 20)
#define MOST_SINGLES    4096 /* faults of a run that does not go page by page */
#define MOST_STACK_GAP  (1ULL << 30)
#define MOST_VVAR_PAGES 16 /* of the kernel's data, below its code in the vdso */

/* A row on its way through the model. */
struct taking {
	struct memory *m;
	struct vm *vm;
	struct run *run;
	const uint64_t *row;
	uint64_t page_bytes;
	bool by_loader;
	struct cause_key key;
};

/* A part of a row: pages next to each other, alike in all that matters. */
struct part {
	uint64_t start, end;
	const struct extent *extent; /* NULL: nothing is known to be there */
	enum region_kind kind;
	struct page_range pages;
};

static uint64_t faults_in(const struct taking *t, const struct part *part)
{
	return (part->end - part->start) / t->page_bytes;
}

/* The part's share of the row's time; the shares of all parts add up to it. */
static uint64_t take_share(struct taking *t, uint64_t faults)
{
	uint64_t all_ns = t->row[FAULT_FLAGS] & FAULT_UNTIMED ? 0 : t->row[FAULT_SERVICE_NS];
	uint64_t until;

	t->run->faults_told += faults;
	until = (uint64_t)((__uint128_t)all_ns * t->run->faults_told / t->row[FAULT_COUNT]);
	faults = until - t->run->service_told;
	t->run->service_told = until;
	return faults;
}

/* What a row tells of its faults' times: their sum, the least and the greatest. The latter two are
 * taken to be in its first part. */
static void add_times(struct taking *t, enum fault_cause cause, uint64_t faults,
		      uint64_t service_ns)
{
	uint64_t least_ns = t->row[FAULT_SERVICE_MIN_NS], most_ns = t->row[FAULT_SERVICE_MAX_NS];
	struct causes *causes = &t->m->causes;
	bool is_first = t->run->faults_told == faults;

	if (!faults || t->row[FAULT_FLAGS] & FAULT_UNTIMED)
		return;
	if (is_first && faults > 2 && least_ns <= most_ns && service_ns > least_ns &&
	    service_ns - least_ns > most_ns) {
		causes_time(causes, cause, 1, least_ns);
		causes_time(causes, cause, 1, most_ns);
		service_ns -= least_ns + most_ns;
		faults -= 2;
	}
	causes_time(causes, cause, faults, service_ns / faults);
}

static void add_cause(struct taking *t, const struct part *part, const struct verdict *verdict,
		      uint64_t faults, uint64_t bytes)
{
	struct memory *m = t->m;
	struct cause_key key = t->key;
	uint64_t service_ns = take_share(t, faults);

	key.cause = (uint8_t)verdict->cause;
	key.certainty = (uint8_t)verdict->certainty;
	if (part->extent) {
		key.region_kind = (uint8_t)part->kind;
		key.size_class =
			(uint8_t)size_class_of(m->pool.items.items[part->extent->region].bytes);
		key.owner = part->extent->owner;
		key.module = part->extent->module;
	} else {
		key.region_kind = (uint8_t)part->kind;
	}
	if (verdict->by_returner)
		key.returner = part->pages.returner;
	causes_add(&m->causes, &key, faults, service_ns, bytes);
	add_times(t, verdict->cause, faults, service_ns);
	if (verdict->cause == CAUSE_UNKNOWN)
		m->totals.unknown_faults += faults;
	if (verdict->certainty == LIKELY)
		m->totals.unsure_faults += faults;
}

/* Anonymous memory that was not there before; a copy replaces what was. */
static void count_made(struct memory *m, const struct verdict *verdict, uint64_t bytes)
{
	if (verdict->makes_memory && verdict->page == PAGE_OWN &&
	    verdict->cause != CAUSE_COPY_ON_WRITE)
		m->totals.made_bytes += bytes;
}

static uint64_t bytes_mapped(const struct verdict *verdict, uint64_t bytes)
{
	switch (verdict->cause) {
	case CAUSE_FIRST_READ: /* the page of zeros is everybody's */
	case CAUSE_PROTECTION_UPGRADE:
	case CAUSE_FAILED:
		return 0;
	case CAUSE_REFAULT:
		return verdict->page == PAGE_ZERO ? 0 : bytes;
	default:
		return bytes;
	}
}

static void part_judge(struct taking *t, const struct part *part)
{
	uint64_t bytes = part->end - part->start;
	const struct fault_facts facts = {
		.error = (uint32_t)t->row[FAULT_ERROR_CODE],
		.is_major = t->row[FAULT_KIND] == FAULT_MAJOR,
		.by_loader = t->by_loader,
		.has_forked = t->vm->has_forked,
		.flags = part->extent ? part->extent->flags : 0,
		.region_kind = part->kind,
		.page = part->pages.state,
		.has_returner = part->pages.returner,
	};
	struct verdict verdict = judge(&facts);

	add_cause(t, part, &verdict, faults_in(t, part), bytes_mapped(&verdict, bytes));
	if (part->pages.state == PAGE_AHEAD && verdict.cause == CAUSE_FIRST_READ) {
		t->m->totals.unsure_faults -= faults_in(t, part);
		t->m->totals.confirmed_upgrades += faults_in(t, part);
	}
	if (region_kind_is_anonymous(part->kind))
		count_made(t->m, &verdict, bytes);
	if (verdict.page != part->pages.state)
		pages_set(&t->vm->pages, part->start, part->end, verdict.page, 0);
}

/* ---- Huge pages ---- */

static uint64_t huge_start(uint64_t address)
{
	return address & ~(HUGE_BYTES - 1);
}

/* The fault showed that the huge page supposed here was none. */
static void forget_huge(struct taking *t, uint64_t address)
{
	uint64_t at = huge_start(address), end = at + HUGE_BYTES;

	while (at < end) {
		struct page_range range = pages_at(&t->vm->pages, at, end);

		at = range.end;
		if (range.state == PAGE_HUGE)
			pages_set(&t->vm->pages, range.start, range.end,
				  range.returner ? PAGE_GONE : PAGE_NEVER, range.returner);
	}
}

static bool may_be_huge(const struct memory *m, const struct extent *extent, enum region_kind kind)
{
	if (extent->flags & EXTENT_HUGETLB)
		return true;
	if (!region_kind_is_anonymous(kind) || extent->flags & EXTENT_NO_HUGE ||
	    m->options.huge_never)
		return false;
	return m->options.huge_always || extent->flags & EXTENT_HUGE;
}

/* Whether a fault of one page brought a whole huge one, as far as can be told. */
static bool is_huge(const struct taking *t, const struct part *part, uint64_t address,
		    struct page_range *out)
{
	uint64_t start = huge_start(address), end = start + HUGE_BYTES;
	bool is_present = t->row[FAULT_ERROR_CODE] & ERROR_PRESENT;

	if (!part->extent || part->extent->start > start || part->extent->end < end ||
	    !may_be_huge(t->m, part->extent, part->kind))
		return false;
	*out = pages_at(&t->vm->pages, start, end);
	if (out->end != end)
		return false;
	return is_present ? out->state == PAGE_ZERO
			  : out->state == PAGE_NEVER || out->state == PAGE_OFFERED ||
				    out->state == PAGE_GONE;
}

static void huge_judge(struct taking *t, const struct part *part, const struct page_range *range)
{
	const struct fault_facts facts = {
		.error = (uint32_t)t->row[FAULT_ERROR_CODE],
		.flags = part->extent->flags,
		.region_kind = part->kind,
		.page = range->state,
	};
	struct verdict verdict = judge(&facts);
	bool is_sure = part->extent->flags & EXTENT_HUGETLB;
	struct part whole = *part;

	whole.pages = *range;
	if (!is_sure && verdict.certainty == CERTAIN)
		verdict.certainty = LIKELY;
	t->key.is_huge = 1;
	add_cause(t, &whole, &verdict, 1, bytes_mapped(&verdict, HUGE_BYTES));
	t->key.is_huge = 0;
	if (region_kind_is_anonymous(part->kind))
		count_made(t->m, &verdict, HUGE_BYTES);
	pages_set(&t->vm->pages, range->start, range->end,
		  verdict.page == PAGE_OWN && !is_sure ? PAGE_HUGE : verdict.page,
		  verdict.page == PAGE_OWN && verdict.by_returner ? range->returner : 0);
}

/* ---- Parts ---- */

/* Pages of one extent, or of a gap, by what is known of them. */
static void extent_take(struct taking *t, struct part *part, uint64_t start, uint64_t end)
{
	bool is_single = end - start == t->page_bytes;
	struct page_range huge;

	part->pages = pages_at(&t->vm->pages, start, end);
	if (part->pages.state == PAGE_HUGE && !(t->row[FAULT_ERROR_CODE] & ERROR_PRESENT)) {
		forget_huge(t, start);
		part->pages = pages_at(&t->vm->pages, start, end);
	}
	if (is_single && is_huge(t, part, start, &huge)) {
		part->start = start;
		part->end = end;
		huge_judge(t, part, &huge);
		return;
	}
	for (;; part->pages = pages_at(&t->vm->pages, start, end)) {
		part->start = start;
		part->end = start = part->pages.end;
		part_judge(t, part);
		if (start >= end)
			return;
	}
}

static bool is_exec(uint64_t syscall)
{
	return syscall == SYS_execve + 1 || syscall == SYS_execveat + 1;
}

/* The call, if it was told of; the last one that was is that of the program before. */
static uint32_t exec_under_way(struct memory *m, uint32_t task)
{
	const struct task_memory *t = task_memory(m, task);

	return t->in_exec ? t->exec_call : 0;
}

/* Kernel mode, in execve, at an address that nobody mapped: it belongs to the new program. */
static void setup_take(struct taking *t, uint64_t start, uint64_t end)
{
	const struct part part = {.start = start, .end = end};
	const struct verdict verdict = {.cause = CAUSE_EXEC_SETUP, .makes_memory = true};

	t->key.owner = exec_under_way(t->m, t->key.task);
	add_cause(t, &part, &verdict, faults_in(t, &part), end - start);
	t->key.owner = 0;
	*vec_push(&task_memory(t->m, t->key.task)->setup) = (struct range){start, end};
}

/* A fault below the stack that succeeded has made it grow. */
static bool stack_grows(struct taking *t, uint64_t start)
{
	struct extent above;

	if (!regions_find(&t->vm->regions, start, MAX_ADDRESS, &above) ||
	    extent_kind(t->m, &above) != REGION_STACK || above.start - start > MOST_STACK_GAP)
		return false;
	above.end = above.start;
	above.start = start;
	regions_extend(&t->vm->regions, &above);
	return true;
}

static bool is_vvar(const struct taking *t, uint64_t start)
{
	return start < t->vm->vdso && t->vm->vdso - start <= MOST_VVAR_PAGES * t->page_bytes;
}

static void gap_take(struct taking *t, uint64_t start, uint64_t end)
{
	struct part part = {.kind = is_vvar(t, start) ? REGION_VDSO : REGION_UNKNOWN};

	if (is_exec(t->key.syscall))
		setup_take(t, start, end);
	else
		extent_take(t, &part, start, end);
}

/* Pages next to each other, a fault each. */
static void range_take(struct taking *t, uint64_t start, uint64_t end)
{
	while (start < end) {
		struct extent extent = {.start = end};
		struct part part = {.extent = &extent};
		bool is_known = regions_find(&t->vm->regions, start, end, &extent);
		uint64_t until = extent.start;

		if (is_known && extent.start <= start) {
			until = extent.end < end ? extent.end : end;
			part.kind = extent_kind(t->m, &extent);
			extent_take(t, &part, start, until);
		} else if (is_exec(t->key.syscall) || !stack_grows(t, start)) {
			gap_take(t, start, until);
		} else {
			continue;
		}
		start = until;
	}
}

/* ---- Rows ---- */

/* Faults of which nothing more can be said. */
static void add_plain(struct taking *t, const struct part *part, enum fault_cause cause,
		      enum certainty certainty, uint64_t faults)
{
	const struct verdict verdict = {.cause = cause, .certainty = certainty};

	add_cause(t, part, &verdict, faults, cause == CAUSE_FAILED ? 0 : faults * t->page_bytes);
}

/* Where a failing fault was: the region is told, and nothing changes. */
static void failed_take(struct taking *t, uint64_t address, uint64_t faults)
{
	struct extent extent;
	struct part part = {0};

	if (regions_find(&t->vm->regions, address, address + 1, &extent)) {
		part.extent = &extent;
		part.kind = extent_kind(t->m, &extent);
	}
	add_plain(t, &part, CAUSE_FAILED, CERTAIN, faults);
}

static bool is_loaders(const struct taking *t)
{
	uint64_t ip = t->row[FAULT_IP];
	struct extent code;

	return t->vm->loader && ip < MAX_ADDRESS &&
	       regions_find(&t->vm->regions, ip, ip + 1, &code) && code.module == t->vm->loader;
}

/* Faults of a run that goes page by page, or of one that jumps. */
static void faults_take(struct taking *t, uint64_t first, uint64_t stride, uint64_t faults)
{
	uint64_t bytes = faults * t->page_bytes, at = first & ~(t->page_bytes - 1);
	struct part nowhere = {0};

	if (t->row[FAULT_KIND] == FAULT_FAILED)
		return failed_take(t, first, faults);
	if (first >= MAX_ADDRESS || faults > MAX_ADDRESS / t->page_bytes)
		return add_plain(t, &nowhere, CAUSE_UNKNOWN, UNCERTAIN, faults);
	if ((faults == 1 || stride == t->page_bytes) && at + bytes <= MAX_ADDRESS)
		return range_take(t, at, at + bytes);
	if (stride == -t->page_bytes && at + t->page_bytes >= bytes)
		return range_take(t, at + t->page_bytes - bytes, at + t->page_bytes);
	if (faults > MOST_SINGLES)
		return add_plain(t, &nowhere, CAUSE_UNKNOWN, UNCERTAIN, faults);
	for (uint64_t i = 0; i < faults; i++)
		faults_take(t, first + i * stride, 0, 1);
}

/* Since the task's event before; within an exec, by it. */
static void populated_take(struct memory *m, const uint64_t *row)
{
	uint32_t task = (uint32_t)row[FAULT_TASK];
	bool by_exec = is_exec(row[FAULT_SYSCALL]);
	const struct cause_key key = {
		.cause = CAUSE_POPULATED,
		.task = task,
		.region_kind = by_exec ? REGION_STACK : REGION_UNKNOWN,
		.syscall = by_exec ? (uint32_t)row[FAULT_SYSCALL] : 0,
		.owner = by_exec ? exec_under_way(m, task) : 0,
	};
	uint64_t pages = row[FAULT_POPULATED_PAGES];

	if (!pages)
		return;
	m->totals.populated_pages += pages;
	causes_add(&m->causes, &key, pages, 0, pages * m->options.page_bytes);
}

static void run_take(struct memory *m, struct run *run, uint64_t faults)
{
	const uint64_t *row = run->row;
	uint64_t done = run->faults_told, service_ns = run->service_told;
	bool in_kernel = row[FAULT_FLAGS] & FAULT_KERNEL;
	struct taking t = {
		.m = m,
		.vm = task_vm(m, (uint32_t)row[FAULT_TASK]),
		.run = run,
		.row = row,
		.page_bytes = m->options.page_bytes,
		.key = {.kind = (uint8_t)row[FAULT_KIND],
			.in_kernel = in_kernel,
			.kernel_ip = in_kernel ? row[FAULT_IP] : 0,
			.syscall = in_kernel ? (uint32_t)row[FAULT_SYSCALL] : 0,
			.task = (uint32_t)row[FAULT_TASK],
			.toucher = (uint32_t)row[FAULT_STACK]},
	};

	t.by_loader = !in_kernel && is_loaders(&t);
	faults_take(&t, row[FAULT_ADDRESS] + done * row[FAULT_STRIDE_BYTES],
		    row[FAULT_STRIDE_BYTES], faults);
	m->totals.faults += faults;
	m->totals.service_ns += run->service_told - service_ns;
	history_add_faults(&m->history, m->now_ns, faults, run->service_told - service_ns);
	vm_settle(m, t.vm);
}

/* ---- Runs that are under way ---- */

/* How many of its faults began before `time_ns`. */
static uint64_t faults_before(const struct run *run, uint64_t time_ns)
{
	uint64_t count = run->row[FAULT_COUNT], start_ns = run->row[FAULT_START_NS];
	uint64_t span_ns = run->row[FAULT_SPAN_NS], since_ns = time_ns - start_ns;

	if (time_ns <= start_ns)
		return 0;
	if (since_ns > span_ns || time_ns == UINT64_MAX)
		return count;
	/* Fault i begins at i * span / (count - 1). */
	return (uint64_t)(((__uint128_t)since_ns * (count - 1) + span_ns - 1) / span_ns);
}

static uint64_t next_ns(const struct run *run)
{
	if (run->row[FAULT_COUNT] == 1)
		return run->row[FAULT_START_NS];
	return run->row[FAULT_START_NS] +
	       (uint64_t)((__uint128_t)run->faults_told * run->row[FAULT_SPAN_NS] /
			  (run->row[FAULT_COUNT] - 1));
}

static void run_advance(struct memory *m, struct run *run, uint64_t time_ns)
{
	uint64_t until = faults_before(run, time_ns);

	if (until <= run->faults_told)
		return;
	if (m->now_ns < next_ns(run))
		m->now_ns = next_ns(run);
	run_take(m, run, until - run->faults_told);
}

static struct run *run_at(struct memory *m, uint32_t i)
{
	return &m->runs[(m->first_run + i) % MOST_RUNS];
}

void runs_advance(struct memory *m, uint64_t time_ns)
{
	uint32_t left = 0;

	for (uint32_t i = 0; i < m->nr_runs; i++) {
		struct run *run = run_at(m, i);

		run_advance(m, run, time_ns);
		if (run->faults_told < run->row[FAULT_COUNT])
			*run_at(m, left++) = *run;
	}
	m->nr_runs = left;
}

void run_begin(struct memory *m, const uint64_t *row)
{
	struct run *run;

	populated_take(m, row);
	if (m->nr_runs == MOST_RUNS) { /* nothing else has happened for long */
		run_advance(m, run_at(m, 0), UINT64_MAX);
		m->first_run++;
		m->nr_runs--;
	}
	run = run_at(m, m->nr_runs++);
	memset(run, 0, sizeof *run);
	memcpy(run->row, row, sizeof run->row);
}
