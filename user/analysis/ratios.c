// SPDX-License-Identifier: MIT
#include "analysis/ratios.h"

#include <sys/syscall.h>

#include "decode/byte_flow.h"
#include "decode/syscalls.h"
#include "profile/facts.h"

#define MAX_ERRNO 4095

const char *const call_family_names[NR_CALL_FAMILIES] = {"statx", "read", "open", "close"};

/* Reads of files and sockets alike; what is opened by name. */
static const char *const family_calls[NR_CALL_FAMILIES] = {
	[FAMILY_STAT] = "?stat,?fstat,?lstat,?newfstatat,?statx",
	[FAMILY_READ] = "?read,?pread64,?readv,?preadv,?preadv2",
	[FAMILY_OPEN] = "?open,?openat,?openat2,?creat",
	[FAMILY_CLOSE] = "?close",
};

struct families {
	struct syscall_set sets[NR_CALL_FAMILIES];
};

static bool is_sized(uint64_t nr)
{
	return nr == SYS_read || nr == SYS_pread64 || nr == SYS_write || nr == SYS_pwrite64;
}

static void add_bytes(struct byte_ratio *ratio, uint64_t nr, uint64_t bytes, uint64_t asked)
{
	ratio->calls++;
	ratio->bytes += bytes;
	if (!is_sized(nr))
		return;
	ratio->sized_calls++;
	ratio->sized_bytes += bytes;
	ratio->asked_bytes += asked;
}

static void add_row(struct ratios *ratios, const struct families *families, const struct columns *c,
		    uint32_t row)
{
	uint64_t flags = c->at[SYSCALL_FLAGS][row], nr = c->at[SYSCALL_NR][row];
	int64_t result = (int64_t)c->at[SYSCALL_RESULT][row];
	enum byte_flow flow = flags & SYSCALL_COMPAT ? FLOW_NOTHING : byte_flow_of(nr);

	ratios->calls++;
	for (int i = 0; i < NR_CALL_FAMILIES && !(flags & SYSCALL_COMPAT); i++)
		ratios->families[i] += syscall_set_has(&families->sets[i], nr);
	if (flags & SYSCALL_UNFINISHED || (result < 0 && result >= -MAX_ERRNO) ||
	    flow == FLOW_NOTHING)
		return;
	add_bytes(flow == FLOW_READ ? &ratios->reads : &ratios->writes, nr, (uint64_t)result,
		  c->at[SYSCALL_ARG2][row]);
}

void ratios_build(struct recording *r, struct ratios *out)
{
	const uint32_t mask = COLUMN(SYSCALL_NR) | COLUMN(SYSCALL_FLAGS) | COLUMN(SYSCALL_RESULT) |
			      COLUMN(SYSCALL_ARG2);
	struct families families = {0};

	*out = (struct ratios){.recording = r, .run_ns = recording_run_ns(r)};
	for (int i = 0; i < NR_CALL_FAMILIES; i++)
		syscall_set_parse(family_calls[i], &families.sets[i]);
	vec_each (&r->blocks, block) {
		struct columns c;

		if (block->kind != BLOCK_SYSCALLS || block_columns(r, block, mask, &c) < 0)
			continue;
		for (uint32_t row = 0; row < c.rows; row++)
			add_row(out, &families, &c, row);
		columns_fini(&c);
	}
	out->has_ranges = read_ranges_build(r, &out->ranges);
}

void ratios_fini(struct ratios *ratios)
{
	read_ranges_fini(&ratios->ranges);
}
