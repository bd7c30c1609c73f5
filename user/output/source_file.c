// SPDX-License-Identifier: MIT
#include "output/source_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_SOURCE_BYTES (16 << 20)
#define NS_PER_S         1000000000ULL

static bool is_newer(const struct stat *status, uint64_t recorded_unix_ns)
{
	return recorded_unix_ns &&
	       (uint64_t)status->st_mtim.tv_sec * NS_PER_S + (uint64_t)status->st_mtim.tv_nsec >
		       recorded_unix_ns;
}

static void split_lines(struct source_file *file)
{
	char *rest = file->text;

	while (rest && *rest)
		*vec_push(&file->lines) = strsep(&rest, "\n");
}

/* O_NONBLOCK: the path may name a FIFO. */
void source_file_read(struct source_file *file, const char *path, uint64_t recorded_unix_ns)
{
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	ssize_t size;

	*file = (struct source_file){0};
	if (fd < 0 || fstat(fd, &status) || !S_ISREG(status.st_mode) ||
	    status.st_size > MAX_SOURCE_BYTES)
		return;
	file->text = xcalloc((size_t)status.st_size + 1, 1);
	size = read(fd, file->text, (size_t)status.st_size);
	file->is_here = size == status.st_size;
	file->is_newer = is_newer(&status, recorded_unix_ns);
	if (file->is_here)
		split_lines(file);
}

void source_file_fini(struct source_file *file)
{
	free(file->text);
	vec_free(&file->lines);
}

const char *source_file_line(const struct source_file *file, uint32_t number)
{
	return number && number <= file->lines.size ? file->lines.items[number - 1] : NULL;
}
