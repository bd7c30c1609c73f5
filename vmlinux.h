/* SPDX-License-Identifier: MIT */
/*
 * The kernel types that the BPF programs read, kept by hand.
 *
 * Only the fields that are read stand here, each with a word on who reads it. Their offsets come
 * from the running kernel's BTF when the programs are loaded (CO-RE), so order and size do not
 * matter; a name that a kernel does not have makes loading fail with that name, unless it is probed
 * for.
 */
#ifndef PROF_VMLINUX_H
#define PROF_VMLINUX_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16; /* the next three: prototypes in bpf_helper_defs.h */
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;
#define true 1
#define false 0

enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PROG_ARRAY = 3,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_ARRAY_OF_MAPS = 12,
	BPF_MAP_TYPE_TASK_STORAGE = 29,
};

enum {
	BPF_ANY = 0,
	BPF_NOEXIST = 1,
	BPF_F_NO_PREALLOC = 1,
	BPF_F_MMAPABLE = 1024,
	BPF_LOCAL_STORAGE_GET_F_CREATE = 1,
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

#ifdef __TARGET_ARCH_x86
struct pt_regs { /* arch.bpf.h */
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8;
	unsigned long ax, cx, dx, si, di, orig_ax, ip, sp;
};

struct thread_info { /* arch.bpf.h: was this a 32-bit system call? */
	__u32 status;
};

#endif

#ifdef __TARGET_ARCH_arm64
struct user_pt_regs { /* arch.bpf.h, as <bpf/bpf_tracing.h> wants it named */
	__u64 regs[31], sp, pc, pstate;
};

struct pt_regs { /* arch.bpf.h */
	__u64 regs[31], sp, pc, pstate, orig_x0;
	__s32 syscallno;
};

struct thread_info { /* arch.bpf.h */
	unsigned long flags;
};
#endif

struct qstr { /* path.bpf.h: one component of a path */
	__u32 len;
	const unsigned char *name;
};

struct super_block { /* mapping.bpf.h: identity of a file */
	__u32 s_dev;
	unsigned long s_magic; /* descriptor.bpf.h */
};

struct inode { /* mapping.bpf.h, code.bpf.h: identity of a file */
	unsigned long i_ino;
	__u32 i_generation; /* differs when a number is used again */
	struct super_block *i_sb;
	unsigned short i_mode; /* descriptor.bpf.h */
	__u32 i_rdev;
};

struct hlist_bl_node { /* descriptor.bpf.h: is a file deleted? */
	struct hlist_bl_node **pprev;
};

struct dentry { /* path.bpf.h: the path of a file */
	struct dentry *d_parent;
	struct qstr d_name;
	struct hlist_bl_node d_hash;
};

struct vfsmount { /* path.bpf.h: the path of a file across mounts */
	struct dentry *mnt_root;
};

struct mount { /* path.bpf.h: the path of a file across mounts */
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path { /* path.bpf.h */
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file { /* mapping.bpf.h: what is mapped */
	struct path f_path;
	struct inode *f_inode;
	unsigned int f_flags; /* descriptor.bpf.h, and the next */
	void *private_data;
};

struct syscall_metadata { /* syscall_name.bpf.c: what an event of a system call is made of */
	const char *name;
	int syscall_nr;
	int nb_args;
};

struct trace_event_call {
	void *data;
};

struct perf_event {
	struct trace_event_call *tp_event;
};

struct xol_area { /* trampoline.bpf.h: where probed functions return to */
	unsigned long vaddr;
};

struct uprobes_state { /* trampoline.bpf.h */
	struct xol_area *xol_area;
};

struct return_instance { /* trampoline.bpf.h: a probed function that has not returned */
	unsigned long stack, orig_ret_vaddr;
	struct return_instance *next;
};

struct bpf_subprog_info { /* alloc.bpf.c: from 6.15 on functions are called with preemption off */
	bool might_sleep;
};

struct uprobe_task { /* trampoline.bpf.h */
	struct return_instance *return_instances;
	unsigned long vaddr; /* of the instruction that is being executed elsewhere */
};

struct mm_struct { /* mapping.bpf.h, stack_rest.bpf.h, layout.bpf.h, place.bpf.h: where a program's
		      parts lie */
	unsigned long start_code, end_code, end_data, start_brk, brk, start_stack;
	unsigned long arg_start, arg_end, env_start, env_end; /* snippet_image.bpf.h */
	struct file *exe_file;                                /* attach.bpf.c */
	struct {
		void *vdso;
	} context;
	struct uprobes_state uprobes_state; /* trampoline.bpf.h */
};

/* place.bpf.h: counts changes of the mappings; from Linux 6.13 on */
struct seqcount {
	unsigned int sequence;
};

typedef struct seqcount seqcount_t;

struct mm_struct___seqcount {
	seqcount_t mm_lock_seq;
};

struct mm_struct___int { /* the same, from 6.4 on */
	int mm_lock_seq;
};

struct vm_area_struct { /* mapping.bpf.h: what bpf_find_vma() found */
	unsigned long vm_start, vm_end, vm_flags, vm_pgoff;
	const void *vm_ops; /* place.bpf.h: none in anonymous memory */
	struct file *vm_file;
	struct mm_struct *vm_mm; /* attach.bpf.c */
};

struct fdtable { /* mapping.bpf.h: the file behind a descriptor */
	unsigned int max_fds;
	struct file **fd;
	unsigned long *close_on_exec; /* descriptor.bpf.h */
};

struct files_struct { /* mapping.bpf.h */
	struct fdtable *fdt;
};

struct in6_addr { /* descriptor.bpf.h, as all up to here: the addresses of sockets */
	__u8 bytes[16];
};

struct sock_common {
	__u32 skc_daddr, skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num, skc_family;
	volatile unsigned char skc_state;
	struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
};

struct sock {
	struct sock_common __sk_common;
	__u16 sk_type, sk_protocol;
	struct socket *sk_socket;
};

struct socket {
	struct sock *sk;
};

struct socket_alloc {
	struct inode vfs_inode;
};

struct sockaddr_un {
	char sun_path[108];
};

struct unix_address {
	int len;
	struct sockaddr_un name[];
};

struct unix_sock {
	struct unix_address *addr;
	struct sock *peer;
};

struct netlink_sock {
	__u32 portid;
};

struct fs_struct { /* path.bpf.h: where the recorder's paths begin */
	struct path root;
};

typedef struct {
	int counter;
} atomic_t;

struct signal_struct { /* task.bpf.c: is this the last thread, and what did reaped children take */
	atomic_t live;
	unsigned long cmin_flt, cmaj_flt;
};

struct kernel_siginfo { /* task.bpf.c: a signal, read as bytes */
	int si_code;
};

struct sched_entity { /* state.bpf.h: time on processors, changes from one to another */
	__u64 sum_exec_runtime;
	__u64 nr_migrations;
};

struct sched_info { /* state.bpf.h: time of waiting for one */
	unsigned long long run_delay;
};

struct task_struct {
	struct thread_info thread_info; /* arch.bpf.h */
	int pagefault_disabled;         /* fault.bpf.c: a lookup that must not sleep, not a fault */
	int pid, tgid;                  /* task.bpf.c */
	int exit_code;                  /* task.bpf.c */
	char comm[16];                  /* task.bpf.c */
	unsigned long min_flt, maj_flt; /* state.bpf.h: what the kernel itself has counted */
	struct signal_struct *signal;   /* task.bpf.c */
	struct mm_struct *mm;           /* mapping.bpf.h */
	unsigned int flags;             /* attach.bpf.c: is it ending? */
	struct fs_struct *fs;           /* path.bpf.h */
	struct files_struct *files;     /* mapping.bpf.h */
	struct uprobe_task *utask;      /* trampoline.bpf.h */
	unsigned long nvcsw;            /* state.bpf.h: how often it went to sleep */
	struct sched_entity se;         /* state.bpf.h */
	struct sched_info sched_info;   /* state.bpf.h */
};

struct linux_binprm {                  /* task.bpf.c: the program being executed */
	const char *filename, *interp; /* differ if it is a script */
};

struct sigaction { /* task.bpf.c: will a handler run? */
	void *sa_handler;
};

struct k_sigaction { /* task.bpf.c */
	struct sigaction sa;
};

struct seq_file;

struct bpf_iter_meta { /* task.bpf.c: the walk over tasks at the end */
	struct seq_file *seq;
};

struct bpf_iter__task { /* task.bpf.c */
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

struct bpf_iter__task_vma { /* attach.bpf.c */
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	struct vm_area_struct *vma;
};

struct bpf_perf_event_data { /* fault.bpf.c: a software fault event (uapi) */
	struct pt_regs regs;
	__u64 sample_period;
	__u64 addr;
};

#pragma clang attribute pop

#endif
