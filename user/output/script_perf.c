// SPDX-License-Identifier: MIT
/*
 * Events as `perf script` prints those of page-faults and raw_syscalls:sys_enter, for what reads
 * that: stackcollapse-perf.pl, inferno, speedscope, the Firefox profiler.
 *
 *     COMM PID/TID [CPU] SECONDS: PERIOD EVENT:
 *             ADDRESS FUNCTION (MODULE)
 *
 * Times are relative, as with --reltime; addresses lie in the file, as perf has them; offsets into
 * functions are not recorded, as with -F -symoff. With default options or with --all,
 * stackcollapse-perf.pl makes of it the lines of `prof report --folded`, for which reason the
 * kernel is no [kernel.kallsyms] here: its functions are marked already.
 *
 * Those readers take much of a name for something else, so names are those of folded lines, and in
 * them are also replaced: round brackets (arguments begin at the first one), -> (which separates
 * inlined functions) and quotes (which are dropped).
 */
#include "output/event_output.h"

#include <ctype.h>
#include <inttypes.h>

#include "output/folded.h"
#include "profile/facts.h"
#include "profile/frame_label.h"

/* Each character of `from` becomes its counterpart in `to`. */
static void replace(char *text, const char *from, const char *to)
{
	for (; *text; text++) {
		const char *found = strchr(from, *text);

		if (found)
			*text = to[found - from];
	}
}

/* Whether a reader takes the name's end for an offset, and so drops it. */
static bool ends_like_offset(const char *name)
{
	const char *last = NULL;

	for (const char *at = strstr(name, "+0x"); at; at = strstr(at + 1, "+0x"))
		last = at + strlen("+0x");
	while (last && isxdigit((unsigned char)*last))
		last++;
	return last && !*last;
}

/* The caller frees it. */
static char *perf_function(const char *name)
{
	scoped_free char *safe = folded_name(name, false);

	for (char *arrow = strstr(safe, "->"); arrow; arrow = strstr(arrow, "->"))
		*arrow = '=';
	replace(safe, "()\"'", "{}``");
	return xasprintf("%s%s", safe, ends_like_offset(safe) ? "+0x0" : "");
}

/* Without blanks and round brackets, at which readers split; [..] would mean the kernel's. */
static char *perf_module(const char *path)
{
	size_t size = strlen(path);
	bool is_bracketed = size > 2 && path[0] == '[' && path[size - 1] == ']';
	bool is_unknown = !size || !strcmp(path, "[unknown]");
	scoped_free char *bare = is_unknown     ? xstrdup("[unknown]")
				 : is_bracketed ? xstrndup(path + 1, size - 2)
						: xstrdup(path);
	char *module = folded_name(bare, true);

	replace(module, "()", "{}");
	return module;
}

/* One letter would be read together with what follows it. */
static char *perf_comm(const char *comm)
{
	scoped_free char *folded = folded_name(comm, true);

	return xasprintf("%s%s", folded, folded[1] ? "" : "_");
}

static void append_line(struct bytes *out, uint64_t address, const char *function,
			const char *module)
{
	scoped_free char *line = xasprintf("\t%16" PRIx64 " %s (%s)\n", address, function, module);

	bytes_append(out, line, strlen(line));
}

/* The functions at a place, the innermost one first. */
static void append_place(struct bytes *out, const struct recording *r, uint32_t module,
			 uint64_t offset)
{
	const char *path = module < r->modules.size ? r->modules.items[module].path : "";
	scoped_free char *file = perf_module(path);

	for (uint32_t i = frame_nr_labels(r, module, offset); i-- > 0;) {
		bool is_named = frame_has_name(r, module, offset, i) || module == MODULE_KERNEL;
		scoped_free char *label = flame_label(r, module, offset, i);
		scoped_free char *function = perf_function(label);

		append_line(out, offset, is_named ? function : "[unknown]",
			    is_named && i ? "inlined" : file);
	}
}

static void append_call(struct bytes *out, uint32_t key)
{
	char buffer[32];
	scoped_free char *label = xasprintf("%s_[k]", call_label(key, buffer));
	scoped_free char *function = perf_function(label);

	append_line(out, 0, function, "kernel");
}

/* What lies below the stack: of a fault the kernel's instruction, of a call its key; 0 is none. */
static uint64_t event_leaf(const struct event *event)
{
	if (event->kind == EVENT_SYSCALL)
		return 1ULL + syscall_key(event->row[SYSCALL_NR], event->row[SYSCALL_FLAGS]);
	return event->row[FAULT_FLAGS] & FAULT_KERNEL ? event->row[FAULT_IP] : 0;
}

static void make_stack_text(struct event_writer *w, const struct event *event, uint32_t frame,
			    uint64_t leaf)
{
	bytes_reset(&w->stack_text);
	if (leaf && event->kind == EVENT_SYSCALL)
		append_call(&w->stack_text, (uint32_t)(leaf - 1));
	else if (leaf)
		append_place(&w->stack_text, w->r, MODULE_KERNEL, leaf);
	for (uint32_t depth = 0; frame && depth < STACK_MAX_FRAMES; depth++) {
		const struct frame *at = &w->r->frames.items[frame];

		append_place(&w->stack_text, w->r, at->module, at->offset);
		frame = at->parent;
	}
}

/* Neighbouring events mostly have the same stack. */
static void write_stack(struct event_writer *w, const struct event *event)
{
	uint32_t frame = event_frame(w->r, event);
	uint64_t leaf = event_leaf(event);

	if (!w->stack_text.size || w->stack_frame != frame || w->stack_leaf != leaf)
		make_stack_text(w, event, frame, leaf);
	w->stack_frame = frame;
	w->stack_leaf = leaf;
	if (w->stack_text.size)
		fwrite(w->stack_text.data, 1, w->stack_text.size, w->out);
}

static void write_event(struct event_writer *w, const struct event *event)
{
	bool is_call = event->kind == EVENT_SYSCALL;
	const struct task *task = &w->r->tasks.items[event->task];
	scoped_free char *comm = perf_comm(task_comm(w->r, event->task));
	int64_t ns = event_time_ns(w, event);
	uint64_t us = ns > 0 ? (uint64_t)ns / 1000 : 0;

	if (event->kind == EVENT_TASK)
		return;
	fprintf(w->out, "%s %7u/%-7u [%03" PRIu64 "] %5" PRIu64 ".%06" PRIu64 ": %10u %s: \n", comm,
		w->r->tasks.items[task->process].pid, task->tid,
		event->row[is_call ? (int)SYSCALL_CPU : (int)FAULT_CPU], us / 1000000, us % 1000000,
		1U, is_call ? "raw_syscalls:sys_enter" : "page-faults");
	write_stack(w, event);
	fputc('\n', w->out);
}

const struct event_output event_perf = {"perf", write_event};
