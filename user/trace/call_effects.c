// SPDX-License-Identifier: MIT
#include "trace/call_effects.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "base/error.h"
#include "decode/roles.h"

static char *string_at(struct call *call, unsigned int arg)
{
	struct bytes text = {0};
	char *string = NULL;

	if (call_read_string(call, call->args[arg], PATH_MAX, CAPTURE_ENTER, &text) ==
	    STRING_WHOLE) {
		bytes_u8(&text, 0);
		string = xstrdup((const char *)text.data);
	}
	bytes_fini(&text);
	return string;
}

/* The absolute path that two arguments name, or one for `dir_arg` < 0. */
static char *path_at(const struct descriptors *d, uint32_t task, struct call *call, int dir_arg,
		     unsigned int arg)
{
	scoped_free char *name = string_at(call, arg);

	if (!name)
		return NULL;
	return path_of_name(d, task, dir_arg < 0 ? AT_FDCWD : (int)call->args[dir_arg], name);
}

/* Where links lead is known to the file system alone; it is asked a moment later. */
static void go_to(struct descriptors *d, uint32_t task, struct call *call)
{
	scoped_free char *path = path_at(d, task, call, -1, 0);
	scoped_free char *real = path ? realpath(path, NULL) : NULL;

	if (path)
		directory_set(d, task, real ? real : path);
}

static void go_to_descriptor(struct descriptors *d, uint32_t task, struct call *call)
{
	const struct open_file *file = descriptor_find(d, task, (int)call->args[0], false);

	if (file && *file->name == '/')
		directory_set(d, task, file->name);
}

static void close_range_of(struct descriptors *d, uint32_t task, const struct call *call)
{
	uint32_t first = (uint32_t)call->args[0], last = (uint32_t)call->args[1];

	if (call->args[2] & CLOSE_RANGE_UNSHARE)
		descriptors_unshare(d, task, true, false);
	if (call->args[2] & CLOSE_RANGE_CLOEXEC)
		descriptors_mark(d, task, first, last, true);
	else
		descriptors_close(d, task, first, last);
}

static void mark(struct descriptors *d, uint32_t task, const struct call *call, bool on_exec)
{
	descriptors_mark(d, task, (uint32_t)call->args[0], (uint32_t)call->args[0], on_exec);
}

static void remove_path(struct descriptors *d, uint32_t task, struct call *call, int dir_arg,
			unsigned int arg)
{
	scoped_free char *path = path_at(d, task, call, dir_arg, arg);

	if (path)
		descriptors_rename(d, path, NULL);
}

static void rename_path(struct descriptors *d, uint32_t task, struct call *call, bool has_dirs)
{
	scoped_free char *from = path_at(d, task, call, has_dirs ? 0 : -1, has_dirs);
	scoped_free char *to = path_at(d, task, call, has_dirs ? 2 : -1, has_dirs ? 3 : 1);

	if (!from || !to)
		return;
	descriptors_rename(d, to, NULL);
	descriptors_rename(d, from, to);
}

/* Of calls that have succeeded. */
static void take_success(struct descriptors *d, uint32_t task, struct call *call)
{
	switch (call->nr) {
	case SYS_close_range:
		return close_range_of(d, task, call);
	case SYS_fcntl:
		if (call->args[1] == F_SETFD)
			mark(d, task, call, call->args[2] & FD_CLOEXEC);
		return;
	case SYS_ioctl:
		if (call->args[1] == FIOCLEX || call->args[1] == FIONCLEX)
			mark(d, task, call, call->args[1] == FIOCLEX);
		return;
	case SYS_unshare:
		return descriptors_unshare(d, task, call->args[0] & CLONE_FILES,
					   call->args[0] & (CLONE_FS | CLONE_NEWNS));
	case SYS_chdir:
		return go_to(d, task, call);
	case SYS_fchdir:
		return go_to_descriptor(d, task, call);
	case SYS_unlinkat:
		return remove_path(d, task, call, 0, 1);
	case SYS_renameat:
	case SYS_renameat2:
		return rename_path(d, task, call, true);
#ifdef SYS_unlink
	case SYS_unlink:
	case SYS_rmdir:
		return remove_path(d, task, call, -1, 0);
	case SYS_rename:
		return rename_path(d, task, call, false);
#endif
	case SYS_pidfd_open: {
		struct open_file *file = descriptor_find(d, task, (int)call->result, false);

		if (file)
			file->pid = (uint32_t)call->args[0];
	}
	}
}

void call_effects_take(struct descriptors *d, uint32_t task, struct call *call)
{
	descriptors_settle(d, task);
	if (!(call->flags & CALL_RETURNED) || call->flags & CALL_COMPAT)
		return;
	/* Also a close() that fails has closed, unless there was nothing to close. */
	if (call->nr == SYS_close && call->result != -EBADF)
		descriptors_close(d, task, (uint32_t)call->args[0], (uint32_t)call->args[0]);
	else if (call->result >= 0)
		take_success(d, task, call);
}

static uint64_t clone_flags(struct call *call)
{
	uint64_t flags = 0;

	if (call && call->nr == SYS_clone)
		return call->args[0];
	if (call && call->nr == SYS_clone3)
		call_read(call, call->args[0], &flags, sizeof flags, CAPTURE_ENTER);
	return flags;
}

void call_effects_fork(struct descriptors *d, uint32_t parent, uint32_t child, bool is_thread,
		       struct call *call)
{
	uint64_t flags = is_thread ? CLONE_FILES | CLONE_FS : clone_flags(call);

	descriptors_fork(d, parent, child, flags & CLONE_FILES, flags & CLONE_FS);
}

void call_effects_need(struct syscall_set *out)
{
	/* Beside those that do something, those that make descriptors. */
	int err = syscall_set_parse(
		"?open,openat,openat2,?creat,close,close_range,dup,?dup2,dup3,fcntl,ioctl,?pipe,"
		"pipe2,socket,socketpair,accept,accept4,connect,bind,listen,recvmsg,recvmmsg,"
		"?epoll_create,epoll_create1,?eventfd,eventfd2,?signalfd,signalfd4,timerfd_create,"
		"?inotify_init,inotify_init1,fanotify_init,memfd_create,memfd_secret,userfaultfd,"
		"perf_event_open,bpf,pidfd_open,pidfd_getfd,open_by_handle_at,open_tree,fsopen,"
		"fsmount,fspick,io_uring_setup,landlock_create_ruleset,mq_open,seccomp,unshare,"
		"chdir,fchdir,?unlink,unlinkat,?rmdir,?rename,renameat,renameat2,?fork,?vfork,"
		"clone,"
		"clone3,execve,execveat",
		out);

	if (err)
		BUG("a call that is needed is unknown");
}

void call_effects_need_sockets(struct syscall_set *out)
{
	int err = syscall_set_parse("socket,bind,close,close_range,dup,?dup2,dup3,fcntl,unshare,"
				    "?fork,?vfork,clone,clone3,execve,execveat",
				    out);

	if (err)
		BUG("a call that is needed is unknown");
}

bool call_concerns_sockets(uint32_t nr)
{
	switch (nr) {
	case SYS_socket:
	case SYS_bind:
	case SYS_close:
	case SYS_close_range:
	case SYS_dup:
	case SYS_dup3:
	case SYS_fcntl:
	case SYS_unshare:
#ifdef SYS_dup2
	case SYS_dup2:
#endif
		return true;
	}
	return false;
}

static bool is_one_of(const char *path, char *const *paths)
{
	for (; path && *paths; paths++)
		if (!strcmp(path, *paths))
			return true;
	return false;
}

bool call_concerns(const struct descriptors *d, uint32_t task, struct call *call,
		   char *const *paths)
{
	for (unsigned int i = 0; i < 6; i++) {
		enum argument_role role = argument_role(call->nr, i);
		scoped_free char *path = role == ROLE_PATH ? string_at(call, i) : NULL;
		const struct open_file *file = NULL;

		if (role == ROLE_FD || role == ROLE_DIRFD)
			file = descriptor_find(d, task, (int)call->args[i], false);
		if (is_one_of(path, paths) || (file && is_one_of(file->name, paths)))
			return true;
	}
	return false;
}
