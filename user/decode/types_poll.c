// SPDX-License-Identifier: MIT
/*
 * The types of waiting for descriptors: poll() and epoll.
 *
 * poll() answers where it was asked, so what was asked is read before the call, what it found after
 * it, and the latter stands behind the result.
 */
#include "decode/types.h"

#include <poll.h>
#include <string.h>
#include <sys/epoll.h>

#include "decode/constants.h"
#include "decode/syscalls.h"

/* ---- poll() ---- */

static void pollfd_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct pollfd pfd;

	(void)address;
	memcpy(&pfd, bytes, sizeof pfd);
	emit_open(d->e, EMIT_STRUCT);
	emit_name(d->e, "fd");
	fd_print_value(d, pfd.fd);
	if (pfd.fd >= 0)
		emit_member_flags(d->e, "events", &poll_events, (uint16_t)pfd.events);
	emit_close(d->e);
}

static void print_ready(struct decoder *d, const struct pollfd *pfd)
{
	emit_open(d->e, EMIT_STRUCT);
	emit_name(d->e, "fd");
	emit_int(d->e, pfd->fd); /* what it is stands in the arguments */
	emit_member_flags(d->e, "revents", &poll_events, (uint16_t)pfd->revents);
	emit_close(d->e);
}

/* Those of which something happened; with -s so many at most, unless -v. */
static void print_all_ready(struct decoder *d)
{
	uint32_t count = (uint32_t)d->call->args[1], shown = 0;
	uint32_t limit = d->options->verbose ? UINT32_MAX : d->options->max_string_bytes;
	struct pollfd pfd;

	emit_open(d->e, EMIT_ARRAY);
	for (uint32_t i = 0; i < count; i++) {
		if (call_read(d->call, d->call->args[0] + i * sizeof pfd, &pfd, sizeof pfd,
			      CAPTURE_EXIT) < sizeof pfd)
			break;
		if (!pfd.revents)
			continue;
		if (shown++ == limit) {
			emit_more(d->e);
			break;
		}
		print_ready(d, &pfd);
	}
	emit_close(d->e);
}

/* ppoll() tells what is left of the time that it was given. */
static void print_time_left(struct decoder *d)
{
	struct timespec left;

	if (strcmp(syscall_name(d->call->nr), "ppoll") ||
	    call_read(d->call, d->call->args[2], &left, sizeof left, CAPTURE_EXIT) < sizeof left)
		return;
	emit_raw(d->e, ", ");
	emit_title(d->e, "left");
	timespec_element(d, &left, d->call->args[2]);
}

void result_poll(struct decoder *d)
{
	emit_int(d->e, d->call->result);
	if (!d->call->result) {
		emit_raw(d->e, " (Timeout)");
		return;
	}
	emit_raw(d->e, " (");
	emit_label(d->e, "ready");
	print_all_ready(d);
	print_time_left(d);
	emit_raw(d->e, ")");
}

/* ---- epoll ---- */

static void epoll_event_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct emit *e = d->e;
	struct epoll_event event;

	(void)address;
	memcpy(&event, bytes, sizeof event);
	emit_open(e, EMIT_STRUCT);
	emit_member_flags(e, "events", &epoll_events, event.events);
	emit_name(e, "data");
	emit_open(e, EMIT_STRUCT);
	emit_member_uint(e, "u32", event.data.u32);
	emit_member_uint(e, "u64", event.data.u64);
	emit_close(e);
	emit_close(e);
}

/* Nothing is read for the removal of a descriptor. */
static PRINT_FUNCTION(epoll_event_print)
{
	if ((int)d->call->args[1] == EPOLL_CTL_DEL)
		emit_pointer(d->e, value);
	else
		struct_print(d, arg, value);
}

static PRINT_FUNCTION(epoll_events_print)
{
	(void)arg;
	array_print_at(d, value, (uint64_t)d->call->result, sizeof(struct epoll_event),
		       epoll_event_element);
}

const struct arg_type type_pollfds = {
	.print = array_print,
	.size_bytes = sizeof(struct pollfd),
	.element = pollfd_element,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER | CAPTURE_EXIT,
		      .length = LENGTH_ARG,
		      .element_bytes = sizeof(struct pollfd),
		      .cap_bytes = 4096}},
};
const struct arg_type type_epoll_flags = FLAGS_TYPE(4, epoll_create_flags);
const struct arg_type type_epoll_operation = CHOICE_TYPE(4, epoll_ctl_ops);
const struct arg_type type_epoll_event = {
	.print = epoll_event_print,
	.size_bytes = sizeof(struct epoll_event),
	.element = epoll_event_element,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .element_bytes = sizeof(struct epoll_event)}},
};
const struct arg_type type_epoll_events = {
	.print = epoll_events_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_EXIT,
		      .length = LENGTH_RESULT,
		      .element_bytes = sizeof(struct epoll_event),
		      .cap_bytes = 4096}},
};
const struct arg_type type_eventfd_flags = FLAGS_TYPE(4, eventfd_flags);
