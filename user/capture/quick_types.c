// SPDX-License-Identifier: MIT
#include "capture/quick_types.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "capture/kernel_types.h"

#define KERNEL_TYPES "/sys/kernel/btf/vmlinux"

struct quick_types {
	struct kernel_types *types;
	int file; /* what libbpf reads in their place */
	char path[40];
	int handlers[2];
};

/* Turns the program into what its section says that it is. */
static int program_prepare(struct bpf_program *program, struct bpf_prog_load_opts *options,
			   const struct quick_types *quick, enum bpf_attach_type attach,
			   const char *prefix)
{
	const char *name = strchr(bpf_program__section_name(program), '/');
	uint32_t id = name ? kernel_types_hook(quick->types, prefix, name + 1) : 0;
	int err;

	if (!id)
		return -ESRCH;
	err = bpf_program__set_type(program, BPF_PROG_TYPE_TRACING);
	if (!err)
		err = bpf_program__set_expected_attach_type(program, attach);
	options->expected_attach_type = attach;
	options->attach_btf_id = id;
	return err;
}

static int tracepoint_prepare(struct bpf_program *program, struct bpf_prog_load_opts *options,
			      long quick)
{
	return program_prepare(program, options, (const void *)quick, BPF_TRACE_RAW_TP,
			       "btf_trace_");
}

static int iterator_prepare(struct bpf_program *program, struct bpf_prog_load_opts *options,
			    long quick)
{
	return program_prepare(program, options, (const void *)quick, BPF_TRACE_ITER, "bpf_iter_");
}

static int handler_register(struct quick_types *quick, const char *section,
			    libbpf_prog_prepare_load_fn_t prepare)
{
	LIBBPF_OPTS(libbpf_prog_handler_opts, options, .cookie = (long)quick,
		    .prog_prepare_load_fn = prepare);

	return libbpf_register_prog_handler(section, BPF_PROG_TYPE_RAW_TRACEPOINT, 0, &options);
}

struct quick_types *quick_types_new(void)
{
	struct quick_types *quick = xnew(struct quick_types);

	quick->file = memfd_create("prof-types", MFD_CLOEXEC);
	snprintf(quick->path, sizeof quick->path, "/proc/self/fd/%d", quick->file);
	quick->handlers[0] = handler_register(quick, "tp_btf+", tracepoint_prepare);
	quick->handlers[1] = handler_register(quick, "iter+", iterator_prepare);
	quick->types = kernel_types_new(KERNEL_TYPES);
	if (quick->types && !access(quick->path, R_OK) && quick->handlers[0] >= 0 &&
	    quick->handlers[1] >= 0)
		return quick;
	quick_types_free(quick);
	return NULL;
}

const char *quick_types_path(const struct quick_types *quick)
{
	return quick ? quick->path : NULL;
}

int quick_types_fill(struct quick_types *quick, const struct bpf_object *object)
{
	struct btf *selected = kernel_types_select(quick->types, bpf_object__btf(object));
	uint32_t bytes = 0;
	const void *data = selected ? btf__raw_data(selected, &bytes) : NULL;
	int err = data && write(quick->file, data, bytes) == (ssize_t)bytes ? 0 : -EIO;

	btf__free(selected);
	return err;
}

void quick_types_free(struct quick_types *quick)
{
	if (!quick)
		return;
	for (int i = 0; i < 2; i++)
		if (quick->handlers[i] >= 0)
			libbpf_unregister_prog_handler(quick->handlers[i]);
	if (quick->file >= 0)
		close(quick->file);
	kernel_types_free(quick->types);
	free(quick);
}
