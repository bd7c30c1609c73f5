// SPDX-License-Identifier: MIT
#include "capture/capture.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/vec.h"
#include "capture/configure.h"
#include "capture/privileges.h"
#include "capture/quick_types.h"
#include "capture/row_room.h"
#include "prof.skel.h"

struct capture {
	struct quick_types *quick_types; /* NULL: libbpf reads the kernel's types itself */
	struct prof_bpf *skeleton;
	struct rings rings;
	uint32_t nr_cpus;
	uint64_t ring_bytes;
	bool faults;
	VEC(struct bpf_link *) links;
	bool has_probe_links; /* the kernel has such: */
	VEC(int) probe_links;
	struct bpf_link *release_link; /* also in links, until it is taken away early */
	struct total *per_cpu;         /* one value per CPU, to read totals into */
	struct unwind_store unwind_store;
	struct row_room row_room;
};

/* All rings together; at 96 bytes an event, 16 MiB hold what 60 ms of the busiest loop make. */
#define RINGS_BUDGET_BYTES (32ULL << 20)
#define RING_MIN_BYTES     (512ULL << 10)

static uint64_t ring_size(uint64_t wanted_bytes, uint32_t nr_cpus)
{
	uint64_t bytes = wanted_bytes ? wanted_bytes : RINGS_BUDGET_BYTES / nr_cpus;
	uint64_t power = wanted_bytes ? 64 << 10 : RING_MIN_BYTES;

	while (power < bytes)
		power *= 2;
	return power > bytes && !wanted_bytes && power > RING_MIN_BYTES ? power / 2 : power;
}

static int size_maps(struct capture *c, const struct capture_options *options)
{
	struct prof_bpf *s = c->skeleton;
	struct unwind_store *store = &c->unwind_store;

	s->rodata->cfg_ring_bytes = c->ring_bytes;
	if (bpf_map__set_max_entries(s->maps.rings, c->nr_cpus) ||
	    bpf_map__set_value_size(s->maps.rings, ring_stride(c->ring_bytes)))
		return fail(-errno, "cannot set the size of the event rings");
	store->max_rows = options->stacks ? row_room_first(options->unwind_rows) : 1;
	s->rodata->cfg_unwind_rows = store->max_rows;
	store->max_pages = options->stacks ? options->unwind_pages + 1 : 1;
	store->max_files = options->stacks ? MAX_FILES : 1;
	if (bpf_map__set_max_entries(s->maps.unwind_rows, store->max_rows) ||
	    bpf_map__set_max_entries(s->maps.unwind_pages, store->max_pages) ||
	    bpf_map__set_max_entries(s->maps.unwind_files, store->max_files) ||
	    (!options->stacks && bpf_map__set_max_entries(s->maps.unwind_rules, 1)))
		return fail(-errno, "cannot set the size of the unwinding tables");
	return 0;
}

static void *map_array(const struct bpf_map *map)
{
	size_t page_bytes = sysconf(_SC_PAGESIZE);
	size_t bytes = (size_t)bpf_map__max_entries(map) * bpf_map__value_size(map);
	void *memory;

	bytes = (bytes + page_bytes - 1) & ~(page_bytes - 1);
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
	if (memory == MAP_FAILED)
		return NULL;
	madvise(memory, bytes, MADV_DONTFORK); /* as the rings */
	return memory;
}

static int map_unwind_store(struct capture *c)
{
	struct prof_bpf *s = c->skeleton;
	struct unwind_store *store = &c->unwind_store;

	int err = row_room_init(&c->row_room, bpf_map__fd(s->maps.unwind_rows), store->max_rows,
				bpf_map__fd(s->maps.unwind_chunks));

	if (err)
		return err;
	store->rows = c->row_room.rows;
	store->pages = map_array(s->maps.unwind_pages);
	store->rules = map_array(s->maps.unwind_rules);
	store->files = map_array(s->maps.unwind_files);
	if (!store->pages || !store->rules || !store->files)
		return fail(-errno, "cannot map the unwinding tables");
	unwind_store_begin(store);
	return 0;
}

/* libbpf's own words matter only when loading fails for a reason that we cannot word. */
static char last_words[1024];

static int keep_last_words(enum libbpf_print_level level, const char *fmt, va_list args)
{
	if (level == LIBBPF_WARN)
		vsnprintf(last_words, sizeof last_words, fmt, args);
	return 0;
}

static int report_load_failure(int err)
{
	char missing[PRIVILEGE_LIST_SIZE];

	if (privileges_missing(missing))
		return privileges_fail(err);
	fail(err, "cannot load the BPF programs");
	last_words[strcspn(last_words, "\n")] = '\0';
	if (*last_words)
		note("%s", last_words);
	hint("'prof doctor' tells what this kernel lacks");
	return err;
}

/* Programs call the one in the map. */
static int lend(const struct bpf_map *map, const struct bpf_program *program)
{
	uint32_t zero = 0;
	int fd = bpf_program__fd(program);

	if (!bpf_program__autoload(program))
		return 0;
	if (bpf_map_update_elem(bpf_map__fd(map), &zero, &fd, BPF_ANY))
		return fail(-errno, "cannot let one program call another");
	return 0;
}

static struct prof_bpf *skeleton_open(const struct quick_types *quick)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .btf_custom_path = quick_types_path(quick));

	return prof_bpf__open_opts(&options);
}

static int open_skeleton(struct capture *c)
{
	c->quick_types = quick_types_new();
	c->skeleton = skeleton_open(c->quick_types);
	if (c->skeleton && c->quick_types && quick_types_fill(c->quick_types, c->skeleton->obj)) {
		prof_bpf__destroy(c->skeleton);
		quick_types_free(c->quick_types);
		c->quick_types = NULL;
		c->skeleton = skeleton_open(NULL);
	}
	return c->skeleton ? 0 : report_load_failure(-errno);
}

/* Into the kernel, as far as that comes before anything is attached. 0 or -errno, reported. */
static int load(struct capture *c, const struct capture_options *options)
{
	int err = open_skeleton(c);

	if (err)
		return err;
	skeleton_configure(c->skeleton, options);
	if (options->allocs)
		c->has_probe_links = uprobes_prepare(c->skeleton->progs.on_alloc_call) &&
				     uprobes_prepare(c->skeleton->progs.on_alloc_return);
	err = size_maps(c, options);
	if (err)
		return err;
	err = prof_bpf__load(c->skeleton);
	if (err)
		return report_load_failure(err);
	err = lend(c->skeleton->maps.walker, c->skeleton->progs.on_walk);
	if (err)
		return err;
	return lend(c->skeleton->maps.capturer, c->skeleton->progs.on_capture);
}

int capture_new(const struct capture_options *options, struct capture **out)
{
	struct capture *c = xnew(struct capture);
	int err;

	libbpf_set_print(keep_last_words);
	err = libbpf_num_possible_cpus();
	if (err < 0) {
		fail(err, "cannot tell how many processors there are");
		hint("/sys must be mounted: mount -t sysfs sysfs /sys");
		free(c);
		return err;
	}
	c->nr_cpus = (uint32_t)err;
	c->ring_bytes = ring_size(options->ring_bytes, c->nr_cpus);
	c->faults = options->faults;
	c->per_cpu = xcalloc(c->nr_cpus, sizeof *c->per_cpu);
	err = load(c, options);
	if (!err)
		err = rings_map(bpf_map__fd(c->skeleton->maps.rings), c->nr_cpus, c->ring_bytes,
				&c->rings);
	if (!err && options->stacks)
		err = map_unwind_store(c);
	if (err) {
		capture_free(c);
		return err;
	}
	*out = c;
	return 0;
}

static int keep_link(struct capture *c, struct bpf_link *link, const char *what)
{
	if (!link)
		return fail(-errno, "cannot attach to %s", what);
	*vec_push(&c->links) = link;
	return 0;
}

static int attach_tracepoints(struct capture *c)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, c->skeleton->obj)
	{
		const char *section = bpf_program__section_name(program);
		bool typed = !strncmp(section, "tp_btf/", 7);
		int err;

		if (!bpf_program__autoload(program) || (!typed && strncmp(section, "raw_tp/", 7)))
			continue;
		err = keep_link(c,
				typed ? bpf_program__attach_trace(program)
				      : bpf_program__attach(program),
				section + 7);
		if (err)
			return err;
		if (program == c->skeleton->progs.on_release)
			c->release_link = c->links.items[c->links.size - 1];
	}
	return 0;
}

/* One software event per CPU; -ENODEV for one that is offline. */
static int open_fault_event(uint64_t config, uint32_t cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof attr,
		.config = config,
		.sample_period = 1,
	};
	int fd = syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int attach_fault_event(struct capture *c, struct bpf_program *program, uint64_t config,
			      const char *name)
{
	for (uint32_t cpu = 0; cpu < c->nr_cpus; cpu++) {
		int fd = open_fault_event(config, cpu), err;

		if (fd == -ENODEV)
			continue;
		if (fd < 0) {
			fail(fd, "cannot count %s faults on CPU %u", name, cpu);
			hint("it needs CAP_PERFMON, or kernel.perf_event_paranoid below 1");
			return fd;
		}
		err = keep_link(c, bpf_program__attach_perf_event(program, fd), "page faults");
		if (err) {
			close(fd);
			return err;
		}
	}
	return 0;
}

int capture_attach(struct capture *c)
{
	int err = attach_tracepoints(c);

	if (err || !c->faults)
		return err;
	err = attach_fault_event(c, c->skeleton->progs.on_minor_fault,
				 PERF_COUNT_SW_PAGE_FAULTS_MIN, "minor");
	if (err)
		return err;
	return attach_fault_event(c, c->skeleton->progs.on_major_fault,
				  PERF_COUNT_SW_PAGE_FAULTS_MAJ, "major");
}

int capture_probe(struct capture *c, const struct uprobe_set *set)
{
	const struct bpf_program *program = set->at_return ? c->skeleton->progs.on_alloc_return
							   : c->skeleton->progs.on_alloc_call;
	struct bpf_link *link;
	int fd;

	if (c->has_probe_links) {
		fd = uprobes_link(program, set);
		if (fd < 0)
			return fd;
		*vec_push(&c->probe_links) = fd;
		return 0;
	}
	for (uint32_t i = 0; i < set->nr; i++) {
		link = uprobe_attach(program, set, i);
		if (!link)
			return -errno;
		*vec_push(&c->links) = link;
	}
	return 0;
}

int capture_follow(struct capture *c, pid_t pid)
{
	struct task_state state = {.task = 1, .process = 1, .space = 1, .held = 1};
	uint32_t place = (uint32_t)pid % NR_STATES;
	scoped_fd int pidfd = syscall(SYS_pidfd_open, pid, 0);

	if (pidfd < 0)
		return fail(-errno, "cannot open process %d", pid);
	c->skeleton->bss->nr_displaced = 1;
	if (bpf_map_update_elem(bpf_map__fd(c->skeleton->maps.states), &place, &state, BPF_ANY) ||
	    bpf_map_update_elem(bpf_map__fd(c->skeleton->maps.places), &pidfd, &place, BPF_NOEXIST))
		return fail(-errno, "cannot follow process %d", pid);
	return 0;
}

static void detach(struct capture *c, struct bpf_link *link)
{
	for (size_t i = 0; i < c->links.size; i++) {
		if (c->links.items[i] != link)
			continue;
		bpf_link__destroy(link);
		c->links.items[i] = c->links.items[--c->links.size];
		return;
	}
}

void capture_released(struct capture *c)
{
	if (c->release_link)
		detach(c, c->release_link);
	c->release_link = NULL;
}

struct rings *capture_rings(struct capture *c)
{
	return &c->rings;
}

void capture_detach(struct capture *c)
{
	vec_each (&c->links, link)
		bpf_link__destroy(*link);
	vec_free(&c->links);
	vec_each (&c->probe_links, fd)
		close(*fd);
	vec_free(&c->probe_links);
	c->release_link = NULL;
}

struct prof_bpf *capture_skeleton(struct capture *c)
{
	return c->skeleton;
}

/* Programs on this CPU write to its ring and to memory of their own, and must not get in between.
 */
static void be_alone(bool alone)
{
	sched_setscheduler(0, alone ? SCHED_FIFO : SCHED_OTHER,
			   &(struct sched_param){.sched_priority = alone});
}

int capture_walk(struct bpf_program *program, pid_t tid)
{
	union bpf_iter_link_info info = {.task.tid = (uint32_t)tid};
	LIBBPF_OPTS(bpf_iter_attach_opts, options, .link_info = &info,
		    .link_info_len = sizeof info);
	struct bpf_link *link = bpf_program__attach_iter(program, tid ? &options : NULL);
	char nothing[64];
	int fd, err = 0;

	if (!link)
		return fail(-errno, "cannot walk the running tasks");
	fd = bpf_iter_create(bpf_link__fd(link));
	if (fd < 0)
		err = fail(fd, "cannot walk the running tasks");
	be_alone(true);
	while (fd >= 0 && read(fd, nothing, sizeof nothing) > 0)
		; /* the programs write to the rings, not to the reader */
	be_alone(false);
	if (fd >= 0)
		close(fd);
	bpf_link__destroy(link);
	return err;
}

int capture_stop(struct capture *c)
{
	int err;

	c->skeleton->bss->stopped = true;
	/* Those of the programs that have not seen it yet come to their end. */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	err = capture_walk(c->skeleton->progs.on_left, 0);
	capture_detach(c);
	return err;
}

bool capture_total(struct capture *c, enum capture_totals which, uint32_t key,
		   struct total_sum *out)
{
	const struct bpf_map *map = which == CAPTURE_SYSCALL_TOTALS
					    ? c->skeleton->maps.syscall_totals
					    : c->skeleton->maps.fault_totals;

	*out = (struct total_sum){0};
	if (bpf_map_lookup_elem(bpf_map__fd(map), &key, c->per_cpu))
		return false;
	for (uint32_t cpu = 0; cpu < c->nr_cpus; cpu++) {
		const struct total *total = &c->per_cpu[cpu];

		out->calls += total->calls;
		out->unfinished += total->unfinished;
		out->abandoned += total->abandoned;
		out->errors += total->errors;
		out->duration_ns += total->duration_ns;
		if (total->min_ns && (total->min_ns < out->min_ns || !out->min_ns))
			out->min_ns = total->min_ns;
		if (total->max_ns > out->max_ns)
			out->max_ns = total->max_ns;
		for (uint32_t i = 0; i < TOTAL_BUCKETS; i++)
			out->buckets[i] += total->buckets[i];
	}
	return out->calls > 0;
}

struct unwind_store *capture_unwind_store(struct capture *c)
{
	return &c->unwind_store;
}

size_t capture_unwind_grow(struct capture *c)
{
	return row_room_grow(&c->row_room);
}

void capture_free(struct capture *c)
{
	if (!c)
		return;
	capture_detach(c);
	unwind_store_fini(&c->unwind_store);
	row_room_fini(&c->row_room);
	rings_unmap(&c->rings);
	prof_bpf__destroy(c->skeleton);
	quick_types_free(c->quick_types);
	free(c->per_cpu);
	free(c);
}
