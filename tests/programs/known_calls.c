// SPDX-License-Identifier: MIT
/*
 * known_calls N: a list of system calls with known results, N times over:
 * openat ENOENT x3, close EBADF x5, lseek ESPIPE x2, kill ESRCH x1, fcntl EINVAL x1, write EFAULT
 * x1, getppid x4, lseek 0 x6, pread64 of 7 bytes x2.
 */
#include <fcntl.h>

#include "program.h"

#define TIMES(n, ...)                                                                              \
	for (int time = 0; time < (n); time++)                                                     \
	__VA_ARGS__

static void once(int file, const int pipe_ends[2])
{
	char bytes[7];

	TIMES(3, syscall(SYS_openat, AT_FDCWD, "/nonexistent/file", O_RDONLY, 0));
	TIMES(5, syscall(SYS_close, 987654));
	TIMES(2, syscall(SYS_lseek, pipe_ends[0], 0, SEEK_SET));
	syscall(SYS_kill, 0x7ffffffe, 0);
	syscall(SYS_fcntl, file, 0x7777, 0);
	syscall(SYS_write, pipe_ends[1], NULL, 1);
	TIMES(4, syscall(SYS_getppid));
	TIMES(6, syscall(SYS_lseek, file, 0, SEEK_SET));
	TIMES(2, syscall(SYS_pread64, file, bytes, sizeof bytes, 0));
}

int main(int argc, char **argv)
{
	long nr_rounds = number_argument(argc, argv, 1, 10);
	int file = open(argv[0], O_RDONLY), pipe_ends[2];

	if (file < 0 || pipe(pipe_ends))
		err(1, "open");
	for (long i = 0; i < nr_rounds; i++)
		once(file, pipe_ends);
	return 0;
}
