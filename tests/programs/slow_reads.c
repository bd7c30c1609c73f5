// SPDX-License-Identifier: MIT
/*
 * slow_reads N [EVERY]: N reads of 4 KiB from /dev/zero at descriptor 10, quick ones; every 20th is
 * followed by one of a byte from a pipe at descriptor 11, which comes two milliseconds later; and
 * once, in the middle, a byte takes 900 ms. The process that sends them makes no reads itself.
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <time.h>

#include "program.h"

enum { QUICK = 10, SLOW = 11 };

static FRAME int read_quickly(void)
{
	char bytes[4096];

	return read(QUICK, bytes, sizeof bytes) != sizeof bytes;
}

static FRAME int read_slowly(void)
{
	char byte;

	return read(SLOW, &byte, 1) != 1;
}

/* The other end: for each byte that is asked for, one of so many microseconds' delay. */
static void serve(int asked, int answers)
{
	unsigned int delay_us;

	while (recv(asked, &delay_us, sizeof delay_us, 0) == sizeof delay_us) {
		struct timespec delay = {.tv_nsec = delay_us * 1000L};

		nanosleep(&delay, NULL);
		if (write(answers, "x", 1) != 1)
			return;
	}
}

static int ask(int asked, unsigned int delay_us)
{
	return send(asked, &delay_us, sizeof delay_us, 0) != sizeof delay_us || read_slowly();
}

int main(int argc, char **argv)
{
	long nr = number_argument(argc, argv, 1, 4000), every = number_argument(argc, argv, 2, 20);
	int asked[2], answers[2], status = 0;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, asked) || pipe(answers))
		return 1;
	if (!fork()) {
		close(asked[1]);
		serve(asked[0], answers[1]);
		_exit(0);
	}
	if (dup2(open("/dev/zero", O_RDONLY), QUICK) < 0 || dup2(answers[0], SLOW) < 0)
		return 1;
	for (long i = 0; i < nr && !status; i++) {
		status |= read_quickly();
		if (i == nr / 2)
			status |= ask(asked[1], 900000);
		else if (every && i % every == every - 1)
			status |= ask(asked[1], 2000);
	}
	return status;
}
