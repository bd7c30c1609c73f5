// SPDX-License-Identifier: MIT
#include "descriptors/seed.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static bool is_closed_by_exec(pid_t pid, int fd)
{
	scoped_free char *path = xasprintf("/proc/%d/fdinfo/%d", pid, fd);
	FILE *file = fopen(path, "re");
	unsigned int flags = 0;

	if (!file)
		return false;
	if (fscanf(file, "pos: %*u flags: %o", &flags) != 1)
		flags = 0;
	fclose(file);
	return flags & O_CLOEXEC;
}

/* As the kernel's own makedev(). */
static uint64_t device_number(dev_t device)
{
	return (uint64_t)major(device) << 20 | minor(device);
}

static bool link_read(const char *path, char text[PATH_MAX])
{
	ssize_t size = readlink(path, text, PATH_MAX - 1);

	if (size < 0)
		return false;
	text[size] = '\0';
	return true;
}

static void seed_one(struct descriptors *d, uint32_t task, pid_t pid, int fd)
{
	scoped_free char *path = xasprintf("/proc/%d/fd/%d", pid, fd);
	char link[PATH_MAX];
	struct stat st;

	if (link_read(path, link) && stat(path, &st) == 0)
		descriptors_seed(
			d, task, fd,
			open_file_named(link, st.st_mode,
					device_number(st.st_rdev ? st.st_rdev : st.st_dev)));
}

void descriptors_seed_process(struct descriptors *d, uint32_t task, pid_t pid, bool inherited)
{
	scoped_free char *fds = xasprintf("/proc/%d/fd", pid),
			 *cwd = xasprintf("/proc/%d/cwd", pid);
	char link[PATH_MAX];
	DIR *directory = opendir(fds);
	struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		int fd = atoi(entry->d_name);

		if (*entry->d_name != '.' && !(inherited && is_closed_by_exec(pid, fd)))
			seed_one(d, task, pid, fd);
	}
	if (directory)
		closedir(directory);
	if (link_read(cwd, link))
		directory_set(d, task, link);
}
