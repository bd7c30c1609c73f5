// SPDX-License-Identifier: MIT
/*
 * The decoders of sockets: addresses, messages, options, interfaces.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "made_call.h"

#include <cmocka.h> /* last: it makes a macro of fail() */

#define AT 0x1000

static void test_an_address_in(void **state)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_port = htons(80), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	struct made_call made = {.call.args = {3, AT, sizeof in}};

	(void)state;
	made_call_named(&made, "connect");
	made_call_snippet(&made, AT, &in, sizeof in, 0);
	made_call_return(&made, -ECONNREFUSED);
	assert_line(&made, "connect(3, {sa_family=AF_INET, sin_port=htons(80), "
			   "sin_addr=inet_addr(\"127.0.0.1\")}, 16) = "
			   "-1 ECONNREFUSED (Connection refused)");
	made.call.args[2] = 4;
	assert_line(&made, "connect(3, {sa_family=AF_INET, sa_data=\"\\0P\"}, 4) = "
			   "-1 ECONNREFUSED (Connection refused)");
	made.call.args[2] = 1;
	assert_line(&made, "connect(3, 0x1000, 1) = -1 ECONNREFUSED (Connection refused)");
}

static void test_an_abstract_name(void **state)
{
	struct sockaddr_un un = {AF_UNIX, "\0hidden"};
	struct made_call made = {.call.args = {3, AT, 2 + 7}};

	(void)state;
	made_call_named(&made, "bind");
	made_call_snippet(&made, AT, &un, 2 + 7, 0);
	made_call_return(&made, 0);
	assert_line(&made, "bind(3, {sa_family=AF_UNIX, sun_path=@\"hidden\"}, 9) = 0");
}

/* The address has its size from the call, and its room from before it. */
static void test_an_address_out(void **state)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int32_t room = 128, size = sizeof in6;
	struct made_call made = {.call.args = {3, AT, 0x2000}};

	(void)state;
	made_call_named(&made, "getpeername");
	made_call_snippet(&made, 0x2000, &room, sizeof room, 0);
	made_call_snippet(&made, 0x2000, &size, sizeof size, SNIPPET_EXIT);
	made_call_snippet(&made, AT, &in6, sizeof in6, SNIPPET_EXIT);
	made_call_return(&made, 0);
	assert_line(&made, "getpeername(3, {sa_family=AF_INET6, sin6_port=htons(0), "
			   "sin6_flowinfo=htonl(0), inet_pton(AF_INET6, \"::1\", &sin6_addr), "
			   "sin6_scope_id=0}, [128 => 28]) = 0");
	made_call_return(&made, -ENOTCONN);
	assert_line(&made, "getpeername(3, 0x1000, [128]) = "
			   "-1 ENOTCONN (Transport endpoint is not connected)");
}

static void test_descriptors_in_a_message(void **state)
{
	struct {
		struct cmsghdr header;
		int fds[2];
	} control = {{.cmsg_len = 24, .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}, {7, 8}};
	struct iovec iov = {(void *)0x3000, 2};
	struct msghdr message = {.msg_iov = (void *)0x2000,
				 .msg_iovlen = 1,
				 .msg_control = (void *)0x4000,
				 .msg_controllen = sizeof control};
	struct made_call made = {.call.args = {3, AT, MSG_NOSIGNAL}};

	(void)state;
	made_call_named(&made, "sendmsg");
	made_call_snippet(&made, AT, &message, sizeof message, 0);
	made_call_snippet(&made, 0x2000, &iov, sizeof iov, 0);
	made_call_snippet(&made, 0x3000, "hi", 2, 0);
	made_call_snippet(&made, 0x4000, &control, sizeof control, 0);
	made_call_return(&made, 2);
	assert_line(&made,
		    "sendmsg(3, {msg_name=NULL, msg_namelen=0, "
		    "msg_iov=[{iov_base=\"hi\", iov_len=2}], msg_iovlen=1, "
		    "msg_control=[{cmsg_len=24, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, "
		    "cmsg_data=[7, 8]}], msg_controllen=24, msg_flags=0}, MSG_NOSIGNAL) = 2");
}

static void test_a_message_that_did_not_come(void **state)
{
	struct msghdr message = {.msg_namelen = 128};
	struct made_call made = {.call.args = {3, AT, 0}};

	(void)state;
	made_call_named(&made, "recvmsg");
	made_call_snippet(&made, AT, &message, sizeof message, 0);
	made_call_return(&made, -EAGAIN);
	assert_line(&made, "recvmsg(3, {msg_namelen=128}, 0) = "
			   "-1 EAGAIN (Resource temporarily unavailable)");
}

static void test_options(void **state)
{
	struct linger linger = {1, 5};
	struct made_call made = {.call.args = {3, SOL_SOCKET, SO_LINGER, AT, 8}};

	(void)state;
	made_call_named(&made, "setsockopt");
	made_call_snippet(&made, AT, &linger, sizeof linger, 0);
	made_call_return(&made, 0);
	assert_line(&made, "setsockopt(3, SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=5}, 8) = 0");
	made.call.args[2] = SO_REUSEADDR;
	made.call.args[4] = 4;
	assert_line(&made, "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0");
	made.call.args[1] = 999;
	assert_line(&made, "setsockopt(3, 0x3e7 /* SOL_?? */, 2, [1], 4) = 0");
}

static void test_an_interface(void **state)
{
	struct ifreq asked = {.ifr_name = "lo"}, told = {.ifr_name = "lo", .ifr_mtu = 65536};
	struct made_call made = {.call.args = {3, SIOCGIFMTU, AT}};

	(void)state;
	made_call_named(&made, "ioctl");
	made_call_snippet(&made, AT, &asked, sizeof asked, 0);
	made_call_snippet(&made, AT, &told, sizeof told, SNIPPET_EXIT);
	made_call_return(&made, 0);
	assert_line(&made, "ioctl(3, SIOCGIFMTU, {ifr_name=\"lo\", ifr_mtu=65536}) = 0");
	made_call_return(&made, -ENODEV);
	assert_line(&made, "ioctl(3, SIOCGIFMTU, {ifr_name=\"lo\"}) = -1 ENODEV (No such device)");
}

static int route(void *context, int fd)
{
	(void)context;
	(void)fd;
	return NETLINK_ROUTE;
}

/* Rounded up to four in 32 bits, it would be none. */
static void test_a_length_beyond_all(void **state)
{
	struct nlmsghdr header = {.nlmsg_len = UINT32_MAX, .nlmsg_type = NLMSG_NOOP};
	struct made_call made = {.call.args = {3, AT, sizeof header},
				 .options = {.verbose = true, .netlink_protocol = route}};

	(void)state;
	made_call_named(&made, "sendto");
	made_call_snippet(&made, AT, &header, sizeof header, 0);
	made_call_return(&made, sizeof header);
	assert_line(&made, "sendto(3, {nlmsg_len=4294967295, nlmsg_type=NLMSG_NOOP, nlmsg_flags=0, "
			   "nlmsg_seq=0, nlmsg_pid=0}, 16, 0, NULL, 0) = 16");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_address_in),
		cmocka_unit_test(test_an_abstract_name),
		cmocka_unit_test(test_an_address_out),
		cmocka_unit_test(test_descriptors_in_a_message),
		cmocka_unit_test(test_a_message_that_did_not_come),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_an_interface),
		cmocka_unit_test(test_a_length_beyond_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
