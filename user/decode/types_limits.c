// SPDX-License-Identifier: MIT
/*
 * What a task may use, and what it runs on.
 */
#include "decode/types.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include "decode/constants.h"

/* ---- Limits ---- */

static void print_limit(struct decoder *d, const char *name, uint64_t value)
{
	emit_name(d->e, name);
	if (value == UINT64_MAX)
		emit_word(d->e, "RLIM64_INFINITY");
	else if (!d->e->json && value > 1024 && value % 1024 == 0)
		emit_wordf(d->e, "%llu*1024", (unsigned long long)(value / 1024));
	else
		emit_uint(d->e, value);
}

static void rlimit_element(struct decoder *d, const void *bytes, uint64_t address)
{
	uint64_t limit[2];

	(void)address;
	memcpy(limit, bytes, sizeof limit);
	emit_open(d->e, EMIT_STRUCT);
	print_limit(d, "rlim_cur", limit[0]);
	print_limit(d, "rlim_max", limit[1]);
	emit_close(d->e);
}

/* ---- The machine ---- */

static void print_text(struct decoder *d, const char *name, const char *text, size_t size)
{
	emit_name(d->e, name);
	string_print(d, text, size);
}

static void utsname_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct utsname name;

	(void)address;
	memcpy(&name, bytes, sizeof name);
	emit_open(d->e, EMIT_STRUCT);
	print_text(d, "sysname", name.sysname, sizeof name.sysname);
	print_text(d, "nodename", name.nodename, sizeof name.nodename);
	if (d->options->verbose) {
		print_text(d, "release", name.release, sizeof name.release);
		print_text(d, "version", name.version, sizeof name.version);
		print_text(d, "machine", name.machine, sizeof name.machine);
		print_text(d, "domainname", name.domainname, sizeof name.domainname);
	} else {
		emit_more(d->e);
	}
	emit_close(d->e);
}

static void sysinfo_element(struct decoder *d, const void *bytes, uint64_t address)
{
	struct emit *e = d->e;
	struct sysinfo info;

	(void)address;
	memcpy(&info, bytes, sizeof info);
	emit_open(e, EMIT_STRUCT);
	emit_member_uint(e, "uptime", (uint64_t)info.uptime);
	emit_name(e, "loads");
	emit_open(e, EMIT_ARRAY);
	for (size_t i = 0; i < sizeof info.loads / sizeof *info.loads; i++)
		emit_uint(e, info.loads[i]);
	emit_close(e);
	emit_member_uint(e, "totalram", info.totalram);
	emit_member_uint(e, "freeram", info.freeram);
	emit_member_uint(e, "sharedram", info.sharedram);
	emit_member_uint(e, "bufferram", info.bufferram);
	emit_member_uint(e, "totalswap", info.totalswap);
	emit_member_uint(e, "freeswap", info.freeswap);
	emit_member_uint(e, "procs", info.procs);
	emit_member_uint(e, "totalhigh", info.totalhigh);
	emit_member_uint(e, "freehigh", info.freehigh);
	emit_member_uint(e, "mem_unit", info.mem_unit);
	emit_close(e);
}

/* A host's name: the kernel takes no longer ones. */
static PRINT_FUNCTION(host_name_print)
{
	uint32_t size = (uint32_t)d->call->args[arg->of];

	if (size > sizeof((struct utsname *)NULL)->nodename - 1)
		emit_pointer(d->e, value);
	else
		bytes_print_at(d, value, size);
}

/* ---- Randomness, of which only the digits make sense ---- */

static PRINT_FUNCTION(random_print)
{
	enum emit_hex hex = d->e->hex_strings;

	(void)arg;
	d->e->hex_strings = HEX_ALWAYS;
	bytes_print_at(d, value, (uint64_t)d->call->result);
	d->e->hex_strings = hex;
}

const struct arg_type type_resource = CHOICE_TYPE(4, rlimit_resources);
const struct arg_type type_rlimit = STRUCT_TYPE(CAPTURE_ENTER, 16, rlimit_element);
const struct arg_type type_out_rlimit = STRUCT_TYPE(CAPTURE_EXIT, 16, rlimit_element);
const struct arg_type type_utsname =
	STRUCT_TYPE(CAPTURE_EXIT, sizeof(struct utsname), utsname_element);
const struct arg_type type_sysinfo =
	STRUCT_TYPE(CAPTURE_EXIT, sizeof(struct sysinfo), sysinfo_element);
const struct arg_type type_host_name = {
	.print = host_name_print,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER,
		      .length = LENGTH_ARG,
		      .element_bytes = 1}},
};
const struct arg_type type_random = {
	.print = random_print,
	.when = CAPTURE_EXIT,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_EXIT,
		      .length = LENGTH_RESULT,
		      .element_bytes = 1}},
};
const struct arg_type type_random_flags = FLAGS_TYPE(4, getrandom_flags);
