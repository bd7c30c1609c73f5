// SPDX-License-Identifier: MIT
#include "descriptors/open_file.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/alloc.h"

static struct open_file *file_new(void)
{
	struct open_file *file = xnew(struct open_file);

	file->references = 1;
	return file;
}

struct open_file *open_file_new(const struct descriptor_event *event)
{
	struct open_file *file = file_new();
	size_t room = event->head.size_bytes - sizeof *event;
	size_t path_bytes = event->path_bytes < room ? event->path_bytes : room;

	file->mode = event->mode;
	file->device = event->device;
	file->inode = event->inode;
	file->name = xstrndup(event->path, path_bytes);
	file->is_deleted = event->head.flags & WIRE_DELETED;
	if (event->socket_bytes == sizeof file->socket &&
	    room - path_bytes >= sizeof file->socket) {
		file->is_socket = true;
		memcpy(&file->socket, event->path + path_bytes, sizeof file->socket);
	}
	return file;
}

struct open_file *open_file_named(const char *link, uint32_t mode, uint64_t device)
{
	static const char deleted[] = " (deleted)", anonymous[] = "anon_inode:";
	struct open_file *file = file_new();
	size_t size = strlen(link), deleted_size = sizeof deleted - 1;
	const char *inode = strstr(link, ":[");

	file->mode = mode;
	file->device = device;
	file->is_deleted = size > deleted_size && !strcmp(link + size - deleted_size, deleted);
	if (!strncmp(link, anonymous, sizeof anonymous - 1))
		file->name = xstrdup(link + sizeof anonymous - 1);
	else
		file->name = xstrndup(link, file->is_deleted ? size - deleted_size : size);
	if (*link != '/' && inode)
		file->inode = strtoull(inode + 2, NULL, 10);
	return file;
}

struct open_file *open_file_share(struct open_file *file)
{
	file->references++;
	return file;
}

void open_file_drop(struct open_file *file)
{
	if (!file || --file->references)
		return;
	free(file->name);
	free(file);
}

void open_file_update(struct open_file *file, const struct open_file *newer)
{
	file->is_socket = newer->is_socket;
	file->socket = newer->socket;
}

/* ---- Text ---- */

static void put(struct bytes *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void put(struct bytes *out, const char *fmt, ...)
{
	char text[256];
	va_list args;
	int size;

	va_start(args, fmt);
	size = vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	bytes_append(out, text, size < (int)sizeof text ? (size_t)size : sizeof text - 1);
}

/* As in C, and what would be taken for the end of a descriptor in octal. */
static void put_quoted(struct bytes *out, const char *text, size_t size)
{
	static const char letters[] = "\"\"\\\\\tt\nn\vv\ff\rr";

	for (const char *at = text; at < text + size; at++) {
		const char *letter = *at ? strchr(letters, *at) : NULL;

		if (letter && (letter - letters) % 2 == 0)
			put(out, "\\%c", letter[1]);
		else if (*at < ' ' || *at == 0x7f || *at == '<' || *at == '>')
			put(out, "\\%o", (unsigned char)*at);
		else
			bytes_u8(out, (uint8_t)*at);
	}
}

void path_write(const char *path, struct bytes *out)
{
	bytes_u8(out, '<');
	put_quoted(out, path, strlen(path));
	bytes_u8(out, '>');
}

static void put_address(struct bytes *out, int family, const uint8_t *address, uint16_t port)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(family, address, text, sizeof text);
	put(out, family == AF_INET6 ? "[%s]:%u" : "%s:%u", text, port);
}

static void put_unix(const struct open_file *file, struct bytes *out)
{
	const struct wire_socket *socket = &file->socket;
	size_t size =
		socket->path_bytes < sizeof socket->path ? socket->path_bytes : sizeof socket->path;
	bool is_abstract = size && !*socket->path;

	put(out, "<%s:[%" PRIu64, file->name, file->inode);
	if (socket->peer_inode)
		put(out, "->%" PRIu64, (uint64_t)socket->peer_inode);
	if (size) {
		put(out, ",%s\"", is_abstract ? "@" : "");
		put_quoted(out, socket->path + is_abstract,
			   is_abstract ? size - 1 : strnlen(socket->path, size));
		put(out, "\"");
	}
	put(out, "]>");
}

static void put_inet(const struct open_file *file, struct bytes *out)
{
	const struct wire_socket *socket = &file->socket;

	put(out, "<%s:[", file->name);
	put_address(out, socket->family, socket->local, socket->local_port);
	if (socket->peer_port) {
		put(out, "->");
		put_address(out, socket->family, socket->peer, socket->peer_port);
	}
	put(out, "]>");
}

static void put_netlink(const struct open_file *file, struct bytes *out)
{
	static const char *const protocols[] = {
		"ROUTE",          "UNUSED",    "USERSOCK",  "FIREWALL",      "SOCK_DIAG",
		"NFLOG",          "XFRM",      "SELINUX",   "ISCSI",         "AUDIT",
		"FIB_LOOKUP",     "CONNECTOR", "NETFILTER", "IP6_FW",        "DNRTMSG",
		"KOBJECT_UEVENT", "GENERIC",   NULL,        "SCSITRANSPORT", "ECRYPTFS",
		"RDMA",           "CRYPTO",    "SMC",
	};
	uint16_t protocol = file->socket.protocol;
	const char *name =
		protocol < sizeof protocols / sizeof *protocols ? protocols[protocol] : NULL;

	if (name)
		put(out, "<NETLINK:[%s:%" PRIu32 "]>", name, file->socket.port_id);
	else
		put(out, "<NETLINK:[%u:%" PRIu32 "]>", protocol, file->socket.port_id);
}

/* Protocols that strace calls by name. */
static bool is_named(const char *protocol)
{
	static const char *const names[] = {
		"UNIX", "UNIX-STREAM", "TCP",   "UDP",    "UDPLITE", "RAW",
		"PING", "TCPv6",       "UDPv6", "RAWv6",  "PINGv6",  "UDPLITEv6",
		"SCTP", "SCTPv6",      "DCCP",  "DCCPv6", "NETLINK",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(names[i], protocol))
			return true;
	return false;
}

static void put_socket(const struct open_file *file, unsigned int detail, struct bytes *out)
{
	const struct wire_socket *socket = &file->socket;

	if (detail < 2 || !file->is_socket || !is_named(file->name))
		put(out, "<socket:[%" PRIu64 "]>", file->inode);
	else if (socket->family == AF_UNIX)
		put_unix(file, out);
	else if ((socket->family == AF_INET || socket->family == AF_INET6) && socket->local_port &&
		 socket->type != SOCK_RAW)
		put_inet(file, out);
	else if (socket->family == AF_NETLINK && socket->port_id)
		put_netlink(file, out);
	else
		put(out, "<%s:[%" PRIu64 "]>", file->name, file->inode);
}

static void put_path(const struct open_file *file, unsigned int detail, struct bytes *out)
{
	bool is_device = detail > 1 && (S_ISCHR(file->mode) || S_ISBLK(file->mode));

	bytes_u8(out, '<');
	if (*file->name != '/')
		bytes_u8(out, '/'); /* a memfd is called as if it was in the root */
	put_quoted(out, file->name, strlen(file->name));
	if (is_device)
		put(out, "<%s %" PRIu64 ":%" PRIu64 ">", S_ISCHR(file->mode) ? "char" : "block",
		    file->device >> 20, file->device & 0xfffff);
	bytes_u8(out, '>');
	if (file->is_deleted || *file->name != '/')
		put(out, "(deleted)");
}

void open_file_write(const struct open_file *file, unsigned int detail, struct bytes *out)
{
	if (S_ISSOCK(file->mode))
		put_socket(file, detail, out);
	else if (S_ISFIFO(file->mode) && *file->name != '/')
		put(out, "<pipe:[%" PRIu64 "]>", file->inode);
	else if (detail > 1 && file->pid)
		put(out, "<pid:%" PRIu32 ">", file->pid);
	else if (*file->name == '/' || S_ISREG(file->mode))
		put_path(file, detail, out);
	else
		put(out, "<anon_inode:%s>", file->name);
}

int open_file_netlink(const struct open_file *file)
{
	if (!file || !file->is_socket || file->socket.family != AF_NETLINK)
		return -1;
	return file->socket.port_id ? file->socket.protocol : -2;
}
