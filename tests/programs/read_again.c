// SPDX-License-Identifier: MIT
/*
 * read_again FILE: 10,000 bytes are written to a file in blocks of 1,000; then it is read from its
 * begin in blocks of 4,096, three times, the last time by another descriptor; bytes 2,000 to 2,999
 * twice more by pread(), and from 9,500 on what is left of 4,096. So 32,500 bytes are read, 10,000
 * of them different, with three opens, four stats and twelve reads that find bytes.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "program.h"

static char block[4096];

static FRAME void read_all(int fd)
{
	while (read(fd, block, sizeof block) > 0)
		;
}

int main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : "read_again.tmp";
	int out = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600), in = open(path, O_RDONLY);
	struct stat of;

	for (int i = 0; i < 10; i++) {
		if (write(out, block, 1000) != 1000)
			return 1;
	}
	for (int i = 0; i < 4; i++)
		stat(path, &of);
	read_all(in);
	lseek(in, 0, SEEK_SET);
	read_all(in);
	for (int i = 0; i < 2; i++) {
		if (pread(in, block, 1000, 2000) != 1000)
			return 1;
	}
	close(in);
	in = open(path, O_RDONLY);
	read_all(in);
	lseek(in, 9500, SEEK_SET);
	return read(in, block, sizeof block) != 500;
}
