// SPDX-License-Identifier: MIT
#include "trace/trace.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "decode/plan.h"
#include "record/lost_events.h"
#include "record/session.h"
#include "trace/call_effects.h"
#include "trace/call_lines.h"
#include "trace/printer.h"
#include "trace/usage.h"

/* What may wait for the printer: some 400,000 faults. */
#define MAX_WAITING_BYTES (32 << 20)

/* The sink of a session that prints. */
struct tracer {
	const struct trace_options *options;
	struct line_output output;
	struct stream *stream;
	struct printer *printer;
	uint64_t round_ns; /* this round of the rings began no earlier */
	int64_t nr_alive;  /* threads */
	struct summary summary;
	uint64_t *lost; /* by CPU, as far as the stream has been told */
};

/* Of files of the threads' own, each is opened when it has a line. */
static int output_open(struct tracer *t, const struct session *s)
{
	const struct trace_options *options = t->options;

	if (options->separately)
		return 0;
	return line_output_open(options->output, options->append, &s->identity, &t->output);
}

static int tracer_open(struct session *s)
{
	struct tracer *t = s->arg;
	uint32_t nr_cpus = session_rings(s)->nr_cpus + 1; /* and what is of none */
	int err = output_open(t, s);

	if (err)
		return err;
	/* The command's process has been made, and keeps its own. */
	sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
	t->lost = xcalloc(nr_cpus, sizeof *t->lost);
	t->stream = stream_new(
		&(struct stream_options){.nr_cpus = nr_cpus, .max_bytes = MAX_WAITING_BYTES});
	t->printer = printer_new(&(struct printer_options){
		.trace = t->options,
		.stream = t->stream,
		.output = &t->output,
		.identity = &s->identity,
		.capture = s->capture,
	});
	return t->printer ? 0 : -EAGAIN;
}

static void tracer_begin(struct session *s)
{
	struct tracer *t = s->arg;

	t->round_ns = s->start_ns;
	printer_set_start(t->printer, s->start_ns);
	if (!s->choice)
		printer_seed(t->printer, s->child.pid);
}

static int births_of(const struct event *event)
{
	return event->type == EVENT_START || event->type == EVENT_FORK ? 1
	       : event->type == EVENT_EXIT                             ? -1
								       : 0;
}

static void tracer_event(void *session, uint32_t cpu, const struct event *event)
{
	const struct session *s = session;
	struct tracer *t = s->arg;

	t->nr_alive += births_of(event);
	if (t->options->errors_by_name && event->type == EVENT_SYSCALL)
		summary_take_error(&t->summary, &t->options->shown, (const void *)event);
	stream_push(t->stream, cpu, event);
}

/* A ring loses when it is full, so it is behind what has just been read that events are missing. */
static void tell_lost(struct tracer *t, const struct rings *rings)
{
	for (uint32_t cpu = 0; cpu < rings->nr_cpus; cpu++) {
		uint64_t lost = rings_lost_on(rings, cpu);

		if (lost > t->lost[cpu])
			stream_lose(t->stream, cpu, lost - t->lost[cpu]);
		t->lost[cpu] = lost;
	}
}

static bool tracer_round(struct session *s)
{
	struct tracer *t = s->arg;

	tell_lost(t, session_rings(s));
	stream_round(t->stream, t->round_ns);
	t->round_ns = now_ns();
	return !stream_is_sated(t->stream);
}

/* The stream's end may be a while away, or nobody may read it. */
static void await_printer(struct session *s)
{
	struct tracer *t = s->arg;

	while (!printer_wait(t->printer)) {
		signals_wait(&s->signals, 0);
		if (s->signals.interrupts >= INTERRUPT_HURRY)
			return printer_stop(t->printer);
	}
}

/* The calls that were chosen, as the kernel side counted them. */
static void take_totals(struct tracer *t, const struct session *s)
{
	struct total_sum sum;

	for (uint32_t nr = 0; nr < NR_SYSCALL_TOTALS; nr++) {
		uint64_t not_over;

		if (!syscall_set_has(&t->options->shown, nr) || !session_syscall_total(s, nr, &sum))
			continue;
		not_over = sum.unfinished + sum.abandoned;
		if (sum.calls > not_over)
			summary_add(&t->summary, &(struct summary_row){
							 .nr = nr,
							 .calls = sum.calls - not_over,
							 .errors = sum.errors - sum.abandoned,
							 .total_ns = sum.duration_ns,
							 .least_ns = sum.min_ns,
							 .most_ns = sum.max_ns,
						 });
	}
}

static void write_watch(struct tracer *t, struct bytes *text)
{
	scoped_free char *told = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&told, &size);

	if (!out)
		return;
	printer_write_watch(t->printer, out);
	if (!fclose(out))
		bytes_append(text, told, size);
}

/* What comes at the end of the lines, or in their place. */
static void write_summary(struct session *s)
{
	struct tracer *t = s->arg;
	const struct trace_options *options = t->options;
	struct bytes text = {0};

	if (options->summary) {
		take_totals(t, s);
		summary_write(&t->summary, &options->table, &text);
		if (options->errors_by_name)
			summary_write_errors(&t->summary, &text);
	}
	write_watch(t, &text);
	if (options->usage && s->ended)
		usage_write(&s->rusage, s->wall_ns, &text);
	line_output_write(&t->output, &text);
	bytes_fini(&text);
}

static void tell_end(struct session *s)
{
	const struct tracer *t = s->arg;
	const struct rings *rings = session_rings(s);
	struct lost_events lost = lost_events_of(rings);
	uint32_t left = printer_nr_left(t->printer);

	if (!s->sated && t->options->summary != SUMMARY_ONLY)
		lost_events_tell(&lost, rings);
	loss_tell(stream_dropped(t->stream), "they came faster than their lines could be written");
	if (left)
		note("%" PRIu32 " thread%s%s run%s on untraced", left, left == 1 ? "" : "s",
		     s->choice ? "" : " of the command", left == 1 ? "s" : "");
	if (s->choice && !(t->options->quiet & QUIET_ATTACH))
		session_tell_overhead(s);
	if (!(t->options->quiet & QUIET_ATTACH) || t->options->summary == SUMMARY_ONLY)
		session_tell_stops(s, t->options->summary == SUMMARY_ONLY ? "stat" : "trace");
}

static int tracer_finish(struct session *s)
{
	struct tracer *t = s->arg;

	stream_end(t->stream);
	await_printer(s);
	write_summary(s);
	tell_end(s);
	return t->output.err;
}

static void tracer_close(struct session *s, bool has_run)
{
	struct tracer *t = s->arg;

	if (t->printer)
		printer_stop(t->printer);
	printer_free(t->printer);
	stream_free(t->stream);
	line_output_close(&t->output, has_run);
	free(t->lost);
	summary_fini(&t->summary);
}

/* As strace, until all have ended; unless it was missed who has. */
static bool tracer_goes_on(const struct session *s)
{
	const struct tracer *t = s->arg;
	const struct rings *rings = session_rings(s);

	for (enum loss_reason why = 0; why < NR_LOSS_REASONS; why++)
		if (rings_lost(rings, EVENT_EXIT, why) || rings_lost(rings, EVENT_FORK, why))
			return false;
	return t->options->syscalls && t->nr_alive > 0;
}

static const struct session_sink tracer_sink = {
	.open = tracer_open,
	.begin = tracer_begin,
	.event = tracer_event,
	.round = tracer_round,
	.goes_on = tracer_goes_on,
	.finish = tracer_finish,
	.close = tracer_close,
};

static bool is_full(const struct syscall_set *set)
{
	for (size_t i = 0; i < NR_SYSCALLS / 64; i++)
		if (~set->bits[i])
			return false;
	return true;
}

/* Those that are shown, and those without which they could not be. */
static struct syscall_set needed_syscalls(const struct trace_options *options)
{
	struct syscall_set needed = {{0}};

	if (call_lines_need_descriptors(options))
		call_effects_need(&needed);
	else if (call_lines_need_sockets(options))
		call_effects_need_sockets(&needed);
	for (size_t i = 0; i < NR_SYSCALLS / 64; i++)
		needed.bits[i] |= options->shown.bits[i];
	return needed;
}

/* What is to be read of the calls' memory; NULL: nothing, since they are not shown. */
static struct capture_plan *plans_for(const struct trace_options *options,
				      const struct syscall_set *read)
{
	struct capture_plan *plans;

	if (!options->syscalls || options->summary == SUMMARY_ONLY)
		return NULL;
	plans = xcalloc(NR_CAPTURE_PLANS, sizeof *plans);
	for (uint32_t nr = 0; nr < NR_CAPTURE_PLANS; nr++) {
		if (syscall_set_has(read, nr))
			capture_plan_of(nr, options->style.max_string_bytes, &plans[nr]);
		if (!call_lines_need_descriptors(options) && !call_concerns_sockets(nr))
			plans[nr].flags = 0; /* nobody asks what it makes */
	}
	return plans;
}

/* What is read at a stop need not be read in the kernel. */
static void leave_to_stops(struct capture_plan *plans, const struct syscall_set *deep)
{
	for (uint32_t nr = 0; plans && nr < NR_CAPTURE_PLANS; nr++)
		if (syscall_set_has(deep, nr))
			plans[nr].nr_ops = 0;
}

/* 0 or -errno, reported: it cannot be had by ptrace. */
static int check_without_bpf(const struct trace_options *options)
{
	if (options->fault_kinds)
		return session_refuse_ptrace("page faults");
	if (options->max_frames || options->source)
		return session_refuse_ptrace("call stacks");
	if (options->is_deep)
		return session_refuse_ptrace("--deep");
	return 0;
}

int trace_run(const struct trace_options *options, char **argv)
{
	bool attaches = options->targets.pids.size;
	bool by_ptrace = options->by_ptrace || session_needs_ptrace();
	bool stacks = options->max_frames > 0 || options->source;
	bool has_lines = options->summary != SUMMARY_ONLY;
	bool watches = watch_is_wanted(&options->watch);
	struct syscall_set needed = needed_syscalls(options);
	scoped_free struct capture_plan *plans = plans_for(options, &needed);
	struct syscall_set deep = syscall_set_common(&options->deep, &needed);
	const struct syscall_set *stop_at = options->is_deep ? &deep : NULL;
	struct tracer tracer = {.options = options, .output.fd = -1};
	struct session session = {
		.capture_options =
			{
				.faults = options->fault_kinds != 0,
				.places = options->fault_kinds != 0,
				.syscalls = options->syscalls,
				.command_alone = !options->follow,
				.sent_signals = has_lines && options->syscalls,
				.syscall_set = is_full(&needed) ? NULL : needed.bits,
				.fault_kinds = options->fault_kinds,
				.plans = plans,
				.string_bytes = options->style.max_string_bytes,
				.whole_arrays = options->style.verbose,
				.enter_events = has_lines && options->syscalls,
				.totals_only = !has_lines && !options->errors_by_name && !watches,
				.descriptors = call_lines_need_descriptors(options) ||
					       call_lines_need_sockets(options),
				.stacks = stacks,
				.fault_stacks = stacks && options->fault_kinds != 0,
				.ring_bytes = options->ring_bytes,
			},
		.as_root = options->as_root,
		.quiet = options->quiet & QUIET_ATTACH,
		.argv = argv,
		.choice = attaches ? &options->targets : NULL,
		.by_ptrace = by_ptrace,
		.stop_at = by_ptrace && options->filtered ? &needed : stop_at,
		.limit_ns = options->limit_ns,
		.sink = &tracer_sink,
		.arg = &tracer,
	};

	if (by_ptrace && check_without_bpf(options))
		return EXIT_NOT_RUN;
	if (stop_at)
		leave_to_stops(plans, stop_at);
	return session_run(&session);
}
