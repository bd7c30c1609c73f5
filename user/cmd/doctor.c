// SPDX-License-Identifier: MIT
/*
 * prof doctor: what works on this host, and why the rest does not.
 *
 * Every check is one row of a table, and looks at one thing. A needed one that fails means that
 * nothing can be recorded; any other costs what its row says, and is a warning.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>

#include <jansson.h>

#include "capture/features.h"
#include "capture/privileges.h"
#include "cli/number.h"
#include "cli/terminal.h"
#include "cmd/commands.h"

#define LITTLE_SPACE_BYTES (256ULL << 20)

struct finding {
	char value[256];
	bool ok, unknown; /* unknown: could not look, so not ok either */
};

/* What a look is given. The argument says which of several things of a kind to look at. */
struct subject {
	const struct features *features;
	int argument;
};

struct check {
	const char *name;
	bool needed;
	const char *effect; /* of its failing */
	const char *fix;
	void (*look)(const struct subject *subject, struct finding *out);
	int argument;
};

struct doctor_opts {
	bool json;
	enum color_mode color;
};

/* ---- Looking ---- */

/* The first line of a small file of the kernel's, or false. */
static bool read_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");
	bool got = file && fgets(line, (int)size, file);

	if (file)
		fclose(file);
	if (got)
		line[strcspn(line, "\n")] = '\0';
	return got;
}

static void look_kernel(const struct subject *subject, struct finding *out)
{
	struct utsname name;

	(void)subject;
	out->ok = !uname(&name);
	if (out->ok)
		snprintf(out->value, sizeof out->value, "%s %s", name.release, name.machine);
}

static void look_feature(const struct subject *subject, struct finding *out)
{
	static const char *const words[] = {
		[SUPPORT_NO] = "missing",
		[SUPPORT_YES] = "yes",
		[SUPPORT_UNKNOWN] = "not permitted to ask",
	};
	enum support support = subject->features->support[subject->argument];
	const char *missing = subject->features->missing_tracepoints[subject->argument];

	out->ok = support == SUPPORT_YES;
	out->unknown = support == SUPPORT_UNKNOWN;
	snprintf(out->value, sizeof out->value, "%s%s%s", words[support], *missing ? ": " : "",
		 missing);
}

static void look_capabilities(const struct subject *subject, struct finding *out)
{
	char missing[PRIVILEGE_LIST_SIZE];

	(void)subject;
	out->ok = !privileges_missing(missing);
	snprintf(out->value, sizeof out->value, "%s%s", out->ok ? "all" : "missing ", missing);
}

/* Never in the way of somebody who has the capabilities: it is here for bug reports. */
static void look_unprivileged(const struct subject *subject, struct finding *out)
{
	(void)subject;
	out->ok = true;
	if (!read_line("/proc/sys/kernel/unprivileged_bpf_disabled", out->value, sizeof out->value))
		snprintf(out->value, sizeof out->value, "absent");
}

static void look_paranoid(const struct subject *subject, struct finding *out)
{
	(void)subject;
	if (!read_line("/proc/sys/kernel/perf_event_paranoid", out->value, sizeof out->value))
		snprintf(out->value, sizeof out->value, "absent: no performance events");
	else
		out->ok = privileged_for_events() || atoi(out->value) <= 2;
}

/* Looks at what the setting is about: hidden addresses read as zero. */
static void look_lockdown(const struct subject *subject, struct finding *out)
{
	(void)subject;
	if (!read_line("/sys/kernel/security/lockdown", out->value, sizeof out->value))
		snprintf(out->value, sizeof out->value, "absent");
	out->ok = !strstr(out->value, "[confidentiality]");
}

static void look_space(const struct subject *subject, struct finding *out)
{
	struct statvfs fs;
	uint64_t bytes;
	char number[NUMBER_SIZE];

	(void)subject;
	if (statvfs(".", &fs)) {
		snprintf(out->value, sizeof out->value, "unknown");
		return;
	}
	bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	out->ok = bytes >= LITTLE_SPACE_BYTES;
	snprintf(out->value, sizeof out->value, "%s", size_format(bytes, number));
}

static void look_clock(const struct subject *subject, struct finding *out)
{
	static const char *const slow[] = {"hpet", "acpi_pm", "jiffies", "refined-jiffies"};

	(void)subject;
	if (!read_line("/sys/devices/system/clocksource/clocksource0/current_clocksource",
		       out->value, sizeof out->value))
		snprintf(out->value, sizeof out->value, "unknown");
	out->ok = true;
	for (size_t i = 0; i < sizeof slow / sizeof *slow; i++)
		if (!strcmp(out->value, slow[i]))
			out->ok = false;
}

#define FIX_KERNEL "use a kernel of Linux 6.1 or later with CONFIG_DEBUG_INFO_BTF"

static const struct check checks[] = {
	{"kernel", true, "", "", look_kernel, 0},
	{"BTF", true, "BPF programs cannot be fitted to this kernel", FIX_KERNEL, look_feature,
	 FEATURE_BTF},
	{"system call tracepoints", true, "system calls cannot be seen", FIX_KERNEL, look_feature,
	 FEATURE_SYSCALL_TRACEPOINTS},
	{"page fault tracepoints", true, "page faults cannot be seen", FIX_KERNEL, look_feature,
	 FEATURE_FAULT_TRACEPOINTS},
	{"task tracepoints", true, "children and threads cannot be followed", FIX_KERNEL,
	 look_feature, FEATURE_TASK_TRACEPOINTS},
	{"task storage", true, "calls cannot be kept apart by thread", FIX_KERNEL, look_feature,
	 FEATURE_TASK_STORAGE},
	{"mmapable arrays", true, "events cannot reach the recorder", FIX_KERNEL, look_feature,
	 FEATURE_MMAPABLE_ARRAY},
	{"bpf_loop", true, "stacks cannot be walked", FIX_KERNEL, look_feature, FEATURE_LOOP},
	{"bpf_find_vma", true, "addresses cannot be told apart by file", FIX_KERNEL, look_feature,
	 FEATURE_FIND_VMA},
	{"fault events", true, "minor and major faults cannot be told apart",
	 "run on a kernel with CONFIG_PERF_EVENTS, with CAP_PERFMON", look_feature,
	 FEATURE_FAULT_EVENTS},
	{"uprobes", false, "-e malloc cannot follow blocks",
	 "use a kernel with CONFIG_UPROBE_EVENTS", look_feature, FEATURE_UPROBES},
	{"capabilities", true, "BPF programs cannot be loaded",
	 "sudo prof record ...; in a container: --cap-add BPF --cap-add PERFMON", look_capabilities,
	 0},
	{"lockdown", true, "BPF programs may not read the kernel's memory",
	 "boot with lockdown=integrity or none", look_lockdown, 0},
	{"unprivileged_bpf_disabled", false, "", "", look_unprivileged, 0},
	{"perf_event_paranoid", false, "performance events need CAP_PERFMON",
	 "sudo sysctl kernel.perf_event_paranoid=2", look_paranoid, 0},
	{"disk space here", false, "a long recording may be cut short",
	 "record to another place: prof record -o FILE", look_space, 0},
	{"clock source", false, "every time stamp costs a microsecond or more",
	 "see /sys/devices/system/clocksource/clocksource0/available_clocksource", look_clock, 0},
};

#define NR_CHECKS (sizeof checks / sizeof *checks)

/* ---- Telling ---- */

static bool all_well(const struct finding *findings)
{
	for (size_t i = 0; i < NR_CHECKS; i++)
		if (checks[i].needed && !findings[i].ok)
			return false;
	return true;
}

/* What to tell of a finding: how it looks in the table, and what follows from it. */
struct verdict {
	const char *word, *color;
	const char *effect, *fix; /* NULL when all is well */
};

static struct verdict verdict_of(const struct check *check, const struct finding *finding)
{
	if (finding->ok)
		return (struct verdict){"ok", "32", NULL, NULL};
	if (finding->unknown)
		return (struct verdict){"?", "33", "it stays open whether this works",
					"sudo prof doctor"};
	if (check->needed)
		return (struct verdict){"FAIL", "31", check->effect, check->fix};
	return (struct verdict){"warn", "33", check->effect, check->fix};
}

static void print_finding(const struct check *check, const struct finding *finding, bool color)
{
	struct verdict verdict = verdict_of(check, finding);

	printf("%s%s%s%-4s%s  %-26s  %s\n", color ? "\033[" : "", color ? verdict.color : "",
	       color ? "m" : "", verdict.word, color ? "\033[0m" : "", check->name, finding->value);
	if (verdict.effect)
		printf("%34s%s\n%34sfix: %s\n", "", verdict.effect, "", verdict.fix);
}

static void print_table(const struct finding *findings, bool color)
{
	printf("%-4s  %-26s  %s\n", "", "check", "value, effect, fix");
	for (size_t i = 0; i < NR_CHECKS; i++)
		print_finding(&checks[i], &findings[i], color);
	if (all_well(findings))
		printf("\nprof record works on this host.\n");
	else
		printf("\nprof record does not work on this host, but for system calls by ptrace: "
		       "--ptrace.\n");
}

static json_t *finding_to_json(const struct check *check, const struct finding *finding)
{
	struct verdict verdict = verdict_of(check, finding);

	return json_pack("{s:s, s:s, s:b, s:b, s:s?, s:s?}", "name", check->name, "value",
			 finding->value, "ok", finding->ok, "needed", check->needed, "effect",
			 verdict.effect, "fix", verdict.fix);
}

static void print_json(const struct finding *findings)
{
	json_t *list = json_array();
	json_t *report = json_pack("{s:s, s:b, s:o}", "schema", "prof.doctor/1", "ok",
				   all_well(findings), "checks", list);

	for (size_t i = 0; i < NR_CHECKS; i++)
		json_array_append_new(list, finding_to_json(&checks[i], &findings[i]));
	json_dumpf(report, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(report);
}

/* ---- The command ---- */

static int set_json(void *opts, const char *value)
{
	(void)value;
	((struct doctor_opts *)opts)->json = true;
	return 0;
}

static int set_color(void *opts, const char *value)
{
	return color_mode_parse(value, &((struct doctor_opts *)opts)->color);
}

static const struct option_row doctor_options[] = {
	{"json", 0, NULL, "print one JSON object", set_json},
	{"color", 0, "WHEN", "use colors: auto, always or never", set_color},
	{0},
};

static const char *const doctor_examples[] = {
	"prof doctor",
	"sudo prof doctor",
	"prof doctor --json | jq '.checks[] | select(.ok | not)'",
	NULL,
};

static int doctor_run(int argc, char **argv)
{
	struct doctor_opts opts = {0};
	struct finding findings[NR_CHECKS] = {0};
	struct features features;
	int operand = options_parse(&doctor_command, argc, argv, &opts);

	if (operand < 0)
		return options_exit_status(operand);
	if (operand < argc)
		return usage_error(&doctor_command, "there is no operand like '%s'", argv[operand]);

	features_probe(&features);
	for (size_t i = 0; i < NR_CHECKS; i++)
		checks[i].look(&(struct subject){&features, checks[i].argument}, &findings[i]);
	if (opts.json)
		print_json(findings);
	else
		print_table(findings, color_wanted(opts.color));
	return all_well(findings) ? EXIT_SUCCESS : EXIT_FAILURE;
}

const struct command doctor_command = {
	.name = "doctor",
	.summary = "tell what works on this host, and why the rest does not",
	.synopsis = "[options]",
	.description =
		"Checks what recording needs of the kernel and of the user's rights. Run it as "
		"you would run 'prof record'. The exit status is 0 when recording works and 1 "
		"when it does not; warnings do not count.",
	.examples = doctor_examples,
	.options = doctor_options,
	.run = doctor_run,
};
