// SPDX-License-Identifier: MIT
#include "memory/judge.h"

static bool is_write(const struct fault_facts *f)
{
	return f->error & ERROR_WRITE;
}

static bool is_present(const struct fault_facts *f)
{
	return f->error & ERROR_PRESENT;
}

static bool is_seen(enum page_state page)
{
	return page != PAGE_NEVER && page != PAGE_OFFERED && page != PAGE_GONE &&
	       page != PAGE_DOUBTFUL;
}

/* Swapped out or reclaimed, a NUMA hint, migrated, or another thread was quicker. */
static struct verdict nobody_asked(const struct fault_facts *f)
{
	enum page_state page = f->page;

	if (is_write(f) && page != PAGE_FILE && page != PAGE_COMMON)
		page = PAGE_OWN;
	return (struct verdict){CAUSE_REFAULT_UNASKED, LIKELY, page};
}

static enum fault_cause first_touch(const struct fault_facts *f)
{
	switch (f->region_kind) {
	case REGION_HEAP:
	case REGION_ARENA:
		return CAUSE_HEAP_GROWTH;
	case REGION_STACK:
	case REGION_THREAD_STACK:
		return CAUSE_STACK_GROWTH;
	default:
		return CAUSE_FIRST_WRITE;
	}
}

static struct verdict judge_absent_anonymous(const struct fault_facts *f)
{
	enum page_state page = is_write(f) ? PAGE_OWN : PAGE_ZERO;

	if (f->page == PAGE_AHEAD && !is_write(f))
		return (struct verdict){CAUSE_FIRST_READ, CERTAIN, PAGE_OWN};
	if (is_seen(f->page))
		return nobody_asked(f);
	if (f->page == PAGE_GONE || f->page == PAGE_OFFERED)
		return (struct verdict){CAUSE_REFAULT, CERTAIN, page, is_write(f), true};
	if (f->page == PAGE_DOUBTFUL && f->has_returner)
		return (struct verdict){CAUSE_REFAULT, LIKELY, page, is_write(f), true};
	if (f->page == PAGE_DOUBTFUL && is_write(f))
		return (struct verdict){first_touch(f), LIKELY, page, true};
	if (is_write(f))
		return (struct verdict){first_touch(f), CERTAIN, page, true};
	return (struct verdict){CAUSE_FIRST_READ, f->page == PAGE_DOUBTFUL ? LIKELY : CERTAIN,
				page};
}

/* A write to a page that is there, but not to be written to. */
static struct verdict judge_protected(const struct fault_facts *f)
{
	switch (f->page) {
	case PAGE_ZERO:
		return (struct verdict){CAUSE_ZERO_UPGRADE, CERTAIN, PAGE_OWN, true};
	case PAGE_SHARED:
	case PAGE_INHERITED:
		return (struct verdict){CAUSE_COPY_ON_WRITE, CERTAIN, PAGE_OWN, true};
	case PAGE_NEVER:
	case PAGE_DOUBTFUL:
	case PAGE_GONE: /* it came without a fault, or that is told of later */
		if (f->has_forked)
			return (struct verdict){CAUSE_COPY_ON_WRITE, LIKELY, PAGE_OWN, true};
		if (f->flags & EXTENT_REPROTECTED)
			return (struct verdict){CAUSE_PROTECTION_UPGRADE, LIKELY, PAGE_OWN};
		return (struct verdict){CAUSE_ZERO_UPGRADE, LIKELY, PAGE_AHEAD, true};
	default:
		if (f->flags & EXTENT_REPROTECTED)
			return (struct verdict){CAUSE_PROTECTION_UPGRADE, CERTAIN, PAGE_OWN};
		return nobody_asked(f);
	}
}

static struct verdict judge_anonymous(const struct fault_facts *f)
{
	if (!is_present(f))
		return judge_absent_anonymous(f);
	return is_write(f) ? judge_protected(f) : nobody_asked(f);
}

static struct verdict judge_file_read(const struct fault_facts *f)
{
	if (f->is_major)
		return (struct verdict){CAUSE_FILE_READ_DISK, CERTAIN, PAGE_FILE};
	if (f->page == PAGE_AHEAD)
		return (struct verdict){CAUSE_FILE_READ, CERTAIN, PAGE_OWN};
	if (is_seen(f->page))
		return nobody_asked(f);
	return (struct verdict){CAUSE_FILE_READ, CERTAIN, PAGE_FILE};
}

static struct verdict judge_private_file(const struct fault_facts *f)
{
	bool is_copy = f->page == PAGE_OWN || f->page == PAGE_SHARED || f->page == PAGE_INHERITED ||
		       f->page == PAGE_AHEAD;
	bool is_ahead = f->page == PAGE_NEVER && is_present(f);

	if (!is_write(f))
		return judge_file_read(f);
	if (is_copy && is_present(f))
		return judge_protected(f);
	if (is_copy)
		return nobody_asked(f);
	return (struct verdict){f->by_loader ? CAUSE_RELOCATION : CAUSE_FILE_PRIVATE_WRITE, CERTAIN,
				is_ahead ? PAGE_AHEAD : PAGE_OWN, true};
}

static struct verdict judge_shared_file(const struct fault_facts *f)
{
	if (is_write(f))
		return (struct verdict){CAUSE_FILE_SHARED_WRITE, CERTAIN, PAGE_FILE};
	return judge_file_read(f);
}

static struct verdict judge_shared_memory(const struct fault_facts *f)
{
	if (is_present(f) && f->flags & EXTENT_REPROTECTED)
		return (struct verdict){CAUSE_PROTECTION_UPGRADE, CERTAIN, PAGE_COMMON};
	if (is_present(f) || is_seen(f->page))
		return nobody_asked(f);
	if (f->page == PAGE_GONE)
		return (struct verdict){CAUSE_REFAULT, CERTAIN, PAGE_COMMON, false, true};
	return (struct verdict){CAUSE_SHARED_TOUCH, CERTAIN, PAGE_COMMON, true};
}

static struct verdict judge_known(const struct fault_facts *f)
{
	if (f->region_kind == REGION_VDSO)
		return (struct verdict){CAUSE_VDSO, CERTAIN, PAGE_FILE};
	if (f->error & ERROR_FETCH && !is_seen(f->page))
		return (struct verdict){CAUSE_EXEC_TEXT, CERTAIN, PAGE_FILE};
	if (region_kind_is_anonymous(f->region_kind))
		return judge_anonymous(f);
	switch (f->region_kind) {
	case REGION_TEXT:
	case REGION_FILE:
		return judge_private_file(f);
	case REGION_SHARED_FILE:
		return judge_shared_file(f);
	case REGION_SHARED:
		return judge_shared_memory(f);
	default:
		return (struct verdict){CAUSE_UNKNOWN, UNCERTAIN,
					is_write(f) ? PAGE_OWN : PAGE_NEVER};
	}
}

/*
 * The page may have had a life before the recording began. One that is absent has most likely not,
 * but may have been given back or reclaimed; one that is there, and not to be written to, is the
 * page of zeros or shared with a child, who knows.
 */
static struct verdict doubt(struct verdict verdict)
{
	switch (verdict.cause) {
	case CAUSE_ZERO_UPGRADE:
		return (struct verdict){CAUSE_UNKNOWN, UNCERTAIN, PAGE_OWN, true};
	case CAUSE_FIRST_READ:
	case CAUSE_FIRST_WRITE:
	case CAUSE_HEAP_GROWTH:
	case CAUSE_STACK_GROWTH:
	case CAUSE_SHARED_TOUCH:
	case CAUSE_FILE_PRIVATE_WRITE:
	case CAUSE_RELOCATION:
		verdict.certainty = LIKELY;
		verdict.page = verdict.page == PAGE_AHEAD ? PAGE_OWN : verdict.page;
		return verdict;
	default: /* so it is whatever was before */
		return verdict;
	}
}

struct verdict judge(const struct fault_facts *f)
{
	struct verdict verdict = judge_known(f);

	return f->flags & EXTENT_BEFORE && f->page == PAGE_NEVER ? doubt(verdict) : verdict;
}
