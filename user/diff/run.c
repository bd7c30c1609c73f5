// SPDX-License-Identifier: MIT
#include "diff/run.h"

#include <inttypes.h>

#include "cli/number.h"
#include "decode/byte_flow.h"
#include "profile/frame_class.h"

/* ---- Metrics ---- */

static bool is_by_loader(const struct recording *r, uint32_t stack)
{
	uint32_t node = stack < r->stacks.size ? r->stacks.items[stack].frame : 0;

	while (node && r->frames.items[node].module == MODULE_KERNEL)
		node = r->frames.items[node].parent;
	return node && frame_class_of_module(r, r->frames.items[node].module) == FRAME_LOADER;
}

/* What the loader reads of libraries is not the program's work. */
static uint64_t bytes_moved(const struct run *run, enum byte_flow flow)
{
	uint64_t bytes = 0;

	vec_each (&run->calls.places, place) {
		if (byte_flow_of(place->key) == flow && !is_by_loader(run->recording, place->stack))
			bytes += place->amounts.bytes;
	}
	return bytes;
}

static struct known known(uint64_t value)
{
	return (struct known){true, value};
}

static void measure_faults(const struct run *run, struct known *at)
{
	const struct scan *scan = &run->report->scan;
	const struct memory_totals *memory = memory_totals(run->report->memory.model);
	uint64_t ns = 0;

	for (int kind = 0; kind < NR_FAULT_KINDS; kind++)
		ns += scan->faults[kind].service_ns;
	at[METRIC_FAULTS] = known(scan_faults(scan));
	at[METRIC_MINOR] = known(scan->faults[FAULT_MINOR].faults);
	at[METRIC_MAJOR] = known(scan->faults[FAULT_MAJOR].faults);
	at[METRIC_FAULT_NS] = known(ns);
	at[METRIC_POPULATED] = known(memory->populated_pages);
	at[METRIC_MEMORY_BYTES] = known(memory->most_bytes);
	at[METRIC_MADE_BYTES] = known(memory->made_bytes);
}

static void measure_calls(const struct run *run, struct known *at)
{
	uint64_t calls = 0, errors = 0, ns = 0;

	vec_each (&run->report->syscalls.rows, row) {
		if (call_is_tracers(row->key))
			continue;
		calls += row->calls;
		errors += row->errors;
		ns += row->total_ns;
	}
	at[METRIC_SYSCALLS] = known(calls);
	at[METRIC_ERRORS] = known(errors);
	at[METRIC_SYSCALL_NS] = known(ns);
	at[METRIC_READ_BYTES] = known(bytes_moved(run, FLOW_READ));
	at[METRIC_WRITE_BYTES] = known(bytes_moved(run, FLOW_WRITE));
}

static void measure_blocks(const struct run *run, struct known *at)
{
	const struct block_table *blocks = &run->report->blocks;

	at[METRIC_BLOCKS] = known(blocks->all.blocks);
	at[METRIC_BLOCK_BYTES] = known(blocks->all.bytes);
	if (blocks->knows_pages)
		at[METRIC_UNTOUCHED_BYTES] = known(blocks->all.untouched_bytes);
}

static void measure(const struct run *run, struct metrics *out)
{
	const struct recording *r = run->recording;
	const struct process_table *tasks = &run->report->processes;

	if (recording_has(r, "faults"))
		measure_faults(run, out->at);
	if (recording_has(r, "syscalls"))
		measure_calls(run, out->at);
	if (run->report->blocks.is_recorded)
		measure_blocks(run, out->at);
	out->at[METRIC_WALL_NS] = recording_known(r, "wall_ns");
	out->at[METRIC_USER_NS] = recording_known(r, "user_ns");
	out->at[METRIC_SYSTEM_NS] = recording_known(r, "system_ns");
	out->at[METRIC_PROCESSES] = known(tasks->processes.size);
	out->at[METRIC_THREADS] = known(tasks->threads.size);
}

/* ---- Paths ---- */

static uint64_t leaf_of(const struct cause_key *key)
{
	return (uint64_t)key->cause << 16 | (uint64_t)key->region_kind << 8 | key->size_class;
}

static uint32_t extend_by_memory(const struct recording *r, struct path_tree *tree, uint32_t node,
				 uint64_t leaf)
{
	scoped_free char *text =
		xasprintf("%c%s, %s, 2^%u", MEMORY_LEAF, fault_cause_words[leaf >> 16].key,
			  region_kind_names[leaf >> 8 & 0xff], (unsigned)leaf & 0xff);

	(void)r;
	return path_tree_child(tree, node, names_intern(&tree->names, text));
}

/* The call that a fault in kernel mode lies in stands between its stack and its memory. */
static uint32_t extend_by_call(const struct recording *r, struct path_tree *tree, uint32_t node,
			       uint64_t leaf)
{
	uint64_t call = leaf >> 24;

	if (call)
		node = path_extend_syscall(r, tree, node, call);
	return extend_by_memory(r, tree, node, leaf & 0xffffff);
}

static void build_fault_paths(struct run *run)
{
	struct tally tally = {0};

	vec_each (&memory_causes(run->report->memory.model)->rows, row) {
		const struct place place = {
			.root = row->key.task,
			.stack = row->key.toucher,
			.leaf = (uint64_t)row->key.syscall << 24 | leaf_of(&row->key),
		};
		const uint64_t weights[NR_WEIGHTS] = {
			[WEIGHT_COUNT] = cause_row_faults(row),
			[WEIGHT_NS] = row->service_ns,
			[WEIGHT_BYTES] = row->bytes,
		};

		if (weights[WEIGHT_COUNT])
			tally_add(&tally, &place, weights);
	}
	path_tree_init(&run->fault_paths);
	paths_add(&run->fault_paths, run->recording, &tally, path_extend_comm, extend_by_call,
		  PATH_FLAMES);
	tally_fini(&tally);
	path_tree_finish_by_name(&run->fault_paths);
}

static void build_call_paths(struct run *run)
{
	struct tally tally = {0};

	vec_each (&run->calls.places, at) {
		const struct place place = {.root = 1, .stack = at->stack, .leaf = 1ULL + at->key};
		const uint64_t weights[NR_WEIGHTS] = {[WEIGHT_COUNT] = at->amounts.calls,
						      [WEIGHT_NS] = at->amounts.ns,
						      [WEIGHT_BYTES] = at->amounts.bytes};

		tally_add(&tally, &place, weights);
	}
	path_tree_init(&run->call_paths);
	paths_add(&run->call_paths, run->recording, &tally, NULL, path_extend_syscall, PATH_FLAMES);
	tally_fini(&tally);
	path_tree_finish_by_name(&run->call_paths);
}

/* ---- The run ---- */

struct run *run_new(struct recording *r, const char *path)
{
	struct run *run = xnew(struct run);

	run->path = path;
	run->recording = r;
	run->report = report_new(r, 0);
	call_scan_take(r, &run->calls);
	file_scan_take(r, &run->files);
	measure(run, &run->metrics);
	build_fault_paths(run);
	build_call_paths(run);
	run->is_parallel = run->report->processes.threads.size > 1;
	return run;
}

void run_free(struct run *run)
{
	if (!run)
		return;
	report_free(run->report);
	call_scan_fini(&run->calls);
	file_scan_fini(&run->files);
	path_tree_fini(&run->fault_paths);
	path_tree_fini(&run->call_paths);
	free(run);
}

bool run_times_include_stops(const struct run *run)
{
	return recording_meta(run->recording, "times");
}

uint32_t run_nr_words(const struct run *run)
{
	uint32_t nr = 0;

	vec_each (&run->recording->meta, meta)
		nr += !strcmp(meta->key, "argv");
	return nr;
}

const char *run_word(const struct run *run, uint32_t i)
{
	vec_each (&run->recording->meta, meta) {
		if (!strcmp(meta->key, "argv") && !i--)
			return (const char *)meta->value;
	}
	return "";
}
