// SPDX-License-Identifier: MIT
#include "memory/causes.h"

#include <xxhash.h>

#include "loglinear.h"

const struct fault_cause_words fault_cause_words[NR_FAULT_CAUSES] = {
	[CAUSE_UNKNOWN] = {"unknown", "unknown"},
	[CAUSE_FIRST_READ] = {"anon_first_read", "first touch by a read (zero page)"},
	[CAUSE_FIRST_WRITE] = {"anon_first_write", "first touch by a write"},
	[CAUSE_ZERO_UPGRADE] = {"zero_page_upgrade", "write after a read (zero page)"},
	[CAUSE_HEAP_GROWTH] = {"heap_growth", "first touch of a grown heap"},
	[CAUSE_STACK_GROWTH] = {"stack_growth", "first touch of a stack"},
	[CAUSE_REFAULT] = {"refault", "touched again after give-back"},
	[CAUSE_REFAULT_UNASKED] = {"refault_unasked", "touched again, nobody gave it back"},
	[CAUSE_COPY_ON_WRITE] = {"copy_on_write", "copy on write after fork"},
	[CAUSE_FILE_READ] = {"file_read", "file, from the page cache"},
	[CAUSE_FILE_READ_DISK] = {"file_read_disk", "file, from disk"},
	[CAUSE_FILE_PRIVATE_WRITE] = {"file_private_write", "write to a private file mapping"},
	[CAUSE_FILE_SHARED_WRITE] = {"file_shared_write", "write to a shared file mapping"},
	[CAUSE_SHARED_TOUCH] = {"shared_touch", "touch of shared memory"},
	[CAUSE_EXEC_TEXT] = {"exec_text", "code, fetched"},
	[CAUSE_RELOCATION] = {"relocation", "data, written by the loader"},
	[CAUSE_PROTECTION_UPGRADE] = {"protection_upgrade", "write after mprotect"},
	[CAUSE_EXEC_SETUP] = {"exec_setup", "set up by exec"},
	[CAUSE_VDSO] = {"vdso", "the kernel's clock page (vdso)"},
	[CAUSE_FAILED] = {"failed", "failed"},
	[CAUSE_POPULATED] = {"populated", "populated by a call, no fault"},
};

_Static_assert(sizeof(struct cause_key) == 40, "no padding, for it is compared as bytes");

void causes_fini(struct causes *causes)
{
	vec_free(&causes->rows);
	idmap_fini(&causes->ids);
	for (int cause = 0; cause < NR_FAULT_CAUSES; cause++)
		free(causes->times[cause]);
}

static bool key_equals(const void *owner, uint32_t id, const void *wanted)
{
	const struct causes *causes = owner;

	return !memcmp(&causes->rows.items[id - 1].key, wanted, sizeof(struct cause_key));
}

static uint32_t row_of(struct causes *causes, const struct cause_key *key)
{
	uint32_t new_id = (uint32_t)causes->rows.size + 1, id;

	if (causes->last_row && key_equals(causes, causes->last_row, key))
		return causes->last_row;
	id = idmap_intern(&causes->ids, XXH3_64bits(key, sizeof *key), key_equals, causes, key,
			  new_id);
	if (id == new_id)
		vec_push(&causes->rows)->key = *key;
	return id;
}

void causes_add(struct causes *causes, const struct cause_key *key, uint64_t pages,
		uint64_t service_ns, uint64_t bytes)
{
	struct cause_row *row;

	causes->last_row = row_of(causes, key);
	row = &causes->rows.items[causes->last_row - 1];
	row->pages += pages;
	row->service_ns += service_ns;
	row->bytes += bytes;
}

void causes_time(struct causes *causes, enum fault_cause cause, uint64_t faults, uint64_t each_ns)
{
	uint64_t **times = &causes->times[cause];

	if (!*times)
		*times = xcalloc(LOGLINEAR_BUCKETS(CAUSE_TIME_BITS), sizeof **times);
	(*times)[loglinear_index(each_ns, CAUSE_TIME_BITS)] += faults;
}
