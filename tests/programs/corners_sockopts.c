// SPDX-License-Identifier: MIT
/*
 * Options of sockets, of all levels, with values of all sizes.
 */
#include "corners.h"

#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

static const struct {
	long level, first, last;
} ranges[] = {
	{SOL_SOCKET, 1, 76}, {SOL_TCP, 1, 37}, {SOL_IP, 1, 51}, {SOL_IPV6, 1, 80}, {17, 1, 3},
	{SOL_RAW, 1, 2},     {263, 1, 23},     {270, 1, 13},    {132, 0, 5},       {274, 4, 13},
	{101, 1, 7},         {40, 0, 8},       {282, 1, 3},     {136, 1, 2},       {999, 5, 6},
};

static void get(int fd, long level, long name, unsigned int size)
{
	unsigned int *length = tail(4);

	*length = size;
	call(SYS_getsockopt, fd, level, name, memset((char *)length - size, 0, size), length);
}

static void set(int fd, long level, long name, long size)
{
	char *value = tail((size_t)size);

	for (long i = 0; i < size; i++)
		value[i] = i % 4 ? 0 : (char)(i + 1);
	call(SYS_setsockopt, fd, level, name, value, HIGH | size);
}

static void all(int fd)
{
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
		for (long name = ranges[i].first; name <= ranges[i].last; name++) {
			get(fd, ranges[i].level, name, 4);
			get(fd, ranges[i].level, name, 16);
			get(fd, ranges[i].level, name, 3);
			set(-1, ranges[i].level, name, 4);
			set(-1, ranges[i].level, name, 16);
			set(-1, ranges[i].level, name, 3);
		}
	}
}

static void values(int fd)
{
	struct timeval tv = {1, 2};
	struct linger linger = {1, 5};
	struct ip_mreqn mreqn = {{0x010000e0}, {0x0100007f}, 1};
	struct sock_filter filter[] = {BPF_STMT(BPF_RET | BPF_K, 1)};
	struct sock_fprog program = {1, filter};
	struct group_req group = {.gr_interface = 1, .gr_group = {.ss_family = AF_INET}};
	struct ipv6_mreq mreq6 = {IN6ADDR_LOOPBACK_INIT, 1};
	int one = 1;

	call(SYS_setsockopt, fd, SOL_SOCKET, SO_RCVTIMEO, TAIL(tv), sizeof tv);
	get(fd, SOL_SOCKET, SO_RCVTIMEO, 16);
	call(SYS_setsockopt, fd, SOL_SOCKET, SO_LINGER, TAIL(linger), sizeof linger);
	get(fd, SOL_SOCKET, SO_LINGER, 8);
	get(fd, SOL_SOCKET, SO_LINGER, 4);
	call(SYS_setsockopt, fd, SOL_SOCKET, SO_REUSEADDR, TAIL(one), 4);
	call(SYS_setsockopt, fd, SOL_SOCKET, SO_REUSEADDR, NULL, 4);
	call(SYS_setsockopt, fd, SOL_SOCKET, SO_REUSEADDR, NOWHERE, 4);
	call(SYS_setsockopt, fd, SOL_SOCKET, SO_REUSEADDR, TAIL(one), -1);
	call(SYS_setsockopt, fd, SOL_SOCKET, SO_REUSEADDR, TAIL(one), 0);
	call(SYS_setsockopt, fd, SOL_SOCKET, SO_ATTACH_FILTER, TAIL(program), sizeof program);
	call(SYS_setsockopt, fd, SOL_IP, IP_ADD_MEMBERSHIP, TAIL(mreqn), sizeof mreqn);
	call(SYS_setsockopt, fd, SOL_IP, IP_ADD_MEMBERSHIP, TAIL(mreqn), 8);
	call(SYS_setsockopt, -1, SOL_IPV6, IPV6_ADD_MEMBERSHIP, TAIL(mreq6), sizeof mreq6);
	call(SYS_setsockopt, -1, SOL_IPV6, MCAST_LEAVE_GROUP, TAIL(group), sizeof group);
	call(SYS_setsockopt, fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3);
	call(SYS_getsockopt, fd, SOL_SOCKET, SO_TYPE, NULL, NULL);
	call(SYS_getsockopt, fd, SOL_SOCKET, SO_TYPE, NOWHERE, NOWHERE);
	get(fd, SOL_SOCKET, SO_BINDTODEVICE, 16);
	get(fd, SOL_TCP, TCP_INFO, sizeof(struct tcp_info));
	get(fd, SOL_TCP, TCP_INFO, 8);
	get(fd, SOL_TCP, TCP_INFO, 300);
	get(fd, SOL_TCP, TCP_CONGESTION, 16);
	get(-1, SOL_SOCKET, SO_PEERCRED, 12);
	get(fd, SOL_SOCKET, SO_PEERCRED, 12);
	get(fd, SOL_SOCKET, SO_PEERCRED, 16);
	get(fd, SOL_SOCKET, SO_PEERCRED, 8);
	get(fd, SOL_SOCKET, SO_SNDBUF, 0);
	get(fd, SOL_SOCKET, SO_SNDBUF, 8);
}

int main(void)
{
	all(socket(AF_INET, SOCK_STREAM, 0));
	values(socket(AF_INET, SOCK_STREAM, 0));
	return 0;
}
