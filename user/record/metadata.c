// SPDX-License-Identifier: MIT
#include "record/metadata.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/vec.h"
#include "descriptors/seed.h"
#include "record/lost_events.h"
#include "record/new_syscalls.h"

/* As the report prints it. */
#define TIMES_INCLUDE_TRACING "include tracing"

static void meta_number(struct writer *w, const char *key, uint64_t value)
{
	char text[32];

	snprintf(text, sizeof text, "%" PRIu64, value);
	writer_meta_text(w, key, text);
}

static void meta_events(struct writer *w, const struct record_options *options)
{
	scoped_free char *events =
		xasprintf("%s%s%s", options->faults ? ",faults" : "",
			  options->syscalls ? ",syscalls" : "", options->allocs ? ",malloc" : "");

	writer_meta_text(w, "events", events + 1);
}

/* The word in brackets of "always [madvise] never", or the first one. */
static void meta_choice(struct writer *w, const char *key, const char *path)
{
	FILE *file = fopen(path, "re");
	char text[128], *open, *close;

	if (!file)
		return;
	if (fgets(text, sizeof text, file)) {
		open = strchr(text, '[');
		close = open ? strchr(open, ']') : NULL;
		text[strcspn(text, "\n")] = '\0';
		if (close)
			*close = '\0';
		writer_meta_text(w, key, close ? open + 1 : text);
	}
	fclose(file);
}

/* What the kernel does with memory by itself. */
static void memory_policy_write(struct writer *w)
{
	struct sysinfo memory;

	meta_choice(w, "huge_pages", "/sys/kernel/mm/transparent_hugepage/enabled");
	meta_choice(w, "huge_pages_shared", "/sys/kernel/mm/transparent_hugepage/shmem_enabled");
	meta_choice(w, "huge_pages_defrag", "/sys/kernel/mm/transparent_hugepage/defrag");
	meta_choice(w, "numa_balancing", "/proc/sys/kernel/numa_balancing");
	if (!sysinfo(&memory))
		meta_number(w, "swap_bytes", (uint64_t)memory.totalswap * memory.mem_unit);
}

static void target_write(struct writer *w, const struct target *target)
{
	scoped_free char *text = xasprintf("%d %s", target->pid, target->comm);

	writer_meta_text(w, "attached", text);
	vec_each (&target->words, word)
		writer_meta_text(w, "argv", *word);
}

void descriptors_write(struct writer *w, pid_t pid)
{
	struct descriptors found = {0};

	descriptors_seed_process(&found, 1, pid, true);
	vec_each (&found.by_task, view) {
		for (size_t i = 0; view->table && i < view->table->by_fd.size; i++) {
			const struct task_descriptor *d = &view->table->by_fd.items[i];
			scoped_free char *text =
				xasprintf("%d %o %" PRIu64 " %s", d->fd, d->file->mode,
					  d->file->device, d->file->name);

			writer_meta_text(w, "descriptor", text);
		}
	}
	descriptors_fini(&found);
}

void metadata_write(struct writer *w, const struct record_options *options, char *const *argv,
		    const struct targets *targets)
{
	scoped_free char *cwd = getcwd(NULL, 0);
	struct utsname host;

	vec_each (&targets->items, target)
		target_write(w, target);
	for (; !targets->items.size && *argv; argv++)
		writer_meta_text(w, "argv", *argv);
	uname(&host);
	writer_meta_text(w, "cwd", cwd ? cwd : "");
	writer_meta_text(w, "host", host.nodename);
	writer_meta_text(w, "kernel", host.release);
	writer_meta_text(w, "arch", host.machine);
	meta_number(w, "cpus", sysconf(_SC_NPROCESSORS_ONLN));
	writer_meta_text(w, "prof_version", PROF_VERSION);
	meta_number(w, "start_unix_ns", clock_ns(CLOCK_REALTIME));
	meta_number(w, "start_monotonic_ns", clock_ns(CLOCK_MONOTONIC));
	writer_meta_text(w, "clock", "monotonic");
	meta_number(w, "page_bytes", sysconf(_SC_PAGESIZE));
	meta_events(w, options);
	if (options->chosen_syscalls)
		writer_meta_text(w, "trace", options->trace);
	writer_meta_text(w, "stacks", options->stacks ? "tables" : "none");
	writer_meta_text(w, "stacks_of", stack_choice_names[options->stacks]);
	if (options->arguments && options->syscalls)
		meta_number(w, "arguments", options->string_bytes);
	if (options->by_ptrace)
		writer_meta_text(w, "times", TIMES_INCLUDE_TRACING);
	new_syscalls_write(w);
	if (options->deep)
		writer_meta_text(w, "deep", options->deep);
	if (options->kernel_stacks)
		writer_meta_text(w, "kernel_stacks", "yes");
	memory_policy_write(w);
}

_Static_assert(TOTAL_BITS == KERNEL_TOTAL_BITS, "histograms of the kernel side");

static void syscall_total_write(struct writer *w, uint32_t nr, const struct total_sum *sum)
{
	struct bucket buckets[TOTAL_BUCKETS];
	struct syscall_total total = {
		.nr = nr,
		.calls = sum->calls,
		.errors = sum->errors,
		.duration_ns = sum->duration_ns,
		.max_ns = sum->max_ns,
		.buckets = buckets,
	};

	for (uint32_t i = 0; i < TOTAL_BUCKETS; i++)
		if (sum->buckets[i])
			buckets[total.nr_buckets++] =
				(struct bucket){.index = i, .count = sum->buckets[i]};
	writer_syscall_total(w, &total);
}

static void fault_totals_write(struct writer *w, struct capture *capture)
{
	static const char *const kinds[] = {"minor", "major", "failed"};
	struct total_sum user, kernel;

	for (uint32_t kind = 0; kind < NR_WIRE_FAULT_KINDS; kind++) {
		scoped_free char *count = xasprintf("kernel.faults.%s", kinds[kind]);
		scoped_free char *inside = xasprintf("kernel.faults_in_kernel.%s", kinds[kind]);
		scoped_free char *time = xasprintf("kernel.fault_ns.%s", kinds[kind]);

		capture_total(capture, CAPTURE_FAULT_TOTALS, kind, &user);
		capture_total(capture, CAPTURE_FAULT_TOTALS, NR_WIRE_FAULT_KINDS + kind, &kernel);
		writer_counter(w, count, user.calls + kernel.calls);
		writer_counter(w, inside, kernel.calls);
		writer_counter(w, time, user.duration_ns + kernel.duration_ns);
	}
	capture_total(capture, CAPTURE_FAULT_TOTALS, LATE_FAULT_TOTALS, &user);
	writer_counter(w, "kernel.late_faults.command", user.calls);
	capture_total(capture, CAPTURE_FAULT_TOTALS, LATE_FAULT_TOTALS + 1, &user);
	writer_counter(w, "kernel.late_faults.others", user.calls);
}

void totals_write(struct writer *w, const struct session *s, const struct event_sets *sets)
{
	struct total_sum sum;

	for (uint32_t nr = 0; nr < NR_SYSCALL_TOTALS; nr++)
		if ((sets->all_chosen || syscall_set_has(&sets->chosen, nr)) &&
		    session_syscall_total(s, nr, &sum))
			syscall_total_write(w, nr, &sum);
	if (s->capture)
		fault_totals_write(w, s->capture);
}

/* What each kind of event is called where losses are told. */
static const char *const loss_names[NR_EVENT_TYPES] = {
	[EVENT_SYSCALL] = "syscalls",     [EVENT_FAULT] = "faults",
	[EVENT_STACK] = "stacks",         [EVENT_MAPPING] = "mappings",
	[EVENT_START] = "tasks",          [EVENT_FORK] = "tasks",
	[EVENT_EXEC] = "tasks",           [EVENT_EXIT] = "tasks",
	[EVENT_COMM] = "tasks",           [EVENT_STACK_REST] = "stacks",
	[EVENT_SIGNAL] = "tasks",         [EVENT_LEFT] = "tasks",
	[EVENT_FILE] = "mappings",        [EVENT_KERNEL_STACK] = "stacks",
	[EVENT_ENTER] = "arguments",      [EVENT_RETURN] = "arguments",
	[EVENT_DESCRIPTOR] = "arguments", [EVENT_ALLOC] = "allocations",
};

static const char *const reason_names[NR_LOSS_REASONS] = {
	[LOST_RING_FULL] = "ring_full",
	[LOST_RING_BUSY] = "ring_busy",
	[LOST_NO_MEMORY] = "no_memory",
	[LOST_LOCK_BUSY] = "lock_busy",
};

static void loss_write(struct writer *w, const char *name, const char *reason, uint64_t count)
{
	scoped_free char *counter = xasprintf("lost.%s.%s", name, reason);

	writer_counter(w, counter, count);
}

/* Sums the types that share a name, so that each counter is written once. */
static void losses_of_name(struct writer *w, const struct rings *rings, const char *name)
{
	struct lost_events losses = {0};

	for (uint32_t type = 1; type < NR_EVENT_TYPES; type++) {
		if (strcmp(loss_names[type], name))
			continue;
		for (uint32_t reason = 0; reason < NR_LOSS_REASONS; reason++)
			losses.by_reason[reason] += rings_lost(rings, type, reason);
		losses.unread += rings_produced(rings, type) - rings->consumed[type];
	}
	for (uint32_t reason = 0; reason < NR_LOSS_REASONS; reason++)
		loss_write(w, name, reason_names[reason], losses.by_reason[reason]);
	loss_write(w, name, "unread", losses.unread);
}

void allocator_counters_write(struct writer *w, const struct allocator_counts *counts)
{
	writer_counter(w, "allocators.files", counts->files);
	writer_counter(w, "allocators.late_files", counts->late_files);
	writer_counter(w, "allocators.probes", counts->probes);
	writer_counter(w, "allocators.failed_files", counts->failed_files);
}

void deep_counters_write(struct writer *w, const struct deep_counts *counts)
{
	writer_counter(w, "deep.stops", counts->stops);
	writer_counter(w, "deep.joined", counts->joined);
	writer_counter(w, "deep.mismatches", counts->mismatches);
	writer_counter(w, "deep.unmatched", counts->unmatched);
}

void losses_write(struct writer *w, const struct rings *rings)
{
	static const char *const names[] = {"syscalls", "faults",    "stacks",     "tasks",
					    "mappings", "arguments", "allocations"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		losses_of_name(w, rings, names[i]);
}
