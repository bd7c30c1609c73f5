// SPDX-License-Identifier: MIT
/*
 * The types of timers and of how clocks are disciplined.
 */
#include "decode/types.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>

#include "decode/constants.h"
#include "decode/constants_table.h"
#include "decode/siginfo.h"

/* What of struct sigevent has a meaning. */
#define SIGEVENT_BYTES 32

/* clang-format off */
SET(timex_modes, "ADJ_???",
	C(ADJ_OFFSET) C(ADJ_FREQUENCY) C(ADJ_MAXERROR) C(ADJ_ESTERROR) C(ADJ_STATUS)
	C(ADJ_TIMECONST) C(ADJ_TAI) C(ADJ_SETOFFSET) C(ADJ_MICRO) C(ADJ_NANO) C(ADJ_TICK))

SET(timex_single_modes, "ADJ_???",
	C(ADJ_OFFSET_SINGLESHOT) C(ADJ_OFFSET_SS_READ))

SET(timex_status, "STA_???",
	C(STA_PLL) C(STA_PPSFREQ) C(STA_PPSTIME) C(STA_FLL) C(STA_INS) C(STA_DEL) C(STA_UNSYNC)
	C(STA_FREQHOLD) C(STA_PPSSIGNAL) C(STA_PPSJITTER) C(STA_PPSWANDER) C(STA_PPSERROR)
	C(STA_CLOCKERR) C(STA_NANO) C(STA_MODE) C(STA_CLK))

SET(timex_states, NULL,
	C(TIME_OK) C(TIME_INS) C(TIME_DEL) C(TIME_OOP) C(TIME_WAIT) C(TIME_ERROR))
/* clang-format on */

/* Two of them, under names of their own. */
static void print_two(struct decoder *d, const char *names[2], const void *bytes, uint64_t address,
		      print_element *element)
{
	emit_open(d->e, EMIT_STRUCT);
	for (size_t i = 0; i < 2; i++) {
		emit_name(d->e, names[i]);
		element(d, (const char *)bytes + 16 * i, address + 16 * i);
	}
	emit_close(d->e);
}

void itimerspec_element(struct decoder *d, const void *bytes, uint64_t address)
{
	const char *names[2] = {"it_interval", "it_value"};

	print_two(d, names, bytes, address, timespec_element);
}

void itimerval_element(struct decoder *d, const void *bytes, uint64_t address)
{
	const char *names[2] = {"it_interval", "it_value"};

	print_two(d, names, bytes, address, timeval_element);
}

/* ---- How the end of a timer is told ---- */

static void print_notification(struct decoder *d, const struct sigevent *event)
{
	struct emit *e = d->e;

	switch (event->sigev_notify) {
	case SIGEV_THREAD_ID:
		emit_member_int(e, "sigev_notify_thread_id", event->_sigev_un._tid);
		break;
	case SIGEV_THREAD:
		emit_member_pointer(e, "sigev_notify_function",
				    (uint64_t)event->sigev_notify_function);
		emit_member_pointer(e, "sigev_notify_attributes",
				    (uint64_t)event->sigev_notify_attributes);
		break;
	}
}

static bool sends_signal(const struct sigevent *event)
{
	return event->sigev_notify == SIGEV_SIGNAL || event->sigev_notify == SIGEV_THREAD ||
	       event->sigev_notify == SIGEV_THREAD_ID;
}

void sigevent_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct emit *e = d->e;
	struct sigevent event;

	(void)address;
	memcpy(&event, bytes, SIGEVENT_BYTES);
	emit_open(e, EMIT_STRUCT);
	if (event.sigev_value.sival_ptr) {
		emit_name(e, "sigev_value");
		emit_open(e, EMIT_STRUCT);
		emit_member_int(e, "sival_int", event.sigev_value.sival_int);
		emit_member_pointer(e, "sival_ptr", (uint64_t)event.sigev_value.sival_ptr);
		emit_close(e);
	}
	emit_name(e, "sigev_signo");
	if (sends_signal(&event))
		signal_emit(d->e, event.sigev_signo);
	else
		emit_uint(d->e, (uint32_t)event.sigev_signo);
	emit_member_choice(e, "sigev_notify", &notify_types, (uint32_t)event.sigev_notify);
	print_notification(d, &event);
	emit_close(e);
}

static void timer_id_element(struct decoder *d, const void *bytes, uint64_t address)
{
	int32_t id;

	(void)address;
	memcpy(&id, bytes, sizeof id);
	emit_open(d->e, EMIT_ARRAY);
	emit_int(d->e, id);
	emit_close(d->e);
}

/* ---- adjtimex() ---- */

static void print_modes(struct decoder *d, uint32_t modes)
{
	const char *single = constant_name(&timex_single_modes, modes);

	emit_name(d->e, "modes");
	if (single)
		emit_word(d->e, single);
	else
		emit_flags(d->e, &timex_modes, modes);
}

static void timex_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct emit *e = d->e;
	struct timex tx;

	memcpy(&tx, bytes, sizeof tx);
	emit_open(e, EMIT_STRUCT);
	print_modes(d, tx.modes);
	emit_member_int(e, "offset", tx.offset);
	emit_member_int(e, "freq", tx.freq);
	emit_member_uint(e, "maxerror", (uint64_t)tx.maxerror);
	emit_member_uint(e, "esterror", (uint64_t)tx.esterror);
	emit_member_flags(e, "status", &timex_status, (uint32_t)tx.status);
	emit_member_int(e, "constant", tx.constant);
	emit_member_uint(e, "precision", (uint64_t)tx.precision);
	emit_member_int(e, "tolerance", tx.tolerance);
	emit_name(e, "time");
	timeval_element(d, &tx.time, address + offsetof(struct timex, time));
	emit_member_int(e, "tick", tx.tick);
	emit_member_int(e, "ppsfreq", tx.ppsfreq);
	emit_member_int(e, "jitter", tx.jitter);
	emit_member_int(e, "shift", tx.shift);
	emit_member_int(e, "stabil", tx.stabil);
	emit_member_int(e, "jitcnt", tx.jitcnt);
	emit_member_int(e, "calcnt", tx.calcnt);
	emit_member_int(e, "errcnt", tx.errcnt);
	emit_member_int(e, "stbcnt", tx.stbcnt);
	emit_member_int(e, "tai", tx.tai);
	emit_close(e);
}

/* The state goes with what has been told of the clock: adjtimex() has it first, the other second.
 */
void result_timex(struct decoder *d)
{
	const char *state = constant_name(&timex_states, (uint64_t)d->call->result);
	uint64_t address = d->call->args[d->signature->nr_args - 1];
	struct timex tx;

	emit_int(d->e, d->call->result);
	if (state && call_read(d->call, address, &tx, sizeof tx, CAPTURE_EXIT) == sizeof tx) {
		emit_raw(d->e, " (");
		emit_label(d->e, "state");
		emit_word(d->e, state);
		emit_raw(d->e, ")");
	}
}

const struct arg_type type_itimer = CHOICE_TYPE(4, itimer_whiches);
const struct arg_type type_itimerval =
	STRUCT_TYPE(CAPTURE_ENTER, sizeof(struct itimerval), itimerval_element);
const struct arg_type type_out_itimerval =
	STRUCT_TYPE(CAPTURE_EXIT, sizeof(struct itimerval), itimerval_element);
const struct arg_type type_itimerspec =
	STRUCT_TYPE(CAPTURE_ENTER, sizeof(struct itimerspec), itimerspec_element);
const struct arg_type type_out_itimerspec =
	STRUCT_TYPE(CAPTURE_EXIT, sizeof(struct itimerspec), itimerspec_element);
const struct arg_type type_timer_flags = FLAGS_TYPE(4, timer_flags);
const struct arg_type type_timerfd_flags = FLAGS_TYPE(4, timerfd_create_flags);
const struct arg_type type_sigevent = STRUCT_TYPE(CAPTURE_ENTER, SIGEVENT_BYTES, sigevent_element);
const struct arg_type type_timer_id = STRUCT_TYPE(CAPTURE_EXIT, 4, timer_id_element);
const struct arg_type type_timex = STRUCT_TYPE(CAPTURE_EXIT, sizeof(struct timex), timex_element);
