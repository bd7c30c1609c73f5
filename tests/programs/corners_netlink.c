// SPDX-License-Identifier: MIT
/*
 * Netlink messages: headers, messages of NETLINK_ROUTE, attributes, and lengths that lie. To be
 * run by unshare --net, where they do no harm.
 */
#include "corners.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

static void put(int fd, const void *message, size_t size)
{
	call(SYS_sendto, fd, tail_copy(message, size), size, MSG_DONTWAIT, NULL, 0);
}

/* A message of so many bytes, of which each is its own number, and which says to be `claimed`. */
static void message(int fd, uint16_t type, uint16_t flags, size_t size, uint32_t claimed)
{
	unsigned char bytes[256] = {0};
	struct nlmsghdr header = {claimed, type, flags, 1, 0};

	for (size_t i = sizeof header; i < size; i++)
		bytes[i] = (unsigned char)(i - sizeof header);
	memcpy(bytes, &header, sizeof header);
	bytes[sizeof header] = AF_INET;
	put(fd, bytes, size);
}

/* One attribute of `size` bytes behind the message's own struct of `begin` bytes. */
static void attribute(int fd, uint16_t type, size_t begin, uint16_t number, uint16_t size)
{
	unsigned char bytes[256] = {0};
	struct nlattr head = {(uint16_t)(sizeof head + size), number};
	size_t at = sizeof(struct nlmsghdr) + begin, end = at + NLA_ALIGN(head.nla_len);
	struct nlmsghdr header = {(uint32_t)end, type, NLM_F_REQUEST, 1, 0};

	memcpy(bytes, &header, sizeof header);
	bytes[sizeof header] = AF_INET;
	memcpy(bytes + at, &head, sizeof head);
	for (uint16_t i = 0; i < size; i++)
		bytes[at + sizeof head + i] = (unsigned char)(i + 1);
	put(fd, bytes, end);
}

static void attributes(int fd, uint16_t type, size_t begin, uint16_t last)
{
	for (uint16_t number = 1; number <= last; number++) {
		attribute(fd, type, begin, number, 4);
		attribute(fd, type, begin, number, 1);
	}
	attribute(fd, type, begin, 1, 16);
	attribute(fd, type, begin, 1, 0);
	attribute(fd, type, begin, 3 | NLA_F_NESTED, 4);
	attribute(fd, type, begin, 999, 5);
}

static int netlink_open(int protocol)
{
	struct sockaddr_nl address = {AF_NETLINK, 0, 0, 0};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

	if (fd < 0 || bind(fd, (void *)&address, sizeof address))
		err(1, "netlink");
	return fd;
}

static void headers(int route)
{
	int unbound = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE),
	    user = netlink_open(NETLINK_USERSOCK);
	int audit = netlink_open(NETLINK_AUDIT), generic = netlink_open(NETLINK_GENERIC);

	for (uint32_t claimed = 0; claimed < 44; claimed++)
		message(route, RTM_GETROUTE, NLM_F_REQUEST, 40, claimed);
	for (size_t size = 1; size < 44; size++)
		message(route, RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, size, (uint32_t)size);
	for (uint16_t flags = 1; flags; flags <<= 1) {
		message(route, RTM_NEWNEIGH, flags, 20, 20);
		message(route, RTM_DELNEIGH, flags | NLM_F_REQUEST, 20, 20);
		message(route, RTM_GETNEIGH, flags, 20, 20);
		message(route, NLMSG_ERROR, flags, 20, 20);
	}
	for (uint16_t type = 0; type < 6; type++) {
		message(route, type, 0, 16, 16);
		message(route, type, 0, 20, 20);
		message(route, type, 0, 60, 60);
	}
	message(unbound, RTM_GETLINK, NLM_F_REQUEST, 24, 24);
	message(user, 77, NLM_F_REQUEST, 24, 24);
	message(audit, 1000, NLM_F_REQUEST, 24, 24);
	message(generic, NLMSG_MIN_TYPE, NLM_F_REQUEST, 24, 24);
	call(SYS_sendto, route, NULL, 20, 0, NULL, 0);
	call(SYS_sendto, route, NOWHERE, 20, 0, NULL, 0);
	call(SYS_sendto, route, "", 0, 0, NULL, 0);
	close(unbound), close(user), close(audit), close(generic);
}

static void answers(int route)
{
	struct {
		struct nlmsghdr header;
		struct rtgenmsg contents;
	} request = {{sizeof request, RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 7, 0}, {AF_PACKET}};
	char *buffer = tail(16384);
	struct iovec iov = {buffer, 16000};
	struct sockaddr_nl kernel = {AF_NETLINK, 0, 0, 0};
	struct msghdr message = {&kernel, sizeof kernel, &iov, 1, NULL, 0, 0};

	route = netlink_open(NETLINK_ROUTE); /* without what it has been told of errors */
	call(SYS_sendto, route, &request, sizeof request, 0, NULL, 0);
	iov.iov_len = 20;
	call(SYS_recvmsg, route, &message, MSG_PEEK);
	call(SYS_recvfrom, route, buffer, 30, MSG_PEEK, NULL, NULL);
	call(SYS_recvfrom, route, buffer, 16000, 0, NULL, NULL);
	iov.iov_len = 16000;
	call(SYS_recvmsg, route, &message, 0);
	iov.iov_base = &request;
	iov.iov_len = sizeof request;
	call(SYS_sendmsg, route, &message, 0);
}

int main(void)
{
	char name[IF_NAMESIZE];
	int route;

	if (if_nametoindex("lo") != 1 || if_indextoname(2, name))
		errx(1, "run it in a network of its own");
	route = netlink_open(NETLINK_ROUTE);
	arena();
	call(SYS_munmap, arena(), 4096); /* from here on lines are compared */
	headers(route);
	for (uint16_t type = RTM_NEWLINK; type < 110; type++) {
		message(route, type, NLM_F_REQUEST, 17, 17);
		message(route, type, NLM_F_REQUEST, 36, 36);
	}
	attributes(route, RTM_GETLINK, sizeof(struct ifinfomsg), 61);
	attributes(route, RTM_GETADDR, sizeof(struct ifaddrmsg), 10);
	attributes(route, RTM_GETROUTE, sizeof(struct rtmsg), 29);
	attributes(route, RTM_GETNEIGH, sizeof(struct ndmsg), 14);
	attributes(route, RTM_GETRULE, sizeof(struct rtmsg), 24);
	attributes(route, RTM_GETQDISC, sizeof(struct tcmsg), 14);
	answers(route);
	return 0;
}
