// SPDX-License-Identifier: MIT
#include "profile/event_filter.h"

#include <string.h>

#include "decode/decode.h"
#include "decode/syscalls.h"
#include "profile/facts.h"

#define MAX_ERRNO 4095

enum field {
	FIELD_TYPE,
	FIELD_NAME,
	FIELD_NR,
	FIELD_RET,
	FIELD_ERRNO,
	FIELD_FAILED,
	FIELD_PATH,
	FIELD_FD,
	FIELD_ARGS,
	FIELD_ARG0,
	FIELD_ARG5 = FIELD_ARG0 + 5,
	FIELD_DURATION,
	FIELD_TIME,
	FIELD_PID,
	FIELD_TID,
	FIELD_COMM,
	FIELD_CPU,
	FIELD_BLOCKED,
	FIELD_UNFINISHED,
	FIELD_COMPAT,
	FIELD_KIND,
	FIELD_ADDRESS,
	FIELD_WRITE,
	FIELD_KERNEL,
};

static bool errno_number(const char *word, int64_t *out)
{
	for (int error = 1; error <= MAX_ERRNO; error++) {
		const char *name = errno_name(error);

		if (name && !strcmp(name, word)) {
			*out = error;
			return true;
		}
	}
	return false;
}

static bool call_number(const char *word, int64_t *out)
{
	*out = syscall_number(word);
	return *out >= 0;
}

const struct filter_field event_fields[] = {
	[FIELD_TYPE] = {"type", FILTER_TEXT, NULL, "syscall, page-fault or task"},
	[FIELD_NAME] = {"name", FILTER_TEXT, NULL, "of the system call"},
	[FIELD_NR] = {"nr", FILTER_NUMBER, call_number, "its number"},
	[FIELD_RET] = {"ret", FILTER_NUMBER, NULL, "its result, -errno if it failed"},
	[FIELD_ERRNO] = {"errno", FILTER_NUMBER, errno_number, "its error, 0 if it did not fail"},
	[FIELD_FAILED] = {"failed", FILTER_NUMBER, NULL, "1 if it failed"},
	[FIELD_PATH] = {"path", FILTER_TEXT, NULL, "a path that it was given"},
	[FIELD_FD] = {"fd", FILTER_NUMBER, NULL, "the descriptor that it was given first"},
	[FIELD_ARGS] = {"args", FILTER_TEXT, NULL, "its decoded arguments"},
	[FIELD_ARG0] = {"arg0", FILTER_NUMBER, NULL, "its first argument, as a number"},
	{"arg1", FILTER_NUMBER, NULL, ""},
	{"arg2", FILTER_NUMBER, NULL, ""},
	{"arg3", FILTER_NUMBER, NULL, ""},
	{"arg4", FILTER_NUMBER, NULL, ""},
	{"arg5", FILTER_NUMBER, NULL, ""},
	[FIELD_DURATION] = {"duration", FILTER_DURATION, NULL, "of the call or the fault"},
	[FIELD_TIME] = {"time", FILTER_DURATION, NULL, "when it began, since the start"},
	[FIELD_PID] = {"pid", FILTER_NUMBER, NULL, "of the process"},
	[FIELD_TID] = {"tid", FILTER_NUMBER, NULL, "of the thread"},
	[FIELD_COMM] = {"comm", FILTER_TEXT, NULL, "the thread's name"},
	[FIELD_CPU] = {"cpu", FILTER_NUMBER, NULL, ""},
	[FIELD_BLOCKED] = {"blocked", FILTER_NUMBER, NULL, "1 if seccomp refused the call"},
	[FIELD_UNFINISHED] = {"unfinished", FILTER_NUMBER, NULL, "1 if it never returned"},
	[FIELD_COMPAT] = {"compat", FILTER_NUMBER, NULL, "1 for a 32-bit call"},
	[FIELD_KIND] = {"kind", FILTER_TEXT, NULL, "of a fault: minor, major, failed"},
	[FIELD_ADDRESS] = {"address", FILTER_NUMBER, NULL, "of a fault"},
	[FIELD_WRITE] = {"write", FILTER_NUMBER, NULL, "1 for a fault by a write"},
	[FIELD_KERNEL] = {"kernel", FILTER_NUMBER, NULL, "1 for a fault in kernel mode"},
	{0},
};

void event_filter_init(struct event_filter *f, const struct filter *filter,
		       const struct recording *r)
{
	*f = (struct event_filter){.filter = filter, .r = r};
}

void event_filter_fini(struct event_filter *f)
{
	event_call_fini(&f->call);
	event_paths_fini(&f->paths);
	bytes_fini(&f->text);
}

struct question {
	struct event_filter *f;
	const struct event *event;
};

static struct filter_value number(__int128 value)
{
	return (struct filter_value){.is_known = true, .number = value};
}

static struct filter_value text(struct event_filter *f, const char *value)
{
	f->texts[0] = value;
	return (struct filter_value){.is_known = true, .texts = {f->texts, 1}};
}

static struct filter_value unknown(void)
{
	return (struct filter_value){0};
}

/* ---- What a call has ---- */

static struct filter_value call_arguments(struct event_filter *f, const struct event *event)
{
	const struct decode_options options = {.max_string_bytes = UINT16_MAX};
	const char *open;

	bytes_reset(&f->text);
	event_call_make(&f->call, f->r, event);
	decode_call(&f->call.call, &options, &f->text, NULL);
	bytes_u8(&f->text, 0);
	open = strchr((const char *)f->text.data, '(');
	return text(f, open ? open + 1 : "");
}

static struct filter_value call_paths(struct event_filter *f, const struct event *event)
{
	event_paths_find(event, &f->paths);
	return (struct filter_value){.is_known = f->paths.items.size,
				     .texts = {f->paths.items.items, f->paths.items.size}};
}

static struct filter_value call_result(const uint64_t *row, enum field field)
{
	int64_t result = (int64_t)row[SYSCALL_RESULT];
	bool failed = result < 0 && result >= -MAX_ERRNO;

	if (row[SYSCALL_FLAGS] & SYSCALL_UNFINISHED)
		return unknown();
	if (field == FIELD_RET)
		return number(result);
	return number(field == FIELD_ERRNO ? (failed ? -result : 0) : failed);
}

static struct filter_value call_descriptor(const uint64_t *row)
{
	unsigned int classes = syscall_classes(row[SYSCALL_NR]);

	if (row[SYSCALL_FLAGS] & SYSCALL_COMPAT || !(classes & (CLASS_DESC | CLASS_NETWORK)))
		return unknown();
	return number((int32_t)row[SYSCALL_ARG0]);
}

static struct filter_value call_duration(const uint64_t *row)
{
	if (row[SYSCALL_FLAGS] & SYSCALL_UNTIMED)
		return unknown();
	return number(row[SYSCALL_DURATION_NS]);
}

static struct filter_value call_field(struct event_filter *f, const struct event *event,
				      enum field field)
{
	const uint64_t *row = event->row;

	switch (field) {
	case FIELD_TYPE:
		return text(f, "syscall");
	case FIELD_NAME:
		return text(
			f, call_label(syscall_key(row[SYSCALL_NR], row[SYSCALL_FLAGS]), f->buffer));
	case FIELD_NR:
		return number(row[SYSCALL_NR]);
	case FIELD_RET:
	case FIELD_ERRNO:
	case FIELD_FAILED:
		return call_result(row, field);
	case FIELD_PATH:
		return call_paths(f, event);
	case FIELD_FD:
		return call_descriptor(row);
	case FIELD_ARGS:
		return call_arguments(f, event);
	case FIELD_ARG0 ... FIELD_ARG5:
		return number(row[SYSCALL_ARG0 + field - FIELD_ARG0]);
	case FIELD_DURATION:
		return call_duration(row);
	case FIELD_CPU:
		return number(row[SYSCALL_CPU]);
	case FIELD_BLOCKED:
		return number(!!(row[SYSCALL_FLAGS] & SYSCALL_BLOCKED));
	case FIELD_UNFINISHED:
		return number(!!(row[SYSCALL_FLAGS] & SYSCALL_UNFINISHED));
	case FIELD_COMPAT:
		return number(!!(row[SYSCALL_FLAGS] & SYSCALL_COMPAT));
	default:
		return unknown();
	}
}

/* ---- What a fault has ---- */

static struct filter_value fault_field(struct event_filter *f, const struct event *event,
				       enum field field)
{
	static const char *const kinds[NR_FAULT_KINDS] = {"minor", "major", "failed"};
	const uint64_t *row = event->row;

	switch (field) {
	case FIELD_TYPE:
		return text(f, "page-fault");
	case FIELD_KIND:
		return text(f, kinds[row[FAULT_KIND]]);
	case FIELD_ADDRESS:
		return number(event->address);
	case FIELD_WRITE:
		return number(row[FAULT_ERROR_CODE] >> 1 & 1);
	case FIELD_KERNEL:
		return number(!!(row[FAULT_FLAGS] & FAULT_KERNEL));
	case FIELD_CPU:
		return number(row[FAULT_CPU]);
	case FIELD_DURATION:
		return row[FAULT_FLAGS] & FAULT_UNTIMED
			       ? unknown()
			       : number(row[FAULT_SERVICE_NS] / row[FAULT_COUNT]);
	default:
		return unknown();
	}
}

static struct filter_value field_of(void *context, size_t field)
{
	const struct question *question = context;
	const struct event *event = question->event;
	struct event_filter *f = question->f;
	const struct task *task = &f->r->tasks.items[event->task];

	switch (field) {
	case FIELD_TIME:
		return number((int64_t)(event->time_ns - recording_start_ns(f->r)));
	case FIELD_PID:
		return number(task->process < f->r->tasks.size
				      ? f->r->tasks.items[task->process].pid
				      : task->pid);
	case FIELD_TID:
		return number(task->tid);
	case FIELD_COMM:
		return text(f, task_comm(f->r, event->task));
	}
	if (event->kind == EVENT_SYSCALL)
		return call_field(f, event, (enum field)field);
	if (event->kind == EVENT_FAULT)
		return fault_field(f, event, (enum field)field);
	return field == FIELD_TYPE ? text(f, "task") : unknown();
}

bool event_filter_fits(struct event_filter *f, const struct event *event)
{
	struct question question = {f, event};

	return !f->filter || filter_holds(f->filter, field_of, &question);
}
