// SPDX-License-Identifier: MIT
#include "capture/target.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/error.h"
#include "capture/process_maps.h"

#define MAX_FILE_BYTES (1 << 20) /* of what is read from /proc at once */

/* A whole file of /proc/PID, with a NUL behind. -errno, silent. */
static int read_file(pid_t pid, const char *name, struct bytes *out)
{
	char path[64];
	scoped_fd int fd = -1;
	ssize_t got;

	snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
	*out = (struct bytes){0};
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	do {
		uint8_t *room = bytes_extend(out, 4096);

		got = read(fd, room, 4096);
		out->size -= got < 0 ? 4096 : 4096 - (size_t)got;
	} while (got > 0 && out->size < MAX_FILE_BYTES);
	bytes_u8(out, 0);
	out->size--;
	return got < 0 ? -errno : 0;
}

/* The value behind "NAME:" at the start of a line of /proc/PID/status, or NULL. */
static const char *status_value(const char *status, const char *name)
{
	size_t size = strlen(name);

	for (const char *line = status; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, name, size) && line[size] == ':')
			return line + size + 1 + strspn(line + size + 1, " \t");
	}
	return NULL;
}

static int refuse_missing(pid_t pid)
{
	fail(-ESRCH, "cannot attach to %d", pid);
	hint("'ps -e' lists the processes, 'pgrep NAME' finds one by its name");
	return -ESRCH;
}

/* Memory of its own has a process that programs run in; kernel threads and zombies have none. */
static int refuse_without_memory(pid_t pid, const char *status)
{
	const char *state = status_value(status, "State");

	if (state && (*state == 'Z' || *state == 'X'))
		return refuse(-ESRCH, "cannot attach to %d: it has ended, and waits for its parent",
			      pid);
	refuse(-EINVAL, "cannot attach to %d: it is a thread of the kernel", pid);
	hint("kernel threads make no system calls and take no page faults");
	return -EINVAL;
}

static int refuse_foreign(pid_t pid, int err)
{
	fail(err, "cannot attach to %d", pid);
	if (err == -EACCES || err == -EPERM)
		hint("it belongs to another user, or is protected: try with sudo");
	return err;
}

/* The main thread may have ended before the others, and then has no memory to be seen. */
static bool has_only_main_thread(const char *status)
{
	const char *threads = status_value(status, "Threads");

	return !threads || atoi(threads) <= 1;
}

/* The kernel tells of a process's memory only to those who may trace it. */
static int check_access(pid_t pid, const char *status)
{
	struct bytes maps;
	int err = read_file(pid, "maps", &maps);
	bool is_empty = !maps.size;

	bytes_fini(&maps);
	if (err)
		return err == -ENOENT || err == -ESRCH ? refuse_missing(pid)
						       : refuse_foreign(pid, err);
	return is_empty && has_only_main_thread(status) ? refuse_without_memory(pid, status) : 0;
}

static uint64_t read_loader(pid_t pid)
{
	struct bytes auxv;
	struct cursor c;
	uint64_t loader = 0;

	if (read_file(pid, "auxv", &auxv)) {
		bytes_fini(&auxv);
		return 0;
	}
	c = cursor_over(auxv.data, auxv.size);
	while (cursor_left(&c) >= 16) {
		uint64_t key = cursor_u64(&c), value = cursor_u64(&c);

		if (key == AT_BASE)
			loader = value;
	}
	bytes_fini(&auxv);
	return loader;
}

static void read_words(struct target *target)
{
	struct bytes line;

	if (!read_file(target->pid, "cmdline", &line)) {
		for (size_t at = 0; at < line.size; at += strlen((char *)line.data + at) + 1)
			*vec_push(&target->words) = xstrdup((char *)line.data + at);
	}
	bytes_fini(&line);
}

static void read_comm(struct target *target)
{
	struct bytes comm;

	if (!read_file(target->pid, "comm", &comm))
		snprintf(target->comm, sizeof target->comm, "%.*s",
			 (int)strcspn((char *)comm.data, "\n"), (char *)comm.data);
	bytes_fini(&comm);
}

static void target_fini(struct target *target)
{
	scope_end_close(&target->pidfd);
	vec_each (&target->words, word)
		free(*word);
	vec_free(&target->words);
}

static int target_open(pid_t pid, const char *status, struct target *out)
{
	int err = check_access(pid, status);

	if (err)
		return err;
	*out = (struct target){.pid = pid, .pidfd = (int)syscall(SYS_pidfd_open, pid, 0)};
	if (out->pidfd < 0)
		return errno == ESRCH ? refuse_missing(pid) : refuse_foreign(pid, -errno);
	out->loader = read_loader(pid);
	read_comm(out);
	read_words(out);
	return 0;
}

static bool is_known(const struct targets *targets, pid_t pid)
{
	vec_each (&targets->items, target) {
		if (target->pid == pid)
			return true;
	}
	return false;
}

int targets_add(struct targets *targets, pid_t pid)
{
	struct bytes status;
	struct target target;
	const char *process;
	int err = read_file(pid, "status", &status);

	process = err ? NULL : status_value((char *)status.data, "Tgid");
	pid = process ? atoi(process) : pid;
	if (!process)
		err = refuse_missing(pid);
	else if (pid == getpid())
		err = refuse(-EINVAL, "prof cannot attach to itself (%d)", pid);
	else if (!is_known(targets, pid))
		err = target_open(pid, (char *)status.data, &target);
	else
		target.pid = 0;
	bytes_fini(&status);
	if (!err && target.pid)
		*vec_push(&targets->items) = target;
	return err;
}

void targets_fini(struct targets *targets)
{
	vec_each (&targets->items, target)
		target_fini(target);
	vec_free(&targets->items);
}

static bool target_has_ended(const struct target *target)
{
	struct pollfd end = {.fd = target->pidfd, .events = POLLIN};

	return poll(&end, 1, 0) > 0;
}

bool targets_have_ended(const struct targets *targets)
{
	vec_each (&targets->items, target) {
		if (!target_has_ended(target))
			return false;
	}
	return true;
}

/* By the mapping itself, which leads to deleted and replaced files, too; or by its name. */
static char *path_of(const struct target *target, const struct process_map *map)
{
	char *path = xasprintf("/proc/%d/map_files/%" PRIx64 "-%" PRIx64, target->pid, map->start,
			       map->end);

	if (!access(path, R_OK))
		return path;
	free(path);
	return xasprintf("/proc/%d/root%s", target->pid, map->path);
}

static bool is_same_file(const struct process_map *a, const struct process_map *b)
{
	return a->is_code && b->is_code && a->inode == b->inode &&
	       a->device_major == b->device_major && a->device_minor == b->device_minor;
}

static bool is_first_of_file(const struct process_maps *maps, const struct process_map *map)
{
	for (const struct process_map *other = maps->items.items; other < map; other++)
		if (is_same_file(other, map))
			return false;
	return true;
}

void target_code_files(const struct target *target, struct paths *out)
{
	struct process_maps maps;

	process_maps_read(target->pid, &maps);
	vec_each (&maps.items, map) {
		if (map->is_code && map->path && is_first_of_file(&maps, map))
			*vec_push(out) = path_of(target, map);
	}
	process_maps_fini(&maps);
}
