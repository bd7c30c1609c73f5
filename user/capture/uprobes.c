// SPDX-License-Identifier: MIT
#include "capture/uprobes.h"

#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

/* From the kernel's interface, for systems whose headers are older. */
#define ATTACH_UPROBE_MULTI 48
#define MULTI_AT_RETURN     1

struct uprobe_multi_attr {
	uint32_t program_fd, target_fd, attach_type, flags;
	uint64_t path, offsets, semaphores, cookies;
	uint32_t nr, multi_flags, pid, reserved;
};

bool uprobes_prepare(struct bpf_program *program)
{
	struct btf *btf = btf__load_vmlinux_btf();
	bool has_links =
		btf && btf__find_by_name_kind(btf, "bpf_uprobe_multi_link", BTF_KIND_STRUCT) > 0;

	btf__free(btf);
	if (has_links)
		bpf_program__set_expected_attach_type(program,
						      (enum bpf_attach_type)ATTACH_UPROBE_MULTI);
	return has_links;
}

int uprobes_link(const struct bpf_program *program, const struct uprobe_set *set)
{
	const struct uprobe_multi_attr attr = {
		.program_fd = (uint32_t)bpf_program__fd(program),
		.attach_type = ATTACH_UPROBE_MULTI,
		.path = (uintptr_t)set->path,
		.offsets = (uintptr_t)set->offsets,
		.cookies = (uintptr_t)set->cookies,
		.nr = set->nr,
		.multi_flags = set->at_return ? MULTI_AT_RETURN : 0,
	};
	int fd = (int)syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof attr);

	return fd < 0 ? -errno : fd;
}

struct bpf_link *uprobe_attach(const struct bpf_program *program, const struct uprobe_set *set,
			       uint32_t index)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .bpf_cookie = set->cookies[index],
		    .retprobe = set->at_return);

	return bpf_program__attach_uprobe_opts(program, -1, set->path, set->offsets[index], &opts);
}
