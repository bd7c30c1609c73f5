// SPDX-License-Identifier: MIT
/* What only the kernel knows, asked of it by programs that are run for the answer. */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/alloc.h"
#include "capture/capture.h"
#include "prof.skel.h"

bool capture_kernel_symbol(struct capture *c, uint64_t address, struct kernel_symbol *out)
{
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = out, .ctx_size_in = sizeof *out);

	*out = (struct kernel_symbol){.address = address};
	if (bpf_prog_test_run_opts(bpf_program__fd(capture_skeleton(c)->progs.on_kernel_symbol),
				   &run))
		return false;
	out->name[sizeof out->name - 1] = '\0';
	out->name[strcspn(out->name, " ")] = '\0'; /* the module's name */
	return *out->name && strncmp(out->name, "0x", 2);
}

/* It counts nothing: it is never switched on. */
static int open_event(int id)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof attr,
		.config = (uint64_t)id,
		.disabled = 1,
	};

	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

bool capture_syscall_number(struct capture *c, int event_id, const char *name, uint32_t *out_nr,
			    uint32_t *out_arity)
{
	scoped_fd int event = open_event(event_id);
	struct syscall_naming naming = {.fd = (uint32_t)event, .nr = -1};
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = &naming, .ctx_size_in = sizeof naming);
	int program = bpf_program__fd(capture_skeleton(c)->progs.on_syscall_name);

	if (event < 0 || program < 0 || bpf_prog_test_run_opts(program, &run) || run.retval)
		return false;
	naming.name[sizeof naming.name - 1] = '\0';
	*out_nr = (uint32_t)naming.nr;
	*out_arity = naming.arity;
	return naming.nr >= 0 && naming.arity <= 6 && !strncmp(naming.name, "sys_", 4) &&
	       !strcmp(naming.name + 4, name);
}

/* Another thread holds the mappings for microseconds at a time, and to free memory for longer. */
#define MAX_ID_TRIES 100000

uint32_t capture_file_id(struct capture *c, const void *address)
{
	struct mapped_file question = {.address = (uintptr_t)address};
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = &question, .ctx_size_in = sizeof question);
	int fd = bpf_program__fd(capture_skeleton(c)->progs.on_file_of_mapping);

	for (int i = 0; i < MAX_ID_TRIES; i++) {
		if (bpf_prog_test_run_opts(fd, &run))
			return FILE_NONE;
		if ((int)run.retval != -EBUSY)
			return question.file;
		sched_yield();
	}
	return FILE_NONE;
}
