/* SPDX-License-Identifier: MIT */
/*
 * What a new descriptor stands for, asked of the kernel the moment a call has made it.
 *
 * So nobody has to look into /proc for it, where it may be something else by then. A path is what
 * it is when the file is opened, and a socket's addresses what they are when a call has set them.
 */
#ifndef PROF_DESCRIPTOR_BPF_H
#define PROF_DESCRIPTOR_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "arch.bpf.h"
#include "capture.bpf.h"
#include "mapping.bpf.h"
#include "path.bpf.h"
#include "ring.bpf.h"

#define O_CLOEXEC  02000000
#define S_IFMT     0170000
#define S_IFSOCK   0140000
#define S_IFCHR    0020000
#define S_IFBLK    0060000
#define AF_UNIX    1
#define AF_INET    2
#define AF_INET6   10
#define AF_NETLINK 16
#define SOL_SOCKET 1
#define SCM_RIGHTS 1
#define MAX_PASSED 16 /* descriptors in one message */

static __always_inline void socket_put_unix(struct sock *sock, struct wire_socket *out)
{
	struct unix_sock *own = (struct unix_sock *)sock;
	struct unix_address *address = BPF_CORE_READ(own, addr);
	struct sock *peer = BPF_CORE_READ(own, peer);
	struct socket_alloc *peer_socket;
	__u32 bytes;

	if (address) {
		bytes = BPF_CORE_READ(address, len) - 2; /* behind the family */
		if (bytes && bytes <= 108) {
			bpf_core_read(out->path, bytes, &address->name[0].sun_path);
			out->path_bytes = bytes;
		}
	}
	peer_socket = peer ? (void *)BPF_CORE_READ(peer, sk_socket) : NULL;
	if (peer_socket)
		out->peer_inode = BPF_CORE_READ(peer_socket, vfs_inode.i_ino);
}

static __always_inline void socket_put_inet(struct sock *sock, struct wire_socket *out)
{
	out->local_port = BPF_CORE_READ(sock, __sk_common.skc_num);
	out->peer_port = __builtin_bswap16(BPF_CORE_READ(sock, __sk_common.skc_dport));
	if (out->family == AF_INET) {
		__u32 local = BPF_CORE_READ(sock, __sk_common.skc_rcv_saddr);
		__u32 peer = BPF_CORE_READ(sock, __sk_common.skc_daddr);

		__builtin_memcpy(out->local, &local, sizeof local);
		__builtin_memcpy(out->peer, &peer, sizeof peer);
	} else if (bpf_core_field_exists(sock->__sk_common.skc_v6_daddr)) {
		BPF_CORE_READ_INTO(&out->local, sock, __sk_common.skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO(&out->peer, sock, __sk_common.skc_v6_daddr);
	}
}

static __always_inline void socket_put(struct file *file, struct wire_socket *out)
{
	struct socket *socket = BPF_CORE_READ(file, private_data);
	struct sock *sock = BPF_CORE_READ(socket, sk);

	__builtin_memset(out, 0, sizeof *out);
	if (!sock)
		return;
	out->family = BPF_CORE_READ(sock, __sk_common.skc_family);
	out->type = BPF_CORE_READ(sock, sk_type);
	out->protocol = BPF_CORE_READ(sock, sk_protocol);
	out->state = BPF_CORE_READ(sock, __sk_common.skc_state);
	if (out->family == AF_UNIX && bpf_core_type_exists(struct unix_sock))
		socket_put_unix(sock, out);
	else if (out->family == AF_INET || out->family == AF_INET6)
		socket_put_inet(sock, out);
	else if (out->family == AF_NETLINK && bpf_core_type_exists(struct netlink_sock))
		out->port_id = BPF_CORE_READ((struct netlink_sock *)sock, portid);
}

/* Its path into the CPU's path_walk, or the name of what is in no directory, without a slash. */
static __always_inline void descriptor_name(struct file *file, struct path_walk *walk)
{
	__u32 at;

	path_read((__u64)file);
	at = walk->at & (MAX_PATH_BYTES - 1);
	if (walk->is_nowhere) {
		walk->at = at + 1;
	} else if (at == MAX_PATH_BYTES - 1) { /* the root itself */
		walk->text[MAX_PATH_BYTES - 2] = '/';
		walk->at = MAX_PATH_BYTES - 2;
	}
}

static __always_inline bool is_cloexec(__u32 fd)
{
	unsigned long *bits = BPF_CORE_READ(bpf_get_current_task_btf(), files, fdt, close_on_exec);
	unsigned long word = 0;

	bpf_probe_read_kernel(&word, sizeof word, &bits[fd / 64]);
	return word >> (fd % 64) & 1;
}

/* `walk` has read the file. */
static __always_inline void descriptor_put(struct descriptor_event *event,
					   const struct path_walk *walk, struct file *file,
					   __u32 fd)
{
	struct inode *inode = COPIED(walk->file, file, f_inode);
	struct super_block *sb;
	__u32 mode, kind;
	__u64 copy[12];

	bpf_probe_read_kernel(copy, sizeof copy, inode);
	sb = COPIED(copy, inode, i_sb);
	mode = COPIED(copy, inode, i_mode);
	kind = mode & S_IFMT;
	event->fd = fd;
	event->mode = mode;
	event->device = kind == S_IFCHR || kind == S_IFBLK ? COPIED(copy, inode, i_rdev)
							   : BPF_CORE_READ(sb, s_dev);
	event->inode = COPIED(copy, inode, i_ino);
	event->flags =
		(COPIED(walk->file, file, f_flags) & ~O_CLOEXEC) | (is_cloexec(fd) ? O_CLOEXEC : 0);
	event->magic = BPF_CORE_READ(sb, s_magic);
	event->socket_bytes = kind == S_IFSOCK ? sizeof(struct wire_socket) : 0;
}

/* Sends what a descriptor of the current task is. A function of its own: verified once. */
__weak __noinline int descriptor_send(__u32 fd, __u32 task, __u64 time_ns)
{
	struct file *file = (struct file *)file_of_descriptor(fd);
	struct ring_head *ring = ring_of_cpu();
	__u32 zero = 0, at;
	struct path_walk *walk = bpf_map_lookup_elem(&path_walks, &zero);
	__u64 path_bytes, size_bytes;
	struct descriptor_event *event;

	if (!file || !walk || !ring)
		return 0;
	descriptor_name(file, walk);
	at = walk->at & (MAX_PATH_BYTES - 1);
	path_bytes = path_bytes_from(at);
	if (path_bytes > MAX_PATH_BYTES)
		return 0;
	event = ring_reserve(ring, EVENT_DESCRIPTOR,
			     sizeof *event + path_bytes + sizeof(struct wire_socket));
	if (!event)
		return 0;
	descriptor_put(event, walk, file, fd);
	event->path_bytes = path_bytes;
	bpf_probe_read_kernel(event->path, path_bytes, &walk->text[at]);
	if (event->socket_bytes)
		socket_put(file, (void *)(event->path + path_bytes));
	size_bytes = sizeof *event + path_bytes + event->socket_bytes;
	event_head(&event->head, EVENT_DESCRIPTOR, walk->is_deleted ? WIRE_DELETED : 0, size_bytes,
		   task, time_ns);
	ring_commit(ring, EVENT_DESCRIPTOR, size_bytes);
	return 0;
}

/* The two of pipe() and socketpair(). */
__weak __noinline int descriptors_send_two(__u64 address, __u32 task, __u64 time_ns)
{
	__u32 fds[2];

	if (bpf_probe_read_user(fds, sizeof fds, (void *)address))
		return 0;
	descriptor_send(fds[0], task, time_ns);
	descriptor_send(fds[1], task, time_ns);
	return 0;
}

/* Those that came in a message, if they are the first of its control data. */
__weak __noinline int descriptors_send_passed(__u64 message, __u32 task, __u64 time_ns)
{
	struct {
		__u64 control, control_bytes;
	} where;
	struct {
		__u64 bytes;
		__s32 level, type;
		__u32 fds[MAX_PASSED];
	} control = {};

	if (bpf_probe_read_user(&where, sizeof where, (void *)(message + 32)) ||
	    where.control_bytes < 16 || bpf_probe_read_user(&control, 16, (void *)where.control) ||
	    control.level != SOL_SOCKET || control.type != SCM_RIGHTS)
		return 0;
	for (__u32 i = 0; i < MAX_PASSED && 16 + 4 * (i + 1) <= control.bytes; i++) {
		__u32 fd;

		if (bpf_probe_read_user(&fd, sizeof fd, (void *)(where.control + 16 + 4 * i)))
			break;
		descriptor_send(fd, task, time_ns);
	}
	return 0;
}

/* Those that the call has made or changed, by the plan's flags. */
static __always_inline void descriptors_send(struct task_state *state, struct pt_regs *regs,
					     __u32 makes)
{
	__u64 args[6];

	if (!makes)
		return;
	regs_args(regs, false, args);
	if (state->nr == cfg_nr_recvmsg) {
		descriptors_send_passed(args[1], state->task, state->enter_ns);
	} else if (makes & PLAN_MAKES_FD) {
		descriptor_send(state->result, state->task, state->enter_ns);
	} else if (makes & PLAN_CHANGES_SOCKET) {
		descriptor_send(args[0], state->task, state->enter_ns);
	} else if (makes & PLAN_MAKES_FDS) {
		__u32 arg = makes >> 4;

		descriptors_send_two(arg == 0   ? args[0]
				     : arg == 3 ? args[3]
						: args[arg & 1],
				     state->task, state->enter_ns);
	}
}

#endif
