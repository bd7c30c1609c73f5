// SPDX-License-Identifier: MIT
/*
 * The types of ioctl(): requests by name, and by a table what is known of their arguments. What is
 * not known is shown as a number.
 */
#include "decode/types_ioctl.h"

#include <linux/blkpg.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/nsfs.h>
#include <linux/perf_event.h>
#include <linux/random.h>
#include <linux/rtc.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>

#include "decode/constants.h"
#include "decode/fields.h"
#include "decode/ioctl_names.h"
#include "decode/siginfo.h"

/* ---- Requests ---- */

static void direction_print(struct emit *e, uint32_t direction)
{
	emit_open(e, EMIT_FLAGS);
	if (!direction)
		emit_word(e, "_IOC_NONE");
	if (direction & _IOC_READ)
		emit_word(e, "_IOC_READ");
	if (direction & _IOC_WRITE)
		emit_word(e, "_IOC_WRITE");
	emit_close(e);
}

static PRINT_FUNCTION(request_print)
{
	uint32_t request = (uint32_t)value;
	const struct ioctl_name *names;
	size_t nr = ioctl_names(request, &names);

	(void)arg;
	if (nr) {
		emit_open_as(d->e, "", " or ", "", false);
		for (size_t i = 0; i < nr; i++)
			emit_word(d->e, names[i].name);
		emit_close(d->e);
		return;
	}
	emit_open_as(d->e, "_IOC(", ", ", ")", false);
	direction_print(d->e, _IOC_DIR(request));
	emit_hex(d->e, _IOC_TYPE(request));
	emit_hex(d->e, _IOC_NR(request));
	emit_hex(d->e, _IOC_SIZE(request));
	emit_close(d->e);
}

/* ---- Arguments ---- */

enum kind {
	KIND_UNKNOWN,
	KIND_NONE,
	KIND_NUMBER, /* the argument itself */
	KIND_UNSIGNED,
	KIND_UINT,
	KIND_SIGNAL,
	KIND_POINTER,
	KIND_CHOICE,
	KIND_FD,
	KIND_INT, /* it points to one */
	KIND_SHORT,
	KIND_UINT64,
	KIND_PAIR, /* of 64-bit numbers */
	KIND_BITS,
	KIND_CHARACTER,
	KIND_STRUCT,
	KIND_TERMIOS,
	KIND_TERMIO,
	KIND_INTERFACES,
};

struct request {
	uint32_t number;
	enum kind kind;
	enum capture_when when;
	const struct constant_set *constants;
	const struct field *fields;
	uint32_t nr_fields, size_bytes;
};

static const struct field window_fields[] = {
	FIELD(struct winsize, ws_row, FIELD_UINT),
	FIELD(struct winsize, ws_col, FIELD_UINT),
	FIELD(struct winsize, ws_xpixel, FIELD_UINT),
	FIELD(struct winsize, ws_ypixel, FIELD_UINT),
};
static const struct field clone_range_fields[] = {
	FIELD(struct file_clone_range, src_fd, FIELD_FD),
	FIELD(struct file_clone_range, src_offset, FIELD_UINT),
	FIELD(struct file_clone_range, src_length, FIELD_UINT),
	FIELD(struct file_clone_range, dest_offset, FIELD_UINT),
};
static const struct field trim_fields[] = {
	FIELD(struct fstrim_range, start, FIELD_HEX),
	FIELD(struct fstrim_range, len, FIELD_UINT),
	FIELD(struct fstrim_range, minlen, FIELD_UINT),
};
static const struct field extents_fields[] = {
	FIELD(struct fiemap, fm_start, FIELD_UINT),
	FIELD(struct fiemap, fm_length, FIELD_UINT),
	FIELD_OF(struct fiemap, fm_flags, FIELD_FLAGS, fiemap_flags),
	FIELD(struct fiemap, fm_extent_count, FIELD_UINT),
};
static const struct field attribute_fields[] = {
	FIELD_OF(struct fsxattr, fsx_xflags, FIELD_FLAGS, file_xflags),
	FIELD(struct fsxattr, fsx_extsize, FIELD_UINT),
	FIELD(struct fsxattr, fsx_nextents, FIELD_UINT),
	FIELD(struct fsxattr, fsx_projid, FIELD_UINT),
	FIELD(struct fsxattr, fsx_cowextsize, FIELD_UINT),
};
static const struct field clock_fields[] = {
	FIELD(struct rtc_time, tm_sec, FIELD_INT),  FIELD(struct rtc_time, tm_min, FIELD_INT),
	FIELD(struct rtc_time, tm_hour, FIELD_INT), FIELD(struct rtc_time, tm_mday, FIELD_INT),
	FIELD(struct rtc_time, tm_mon, FIELD_INT),  FIELD(struct rtc_time, tm_year, FIELD_INT),
};

#define NUMBER(request)                                                                            \
	{                                                                                          \
		.number = request, .kind = KIND_NUMBER                                             \
	}
#define NOTHING(request)                                                                           \
	{                                                                                          \
		.number = request, .kind = KIND_NONE                                               \
	}
#define POINTS(request, what, time)                                                                \
	{                                                                                          \
		.number = request, .kind = what, .when = CAPTURE_##time                            \
	}
#define BITS(request, time, set)                                                                   \
	{                                                                                          \
		.number = request, .kind = KIND_BITS, .when = CAPTURE_##time, .constants = &set    \
	}
#define STRUCT(request, time, type, table)                                                         \
	{                                                                                          \
		.number = request, .kind = KIND_STRUCT, .when = CAPTURE_##time, .fields = table,   \
		.nr_fields = NR_FIELDS(table), .size_bytes = sizeof(type)                          \
	}

/* The numbers of all requests, by name. */
#define IOCTL(number, name) NR_##name = (int)number,
enum {
#include "decode/ioctl_table.h"
};
#undef IOCTL

static const struct request requests[] = {
	POINTS(TCGETS, KIND_TERMIOS, EXIT),
	POINTS(TCSETS, KIND_TERMIOS, ENTER),
	POINTS(TCSETSW, KIND_TERMIOS, ENTER),
	POINTS(TCSETSF, KIND_TERMIOS, ENTER),
	POINTS(TIOCGLCKTRMIOS, KIND_TERMIOS, EXIT),
	POINTS(TIOCSLCKTRMIOS, KIND_TERMIOS, ENTER),
	POINTS(TCGETA, KIND_TERMIO, EXIT),
	POINTS(TCSETA, KIND_TERMIO, ENTER),
	POINTS(TCSETAW, KIND_TERMIO, ENTER),
	POINTS(TCSETAF, KIND_TERMIO, ENTER),
	STRUCT(TIOCGWINSZ, EXIT, struct winsize, window_fields),
	STRUCT(TIOCSWINSZ, ENTER, struct winsize, window_fields),
	{.number = TCXONC, .kind = KIND_CHOICE, .constants = &terminal_flows},
	{.number = TCFLSH, .kind = KIND_CHOICE, .constants = &terminal_flushes},
	NUMBER(TCSBRK),
	NUMBER(TCSBRKP),
	NUMBER(TIOCSCTTY),
	POINTS(TIOCGPGRP, KIND_INT, EXIT),
	POINTS(TIOCSPGRP, KIND_INT, ENTER),
	POINTS(TIOCGSID, KIND_INT, EXIT),
	POINTS(TIOCGETD, KIND_INT, EXIT),
	POINTS(TIOCSETD, KIND_INT, ENTER),
	POINTS(TIOCPKT, KIND_INT, ENTER),
	POINTS(TIOCGSOFTCAR, KIND_INT, EXIT),
	POINTS(TIOCSSOFTCAR, KIND_INT, ENTER),
	POINTS(TIOCGPTN, KIND_INT, EXIT),
	POINTS(TIOCSPTLCK, KIND_INT, ENTER),
	POINTS(TIOCOUTQ, KIND_INT, EXIT),
	POINTS(FIONREAD, KIND_INT, EXIT),
	POINTS(FIONBIO, KIND_INT, ENTER),
	POINTS(FIOASYNC, KIND_INT, ENTER),
	POINTS(TIOCSTI, KIND_CHARACTER, ENTER),
	BITS(TIOCMGET, EXIT, modem_lines),
	BITS(TIOCMBIS, ENTER, modem_lines),
	BITS(TIOCMBIC, ENTER, modem_lines),
	BITS(TIOCMSET, ENTER, modem_lines),
	NOTHING(TIOCSBRK),
	NOTHING(TIOCCBRK),
	NOTHING(TIOCCONS),
	NOTHING(TIOCNOTTY),
	NOTHING(TIOCEXCL),
	NOTHING(TIOCNXCL),
	NOTHING(FIOCLEX),
	NOTHING(FIONCLEX),
	POINTS(SIOCGIFCONF, KIND_INTERFACES, EXIT),
	POINTS(SIOCGPGRP, KIND_INT, ENTER),
	POINTS(SIOCSPGRP, KIND_INT, ENTER),
	POINTS(FIOGETOWN, KIND_INT, ENTER),
	POINTS(FIOSETOWN, KIND_INT, ENTER),
	BITS(FS_IOC_GETFLAGS, EXIT, file_attributes),
	BITS(FS_IOC_SETFLAGS, ENTER, file_attributes),
	STRUCT(FS_IOC_FSGETXATTR, EXIT, struct fsxattr, attribute_fields),
	STRUCT(FS_IOC_FSSETXATTR, ENTER, struct fsxattr, attribute_fields),
	STRUCT(FS_IOC_FIEMAP, ENTER, struct fiemap, extents_fields),
	{.number = FICLONE, .kind = KIND_FD},
	STRUCT(FICLONERANGE, ENTER, struct file_clone_range, clone_range_fields),
	STRUCT(FITRIM, ENTER, struct fstrim_range, trim_fields),
	NOTHING(FIFREEZE),
	NOTHING(FITHAW),
	NOTHING(BLKFLSBUF),
	NOTHING(BLKRRPART),
	NUMBER(BLKRASET),
	NUMBER(BLKFRASET),
	POINTS(BLKROSET, KIND_INT, ENTER),
	POINTS(BLKBSZSET, KIND_INT, ENTER),
	POINTS(BLKROGET, KIND_INT, EXIT),
	POINTS(BLKBSZGET, KIND_INT, EXIT),
	POINTS(BLKSSZGET, KIND_INT, EXIT),
	POINTS(BLKPBSZGET, KIND_INT, EXIT),
	POINTS(BLKIOMIN, KIND_INT, EXIT),
	POINTS(BLKIOOPT, KIND_INT, EXIT),
	POINTS(BLKALIGNOFF, KIND_INT, EXIT),
	POINTS(BLKDISCARDZEROES, KIND_INT, EXIT),
	POINTS(BLKGETSIZE, KIND_UINT64, EXIT),
	POINTS(BLKGETSIZE64, KIND_UINT64, EXIT),
	POINTS(BLKRAGET, KIND_UINT64, EXIT),
	POINTS(BLKFRAGET, KIND_UINT64, EXIT),
	POINTS(BLKDISCARD, KIND_PAIR, ENTER),
	POINTS(BLKSECDISCARD, KIND_PAIR, ENTER),
	POINTS(BLKZEROOUT, KIND_PAIR, ENTER),
	POINTS(RNDGETENTCNT, KIND_INT, EXIT),
	POINTS(RNDADDTOENTCNT, KIND_INT, ENTER),
	NOTHING(RNDZAPENTCNT),
	NOTHING(RNDCLEARPOOL),
	STRUCT(RTC_RD_TIME, EXIT, struct rtc_time, clock_fields),
	STRUCT(RTC_SET_TIME, ENTER, struct rtc_time, clock_fields),
	{.number = PERF_EVENT_IOC_ENABLE, .kind = KIND_CHOICE, .constants = &perf_ioc_flags},
	{.number = PERF_EVENT_IOC_DISABLE, .kind = KIND_CHOICE, .constants = &perf_ioc_flags},
	{.number = PERF_EVENT_IOC_RESET, .kind = KIND_CHOICE, .constants = &perf_ioc_flags},
	NUMBER(PERF_EVENT_IOC_REFRESH),
	POINTS(PERF_EVENT_IOC_PERIOD, KIND_UINT64, ENTER),
	POINTS(PERF_EVENT_IOC_ID, KIND_UINT64, EXIT),
	{.number = PERF_EVENT_IOC_SET_OUTPUT, .kind = KIND_FD},
	{.number = PERF_EVENT_IOC_SET_BPF, .kind = KIND_FD},
	NOTHING(NS_GET_USERNS),
	NOTHING(NS_GET_PARENT),
	NOTHING(NS_GET_NSTYPE),
	POINTS(NS_GET_OWNER_UID, KIND_INT, EXIT),
#define PLAIN_NOTHING(name)    NOTHING(NR_##name),
#define PLAIN_NUMBER(name)     NUMBER(NR_##name),
#define PLAIN_UNSIGNED(name)   {.number = NR_##name, .kind = KIND_UNSIGNED},
#define PLAIN_UINT(name)       {.number = NR_##name, .kind = KIND_UINT},
#define PLAIN_SIGNAL(name)     {.number = NR_##name, .kind = KIND_SIGNAL},
#define PLAIN_FD(name)         {.number = NR_##name, .kind = KIND_FD},
#define PLAIN_POINTER(name)    {.number = NR_##name, .kind = KIND_POINTER},
#define PLAIN_INT_ENTER(name)  POINTS(NR_##name, KIND_INT, ENTER),
#define PLAIN_INT_EXIT(name)   POINTS(NR_##name, KIND_INT, EXIT),
#define PLAIN_LONG_ENTER(name) POINTS(NR_##name, KIND_UINT64, ENTER),
#define PLAIN_LONG_EXIT(name)  POINTS(NR_##name, KIND_UINT64, EXIT),
#define PLAIN_SHORT_EXIT(name) POINTS(NR_##name, KIND_SHORT, EXIT),
#include "decode/ioctl_plain.h"
};

static const struct request *request_of(const struct call *call)
{
	static const struct request unknown = {0};

	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
		if (requests[i].number == (uint32_t)call->args[1])
			return &requests[i];
	}
	return &unknown;
}

static void number_print_at(struct decoder *d, const struct request *request, uint64_t address)
{
	bool is_wide = request->kind == KIND_UINT64 || request->kind == KIND_PAIR;
	uint64_t values[2] = {0};
	size_t size = request->kind == KIND_PAIR ? 16 : is_wide ? 8 : 4;

	if (request->kind == KIND_SHORT)
		size = 2;

	if (!fetch_or_pointer(d, address, values, size))
		return;
	emit_open(d->e, EMIT_ARRAY);
	if (request->kind == KIND_BITS)
		emit_flags(d->e, request->constants, values[0]);
	else if (is_wide)
		emit_uint(d->e, values[0]);
	else
		emit_int(d->e, (int32_t)values[0]);
	if (request->kind == KIND_PAIR)
		emit_uint(d->e, values[1]);
	emit_close(d->e);
}

static void struct_print_at(struct decoder *d, const struct request *request, uint64_t address)
{
	uint8_t bytes[256];

	if (fetch_or_pointer(d, address, bytes, request->size_bytes))
		fields_print_struct(d, request->fields, request->nr_fields, bytes, SIZE_MAX);
}

static void character_print_at(struct decoder *d, uint64_t address)
{
	char character;

	if (fetch_or_pointer(d, address, &character, 1))
		emit_string(d->e, &character, 1, false);
}

static PRINT_FUNCTION(argument_print)
{
	const struct request *request = request_of(d->call);
	uint32_t number = (uint32_t)d->call->args[1];

	(void)arg;
	if (interface_request_kind(number))
		return interface_print_at(d, number, value);
	switch (request->kind) {
	case KIND_UNKNOWN:
	case KIND_NONE:
		return emit_hex(d->e, value);
	case KIND_UNSIGNED:
		return emit_uint(d->e, value);
	case KIND_UINT:
		return emit_uint(d->e, (uint32_t)value);
	case KIND_SIGNAL:
		return value <= INT32_MAX ? signal_emit(d->e, (int)value) : emit_uint(d->e, value);
	case KIND_POINTER:
		return emit_pointer(d->e, value);
	case KIND_NUMBER:
		return emit_int(d->e, (int64_t)value);
	case KIND_CHOICE:
		return value || constant_name(request->constants, 0)
			       ? emit_choice(d->e, request->constants, value)
			       : emit_uint(d->e, 0);
	case KIND_FD:
		return fd_print_value(d, (int)value);
	case KIND_INT:
	case KIND_SHORT:
	case KIND_UINT64:
	case KIND_PAIR:
	case KIND_BITS:
		return number_print_at(d, request, value);
	case KIND_CHARACTER:
		return character_print_at(d, value);
	case KIND_STRUCT:
		return struct_print_at(d, request, value);
	case KIND_TERMIOS:
		return termios_print_at(d, value);
	case KIND_TERMIO:
		return termio_print_at(d, value);
	case KIND_INTERFACES:
		return interfaces_print_at(d, value);
	}
}

static bool argument_applies(const struct call *call, const struct argument *arg)
{
	(void)arg;
	return request_of(call)->kind != KIND_NONE;
}

static enum capture_when argument_when(const struct call *call)
{
	if (interface_request_kind((uint32_t)call->args[1]) == INTERFACE_READS)
		return CAPTURE_EXIT;
	return request_of(call)->when == CAPTURE_EXIT ? CAPTURE_EXIT : CAPTURE_ENTER;
}

const struct arg_type type_ioctl_request = {.print = request_print};
const struct arg_type type_ioctl_argument = {
	.print = argument_print,
	.applies = argument_applies,
	.when_of = argument_when,
	/* Requests older than _IOC() do not say how much they have: 64 bytes are most of it. */
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER | CAPTURE_EXIT,
		      .length = LENGTH_IOCTL,
		      .element_bytes = 1,
		      .cap_bytes = 256},
		     {.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER | CAPTURE_EXIT,
		      .element_bytes = 64}},
};
