// SPDX-License-Identifier: MIT
/*
 * The types of waiting for processes: how they ended, and what they used.
 */
#include "decode/types_process.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "decode/constants.h"
#include "decode/fields.h"
#include "decode/siginfo.h"
#include "decode/types_signals.h"

/* ---- How it ended ---- */

static const char *signal_text(int signal, char buffer[16])
{
	const char *name = constant_name(&signal_names, (uint32_t)signal);

	if (name)
		return name;
	snprintf(buffer, 16, "%d", signal);
	return buffer;
}

/* The event that a tracer is stopped for stands above the signal. */
static void stopped_emit(struct emit *e, int status)
{
	unsigned int event = (unsigned int)status >> 16;
	const char *name = constant_name(&ptrace_events, event);
	char buffer[16], signal[32];
	int number = WSTOPSIG(status);

	snprintf(signal, sizeof signal, "%s%s", signal_text(number & 0x7f, buffer),
		 number & 0x80 ? " | 0x80" : "");
	if (!event)
		emit_wordf(e, "{WIFSTOPPED(s) && WSTOPSIG(s) == %s}", signal);
	else if (name)
		emit_wordf(e, "{WIFSTOPPED(s) && WSTOPSIG(s) == %s} | %s << 16", signal, name);
	else
		emit_wordf(e, "{WIFSTOPPED(s) && WSTOPSIG(s) == %s} | %#x << 16", signal, event);
}

static void status_emit(struct emit *e, int status)
{
	char buffer[16];

	if (WIFSTOPPED(status) && (status & 0xff) == 0x7f && status != 0xffff)
		stopped_emit(e, status);
	else if (status == 0xffff)
		emit_word(e, "{WIFCONTINUED(s)}");
	else if (WIFSIGNALED(status))
		emit_wordf(e, "{WIFSIGNALED(s) && WTERMSIG(s) == %s%s}",
			   signal_text(WTERMSIG(status), buffer),
			   WCOREDUMP(status) ? " && WCOREDUMP(s)" : "");
	else
		emit_wordf(e, "{WIFEXITED(s) && WEXITSTATUS(s) == %d}", WEXITSTATUS(status));
}

/* Nothing was waited for when no process is named by the result. */
static PRINT_FUNCTION(status_print)
{
	int status;

	(void)arg;
	if (!d->call->result)
		emit_pointer(d->e, value);
	else if (fetch_or_pointer(d, value, &status, sizeof status)) {
		emit_open(d->e, EMIT_ARRAY);
		status_emit(d->e, status);
		emit_close(d->e);
	}
}

/* ---- What it used ---- */

#define USED(member) FIELD(struct rusage, member, FIELD_INT)
static const struct field usage_fields[] = {
	USED(ru_maxrss),
	USED(ru_ixrss),
	USED(ru_idrss),
	USED(ru_isrss),
	USED(ru_minflt),
	USED(ru_majflt),
	USED(ru_nswap),
	USED(ru_inblock),
	USED(ru_oublock),
	USED(ru_msgsnd),
	USED(ru_msgrcv),
	{.name = "ru_nsignals",
	 .offset = offsetof(struct rusage, ru_nsignals),
	 .size_bytes = sizeof(long),
	 .kind = FIELD_INT},
	USED(ru_nvcsw),
	USED(ru_nivcsw),
};

static void usage_element(struct decoder *d, const void *bytes, uint64_t address)
{
	const struct rusage *usage = bytes;

	(void)address;
	emit_open(d->e, EMIT_STRUCT);
	emit_name(d->e, "ru_utime");
	timeval_element(d, &usage->ru_utime, 0);
	emit_name(d->e, "ru_stime");
	timeval_element(d, &usage->ru_stime, 0);
	if (d->options->verbose)
		fields_print(d, usage_fields, NR_FIELDS(usage_fields), bytes, SIZE_MAX);
	else
		emit_more(d->e);
	emit_close(d->e);
}

static PRINT_FUNCTION(wait_usage_print)
{
	if (d->call->result)
		struct_print(d, arg, value);
	else
		emit_pointer(d->e, value);
}

const struct arg_type type_wait_flags = FLAGS_TYPE(4, wait_flags);
const struct arg_type type_wait_type = CHOICE_TYPE(4, wait_types);
const struct arg_type type_rusage_who = CHOICE_TYPE(4, rusage_whos);
const struct arg_type type_rusage = STRUCT_TYPE(CAPTURE_EXIT, sizeof(struct rusage), usage_element);
const struct arg_type type_wait_rusage = {
	.print = wait_usage_print,
	.element = usage_element,
	.size_bytes = sizeof(struct rusage),
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_EXIT,
		      .element_bytes = sizeof(struct rusage)}},
};
const struct arg_type type_wait_status = {
	.print = status_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES, .when = CAPTURE_EXIT, .element_bytes = sizeof(int)}},
};
