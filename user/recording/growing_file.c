// SPDX-License-Identifier: MIT
#include "recording/growing_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"

/* The final counters, totals and index of most recordings take a few KiB. */
#define RESERVE_BYTES (32U << 10)

void growing_file_init(struct growing_file *f, int fd, const char *path)
{
	*f = (struct growing_file){.fd = fd, .path = xstrdup(path)};
}

void growing_file_fini(struct growing_file *f)
{
	close(f->fd);
	free(f->path);
}

static int write_all(int fd, uint64_t offset, const struct bytes *piece)
{
	for (size_t done = 0; done < piece->size;) {
		ssize_t n =
			pwrite(fd, piece->data + done, piece->size - done, (off_t)(offset + done));

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			return -EIO;
		if (n > 0)
			done += (size_t)n;
	}
	return 0;
}

/* Only the first error is reported: the ones after it follow from it. */
static int write_failed(struct growing_file *f, int err)
{
	if (f->error)
		return err;
	f->error = err;
	fail(err, "cannot write '%s'", f->path);
	if (err == -ENOSPC || err == -EDQUOT || err == -EFBIG)
		hint("what was recorded up to here can be read; record again to a place with more "
		     "room (-o FILE)");
	return err;
}

int growing_file_append(struct growing_file *f, const struct bytes *piece)
{
	int err = write_all(f->fd, f->bytes, piece);

	if (!err) {
		f->bytes += piece->size;
		return 0;
	}
	/* When this fails too, readers find a torn piece at the end, which they can deal with. */
	if (ftruncate(f->fd, (off_t)f->bytes) < 0)
		return write_failed(f, err);
	return write_failed(f, err);
}

/*
 * Whether a piece fits with the reserve behind it. The file system allocates both, beyond the end
 * of the file, so that the reserve cannot be taken by others; where it cannot do that, nothing is
 * reserved.
 */
static int make_room(struct growing_file *f, size_t size)
{
	uint64_t wanted = size + RESERVE_BYTES;
	struct rlimit limit;
	int err;

	if (!getrlimit(RLIMIT_FSIZE, &limit) && limit.rlim_cur != RLIM_INFINITY &&
	    f->bytes + wanted > limit.rlim_cur)
		return -EFBIG;
	do
		err = fallocate(f->fd, FALLOC_FL_KEEP_SIZE, (off_t)f->bytes, (off_t)wanted);
	while (err && errno == EINTR);
	return err && (errno == ENOSPC || errno == EDQUOT) ? -errno : 0;
}

int growing_file_append_bulk(struct growing_file *f, const struct bytes *piece)
{
	int err = make_room(f, piece->size);

	return err ? write_failed(f, err) : growing_file_append(f, piece);
}

void growing_file_trim(struct growing_file *f)
{
	if (ftruncate(f->fd, (off_t)f->bytes) < 0)
		return; /* a device has no size, and nothing was reserved there */
}

int growing_file_rewrite(struct growing_file *f, uint64_t offset, const struct bytes *piece)
{
	int err = write_all(f->fd, offset, piece);

	return err ? write_failed(f, err) : 0;
}
