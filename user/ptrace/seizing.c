// SPDX-License-Identifier: MIT
#include "ptrace/seizing.h"

#include <dirent.h>
#include <errno.h>
#include <linux/ptrace.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/vec.h"
#include "ptrace/proc_facts.h"

#define YAMA_SCOPE "/proc/sys/kernel/yama/ptrace_scope"

/* Of looking for threads: each finds those that ones unseized have made since the last. */
#define MAX_ROUNDS 1000

struct thread_list {
	VEC(pid_t) tids;
};

int thread_seize(pid_t tid, unsigned long options)
{
	return syscall(SYS_ptrace, PTRACE_SEIZE, (long)tid, 0L, options) ? -errno : 0;
}

/* ---- Refusals ---- */

/* What Yama allows, 0 to 3; 0, too, where there is none. */
static int yama_scope(void)
{
	FILE *file = fopen(YAMA_SCOPE, "re");
	int scope = 0;

	if (file && fscanf(file, "%d", &scope) != 1)
		scope = 0;
	if (file)
		fclose(file);
	return scope;
}

/* By a process other than its parent, which only Yama minds. */
static void hint_at_yama(int scope)
{
	if (scope == 1)
		hint("kernel.yama.ptrace_scope is 1: without privileges only what prof itself has "
		     "started can be traced; try with sudo, or have root set it to 0");
	else if (scope == 2)
		hint("kernel.yama.ptrace_scope is 2: ptrace takes CAP_SYS_PTRACE; try with sudo");
	else
		hint("kernel.yama.ptrace_scope is %d: nobody may use ptrace until the next boot; "
		     "with sudo, prof does without it",
		     scope);
}

int seizing_fail(pid_t pid, int err)
{
	pid_t other = proc_number(pid, "TracerPid");
	char comm[COMM_BYTES];

	if (err == -EPERM && other > 0) {
		proc_comm(other, comm);
		refuse(err, "cannot trace %d: %d (%s) does already", pid, other, comm);
		hint("only one can use ptrace at a time; with sudo, prof does without it");
		return err;
	}
	fail(err, "cannot trace %d", pid);
	if (err == -EPERM && yama_scope())
		hint_at_yama(yama_scope());
	else if (err == -EPERM)
		hint("it has more privileges, or a container's seccomp profile forbids ptrace: try "
		     "with sudo");
	return err;
}

/* ---- The threads of a process ---- */

/* Those that the kernel lists, the first one of the process in front. */
static struct thread_list threads_of(pid_t pid)
{
	scoped_free char *path = xasprintf("/proc/%d/task", pid);
	struct thread_list list = {0};
	DIR *threads = opendir(path);

	for (struct dirent *entry; threads && (entry = readdir(threads));)
		if (atoi(entry->d_name) > 0)
			*vec_push(&list.tids) = atoi(entry->d_name);
	if (threads)
		closedir(threads);
	return list;
}

/* It was born to a thread that had been seized, or there is nothing of it any more to be seized. */
static bool is_done_with(pid_t tid)
{
	char state = proc_state(tid);

	return state == 'Z' || state == 'X' || !state || proc_number(tid, "TracerPid") == getpid();
}

/* One round: how many were seized, or -errno. */
static int seize_listed(const struct thread_list *list, unsigned long options,
			void (*seized)(void *arg, pid_t tid), void *arg)
{
	int nr = 0;

	vec_each (&list->tids, tid) {
		int err = thread_seize(*tid, options);

		if (!err) {
			seized(arg, *tid);
			nr++;
		} else if (err != -ESRCH && !is_done_with(*tid)) {
			return err;
		}
	}
	return nr;
}

int threads_seize(pid_t pid, bool alone, unsigned long options,
		  void (*seized)(void *arg, pid_t tid), void *arg)
{
	int nr = 0, nr_new = 1;

	for (int i = 0; nr_new > 0 && i < (alone ? 1 : MAX_ROUNDS); i++) {
		struct thread_list list = {0};

		if (alone)
			*vec_push(&list.tids) = pid;
		else
			list = threads_of(pid);
		nr_new = seize_listed(&list, options, seized, arg);
		vec_free(&list.tids);
		nr += nr_new;
	}
	return nr_new < 0 ? seizing_fail(pid, nr_new) : nr;
}
