// SPDX-License-Identifier: MIT
#include "profile/facts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "decode/syscalls.h"

#define DEFAULT_PAGE_BYTES 4096

struct known recording_known(const struct recording *r, const char *counter)
{
	vec_each (&r->counters, it) {
		if (!strcmp(it->name, counter))
			return (struct known){true, it->value};
	}
	return (struct known){0};
}

static uint64_t meta_number(const struct recording *r, const char *key, uint64_t otherwise)
{
	const char *text = recording_meta(r, key);

	return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

uint64_t recording_page_bytes(const struct recording *r)
{
	return meta_number(r, "page_bytes", DEFAULT_PAGE_BYTES);
}

uint64_t recording_run_ns(const struct recording *r)
{
	struct known wall = recording_known(r, "wall_ns");
	uint64_t start_ns = UINT64_MAX, end_ns = 0;

	if (wall.is_known && wall.value)
		return wall.value;
	vec_each (&r->blocks, block) {
		if (block->start_min_ns < start_ns)
			start_ns = block->start_min_ns;
		if (block->end_max_ns > end_ns)
			end_ns = block->end_max_ns;
	}
	return end_ns > start_ns ? end_ns - start_ns : 1;
}

uint64_t recording_start_ns(const struct recording *r)
{
	return meta_number(r, "start_monotonic_ns", 0);
}

bool recording_has(const struct recording *r, const char *events)
{
	const char *recorded = recording_meta(r, "events");

	return !recorded || strstr(recorded, events);
}

bool recording_was_attached(const struct recording *r)
{
	return recording_meta(r, "attached");
}

const char *task_comm(const struct recording *r, uint32_t task)
{
	const char *comm = task < r->tasks.size ? r->tasks.items[task].comm : NULL;

	return comm && *comm ? comm : "[unknown]";
}

int shell_status(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

const char *signal_label(int signal, char buffer[32])
{
	const char *name = sigabbrev_np(signal);

	if (name)
		snprintf(buffer, 32, "SIG%s", name);
	else
		snprintf(buffer, 32, "SIG%d", signal);
	return buffer;
}

const char *fatal_signal(int wait_status, char buffer[32])
{
	return WIFSIGNALED(wait_status) ? signal_label(WTERMSIG(wait_status), buffer) : NULL;
}

const char *call_label(uint32_t key, char buffer[32])
{
	if (!(key & KEY_COMPAT))
		return syscall_label(key, buffer);
	snprintf(buffer, 32, "compat_%" PRIu32, key & ~KEY_COMPAT);
	return buffer;
}

void losses_of(const struct recording *r, struct losses *out)
{
	*out = (struct losses){0};
	vec_each (&r->counters, counter) {
		const char *name = counter->name + strlen("lost."), *dot;

		if (strncmp(counter->name, "lost.", strlen("lost.")) || !counter->value)
			continue;
		dot = strchr(name, '.');
		*vec_push(&out->items) = (struct loss){
			.name = name,
			.reason = dot ? dot + 1 : "",
			.events_size = dot ? (size_t)(dot - name) : strlen(name),
			.lost = counter->value,
		};
		out->total += counter->value;
	}
}

void losses_fini(struct losses *losses)
{
	vec_free(&losses->items);
}

uint64_t losses_sum(const struct losses *losses, const char *events)
{
	uint64_t sum = 0;

	vec_each (&losses->items, loss) {
		if (loss->events_size == strlen(events) &&
		    !strncmp(loss->name, events, loss->events_size))
			sum += loss->lost;
	}
	return sum;
}

uint64_t recording_lost_syscalls(const struct recording *r)
{
	struct losses losses;
	uint64_t lost;

	losses_of(r, &losses);
	lost = losses_sum(&losses, "syscalls");
	losses_fini(&losses);
	return lost;
}

bool recording_lacks_syscalls(const struct recording *r)
{
	return recording_lost_syscalls(r) > 0 || r->integrity.damaged_chunks > 0;
}

void recording_teach_syscalls(const struct recording *r)
{
	unsigned int nr, arity;
	char name[64];

	vec_each (&r->meta, meta)
		if (!strcmp(meta->key, "syscall") &&
		    sscanf((const char *)meta->value, "%u %u %63[a-z0-9_]", &nr, &arity, name) ==
			    3 &&
		    arity <= 6)
			syscall_learn(nr, name, arity);
}
