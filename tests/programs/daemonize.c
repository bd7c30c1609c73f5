// SPDX-License-Identifier: MIT
/* daemonize FILE MS: leaves a daemon behind that writes FILE after MS milliseconds. */
#include <fcntl.h>
#include <time.h>

#include "program.h"

int main(int argc, char **argv)
{
	long ms = number_argument(argc, argv, 2, 1000);
	struct timespec time = {ms / 1000, ms % 1000 * 1000000};
	int file;

	if (argc < 2 || daemon(1, 0))
		err(1, "daemon");
	nanosleep(&time, NULL);
	file = open(argv[1], O_WRONLY | O_CREAT, 0644);
	return write(file, "alive\n", 6) != 6;
}
