// SPDX-License-Identifier: MIT
/*
 * Any bytes as a program whose unwinding table is wanted: building it must neither crash nor hang,
 * and the rows must be in order.
 *
 * Built with clang -fsanitize=fuzzer; with any compiler and -DFUZZ_REPLAY it is a program that
 * replays the files named as its arguments. When the first byte of the input is even, what follows
 * is a whole ELF file, else it is the .eh_frame of one, since few changes to ELF headers lead far.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "tests/unit/made_frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_free uint8_t *file = NULL;
	struct unwind_table table;

	if (size < 2)
		return 0;
	if (data[0] % 2) {
		file = make_program(data + 1, size - 1);
		size += MADE_FRAMES;
	} else {
		file = xcalloc(size, 1);
		memcpy(file, data + 1, size - 1);
	}
	unwind_table_build_image(file, size - 1, &table);
	table_verify(&table, size - 1);
	for (size_t offset = 0; offset < size; offset += 61)
		unwind_table_find(&table, offset);
	unwind_table_fini(&table);
	return 0;
}

#ifdef FUZZ_REPLAY
static int replay(const char *path)
{
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	scoped_free uint8_t *data = NULL;

	if (size < 0)
		return fail(-errno, "cannot open '%s'", path);
	data = xcalloc((size_t)size, 1);
	if (pread(fd, data, (size_t)size, 0) != size)
		return fail(-errno, "cannot read '%s'", path);
	LLVMFuzzerTestOneInput(data, (size_t)size);
	return 0;
}

int main(int argc, char **argv)
{
	int err = 0;

	for (int i = 1; i < argc; i++)
		err = replay(argv[i]) ?: err;
	return err ? 1 : 0;
}
#endif
