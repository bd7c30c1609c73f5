// SPDX-License-Identifier: MIT
#include "record/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"

/* /dev/stderr and its like: what they lead to cannot be replaced, and they must not be. */
static bool leads_to_stream(const char *link)
{
	static const char proc[] = "/proc/";
	char target[sizeof proc] = "";
	struct stat st;

	if (readlink(link, target, sizeof proc - 1) > 0 && !strcmp(target, proc))
		return true;
	return stat(link, &st) == 0 && !S_ISREG(st.st_mode);
}

/* Renames an earlier file, or a link, away. Devices (/dev/null) are written to as they are. */
static int rotate(struct output_file *file)
{
	struct stat st;

	if (lstat(file->path, &st) || !(S_ISREG(st.st_mode) || S_ISLNK(st.st_mode)))
		return 0;
	if (S_ISLNK(st.st_mode) && leads_to_stream(file->path)) {
		refuse(-EINVAL, "'%s' is no place for a file", file->path);
		hint("choose another file with -o FILE");
		return -EINVAL;
	}
	if (rename(file->path, file->old_path))
		return fail(-errno, "cannot keep the earlier '%s' as '%s'", file->path,
			    file->old_path);
	file->rotated = true;
	return 0;
}

static int open_failure(const char *path, int err)
{
	fail(err, "cannot write '%s'", path);
	hint("choose another file with -o FILE");
	return err;
}

/* O_EXCL, so that a link planted in a directory of somebody else's cannot aim root at another file.
 */
static int create(struct output_file *file)
{
	int fd = open(file->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	file->created = fd >= 0;
	if (fd < 0 && errno == EEXIST)
		fd = open(file->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	return fd < 0 ? -errno : fd;
}

int output_file_open(const char *path, const struct identity *identity, struct output_file *out)
{
	int fd;

	*out = (struct output_file){.path = xstrdup(path), .old_path = xasprintf("%s.old", path)};
	if (access(path, F_OK) == 0 && access(path, W_OK))
		return open_failure(path, -errno);
	fd = rotate(out);
	if (fd < 0)
		return fd;
	fd = create(out);
	if (fd < 0) {
		output_file_discard(out);
		return open_failure(path, fd);
	}
	if (identity->differs && out->created && fchown(fd, identity->uid, identity->gid))
		note("'%s' stays owned by root: %s", path, strerror(errno));
	return fd;
}

void output_file_discard(struct output_file *file)
{
	if (file->created)
		unlink(file->path);
	if (file->rotated && rename(file->old_path, file->path))
		note("the earlier '%s' is now '%s'", file->path, file->old_path);
	file->created = file->rotated = false;
}

void output_file_fini(struct output_file *file)
{
	free(file->path);
	free(file->old_path);
	*file = (struct output_file){0};
}
