// SPDX-License-Identifier: MIT
#include "diff/call_remedy.h"

#include <stddef.h>
#include <string.h>

struct remedy {
	const char *calls[12];
	const char *text;
};

static const struct remedy remedies[] = {
	{{"fsync", "fdatasync", "msync", "sync_file_range", "syncfs", "sync"},
	 "Write several records, then sync once"},
	{{"stat", "lstat", "newfstatat", "statx", "access", "faccessat", "faccessat2", "readlink",
	  "readlinkat", "getcwd"},
	 "Ask once, and remember the answer"},
	{{"open", "openat", "openat2", "close", "creat"}, "Keep the file open, and use it again"},
	{{"socket", "connect", "accept", "accept4", "shutdown"},
	 "Keep the connection, and use it again"},
	{{"lseek"}, "Read or write with an offset: pread(), pwrite()"},
	{{"clone", "clone3", "fork", "vfork", "execve"},
	 "Make threads or processes once, and let them take one item after the other"},
	{{"mmap", "munmap", "brk", "madvise", "mremap", "mprotect"},
	 "Keep the memory, and use it again"},
	{{"sched_yield", "nanosleep", "clock_nanosleep"},
	 "Wait to be woken instead of looking again"},
	{{"getrandom"}, "Ask for more at a time"},
	{{"getdents", "getdents64"}, "List the directory once, and remember the entries"},
};

const char *call_remedy(const char *name)
{
	for (size_t i = 0; i < sizeof remedies / sizeof *remedies; i++) {
		for (const char *const *call = remedies[i].calls; *call; call++) {
			if (!strcmp(*call, name))
				return remedies[i].text;
		}
	}
	return NULL;
}
