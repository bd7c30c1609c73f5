// SPDX-License-Identifier: MIT
#include "capture/perf_maps.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* An address space with code that was made at run time. */
struct made_code {
	uint32_t space, pid, inner_pid;
	uid_t uid;
	int tmp_fd; /* its /tmp, which may outlive it thereby; -1: not known, or not needed */
	int fd;     /* of the map; -1: not found yet */
	uint32_t nr_mappings;
	bool ended;
	struct timespec since; /* an older map is not its own */
};

struct perf_maps {
	struct keeper *keeper;
	uid_t uid;
	struct timespec since;
	VEC(struct made_code) codes;
};

/* By the clock that file systems stamp with. */
static struct timespec file_time_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME_COARSE, &now);
	return now;
}

struct perf_maps *perf_maps_new(struct keeper *keeper, uid_t uid)
{
	struct perf_maps *maps = xnew(struct perf_maps);

	maps->keeper = keeper;
	maps->uid = uid;
	maps->since = file_time_now();
	return maps;
}

void perf_maps_free(struct perf_maps *maps)
{
	if (!maps)
		return;
	vec_each (&maps->codes, code) {
		scope_end_close(&code->tmp_fd);
		keeper_drop(maps->keeper, code->fd);
	}
	vec_free(&maps->codes);
	free(maps);
}

/* The process's user, and its number in its own namespace, which is the last of the list. */
static void read_status(struct made_code *code)
{
	char path[32], line[512];
	FILE *status;

	snprintf(path, sizeof path, "/proc/%u/status", code->pid);
	status = fopen(path, "re");
	if (!status)
		return;
	while (fgets(line, sizeof line, status)) {
		const char *last = strrchr(line, '\t');
		unsigned int uid;

		if (sscanf(line, "Uid: %*u %u", &uid) == 1)
			code->uid = uid;
		else if (!strncmp(line, "NSpid:", 6) && last)
			code->inner_pid = strtoul(last, NULL, 10);
	}
	fclose(status);
}

/* Links on the way lead to what they mean below that root. */
static int open_tmp(const char *root)
{
	struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
			       .resolve = RESOLVE_IN_ROOT};
	scoped_fd int root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return root_fd < 0 ? -1 : syscall(SYS_openat2, root_fd, "tmp", &how, sizeof how);
}

static int open_tmp_of(uint32_t pid)
{
	char root[32];

	snprintf(root, sizeof root, "/proc/%u/root", pid);
	return open_tmp(root);
}

static bool is_older(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec < b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

static bool is_believed(const struct made_code *code, int fd)
{
	struct stat status;

	return !fstat(fd, &status) && S_ISREG(status.st_mode) &&
	       (status.st_uid == code->uid || status.st_uid == 0) &&
	       !is_older(&status.st_mtim, &code->since);
}

static int open_in(const struct made_code *code, int tmp_fd, uint32_t pid)
{
	char name[32];
	int fd;

	snprintf(name, sizeof name, "perf-%u.map", pid);
	fd = tmp_fd < 0 ? -1
			: openat(tmp_fd, name,
				 O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
	if (fd < 0 || is_believed(code, fd))
		return fd;
	close(fd);
	return -1;
}

/* Whoever writes maps for processes of containers from outside calls them by their outer number. */
static int open_outside(const struct made_code *code)
{
	scoped_fd int tmp_fd = open_tmp("/");

	return open_in(code, tmp_fd, code->pid);
}

static int find_map(const struct made_code *code)
{
	int fd = open_in(code, code->tmp_fd, code->inner_pid);

	return fd < 0 ? open_outside(code) : fd;
}

static struct made_code *youngest_of(struct perf_maps *maps, uint32_t pid)
{
	for (size_t i = maps->codes.size; i-- > 0;)
		if (maps->codes.items[i].pid == pid)
			return &maps->codes.items[i];
	return NULL;
}

static struct made_code *code_of(struct perf_maps *maps, uint32_t space)
{
	for (size_t i = maps->codes.size; i-- > 0;)
		if (maps->codes.items[i].space == space)
			return &maps->codes.items[i];
	return NULL;
}

#define FIELDS_TO_START 19 /* of /proc/PID/stat, behind the name */

/* When it began, by the clock of file systems, or a second before that. */
static struct timespec process_start(uint32_t pid)
{
	struct timespec real, boot, start = {0};
	char path[32], line[1024] = "";
	const char *at;
	FILE *stat;

	snprintf(path, sizeof path, "/proc/%u/stat", pid);
	stat = fopen(path, "re");
	if (!stat)
		return file_time_now();
	line[fread(line, 1, sizeof line - 1, stat)] = '\0';
	fclose(stat);
	at = strrchr(line, ')'); /* the name before it may hold anything */
	for (int i = 0; at && i <= FIELDS_TO_START; i++)
		at = strchr(at + 1, ' ');
	if (!at)
		return file_time_now();
	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	start.tv_sec = real.tv_sec - boot.tv_sec - 1;
	start.tv_sec += (time_t)(strtoull(at, NULL, 10) / (uint64_t)sysconf(_SC_CLK_TCK));
	return start;
}

/* A process that has the number of one that ended has a map that is younger than that end. */
static struct made_code *code_new(struct perf_maps *maps, const struct mapping_event *event)
{
	uint32_t pid = event->pid;
	const struct made_code *earlier = youngest_of(maps, pid);
	struct made_code code = {.space = event->space,
				 .pid = pid,
				 .inner_pid = pid,
				 .uid = maps->uid,
				 .tmp_fd = open_tmp_of(pid),
				 .fd = -1,
				 .since = earlier && earlier->ended ? earlier->since : maps->since};

	read_status(&code);
	if (event->flags & MAPPING_BEFORE)
		code.since = process_start(pid);
	*vec_push(&maps->codes) = code;
	return &maps->codes.items[maps->codes.size - 1];
}

/* What is at the path now, or what was there before it was removed. Whose it is and how old may
 * have changed since. */
static void code_look(struct perf_maps *maps, struct made_code *code)
{
	int fd = find_map(code);

	if (fd < 0 && (code->fd < 0 || is_believed(code, code->fd)))
		return;
	keeper_drop(maps->keeper, code->fd);
	code->fd = keeper_hold(maps->keeper, fd);
}

/* Makers of code change its protection thousands of times, and few write maps. */
static bool is_worth_a_try(uint32_t nr_mappings)
{
	return (nr_mappings & (nr_mappings - 1)) == 0;
}

void perf_maps_mapping(struct perf_maps *maps, const struct mapping_event *event)
{
	struct made_code *code = code_of(maps, event->space);

	if (!code)
		code = code_new(maps, event);
	if (!code->ended && is_worth_a_try(++code->nr_mappings))
		code_look(maps, code);
}

/* `copy`: the process lives on, and its next program may write over the map. */
static void code_end(struct perf_maps *maps, struct made_code *code, bool copy)
{
	code_look(maps, code);
	code->fd =
		copy ? keeper_copy(maps->keeper, code->fd) : keeper_settle(maps->keeper, code->fd);
	scope_end_close(&code->tmp_fd);
	code->tmp_fd = -1;
	code->ended = true;
	code->since = file_time_now();
}

static void end_all_of(struct perf_maps *maps, uint32_t pid, uint32_t space, bool copy)
{
	vec_each (&maps->codes, code)
		if (code->pid == pid && code->space != space && !code->ended)
			code_end(maps, code, copy);
}

void perf_maps_exec(struct perf_maps *maps, const struct exec_event *event)
{
	end_all_of(maps, event->pid, event->space, true);
}

void perf_maps_exit(struct perf_maps *maps, const struct exit_event *event)
{
	if (event->ends_process)
		end_all_of(maps, event->pid, 0, false);
}

int perf_map_open(struct perf_maps *maps, uint32_t space)
{
	struct made_code *code = code_of(maps, space);

	if (!code)
		return -1;
	if (!code->ended)
		code_look(maps, code);
	return code->fd < 0 ? -1 : fcntl(code->fd, F_DUPFD_CLOEXEC, 0);
}
