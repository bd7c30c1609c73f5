// SPDX-License-Identifier: MIT
/* Counts the lines of a file, in pieces of 64 KiB. */
#include <fcntl.h>
#include <unistd.h>

__attribute__((noinline)) static long count_lines(int fd)
{
	static char buffer[65536];
	long lines = 0;
	ssize_t size;

	while ((size = read(fd, buffer, sizeof buffer)) > 0) {
		for (ssize_t i = 0; i < size; i++)
			lines += buffer[i] == '\n';
	}
	return lines;
}

int main(int argc, char **argv)
{
	int fd = open(argc > 1 ? argv[1] : "/dev/null", O_RDONLY);

	return fd < 0 || count_lines(fd) < 0;
}
