// SPDX-License-Identifier: MIT
/*
 * deep_calls N M: N threads, each M rounds of writev, sendmsg and ioctl.
 *
 * What the calls are given lies three pointers deep, tells thread and round, and is as long as
 * thread and round make it: so the result of a call tells whether its text is another call's.
 */
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <fcntl.h>
#include <unistd.h>

#include "program.h"

static long nr_rounds;

static void do_round(int null, const int pair[2], long thread, long round)
{
	static const char padding[] = "................................................";
	char text[64], got[256];
	int size = snprintf(text, sizeof text, "thread %ld round %ld", thread, round);
	struct iovec parts[] = {
		{"deep ", 5},
		{text, (size_t)size},
		{(char *)padding, (size_t)(thread * 13 + round * 7) % 47},
	};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 3};
	int waiting;

	if (writev(null, parts, 3) < 0 || sendmsg(pair[0], &message, 0) < 0 ||
	    ioctl(pair[1], FIONREAD, &waiting) < 0 || recv(pair[1], got, sizeof got, 0) != waiting)
		err(1, "round %ld of thread %ld", round, thread);
}

static void *run(void *thread)
{
	int null = open("/dev/null", O_WRONLY), pair[2];

	if (null < 0 || socketpair(AF_UNIX, SOCK_DGRAM, 0, pair))
		err(1, "descriptors");
	for (long round = 0; round < nr_rounds; round++)
		do_round(null, pair, (intptr_t)thread, round);
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[64];
	long nr_threads = number_argument(argc, argv, 1, 8);

	nr_rounds = number_argument(argc, argv, 2, 100);
	if (nr_threads > 64)
		nr_threads = 64;
	for (long i = 0; i < nr_threads; i++)
		if (pthread_create(&threads[i], NULL, run, (void *)(intptr_t)i))
			errx(1, "no thread");
	for (long i = 0; i < nr_threads; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
