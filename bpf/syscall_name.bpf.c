// SPDX-License-Identifier: MIT
/*
 * Which number a system call has that the recorder knows by the name of its trace event alone.
 *
 * tracefs tells names, ids of events and arguments, but no numbers. The kernel has them in what its
 * event is made of; and an event that was opened leads there, from the recorder's own descriptor.
 *
 * Licence: the object is "Dual MIT/GPL" (task.bpf.c). Reads task_struct, file, perf_event,
 * trace_event_call, syscall_metadata.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "event.h"

SEC("syscall")
int on_syscall_name(struct syscall_naming *naming)
{
	struct fdtable *table = BPF_CORE_READ(bpf_get_current_task_btf(), files, fdt);
	char name[sizeof naming->name] = {0}; /* helpers do not write to a program's context */
	struct syscall_metadata *call;
	struct perf_event *event;
	struct file **files = BPF_CORE_READ(table, fd), *file = NULL;

	bpf_probe_read_kernel(&file, sizeof file, files + naming->fd);
	event = (struct perf_event *)BPF_CORE_READ(file, private_data);
	call = (struct syscall_metadata *)BPF_CORE_READ(event, tp_event, data);
	naming->nr = BPF_CORE_READ(call, syscall_nr);
	naming->arity = BPF_CORE_READ(call, nb_args);
	if (bpf_probe_read_kernel_str(name, sizeof name, BPF_CORE_READ(call, name)) < 0)
		return 1;
	__builtin_memcpy(naming->name, name, sizeof name);
	return 0;
}
