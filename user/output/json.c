// SPDX-License-Identifier: MIT
/*
 * The report as one JSON object, "prof.report/1": all that the text shows, in integers.
 *
 * Keys are in fixed order and null stands for what is unknown, so equal recordings give equal
 * bytes. Within a schema number, keys are only ever added.
 */
#include "output/report_output.h"

#include "decode/syscalls.h"
#include "output/diagnosis_json.h"
#include "output/json_blocks.h"
#include "output/json_memory.h"
#include "output/json_stream.h"
#include "output/json_value.h"

static json_t *json_known(struct known known)
{
	return known.is_known ? json_count(known.value) : json_null();
}

static json_t *json_known_signed(bool is_known, int64_t value)
{
	return is_known ? json_integer(value) : json_null();
}

/* A number that metadata holds as text. */
static json_t *json_meta_number(const struct recording *r, const char *key)
{
	const char *text = recording_meta(r, key);

	return text ? json_count(strtoull(text, NULL, 10)) : json_null();
}

static json_t *json_exit(bool is_known, int wait_status)
{
	return is_known ? json_integer(shell_status(wait_status)) : json_null();
}

static json_t *json_exit_signal(bool is_known, int wait_status)
{
	char buffer[32];

	return json_text_or_null(is_known ? fatal_signal(wait_status, buffer) : NULL);
}

/* "PID NAME" */
static json_t *json_attached(const char *text)
{
	const char *blank = strchr(text, ' ');
	json_t *object = json_object();

	set(object, "pid", json_count(strtoull(text, NULL, 10)));
	set(object, "name", json_text(blank ? blank + 1 : ""));
	return object;
}

static void write_head(struct json_stream *s, const struct recording *r)
{
	static const char *const texts[] = {"cwd",          "host",   "kernel", "arch",
					    "prof_version", "events", "trace",  "times"};
	struct known status = recording_known(r, "exit_status");
	json_t *command = json_array(), *attached = json_array();

	vec_each (&r->meta, meta) {
		if (!strcmp(meta->key, "attached"))
			json_array_append_new(attached, json_attached((char *)meta->value));
		if (!strcmp(meta->key, "argv"))
			json_array_append_new(command, json_text((char *)meta->value));
	}
	json_stream_member(s, "schema", json_string("prof.report/1"));
	json_stream_member(s, "command", command);
	json_stream_member(s, "attached", attached);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		json_stream_member(s, texts[i], json_text_or_null(recording_meta(r, texts[i])));
	json_stream_member(s, "cpus", json_meta_number(r, "cpus"));
	json_stream_member(s, "start_unix_ns", json_meta_number(r, "start_unix_ns"));
	json_stream_member(s, "exit", json_exit(status.is_known, (int)status.value));
	json_stream_member(s, "exit_signal", json_exit_signal(status.is_known, (int)status.value));
	json_stream_member(s, "wall_ns", json_known(recording_known(r, "wall_ns")));
	json_stream_member(s, "user_ns", json_known(recording_known(r, "user_ns")));
	json_stream_member(s, "system_ns", json_known(recording_known(r, "system_ns")));
	json_stream_member(s, "complete", json_boolean(r->integrity.complete));
}

static json_t *json_errnos(const struct error_counts *counts)
{
	json_t *errnos = json_object();

	vec_each (counts, errors) {
		const char *name =
			errors->index == ERRNO_LOST ? "[lost]" : errno_name((int)errors->index);
		scoped_free char *number = xasprintf("%u", errors->index);

		set(errnos, name ? name : number, json_count(errors->count));
	}
	return errnos;
}

static void write_totals(struct json_stream *s, const struct report *report)
{
	const struct scan *scan = &report->scan;
	json_t *totals = json_object();

	set(totals, "syscalls", json_count(report->syscalls.calls));
	set(totals, "syscalls_attached", json_count(scan->calls_attached));
	set(totals, "syscall_errors", json_count(report->syscalls.errors));
	set(totals, "errnos", json_errnos(&report->syscalls.errnos));
	set(totals, "syscall_ns", json_count(report->syscalls.total_ns));
	set(totals, "faults", json_count(scan_faults(scan)));
	set(totals, "faults_minor", json_count(scan->faults[FAULT_MINOR].faults));
	set(totals, "faults_major", json_count(scan->faults[FAULT_MAJOR].faults));
	set(totals, "faults_failed", json_count(scan->faults[FAULT_FAILED].faults));
	set(totals, "pages_populated", json_count(report->reconciliation.populated));
	set(totals, "processes", json_count(report->processes.processes.size));
	set(totals, "threads", json_count(report->processes.threads.size));
	json_stream_member(s, "totals", totals);
}

static void write_losses(struct json_stream *s, const struct report *report)
{
	static const char *const events[] = {"syscalls", "faults", "stacks", "tasks", "mappings"};
	json_t *lost = json_object(), *reasons = json_object();

	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		set(lost, events[i], json_count(losses_sum(&report->losses, events[i])));
	set(lost, "total", json_count(report->losses.total));
	/* Of a recording without its end, nobody knows. */
	json_stream_member(s, "lost_is_known", json_boolean(report->recording->counters.size));
	vec_each (&report->losses.items, loss)
		set(reasons, loss->name, json_count(loss->lost));
	json_stream_member(s, "lost", lost);
	json_stream_member(s, "lost_reasons", reasons);
	json_stream_member(s, "damaged_chunks",
			   json_count(report->recording->integrity.damaged_chunks));
}

static void write_reconciliation(struct json_stream *s, const struct reconciliation *rec)
{
	json_t *object = json_object();

	set(object, "rusage_minflt", json_known(rec->minflt));
	set(object, "rusage_majflt", json_known(rec->majflt));
	set(object, "counted_by_tasks", json_known(rec->by_tasks));
	set(object, "recorded", json_count(rec->recorded));
	set(object, "populated", json_count(rec->populated));
	set(object, "before_exec", json_count(rec->before_exec));
	set(object, "after_exit", json_count(rec->after_exit));
	set(object, "lost", json_count(rec->lost));
	set(object, "not_waited", json_integer(rec->not_waited));
	set(object, "accounted", json_known_signed(rec->is_known, rec->accounted));
	set(object, "unexplained", json_known_signed(rec->is_known, rec->unexplained));
	set(object, "balanced", rec->is_known ? json_boolean(rec->balanced) : json_null());
	json_stream_member(s, "reconciliation", object);
}

static void write_stacks(struct json_stream *s, const struct report *report)
{
	const struct stack_quality *stacks = &report->stacks;
	const struct recording *r = report->recording;
	json_t *object = json_object(), *reasons = json_object();

	for (int verdict = STACK_PROVEN + 1; verdict < NR_STACK_VERDICTS; verdict++)
		set(reasons, stack_verdict_words[verdict].key, json_count(stacks->events[verdict]));
	set(object, "recorded", json_boolean(stacks->recorded));
	set(object, "of", json_text_or_null(recording_meta(r, "stacks_of")));
	set(object, "kernel", json_boolean(recording_meta(r, "kernel_stacks") != NULL));
	set(object, "complete", json_count(stacks->complete));
	set(object, "incomplete", json_count(stacks->incomplete));
	set(object, "none", json_count(stacks->none));
	set(object, "unasked", json_count(stacks->unasked));
	set(object, "tables_refused", json_count(stacks->tables_refused));
	set(object, "files_unreachable", json_count(stacks->files_unreachable));
	set(object, "reasons", reasons);
	json_stream_member(s, "stacks", object);
}

static void write_fault_kinds(struct json_stream *s, const struct scan *scan)
{
	static const char *const names[NR_FAULT_KINDS] = {"minor", "major", "failed"};
	json_t *kinds = json_object();

	for (int kind = 0; kind < NR_FAULT_KINDS; kind++) {
		const struct fault_class *class = &scan->faults[kind];
		json_t *object = json_object();

		set(object, "faults", json_count(class->faults));
		set(object, "user", json_count(class->user));
		set(object, "kernel", json_count(class->kernel));
		set(object, "in_runs", json_count(class->in_runs));
		set(object, "timed", json_count(class->timed));
		set(object, "total_ns", json_count(class->service_ns));
		set(object, "mean_ns",
		    json_count(class->timed ? class->service_ns / class->timed : 0));
		set(object, "max_ns", json_count(class->max_ns));
		set(kinds, names[kind], object);
	}
	json_stream_member(s, "fault_kinds", kinds);
}

static json_t *json_syscall(const struct syscall_row *row)
{
	static const char *const quantiles[NR_QUANTILES] = {"p50_ns", "p90_ns", "p99_ns"};
	json_t *object = json_object();
	char label[32];

	set(object, "name", json_string(call_label(row->key, label)));
	set(object, "nr", json_count(row->key & ~KEY_COMPAT));
	set(object, "calls", json_count(row->calls));
	set(object, "errors", json_count(row->errors));
	set(object, "errnos", json_errnos(&row->errnos));
	set(object, "timed", json_count(row->timed));
	set(object, "total_ns", json_count(row->total_ns));
	set(object, "mean_ns", json_count(syscall_row_mean_ns(row)));
	set(object, "min_ns", json_count(row->min_ns));
	for (int q = 0; q < NR_QUANTILES; q++)
		set(object, quantiles[q], json_count(row->quantile_ns[q]));
	set(object, "max_ns", json_count(row->max_ns));
	set(object, "approximate", json_boolean(row->approximate));
	return object;
}

typedef json_t *describe_frame(const struct path_tree *tree, uint32_t node);

static json_t *json_name(const struct path_tree *tree, uint32_t node)
{
	return json_text(path_tree_name(tree, node));
}

static json_t *json_line(const struct path_tree *tree, uint32_t node)
{
	const char *line = path_tree_line(tree, node);

	return json_text_or_null(*line ? line : NULL);
}

/* The frames from the root down to `node`. */
static json_t *json_frames(const struct path_tree *tree, uint32_t node, describe_frame *describe)
{
	uint32_t path[PATH_MAX_DEPTH], nr = 0;
	json_t *frames = json_array();

	for (; node; node = path_tree_node(tree, node)->parent)
		path[nr++] = node;
	while (nr)
		json_array_append_new(frames, describe(tree, path[--nr]));
	return frames;
}

static json_t *json_path(const struct path_tree *tree, uint32_t node, bool with_lines)
{
	const uint64_t *weights = path_tree_node(tree, node)->self;
	json_t *object = json_object();

	set(object, "frames", json_frames(tree, node, json_name));
	if (with_lines)
		set(object, "lines", json_frames(tree, node, json_line));
	set(object, "faults", json_count(weights[WEIGHT_COUNT]));
	set(object, "ns", json_count(weights[WEIGHT_NS]));
	set(object, "bytes", json_count(weights[WEIGHT_BYTES]));
	return object;
}

static void write_paths(struct json_stream *s, const struct report *report)
{
	const struct path_tree *tree = &report->fault_paths;
	bool with_lines = report->path_detail & PATH_LINES;
	struct path_walk walk = {0};
	uint32_t node = 0;

	json_stream_member(s, "fault_paths_by", json_string(path_side_names[report->path_side]));
	json_stream_array_begin(s, "fault_paths");
	do {
		if (path_tree_node(tree, node)->self[WEIGHT_COUNT])
			json_stream_element(s, json_path(tree, node, with_lines));
		node = path_walk_next(&walk, tree, node);
	} while (node);
	json_stream_array_end(s);
	path_walk_fini(&walk);
}

static void set_activity(json_t *object, const struct activity *activity)
{
	set(object, "syscalls", json_count(activity->syscalls));
	set(object, "syscall_ns", json_count(activity->syscall_ns));
	set(object, "faults", json_count(activity->faults));
}

static json_t *json_thread(const struct recording *r, const struct thread_row *thread)
{
	json_t *object = json_object();

	set(object, "tid", json_count(r->tasks.items[thread->task].tid));
	set(object, "comm", json_text(task_comm(r, thread->task)));
	set_activity(object, &thread->activity);
	return object;
}

static json_t *json_process(const struct report *report, const struct process_row *process)
{
	const struct recording *r = report->recording;
	const struct task *leader = &r->tasks.items[process->leader];
	json_t *object = json_object(), *threads = json_array();

	set(object, "pid", json_count(leader->pid));
	set(object, "comm", json_text(task_comm(r, process->leader)));
	set(object, "path", json_text_or_null(leader->path));
	set_activity(object, &process->activity);
	set(object, "exit", json_exit(process->ended, process->exit_status));
	set(object, "exit_signal", json_exit_signal(process->ended, process->exit_status));
	for (uint32_t i = 0; i < process->nr_threads; i++)
		json_array_append_new(
			threads,
			json_thread(r,
				    &report->processes.threads.items[process->first_thread + i]));
	set(object, "threads", threads);
	return object;
}

static void write_json(FILE *out, const struct report *report, const struct report_style *style)
{
	struct json_stream s;

	(void)style;
	json_stream_begin(&s, out);
	write_head(&s, report->recording);
	write_totals(&s, report);
	diagnoses_json_write(&s, &report->advice);
	write_losses(&s, report);
	write_reconciliation(&s, &report->reconciliation);
	write_stacks(&s, report);
	write_fault_kinds(&s, &report->scan);
	json_memory_write(&s, report);
	json_blocks_write(&s, report);
	json_stream_array_begin(&s, "syscalls");
	vec_each (&report->syscalls.rows, row)
		json_stream_element(&s, json_syscall(row));
	json_stream_array_end(&s);
	write_paths(&s, report);
	json_stream_array_begin(&s, "processes");
	vec_each (&report->processes.processes, process)
		json_stream_element(&s, json_process(report, process));
	json_stream_array_end(&s);
	json_stream_end(&s);
}

const struct report_output report_json = {"json", write_json};
