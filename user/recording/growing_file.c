// SPDX-License-Identifier: MIT
#include "recording/growing_file.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"

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

int growing_file_rewrite(struct growing_file *f, uint64_t offset, const struct bytes *piece)
{
	int err = write_all(f->fd, offset, piece);

	return err ? write_failed(f, err) : 0;
}
