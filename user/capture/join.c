// SPDX-License-Identifier: MIT
#include "capture/join.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "prof.skel.h"

#define MAX_TRIES  8    /* of a process that executes one program after the other meanwhile */
#define MAX_ROUNDS 1000 /* of looking for threads: each finds the children of those before */

static int step(struct capture *c, enum join_step what, pid_t tid)
{
	struct prof_bpf *s = capture_skeleton(c);
	bool of_mappings = what == JOIN_CODE || what == JOIN_MAPPINGS;

	s->bss->join.step = what;
	s->bss->join.at = 0;
	s->bss->join.nr_new = 0;
	return capture_walk(of_mappings ? s->progs.on_join_mapping : s->progs.on_join, tid);
}

/* A thread through which the process's memory can be seen: the main one may have ended. */
static pid_t process_find(struct capture *c, pid_t pid)
{
	const struct join *join = &capture_skeleton(c)->bss->join;
	char path[64];
	DIR *threads;
	pid_t found = 0;

	snprintf(path, sizeof path, "/proc/%d/task", pid);
	threads = opendir(path);
	for (struct dirent *entry; threads && !found && (entry = readdir(threads));) {
		pid_t tid = atoi(entry->d_name);

		if (tid > 0 && !step(c, JOIN_PROCESS, tid) && join->mm)
			found = tid;
	}
	if (threads)
		closedir(threads);
	return found;
}

static int threads_join(struct capture *c, bool alone)
{
	const struct join *join = &capture_skeleton(c)->bss->join;
	int err = step(c, JOIN_LEADER, 0);

	for (int i = 0; !alone && !err && i < MAX_ROUNDS; i++) {
		err = step(c, JOIN_THREADS, 0);
		if (!join->nr_new)
			break;
	}
	return err;
}

/* Once; *again: it has executed another program meanwhile. */
static int try_join(struct capture *c, pid_t pid, bool alone, code_told *told, void *arg,
		    bool *again)
{
	struct join *join = &capture_skeleton(c)->bss->join;
	bool maps = bpf_program__autoload(capture_skeleton(c)->progs.on_join_mapping);
	pid_t tid = process_find(c, pid);
	int err = 0;

	*again = false;
	if (!tid || join->is_followed)
		return 0;
	if (maps)
		err = step(c, JOIN_CODE, tid);
	if (err)
		return err;
	told(arg);
	err = threads_join(c, alone);
	if (!err && maps)
		err = step(c, JOIN_MAPPINGS, tid);
	*again = !join->nr_joined && join->has_other_mm;
	return err ? err : (int)join->nr_joined;
}

int process_join(struct capture *c, pid_t pid, uint64_t loader, bool alone, code_told *told,
		 void *arg)
{
	bool again = true;
	int joined = 0;

	for (int i = 0; again && i < MAX_TRIES; i++) {
		capture_skeleton(c)->bss->join = (struct join){.loader = loader};
		joined = try_join(c, pid, alone, told, arg, &again);
	}
	return joined;
}
