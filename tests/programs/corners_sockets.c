// SPDX-License-Identifier: MIT
/*
 * System calls on sockets: addresses of all families, messages with control data, options.
 */
#include "corners.h"

#include <linux/filter.h>
#include <linux/if_alg.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>

static void sockets(void)
{
	for (long family = 0; family < 48; family++)
		call(SYS_socket, HIGH | family, 0x70L, 99L);
	call(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
	call(SYS_socket, AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | 0x100, IPPROTO_UDP);
	call(SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT);
	call(SYS_socket, AF_PACKET, SOCK_RAW, 0x0300);
	call(SYS_socket, AF_PACKET, SOCK_RAW, 0x0800);
	call(SYS_socket, AF_BLUETOOTH, SOCK_RAW, 3);
	call(SYS_socket, AF_CAN, SOCK_RAW, 1);
	call(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, NULL);
	call(SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, tail(8));
	call(SYS_socketpair, AF_UNIX, 0xff, 0, tail(8));
	call(SYS_listen, -1, HIGH | 5);
	call(SYS_listen, -1, -1L);
	for (long how = 0; how < 4; how++)
		call(SYS_shutdown, HIGH | 0xffffffff, HIGH | how);
}

static void to(const void *address, size_t size)
{
	call(SYS_connect, -1, tail_copy(address, size), size);
}

#define TO(...) to(&(__VA_ARGS__), sizeof(__VA_ARGS__))

static void unix_addresses(void)
{
	struct sockaddr_un un = {AF_UNIX, "/no/such"};

	TO(un);
	to(&un, 2);
	to(&un, 3);
	to(&un, 6);
	to(&un, 1);
	memcpy(un.sun_path, "\0abstract\1", 10);
	TO(un);
	to(&un, 2 + 9);
	to(&un, 3);
	memset(un.sun_path, 'x', sizeof un.sun_path);
	TO(un);
	un.sun_path[0] = 0;
	TO(un);
	call(SYS_connect, -1, tail_copy(&un, sizeof un), 200);
	call(SYS_connect, -1, tail_copy(&un, sizeof un), -1L);
}

static void inet_addresses(void)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_port = htons(8080), .sin_addr = {0x0100007f}};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6,
				   .sin6_port = htons(443),
				   .sin6_flowinfo = htonl(0x12345),
				   .sin6_addr = IN6ADDR_LOOPBACK_INIT,
				   .sin6_scope_id = 1};

	TO(in);
	to(&in, 8);
	to(&in, 7);
	to(&in, 4);
	in.sin_addr.s_addr = 0;
	in.sin_port = 0;
	TO(in);
	TO(in6);
	to(&in6, 24);
	to(&in6, 23);
	in6.sin6_addr.s6_addr[0] = 0xfe;
	in6.sin6_addr.s6_addr[1] = 0x80;
	TO(in6);
	in6.sin6_scope_id = 77777;
	TO(in6);
	in6.sin6_scope_id = 0;
	TO(in6);
	memset(&in6.sin6_addr, 0, 16);
	TO(in6);
	memset(&in6.sin6_addr, 0xff, 16);
	in6.sin6_scope_id = 1;
	TO(in6);
}

static void other_addresses(void)
{
	struct sockaddr_nl nl = {AF_NETLINK, 0, 1234567, 0xabc};
	struct sockaddr_ll ll = {AF_PACKET, htons(3), 1, 1, 0, 6, {1, 2, 3, 4, 5, 0xfe}};
	struct sockaddr_vm vm = {.svm_family = AF_VSOCK, .svm_port = 99, .svm_cid = 2};
	struct sockaddr_alg alg = {.salg_family = AF_ALG, .salg_type = "hash", .salg_name = "sha1"};
	struct {
		uint16_t family;
		unsigned char data[62];
	} raw;

	TO(nl);
	to(&nl, 8);
	nl.nl_pad = 5;
	TO(nl);
	TO(ll);
	ll.sll_halen = 20;
	ll.sll_ifindex = 123456;
	ll.sll_protocol = htons(0x1234);
	ll.sll_hatype = 0xfff0;
	ll.sll_pkttype = 77;
	TO(ll);
	ll.sll_halen = 0;
	TO(ll);
	to(&ll, 16);
	to(&ll, 12);
	TO(vm);
	vm.svm_cid = vm.svm_port = 0xffffffff;
	vm.svm_reserved1 = 3;
	TO(vm);
	vm.svm_flags = 1;
	TO(vm);
	TO(alg);
	for (size_t i = 0; i < sizeof raw.data; i++)
		raw.data[i] = (unsigned char)(i * 7);
	for (uint16_t family = 0; family < 48; family++) {
		raw.family = family;
		to(&raw, 64);
		to(&raw, 12);
		to(&raw, 6);
	}
	memset(raw.data, 0, sizeof raw.data);
	for (uint16_t family = 0; family < 48; family++) {
		raw.family = family;
		to(&raw, 28);
		to(&raw, 16);
	}
	raw.family = 0x1234;
	to(&raw, 10);
	to(&raw, 2);
	to(&raw, 0);
	call(SYS_connect, -1, NULL, 16);
	call(SYS_connect, -1, NOWHERE, 16);
	call(SYS_connect, -1, tail(8), 16);
	call(SYS_bind, -1, NULL, 0);
	call(SYS_bind, -1, TAIL(nl), HIGH | sizeof nl);
}

static void names(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr = {0x0100007f}};
	socklen_t *size = tail(4);
	char *address = (char *)size - 128;
	int server = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
	int pair[2];

	*size = 128;
	call(SYS_getsockname, -1, address, size);
	call(SYS_getsockname, server, address, size);
	*size = 5;
	call(SYS_getsockname, server, address, size);
	*size = 0;
	call(SYS_getsockname, server, address, size);
	*size = 128;
	call(SYS_getsockname, server, NULL, size);
	call(SYS_getsockname, server, address, NULL);
	call(SYS_getsockname, server, address, NOWHERE);
	*size = -1;
	call(SYS_getsockname, server, address, size);
	call(SYS_accept, -1, NULL, NULL);
	call(SYS_accept4, -1, NULL, NULL, HIGH | SOCK_CLOEXEC);
	call(SYS_accept4, -1, NULL, size, 0xff);
	bind(server, (void *)&in, sizeof in);
	listen(server, 5);
	*size = sizeof in;
	getsockname(server, (void *)&in, size);
	connect(client, (void *)&in, sizeof in);
	*size = 100;
	close((int)call(SYS_accept, server, address, size));
	connect(client, (void *)&in, sizeof in);
	fcntl(server, F_SETFL, O_NONBLOCK);
	call(SYS_accept, server, address, size);
	call(SYS_getpeername, client, address, size);
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	*size = 128;
	call(SYS_getsockname, pair[0], address, size);
	*size = 128;
	call(SYS_getpeername, pair[0], address, size);
	close(pair[0]), close(pair[1]), close(server), close(client);
}

static void datagrams(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr = {0x0100007f}};
	int a = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), b = socket(AF_INET, SOCK_DGRAM, 0);
	socklen_t *size = tail(4);
	char *buffer = (char *)size - 300;

	bind(a, (void *)&in, sizeof in);
	*size = sizeof in;
	getsockname(a, (void *)&in, size);
	call(SYS_recvfrom, a, buffer, 10, 0, NULL, NULL);
	call(SYS_recvfrom, a, buffer, 10, MSG_PEEK, buffer + 100, size);
	call(SYS_sendto, b, "hello world", 11, MSG_NOSIGNAL, &in, sizeof in);
	call(SYS_sendto, b, "hello\0world", 11, HIGH | MSG_DONTWAIT | 0x1000000, &in, sizeof in);
	call(SYS_sendto, b, "", 0, 0, &in, sizeof in);
	call(SYS_sendto, b, NULL, 5, 0, &in, sizeof in);
	call(SYS_sendto, b, "hi", 2L, 0, NULL, 0);
	call(SYS_sendto, b, "hi", 2, 0, NULL, 16);
	*size = 100;
	call(SYS_recvfrom, a, buffer, 100, 0, buffer + 100, size);
	*size = 4;
	call(SYS_recvfrom, a, buffer, 100, 0, buffer + 100, size);
	call(SYS_recvfrom, a, buffer, 100, MSG_TRUNC, NULL, NULL);
	call(SYS_recvfrom, a, buffer, 100, 0, NULL, size);
	call(SYS_recvfrom, -1, NOWHERE, -1L, -1L, NOWHERE, NOWHERE);
	close(a), close(b);
}

int main(void)
{
	sockets();
	unix_addresses();
	inet_addresses();
	other_addresses();
	names();
	datagrams();
	return 0;
}
