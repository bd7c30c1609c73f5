// SPDX-License-Identifier: MIT
/*
 * priorities CALLS MS: CALLS cheap calls (getppid), and one connect() that takes MS milliseconds,
 * because there is no room in the queue of the socket until the child takes the first one out.
 */
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "program.h"

static int connect_to(const struct sockaddr_un *name, socklen_t size)
{
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	return s < 0 || connect(s, (const struct sockaddr *)name, size);
}

static void accept_late(int listening, long ms)
{
	struct timespec delay = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&delay, NULL);
	accept(listening, NULL, NULL);
	pause(); /* until the socket's other end is gone with its owner */
}

int main(int argc, char **argv)
{
	long nr = number_argument(argc, argv, 1, 10000), ms = number_argument(argc, argv, 2, 1500);
	int listening = socket(AF_UNIX, SOCK_STREAM, 0), status;
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	socklen_t size = sizeof(sa_family_t);
	pid_t child;

	for (long i = 0; i < nr; i++)
		syscall(SYS_getppid);
	if (bind(listening, (struct sockaddr *)&name, size) || listen(listening, 0))
		return 1;
	size = sizeof name; /* a name that the kernel has chosen */
	if (getsockname(listening, (struct sockaddr *)&name, &size) || connect_to(&name, size))
		return 1;
	child = fork();
	if (!child)
		accept_late(listening, ms);
	status = connect_to(&name, size);
	kill(child, SIGKILL);
	return status;
}
