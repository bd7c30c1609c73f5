// SPDX-License-Identifier: MIT
/*
 * The tables of executable mappings beyond the system calls that change them: their end, and how
 * user space learns by which id the kernel side knows a file.
 *
 * Licence: the object is "Dual MIT/GPL" (task.bpf.c). Reads vm_area_struct, file, inode.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#include "code.bpf.h"

/* By exec, or because the last task that used it has ended. */
SEC("tp_btf/exit_mmap")
int BPF_PROG(on_exit_mmap, struct mm_struct *mm)
{
	__u64 key = (__u64)mm;

	bpf_map_delete_elem(&code_spaces, &key);
	return 0;
}

static long mapped_file_found(struct task_struct *task, struct vm_area_struct *vma,
			      struct mapped_file *question)
{
	__u64 file = (__u64)BPF_CORE_READ(vma, vm_file);

	question->file = file ? file_id(file) : FILE_NONE;
	return 0;
}

/* What stat(2) says of a file is not what the kernel maps on overlayfs and btrfs; so the recorder
 * maps each file whose table it has and asks here. -EBUSY while another of its threads changes its
 * mappings. */
SEC("syscall")
int on_file_of_mapping(struct mapped_file *question)
{
	struct mapped_file answer = {.address = question->address};
	long err = bpf_find_vma(bpf_get_current_task_btf(), answer.address, mapped_file_found,
				&answer, 0);

	question->file = answer.file;
	return err;
}
