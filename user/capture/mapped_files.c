// SPDX-License-Identifier: MIT
#include "capture/mapped_files.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "symbols/symbols.h"

#define IDENTITY_BYTES 4096 /* mapped, so that the kernel can tell which file it is */

/* Which contents a descriptor led to. */
struct contents {
	uint64_t device, inode, size;
	struct timespec changed;
};

struct known_file {
	bool is_met; /* opened once */
	int fd;      /* kept; -1: not */
	char *path;  /* at which it was; NULL: at none */
	struct contents contents;
	uint8_t build_id[20];
	uint8_t build_id_size;
};

struct mapped_files {
	struct capture *capture;
	struct keeper *keeper;
	bool keep;
	struct known_file *by_id[MAX_FILES];
};

struct mapped_files *mapped_files_new(struct capture *capture, struct keeper *keeper, bool keep)
{
	struct mapped_files *files = xnew(struct mapped_files);

	files->capture = capture;
	files->keeper = keeper;
	files->keep = keep;
	return files;
}

void mapped_files_free(struct mapped_files *files)
{
	if (!files)
		return;
	for (size_t id = 0; id < MAX_FILES; id++) {
		struct known_file *file = files->by_id[id];

		if (!file)
			continue;
		keeper_drop(files->keeper, file->fd);
		free(file->path);
		free(file);
	}
	free(files);
}

/* Takes `fd`; returns it if it leads to the very file, else -1. */
static int verified(const struct mapped_files *files, int fd, uint32_t file)
{
	struct stat status;
	void *memory = MAP_FAILED;
	bool is_same = false;

	if (fd < 0)
		return -1;
	if (!fstat(fd, &status) && S_ISREG(status.st_mode))
		memory = mmap(NULL, IDENTITY_BYTES, PROT_READ, MAP_PRIVATE, fd, 0);
	if (memory != MAP_FAILED) {
		is_same = capture_file_id(files->capture, memory) == file;
		munmap(memory, IDENTITY_BYTES);
	}
	if (is_same)
		return fd;
	close(fd);
	return -1;
}

/* O_NONBLOCK: what is there by now may be a FIFO. */
#define OPEN_FLAGS (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

static int open_in_process(const struct mapped_files *files, const struct mapping_event *event)
{
	char path[80];
	int fd;

	snprintf(path, sizeof path, "/proc/%u/map_files/%llx-%llx", event->pid,
		 (unsigned long long)event->start, (unsigned long long)event->end);
	fd = verified(files, open(path, OPEN_FLAGS), event->file);
	if (fd >= 0)
		return fd;
	snprintf(path, sizeof path, "/proc/%u/exe", event->pid);
	return verified(files, open(path, OPEN_FLAGS), event->file);
}

/* Links below the root lead to what they mean there. */
static int open_below_root(const struct mapped_files *files, const struct mapping_event *event)
{
	struct open_how how = {.flags = OPEN_FLAGS, .resolve = RESOLVE_IN_ROOT};
	char path[32];
	scoped_fd int root = -1;

	snprintf(path, sizeof path, "/proc/%u/root", event->pid);
	root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return -1;
	return verified(files, syscall(SYS_openat2, root, event->path, &how, sizeof how),
			event->file);
}

static int find(const struct mapped_files *files, const struct mapping_event *event, bool *by_path)
{
	int fd = verified(files, open(event->path, OPEN_FLAGS), event->file);

	*by_path = fd >= 0;
	if (fd < 0)
		fd = open_in_process(files, event);
	return fd < 0 ? open_below_root(files, event) : fd;
}

static struct contents contents_of(int fd)
{
	struct stat status;

	if (fstat(fd, &status))
		return (struct contents){0};
	return (struct contents){.device = status.st_dev,
				 .inode = status.st_ino,
				 .size = status.st_size,
				 .changed = status.st_mtim};
}

static bool is_same_contents(const struct contents *a, const struct contents *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

static int own_copy(int fd)
{
	return fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

/* Takes `fd`; what is kept may be a copy, and a descriptor to that is returned then. */
static int note_file(struct mapped_files *files, struct known_file *file, int fd)
{
	file->is_met = true;
	file->build_id_size = build_id_of_descriptor(fd, file->build_id);
	if (files->keep)
		file->fd = keeper_settle(files->keeper, keeper_hold(files->keeper, own_copy(fd)));
	if (file->fd >= 0) {
		close(fd);
		fd = own_copy(file->fd);
	}
	file->contents = contents_of(fd);
	return fd;
}

int mapped_files_meet(struct mapped_files *files, const struct mapping_event *event)
{
	struct known_file *file;
	bool by_path;
	int fd;

	if (event->file < FIRST_FILE || event->file >= MAX_FILES || !event->path_bytes)
		return -1;
	file = files->by_id[event->file];
	if (!file) {
		file = files->by_id[event->file] = xnew(struct known_file);
		file->fd = -1;
	}
	if (file->is_met)
		return -1;
	fd = find(files, event, &by_path);
	if (fd < 0)
		return -1;
	if (by_path)
		file->path = xstrdup(event->path);
	return note_file(files, file, fd);
}

static const struct known_file *file_by_id(const struct mapped_files *files, uint32_t id)
{
	const struct known_file *file = files && id < MAX_FILES ? files->by_id[id] : NULL;

	return file && file->is_met ? file : NULL;
}

uint8_t mapped_file_build_id(const struct mapped_files *files, uint32_t id, uint8_t out[20])
{
	const struct known_file *file = file_by_id(files, id);

	if (!file)
		return 0;
	memcpy(out, file->build_id, file->build_id_size);
	return file->build_id_size;
}

static bool has_build_id(const struct known_file *file, int fd)
{
	uint8_t build_id[20];

	return file->build_id_size && build_id_of_descriptor(fd, build_id) == file->build_id_size &&
	       !memcmp(build_id, file->build_id, file->build_id_size);
}

int mapped_file_open(const struct mapped_files *files, uint32_t id)
{
	const struct known_file *file = file_by_id(files, id);
	struct contents contents;
	int fd = -1;

	if (!file)
		return -1;
	if (file->fd >= 0)
		fd = own_copy(file->fd);
	else if (file->path)
		fd = open(file->path, OPEN_FLAGS);
	if (fd < 0)
		return -1;
	contents = contents_of(fd);
	if (is_same_contents(&contents, &file->contents) || has_build_id(file, fd))
		return fd;
	close(fd);
	return -1;
}

uint64_t mapped_files_unreachable(const struct mapped_files *files)
{
	uint64_t count = 0;

	for (size_t id = 0; id < MAX_FILES; id++)
		count += files->by_id[id] && !files->by_id[id]->is_met;
	return count;
}
