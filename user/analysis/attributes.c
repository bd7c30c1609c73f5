// SPDX-License-Identifier: MIT
#include "analysis/attributes.h"

#include <inttypes.h>

#include "decode/syscalls.h"
#include "profile/facts.h"
#include "recording/format.h"

static const char sized_calls[] = "read,write,pread64,pwrite64,recvfrom,sendto,getdents64";
static const char other_calls_on_files[] =
	"fsync,fdatasync,lseek,ftruncate,fallocate,close,recvmsg,sendmsg,readv,writev,preadv,"
	"pwritev,"
	"connect,accept,accept4,flock,fstat,epoll_wait,epoll_pwait,epoll_ctl,ioctl,fcntl";

uint32_t attribute_columns(const struct attributes *a)
{
	return COLUMN(SYSCALL_NR) | COLUMN(SYSCALL_FLAGS) | COLUMN(SYSCALL_TASK) |
	       COLUMN(SYSCALL_STACK) | COLUMN(SYSCALL_RESULT) | COLUMN(SYSCALL_ARG0) |
	       COLUMN(SYSCALL_ARG2) | COLUMN(SYSCALL_POPULATED_PAGES) | COLUMN(SYSCALL_START_NS) |
	       (a->row_files ? CALL_FILES_COLUMNS : 0);
}

static void choose_parts(struct attributes *a, const struct recording *r)
{
	uint64_t end_ns = 0;

	a->start_ns = UINT64_MAX;
	vec_each (&r->blocks, block) {
		if (block->kind != BLOCK_SYSCALLS)
			continue;
		a->start_ns = block->start_min_ns < a->start_ns ? block->start_min_ns : a->start_ns;
		end_ns = block->end_max_ns > end_ns ? block->end_max_ns : end_ns;
	}
	a->part_ns = end_ns > a->start_ns ? (end_ns - a->start_ns) / TIME_PARTS + 1 : 1;
}

void attributes_init(struct attributes *a, const struct recording *r)
{
	static const enum aspect by_site[] = {ASPECT_SITE};

	*a = (struct attributes){
		.recording = r,
		.calls_before = xcalloc(r->tasks.size, sizeof *a->calls_before),
	};
	grouping_init(&a->sites, r, by_site, 1);
	callers_init(&a->callers, r);
	choose_parts(a, r);
	call_files_init(&a->files, r);
	if (call_files_are_known(r))
		a->row_files = xcalloc(BLOCK_ROWS, sizeof *a->row_files);
	for (size_t i = 0; i < r->tasks.size; i++)
		a->calls_before[i] = NO_CALL;
	syscall_set_parse(sized_calls, &a->sized);
	syscall_set_parse(other_calls_on_files, &a->on_files);
	for (size_t i = 0; i < NR_SYSCALLS / 64; i++)
		a->on_files.bits[i] |= a->sized.bits[i];
}

void attributes_fini(struct attributes *a)
{
	grouping_fini(&a->sites);
	callers_fini(&a->callers);
	free(a->calls_before);
	call_files_fini(&a->files);
	free(a->row_files);
	pair_map_fini(&a->descriptors);
	*a = (struct attributes){0};
}

/* 0: nothing; n: from 2^(n-1) to 2^n - 1. */
static uint64_t octave_of(uint64_t value)
{
	return value ? 64 - (uint64_t)__builtin_clzll(value) : 0;
}

void attributes_block(struct attributes *a, struct recording *r, const struct block *block,
		      const struct columns *c)
{
	if (a->row_files)
		call_files_of_block(&a->files, r, block, c, a->row_files);
}

static uint64_t part_of_run(const struct attributes *a, uint64_t time_ns)
{
	uint64_t part = time_ns < a->start_ns ? 0 : (time_ns - a->start_ns) / a->part_ns;

	return part < TIME_PARTS ? part : TIME_PARTS - 1;
}

void attributes_of(struct attributes *a, const struct columns *c, uint32_t row,
		   uint64_t out[NR_ATTRIBUTES])
{
	uint64_t task = c->at[SYSCALL_TASK][row];
	uint32_t key = syscall_key(c->at[SYSCALL_NR][row], c->at[SYSCALL_FLAGS][row]);
	int64_t result = (int64_t)c->at[SYSCALL_RESULT][row];
	bool failed = result < 0 && result >= -4095;
	bool is_sized = syscall_set_has(&a->sized, key);
	bool has_descriptor = syscall_set_has(&a->on_files, key);
	uint32_t file = a->row_files ? a->row_files[row] : 0;

	out[ATTRIBUTE_SITE] =
		c->at[SYSCALL_STACK][row] ? grouping_number(&a->sites, c, row) : NO_VALUE;
	out[ATTRIBUTE_THREAD] = task;
	out[ATTRIBUTE_DESCRIPTOR] =
		has_descriptor
			? pair_map_number(&a->descriptors, (uint32_t)c->at[SYSCALL_ARG0][row], file)
			: NO_VALUE;
	out[ATTRIBUTE_FILE] = file && !has_descriptor ? file : NO_VALUE;
	out[ATTRIBUTE_SIZE] = is_sized ? octave_of(c->at[SYSCALL_ARG2][row]) : NO_VALUE;
	out[ATTRIBUTE_MOVED] = is_sized && !failed ? octave_of((uint64_t)result) : NO_VALUE;
	out[ATTRIBUTE_ERRNO] = failed ? (uint64_t)-result : 0;
	out[ATTRIBUTE_BEFORE] = a->calls_before[task];
	out[ATTRIBUTE_POPULATED] = !!c->at[SYSCALL_POPULATED_PAGES][row];
	out[ATTRIBUTE_CALLER] = c->at[SYSCALL_STACK][row] ? c->at[SYSCALL_STACK][row] : NO_VALUE;
	out[ATTRIBUTE_TIME] = part_of_run(a, c->at[SYSCALL_START_NS][row]);
	a->calls_before[task] = key;
}

static char *octave_label(const char *what, uint64_t octave)
{
	static const char units[] = " KMGTPE";
	uint64_t low = octave ? 1ULL << (octave - 1) : 0;
	unsigned int unit = 0;

	if (octave < 2)
		return xasprintf(octave ? "%s 1 byte" : "%s 0 bytes", what);
	for (; low >= 1024 && unit < 6; low /= 1024)
		unit++;
	if (!unit)
		return xasprintf("%s %" PRIu64 " to %" PRIu64 " bytes", what, low, 2 * low - 1);
	return xasprintf("%s %" PRIu64 " to %" PRIu64 " %ciB", what, low, 2 * low, units[unit]);
}

static char *errno_label(uint64_t error)
{
	const char *name = error ? errno_name((int)error) : NULL;

	if (!error)
		return xstrdup("successful");
	return name ? xasprintf("ending in %s", name)
		    : xasprintf("ending in errno %" PRIu64, error);
}

static char *descriptor_label(const struct attributes *a, const struct pair *pair)
{
	if (!pair->b)
		return xasprintf("on descriptor %d", (int32_t)pair->a);
	return xasprintf("on descriptor %d, %s", (int32_t)pair->a,
			 names_text(&a->files.names, (uint32_t)pair->b));
}

static char *time_label(const struct attributes *a, unsigned int first, unsigned int last)
{
	double before_ns = (double)(a->start_ns - recording_start_ns(a->recording));
	double from_ns = before_ns + (double)(first * a->part_ns);
	double to_ns = before_ns + (double)((last + 1) * a->part_ns);

	return xasprintf("made between %.4g s and %.4g s", from_ns / 1e9, to_ns / 1e9);
}

char *attribute_label(const struct attributes *a, enum attribute attribute, uint64_t value)
{
	const struct recording *r = a->recording;
	scoped_free char *site = NULL;
	char buffer[32];

	switch (attribute) {
	case ATTRIBUTE_SITE:
		site = grouping_label(&a->sites, (uint32_t)value, 0);
		return xasprintf("at %s", site);
	case ATTRIBUTE_THREAD:
		return xasprintf("by %s/%" PRIu32, task_comm(r, (uint32_t)value),
				 r->tasks.items[value].tid);
	case ATTRIBUTE_DESCRIPTOR:
		return descriptor_label(a, &a->descriptors.pairs.items[value]);
	case ATTRIBUTE_FILE:
		return xasprintf("of %s", names_text(&a->files.names, (uint32_t)value));
	case ATTRIBUTE_SIZE:
		return octave_label("asking for", value);
	case ATTRIBUTE_MOVED:
		return octave_label("moving", value);
	case ATTRIBUTE_ERRNO:
		return errno_label(value);
	case ATTRIBUTE_BEFORE:
		return value == NO_CALL
			       ? xstrdup("the first of their thread")
			       : xasprintf("after %s", call_label((uint32_t)value, buffer));
	case ATTRIBUTE_CALLER:
		return xasprintf("through %s", caller_name(&a->callers, (uint32_t)value));
	case ATTRIBUTE_TIME:
		return time_label(a, (unsigned int)(value >> 8), value & 0xff);
	case ATTRIBUTE_POPULATED:
	case NR_ATTRIBUTES:
		break;
	}
	return xstrdup(value ? "bringing in memory" : "bringing in no memory");
}
