// SPDX-License-Identifier: MIT
#include "capture/features.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "capture/privileges.h"

/* A BTF tracepoint exists where the kernel has a type named after it. */
static bool has_tracepoint(const struct btf *btf, const char *name)
{
	char type[64];

	snprintf(type, sizeof type, "btf_trace_%s", name);
	return btf__find_by_name_kind(btf, type, BTF_KIND_TYPEDEF) > 0;
}

static void probe_tracepoints(const struct btf *btf, enum feature feature, const char *const *names,
			      struct features *out)
{
	char *missing = out->missing_tracepoints[feature];
	size_t size = sizeof out->missing_tracepoints[feature], used = 0;

	for (; *names; names++)
		if (!has_tracepoint(btf, *names) && used < size)
			used += (size_t)snprintf(missing + used, size - used, "%s%s",
						 used ? ", " : "", *names);
	out->support[feature] = used ? SUPPORT_NO : SUPPORT_YES;
}

static enum support support_if(bool yes)
{
	return yes ? SUPPORT_YES : SUPPORT_NO;
}

static void probe_types(struct features *out)
{
	static const char *const syscall[] = {"sys_enter", "sys_exit", NULL};
	static const char *const fault[] = {"page_fault_user", "page_fault_kernel", NULL};
	static const char *const task[] = {"sched_process_fork", "sched_process_exec",
					   "sched_process_exit", "signal_deliver",
					   "task_rename",        NULL};
	struct btf *btf = btf__load_vmlinux_btf();

	if (!btf)
		return;
	out->support[FEATURE_BTF] = SUPPORT_YES;
	probe_tracepoints(btf, FEATURE_SYSCALL_TRACEPOINTS, syscall, out);
	probe_tracepoints(btf, FEATURE_FAULT_TRACEPOINTS, fault, out);
	probe_tracepoints(btf, FEATURE_TASK_TRACEPOINTS, task, out);
	/* Links of many probes, or else events of one. */
	out->support[FEATURE_UPROBES] = support_if(
		btf__find_by_name_kind(btf, "bpf_uprobe_multi_link", BTF_KIND_STRUCT) > 0 ||
		access("/sys/bus/event_source/devices/uprobe/type", F_OK) == 0);
	btf__free(btf);
}

static bool has_mmapable_array(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, 4, 8, 1, &opts);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool has_helper(enum bpf_func_id helper)
{
	return libbpf_probe_bpf_helper(BPF_PROG_TYPE_RAW_TRACEPOINT, helper, NULL) == 1;
}

/* Without the right to create maps, every answer would be no. */
static void probe_bpf(struct features *out)
{
	bool may_ask = privileged_for_bpf() && privileged_for_events();

	out->support[FEATURE_TASK_STORAGE] = SUPPORT_UNKNOWN;
	out->support[FEATURE_MMAPABLE_ARRAY] = SUPPORT_UNKNOWN;
	out->support[FEATURE_LOOP] = SUPPORT_UNKNOWN;
	out->support[FEATURE_FIND_VMA] = SUPPORT_UNKNOWN;
	if (!may_ask)
		return;
	out->support[FEATURE_TASK_STORAGE] =
		support_if(libbpf_probe_bpf_map_type(BPF_MAP_TYPE_TASK_STORAGE, NULL) == 1);
	out->support[FEATURE_MMAPABLE_ARRAY] = support_if(has_mmapable_array());
	out->support[FEATURE_LOOP] = support_if(has_helper(BPF_FUNC_loop));
	out->support[FEATURE_FIND_VMA] = support_if(has_helper(BPF_FUNC_find_vma));
}

static enum support probe_event(unsigned long config)
{
	struct perf_event_attr attr = {
		.size = sizeof attr, .type = PERF_TYPE_SOFTWARE, .config = config, .disabled = 1};
	int fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		return errno == EACCES || errno == EPERM ? SUPPORT_UNKNOWN : SUPPORT_NO;
	close(fd);
	return SUPPORT_YES;
}

static int stay_silent(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	return 0;
}

void features_probe(struct features *out)
{
	libbpf_print_fn_t print = libbpf_set_print(stay_silent);
	enum support minor = probe_event(PERF_COUNT_SW_PAGE_FAULTS_MIN);

	memset(out, 0, sizeof *out);
	probe_types(out);
	probe_bpf(out);
	out->support[FEATURE_FAULT_EVENTS] =
		minor == SUPPORT_YES ? probe_event(PERF_COUNT_SW_PAGE_FAULTS_MAJ) : minor;
	libbpf_set_print(print);
}
