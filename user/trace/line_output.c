// SPDX-License-Identifier: MIT
#include "trace/line_output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

/* A terminal, a pipe, or another name for a descriptor that is open already. */
static bool is_device(const char *path)
{
	struct stat st;

	if (!strncmp(path, "/dev/", 5) || !strncmp(path, "/proc/", 6))
		return true;
	return stat(path, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode));
}

/* Not for a pipe's reader to come, who may never do so. */
static int device_open(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 && errno == ENXIO) {
		fail(-ENXIO, "cannot write '%s'", path);
		hint("nobody reads this pipe yet: start its reader first");
		return -ENXIO;
	}
	if (fd < 0)
		return fail(-errno, "cannot write '%s'", path);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	return fd;
}

static int file_append(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC);

	return fd < 0 && errno != ENOENT ? fail(-errno, "cannot write '%s'", path) : fd;
}

/* A file that is not there to be appended to is a new one. */
static int file_open(const char *path, bool append, const struct identity *identity,
		     struct line_output *out)
{
	int fd = append ? file_append(path) : -1;

	if (append && (fd >= 0 || errno != ENOENT))
		return fd;
	return output_file_open(path, identity, &out->file);
}

int line_output_open(const char *path, bool append, const struct identity *identity,
		     struct line_output *out)
{
	struct stat st;

	*out = (struct line_output){.name = path ? path : "standard error"};
	if (!path)
		out->fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	else if (is_device(path))
		out->fd = device_open(path);
	else
		out->fd = file_open(path, append, identity, out);
	if (!path && out->fd < 0)
		return fail(-errno, "cannot write to standard error");
	if (out->fd >= 0)
		out->is_file = fstat(out->fd, &st) == 0 && S_ISREG(st.st_mode);
	return out->fd < 0 ? out->fd : 0;
}

void line_output_close(struct line_output *output, bool keep)
{
	if (!keep)
		output_file_discard(&output->file);
	output_file_fini(&output->file);
	if (output->fd >= 0)
		close(output->fd);
	output->fd = -1;
}

/* As many whole lines as go through a pipe in one piece. */
static size_t piece_size(const uint8_t *text, size_t size)
{
	const uint8_t *end;

	if (size <= PIPE_BUF)
		return size;
	end = memrchr(text, '\n', PIPE_BUF);
	if (!end)
		end = memchr(text, '\n', size);
	return end ? (size_t)(end + 1 - text) : size;
}

static ssize_t write_or_be_cancelled(int fd, const void *text, size_t size)
{
	ssize_t written;
	int err;

	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
	do
		written = write(fd, text, size);
	while (written < 0 && errno == EINTR);
	err = errno;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	errno = err;
	return written;
}

bool line_output_write(struct line_output *output, const struct bytes *text)
{
	const uint8_t *at = text->data, *end = text->data + text->size;

	while (at < end) {
		size_t size = output->is_file ? (size_t)(end - at) : piece_size(at, end - at);
		ssize_t written = write_or_be_cancelled(output->fd, at, size);

		if (written < 0 && errno != EPIPE)
			output->err = fail(-errno, "cannot write to %s", output->name);
		if (written < 0)
			return false;
		at += written;
	}
	return true;
}
