// SPDX-License-Identifier: MIT
#include "record/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "cli/number.h"
#include "capture/perf_maps.h"
#include "correlate/correlate.h"
#include "record/event_sets.h"
#include "record/lost_events.h"
#include "record/metadata.h"
#include "record/output_file.h"
#include "decode/plan.h"
#include "record/session.h"
#include "record/symbolize.h"
#include "recording/writer.h"

#define FLUSH_MIN_NS 50000000ULL
#define FLUSH_MAX_NS 1000000000ULL

const char *const stack_choice_names[NR_STACK_CHOICES + 1] = {
	[STACKS_NONE] = "none",
	[STACKS_MEMORY] = "memory",
	[STACKS_FAULTS] = "faults",
	[STACKS_ALL] = "all",
};

/* The sink of a session that writes a recording. */
struct recorder {
	const struct record_options *options;
	struct event_sets sets;
	struct output_file file;
	struct writer *writer;
	struct correlator *correlator;
	struct symbolization *symbolization; /* NULL: not wanted */
	struct perf_maps *perf_maps;         /* NULL, too */
	uint64_t flushed_ns;
};

static void recorder_prepare(struct session *s)
{
	struct recorder *r = s->arg;

	if (r->options->symbols && r->options->stacks)
		r->symbolization = symbolization_new();
	if (r->symbolization)
		r->perf_maps = perf_maps_new(&s->keeper, s->identity.uid);
}

static int recorder_open(struct session *s)
{
	struct recorder *r = s->arg;
	int fd = output_file_open(r->options->output, &s->identity, &r->file);

	if (fd < 0)
		return fd;
	return writer_new(fd, r->options->output, &r->writer);
}

static bool kernel_name(void *capture, uint64_t address, struct kernel_symbol *out)
{
	return capture_kernel_symbol(capture, address, out);
}

static void recorder_begin(struct session *s)
{
	struct recorder *r = s->arg;
	const struct correlator_options correlator = {
		.chosen = r->sets.all_chosen ? NULL : &r->sets.chosen,
		.unwind_store = s->unwinding ? capture_unwind_store(s->capture) : NULL,
		.files = s->files,
		.kernel_name = r->options->kernel_stacks ? kernel_name : NULL,
		.arg = s->capture,
	};

	r->flushed_ns = s->start_ns;
	r->correlator = correlator_new(r->writer, &correlator);
	metadata_write(r->writer, r->options, s->argv, &s->targets);
	if (r->options->arguments && s->child.pid > 0)
		descriptors_write(r->writer, s->child.pid);
	writer_flush(r->writer);
}

/* Code that is made at run time has its names elsewhere. */
static void watch_perf_maps(struct recorder *r, const struct event *event)
{
	const struct mapping_event *mapping = (const void *)event;

	if (event->type == EVENT_EXEC)
		perf_maps_exec(r->perf_maps, (const void *)event);
	else if (event->type == EVENT_EXIT)
		perf_maps_exit(r->perf_maps, (const void *)event);
	else if (event->type == EVENT_MAPPING && mapping->flags & MAPPING_EXEC &&
		 mapping->file == FILE_NONE && (!mapping->path_bytes || !*mapping->path))
		perf_maps_mapping(r->perf_maps, mapping);
}

static void recorder_event(void *session, uint32_t cpu, const struct event *event)
{
	const struct session *s = session;
	struct recorder *r = s->arg;

	if (r->perf_maps)
		watch_perf_maps(r, event);
	correlator_event(r->correlator, cpu, event);
}

/*
 * What was gathered goes into the file now and then, for the case that prof is killed: soon after
 * the start, then at growing intervals, at last once a second.
 */
static void recorder_flush(struct session *s)
{
	struct recorder *r = s->arg;
	uint64_t now = now_ns(), interval_ns = (r->flushed_ns - s->start_ns) / 2;

	if (interval_ns < FLUSH_MIN_NS)
		interval_ns = FLUSH_MIN_NS;
	if (interval_ns > FLUSH_MAX_NS)
		interval_ns = FLUSH_MAX_NS;
	if (now - r->flushed_ns < interval_ns)
		return;
	r->flushed_ns = now;
	correlator_flush(r->correlator, false);
	writer_flush(r->writer);
}

static bool recorder_round(struct session *s)
{
	struct recorder *r = s->arg;

	correlator_round(r->correlator);
	recorder_flush(s);
	return true;
}

static bool symbols_unwanted(void *session)
{
	struct session *s = session;

	signals_wait(&s->signals, 0);
	return s->signals.interrupts >= INTERRUPT_HURRY;
}

static uint64_t timeval_ns(struct timeval time)
{
	return time.tv_sec * 1000000000ULL + time.tv_usec * 1000ULL;
}

static void write_counters(const struct session *s, struct writer *w)
{
	writer_counter(w, "wall_ns", s->wall_ns);
	if (!s->ended || s->choice)
		return;
	writer_counter(w, "exit_status", (uint32_t)s->status);
	writer_counter(w, "user_ns", timeval_ns(s->rusage.ru_utime));
	writer_counter(w, "system_ns", timeval_ns(s->rusage.ru_stime));
	writer_counter(w, "rusage.minflt", s->rusage.ru_minflt);
	writer_counter(w, "rusage.majflt", s->rusage.ru_majflt);
}

/* What was recorded, where it is, what was lost, and what to type next. */
static void recorder_tell(struct session *s)
{
	const struct recorder *r = s->arg;
	const struct recorded *recorded = correlator_recorded(r->correlator);
	const struct rings *rings = session_rings(s);
	struct lost_events losses = lost_events_of(rings);
	uint64_t lost = lost_events_sum(&losses) + writer_dropped_events(r->writer);
	char syscalls[NUMBER_SIZE], faults[NUMBER_SIZE], tasks[NUMBER_SIZE], wall[NUMBER_SIZE];
	char size[NUMBER_SIZE], number[NUMBER_SIZE];

	if (r->options->quiet)
		return;
	fprintf(stderr, "prof: %s system calls, %s page faults of %s thread%s in %s\n",
		count_format(recorded->syscalls, syscalls), count_format(recorded->faults, faults),
		count_format(recorded->tasks, tasks), recorded->tasks == 1 ? "" : "s",
		duration_format(s->wall_ns, wall));
	fprintf(stderr, "prof: wrote %s (%s), lost %s events\n", r->options->output,
		size_format(writer_file_bytes(r->writer), size), count_format(lost, number));
	lost_events_tell(&losses, rings);
	loss_tell(writer_dropped_events(r->writer), "they could not be written");
	if (s->choice)
		session_tell_overhead(s);
	if (recorded->left)
		note("%" PRIu32 " thread%s%s run%s on and %s no longer recorded", recorded->left,
		     recorded->left == 1 ? "" : "s", s->choice ? "" : " of the command",
		     recorded->left == 1 ? "s" : "", recorded->left == 1 ? "is" : "are");
	session_tell_stops(s, "record");
	if (strcmp(r->options->output, "prof.data"))
		fprintf(stderr, "prof: next: prof report -i %s\n", r->options->output);
	else
		fprintf(stderr, "prof: next: prof report\n");
}

static void recorder_symbolize(struct session *s)
{
	const struct recorder *r = s->arg;
	struct symbol_sources sources = {
		.correlator = r->correlator,
		.files = s->files,
		.perf_maps = r->perf_maps,
		.capture = s->capture,
	};

	symbolization_write(r->symbolization, r->writer, &sources, !r->options->quiet,
			    symbols_unwanted, s);
}

static int recorder_finish(struct session *s)
{
	struct recorder *r = s->arg;
	int err;

	correlator_flush(r->correlator, true);
	write_counters(s, r->writer);
	if (s->unwinding)
		unwinding_counters(s->unwinding, r->writer);
	if (s->allocators)
		allocator_counters_write(r->writer, allocators_counts(s->allocators));
	if (s->deep_calls)
		deep_counters_write(r->writer, deep_calls_counts(s->deep_calls));
	writer_counter(r->writer, "files.unreachable", mapped_files_unreachable(s->files));
	totals_write(r->writer, s, &r->sets);
	losses_write(r->writer, session_rings(s));
	writer_flush(r->writer);
	if (r->symbolization && !writer_error(r->writer)) /* else there is no room for names */
		recorder_symbolize(s);
	err = writer_finish(r->writer);
	recorder_tell(s);
	return err;
}

static void recorder_close(struct session *s, bool has_run)
{
	struct recorder *r = s->arg;

	if (!has_run)
		output_file_discard(&r->file);
	correlator_free(r->correlator);
	perf_maps_free(r->perf_maps);
	writer_free(r->writer);
	output_file_fini(&r->file);
}

static const struct session_sink recorder_sink = {
	.prepare = recorder_prepare,
	.open = recorder_open,
	.begin = recorder_begin,
	.event = recorder_event,
	.round = recorder_round,
	.finish = recorder_finish,
	.close = recorder_close,
};

/* What is read at a stop need not be read in the kernel. */
static void plan_for(const struct record_options *options, uint32_t nr, struct capture_plan *out)
{
	capture_plan_of(nr, options->string_bytes, out);
	if (options->deep && syscall_set_has(&options->deep_set, nr))
		out->nr_ops = 0;
}

/* By number, for the calls that the user chose; NULL when nothing is to be read. */
static struct capture_plan *plans_of(const struct record_options *options,
				     const struct event_sets *sets)
{
	struct capture_plan *plans;

	if (!options->arguments || !options->syscalls)
		return NULL;
	plans = xcalloc(NR_CAPTURE_PLANS, sizeof *plans);
	for (uint32_t nr = 0; nr < NR_CAPTURE_PLANS; nr++)
		if (sets->all_chosen || syscall_set_has(&sets->chosen, nr))
			plan_for(options, nr, &plans[nr]);
	return plans;
}

/* What can be had by ptrace alone. 0 or -errno, reported: something else was asked for. */
static int make_do(struct record_options *options)
{
	if (options->faults && !options->usual_events)
		return session_refuse_ptrace("page faults");
	if (options->allocs)
		return session_refuse_ptrace("-e malloc");
	if (options->deep)
		return session_refuse_ptrace("--deep");
	options->by_ptrace = true;
	options->faults = false;
	options->stacks = STACKS_NONE;
	options->kernel_stacks = false;
	return 0;
}

static int record_with(const struct record_options *options, char **argv)
{
	struct recorder recorder = {.options = options, .sets = event_sets_of(options)};
	const struct event_sets *sets = &recorder.sets;
	struct syscall_set deep = sets->all_chosen
					  ? options->deep_set
					  : syscall_set_common(&options->deep_set, &sets->chosen);
	scoped_free struct capture_plan *plans = plans_of(options, sets);
	struct session session = {
		.capture_options =
			{
				.faults = options->faults,
				.allocs = options->allocs,
				.syscalls = true, /* with faults there are always some */
				.sent_signals = true,
				.syscall_set = sets->all_chosen ? NULL : sets->recorded.bits,
				.stacks = options->stacks != STACKS_NONE,
				.fault_stacks = sets->fault_stacks,
				.syscall_stack_set = sets->all_walked ? NULL : sets->walked.bits,
				.kernel_stacks = options->kernel_stacks,
				.plans = plans,
				.string_bytes = options->string_bytes,
				.descriptors = plans != NULL,
				.ring_bytes = options->ring_bytes,
			},
		.as_root = options->as_root,
		.quiet = options->quiet,
		.keep_files = options->symbols && options->stacks,
		.argv = argv,
		.choice = options->targets.pids.size ? &options->targets : NULL,
		.limit_ns = options->limit_ns,
		.by_ptrace = options->by_ptrace,
		.stop_at = options->deep ? &deep : NULL,
		.sink = &recorder_sink,
		.arg = &recorder,
	};

	return session_run(&session);
}

int record_run(const struct record_options *options, char **argv)
{
	struct record_options adapted = *options;

	if (options->by_ptrace || session_needs_ptrace())
		return make_do(&adapted) ? EXIT_NOT_RUN : record_with(&adapted, argv);
	return record_with(options, argv);
}
