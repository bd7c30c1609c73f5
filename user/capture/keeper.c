// SPDX-License-Identifier: MIT
#include "capture/keeper.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

/* Left for everything else that the recorder opens. */
#define OTHER_DESCRIPTORS 256
#define MAX_OPEN          32768
/* A container's programs and libraries, of those that run; large ones have their names in vain. */
#define COPIES_BYTES      (64ULL << 20)
#define MAX_COPY_BYTES    (16ULL << 20)

static int compare_ids(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static void note_mounts(struct keeper *keeper)
{
	FILE *list = fopen("/proc/self/mountinfo", "re");
	unsigned long long id;

	if (!list)
		return;
	while (fscanf(list, "%llu%*[^\n]", &id) == 1)
		*vec_push(&keeper->mounts) = id;
	fclose(list);
	if (keeper->mounts.size)
		qsort(keeper->mounts.items, keeper->mounts.size, sizeof id, compare_ids);
}

static size_t raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return 0;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur < 2 * OTHER_DESCRIPTORS)
		return 0;
	return limit.rlim_cur - OTHER_DESCRIPTORS < MAX_OPEN ? limit.rlim_cur - OTHER_DESCRIPTORS
							     : MAX_OPEN;
}

void keeper_init(struct keeper *keeper)
{
	*keeper = (struct keeper){.max_open = raise_limit(), .left_bytes = COPIES_BYTES};
	note_mounts(keeper);
}

void keeper_fini(struct keeper *keeper)
{
	vec_free(&keeper->mounts);
}

/* Is the file on a mount that was there before the command? */
static bool is_on_old_mount(const struct keeper *keeper, int fd)
{
	struct statx status;
	uint64_t id;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &status) ||
	    !(status.stx_mask & STATX_MNT_ID) || !keeper->mounts.size)
		return false;
	id = status.stx_mnt_id;
	return bsearch(&id, keeper->mounts.items, keeper->mounts.size, sizeof id, compare_ids);
}

/* As much of the file as it has now; -1 when that is too much. */
static int copy_of(struct keeper *keeper, int fd)
{
	struct stat status;
	uint64_t left;
	off_t at = 0;
	int copy;

	if (fstat(fd, &status) || status.st_size < 0 || (uint64_t)status.st_size > MAX_COPY_BYTES ||
	    (uint64_t)status.st_size > keeper->left_bytes)
		return -1;
	copy = memfd_create("prof", MFD_CLOEXEC);
	if (copy < 0)
		return -1;
	left = status.st_size;
	while (left) {
		ssize_t size = sendfile(copy, fd, &at, left);

		if (size <= 0)
			break;
		left -= size;
	}
	keeper->left_bytes -= at;
	return copy;
}

int keeper_hold(struct keeper *keeper, int fd)
{
	if (fd >= 0 && keeper->nr_open >= keeper->max_open) {
		close(fd);
		return -1;
	}
	keeper->nr_open += fd >= 0;
	return fd;
}

int keeper_copy(struct keeper *keeper, int fd)
{
	int copy = fd < 0 ? -1 : copy_of(keeper, fd);

	keeper_drop(keeper, fd);
	return keeper_hold(keeper, copy);
}

int keeper_settle(struct keeper *keeper, int fd)
{
	return fd < 0 || is_on_old_mount(keeper, fd) ? fd : keeper_copy(keeper, fd);
}

void keeper_drop(struct keeper *keeper, int fd)
{
	if (fd < 0)
		return;
	close(fd);
	keeper->nr_open--;
}
