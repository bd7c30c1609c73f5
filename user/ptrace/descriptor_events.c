// SPDX-License-Identifier: MIT
#include "ptrace/descriptor_events.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/alloc.h"

#define MAX_PASSED 253 /* SCM_MAX_FD */

/* ---- Sockets ---- */

static int socket_number(int fd, int option)
{
	int value = 0;
	socklen_t size = sizeof value;

	return getsockopt(fd, SOL_SOCKET, option, &value, &size) ? 0 : value;
}

static const char *protocol_name(const struct wire_socket *socket)
{
	bool is_six = socket->family == AF_INET6;

	switch (socket->family) {
	case AF_UNIX:
		return "UNIX";
	case AF_NETLINK:
		return "NETLINK";
	case AF_INET:
	case AF_INET6:
		if (socket->protocol == IPPROTO_TCP)
			return is_six ? "TCPv6" : "TCP";
		if (socket->protocol == IPPROTO_UDP)
			return is_six ? "UDPv6" : "UDP";
		return is_six ? "RAWv6" : "RAW";
	}
	return "";
}

static void put_address(const struct sockaddr_storage *address, uint8_t out[16], uint16_t *port)
{
	const struct sockaddr_in *four = (const void *)address;
	const struct sockaddr_in6 *six = (const void *)address;

	if (address->ss_family == AF_INET) {
		memcpy(out, &four->sin_addr, sizeof four->sin_addr);
		*port = ntohs(four->sin_port);
	} else if (address->ss_family == AF_INET6) {
		memcpy(out, &six->sin6_addr, sizeof six->sin6_addr);
		*port = ntohs(six->sin6_port);
	}
}

static void put_name(const struct sockaddr_storage *address, socklen_t size,
		     struct wire_socket *out)
{
	const struct sockaddr_un *local = (const void *)address;
	size_t head = offsetof(struct sockaddr_un, sun_path), bytes = size > head ? size - head : 0;

	if (bytes && *local->sun_path)
		bytes = strnlen(local->sun_path, bytes);
	if (bytes > sizeof out->path)
		bytes = sizeof out->path;
	memcpy(out->path, local->sun_path, bytes);
	out->path_bytes = (uint8_t)bytes;
}

static void socket_put(int fd, struct wire_socket *out)
{
	struct sockaddr_storage address = {0};
	socklen_t size = sizeof address;

	out->family = (uint16_t)socket_number(fd, SO_DOMAIN);
	out->type = (uint16_t)socket_number(fd, SO_TYPE);
	out->protocol = (uint16_t)socket_number(fd, SO_PROTOCOL);
	out->state = socket_number(fd, SO_ACCEPTCONN) ? 10 /* TCP_LISTEN */ : 7 /* TCP_CLOSE */;
	if (getsockname(fd, (void *)&address, &size) == 0) {
		put_address(&address, out->local, &out->local_port);
		if (out->family == AF_UNIX)
			put_name(&address, size, out);
		if (out->family == AF_NETLINK)
			out->port_id = ((struct sockaddr_nl *)&address)->nl_pid;
	}
	size = sizeof address;
	memset(&address, 0, sizeof address);
	if (getpeername(fd, (void *)&address, &size) == 0) {
		put_address(&address, out->peer, &out->peer_port);
		out->state = 1; /* TCP_ESTABLISHED */
	}
}

/* A duplicate of the thread's own; -1: it cannot be had. */
static int descriptor_borrow(pid_t tid, int fd)
{
	scoped_fd int pidfd = (int)syscall(SYS_pidfd_open, tid, 0);

#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif
	if (pidfd < 0)
		pidfd = (int)syscall(SYS_pidfd_open, tid, PIDFD_THREAD);
	return pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
}

/* ---- Files ---- */

static uint32_t flags_of(pid_t tid, int fd)
{
	scoped_free char *path = xasprintf("/proc/%d/fdinfo/%d", tid, fd);
	FILE *file = fopen(path, "re");
	unsigned int flags = 0;

	if (!file)
		return 0;
	if (fscanf(file, "pos: %*u flags: %o", &flags) != 1)
		flags = 0;
	fclose(file);
	return flags;
}

/* As the kernel's own makedev(). */
static uint64_t device_number(dev_t device)
{
	return (uint64_t)major(device) << 20 | minor(device);
}

/* A path; of what has none, what stands behind the colon of anon_inode:[eventfd]. */
static void name_put(const char *link, bool is_socket, const struct wire_socket *socket,
		     struct descriptor_event *event)
{
	static const char deleted[] = " (deleted)";
	size_t size = strlen(link), end = sizeof deleted - 1;
	const char *name = is_socket ? protocol_name(socket) : link;

	if (*link != '/' && !is_socket && strchr(link, ':'))
		name = strncmp(link, "anon_inode:", 11) ? "" : link + 11;
	if (*link == '/' && size > end && !strcmp(link + size - end, deleted)) {
		event->head.flags |= WIRE_DELETED;
		size -= end;
	} else {
		size = strlen(name);
	}
	memcpy(event->path, name, size);
	event->path_bytes = (uint32_t)((size + 1 + 7) & ~7UL);
}

static void tell_one(const struct descriptor_teller *teller, int fd)
{
	scoped_free char *path = xasprintf("/proc/%d/fd/%d", teller->tid, fd);
	scoped_free struct descriptor_event *event =
		xcalloc(1, sizeof *event + PATH_MAX + 8 + sizeof(struct wire_socket));
	struct wire_socket socket = {0};
	char link[PATH_MAX] = "";
	struct statfs fs = {0};
	struct stat st;
	bool is_socket;

	if (readlink(path, link, sizeof link - 1) < 0 || stat(path, &st))
		return;
	is_socket = S_ISSOCK(st.st_mode);
	if (is_socket) {
		scoped_fd int own = descriptor_borrow(teller->tid, fd);

		if (own >= 0)
			socket_put(own, &socket);
	}
	statfs(path, &fs);
	event->head = (struct event){
		.type = EVENT_DESCRIPTOR, .task = teller->task, .time_ns = teller->time_ns};
	event->fd = fd;
	event->mode = st.st_mode;
	event->device = device_number(st.st_rdev ? st.st_rdev : st.st_dev);
	event->inode = st.st_ino;
	event->flags = flags_of(teller->tid, fd);
	event->magic = (uint32_t)fs.f_type;
	name_put(link, is_socket, &socket, event);
	if (is_socket) {
		event->socket_bytes = sizeof socket;
		memcpy(event->path + event->path_bytes, &socket, sizeof socket);
	}
	event->head.size_bytes =
		(uint16_t)(sizeof *event + event->path_bytes + event->socket_bytes);
	teller->handle(teller->arg, 0, &event->head);
}

/* ---- Calls ---- */

static bool memory_read(pid_t tid, uint64_t address, void *out, size_t size_bytes)
{
	struct iovec here = {out, size_bytes}, there = {(void *)address, size_bytes};

	return process_vm_readv(tid, &here, 1, &there, 1, 0) == (ssize_t)size_bytes;
}

static void tell_two(const struct descriptor_teller *teller, uint64_t address)
{
	int fds[2];

	if (!memory_read(teller->tid, address, fds, sizeof fds))
		return;
	tell_one(teller, fds[0]);
	tell_one(teller, fds[1]);
}

/* Those that came in a message, if they are the first of its control data. */
static void tell_passed(const struct descriptor_teller *teller, uint64_t message)
{
	struct msghdr header;
	struct cmsghdr control;
	int fd;

	if (!memory_read(teller->tid, message, &header, sizeof header) ||
	    header.msg_controllen < sizeof control ||
	    !memory_read(teller->tid, (uintptr_t)header.msg_control, &control, sizeof control) ||
	    control.cmsg_level != SOL_SOCKET || control.cmsg_type != SCM_RIGHTS)
		return;
	for (size_t i = 0; i < MAX_PASSED && CMSG_LEN((i + 1) * sizeof fd) <= control.cmsg_len; i++)
		if (memory_read(teller->tid,
				(uintptr_t)header.msg_control + CMSG_LEN(i * sizeof fd), &fd,
				sizeof fd))
			tell_one(teller, fd);
}

void descriptors_tell(const struct descriptor_teller *teller, const struct stopped_call *call,
		      uint32_t flags, int64_t result)
{
	if (result < 0)
		return;
	if (call->nr == SYS_fcntl) {
		if (call->args[1] == F_DUPFD || call->args[1] == F_DUPFD_CLOEXEC)
			tell_one(teller, (int)result);
	} else if (call->nr == SYS_recvmsg) {
		tell_passed(teller, call->args[1]);
	} else if (flags & PLAN_MAKES_FD) {
		tell_one(teller, (int)result);
	} else if (flags & PLAN_CHANGES_SOCKET) {
		tell_one(teller, (int)call->args[0]);
	} else if (flags & PLAN_MAKES_FDS) {
		tell_two(teller, call->args[flags >> PLAN_FDS_ARG_SHIFT & 7]);
	}
}
