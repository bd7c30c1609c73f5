// SPDX-License-Identifier: MIT
#include "ptrace/proc_facts.h"

#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

static FILE *proc_open(pid_t tid, const char *name)
{
	scoped_free char *path = xasprintf("/proc/%d/%s", tid, name);

	return fopen(path, "re");
}

void proc_comm(pid_t tid, char out[COMM_BYTES])
{
	FILE *file = proc_open(tid, "comm");

	memset(out, 0, COMM_BYTES);
	if (!file)
		return;
	if (fread(out, 1, COMM_BYTES - 1, file))
		out[strcspn(out, "\n")] = '\0';
	fclose(file);
}

/* Of its status what stands behind "NAME:", or "". */
static void read_status(pid_t tid, const char *name, char out[64])
{
	FILE *file = proc_open(tid, "status");
	size_t size = strlen(name);
	char line[256];

	*out = '\0';
	while (file && !*out && fgets(line, sizeof line, file))
		if (!strncmp(line, name, size) && line[size] == ':')
			sscanf(line + size + 1, "%63s", out);
	if (file)
		fclose(file);
}

int proc_number(pid_t tid, const char *name)
{
	char text[64];

	read_status(tid, name, text);
	return atoi(text);
}

char proc_state(pid_t tid)
{
	char text[64];

	read_status(tid, "State", text);
	return *text;
}

char *proc_program(pid_t tid)
{
	scoped_free char *path = xasprintf("/proc/%d/exe", tid);
	char text[PATH_MAX];
	ssize_t size = readlink(path, text, sizeof text);

	return xstrndup(text, size > 0 ? (size_t)size : 0);
}

static bool is_ignored_by_default(int signal)
{
	return signal == SIGCHLD || signal == SIGCONT || signal == SIGURG || signal == SIGWINCH;
}

enum disposition proc_disposition(pid_t tid, int signal)
{
	FILE *file = proc_open(tid, "status");
	uint64_t ignored = 0, caught = 0, bit = signal > 0 ? 1ULL << ((signal - 1) & 63) : 0;
	char line[256];

	while (file && fgets(line, sizeof line, file))
		if (sscanf(line, "SigIgn: %" SCNx64, &ignored) != 1 &&
		    sscanf(line, "SigCgt: %" SCNx64, &caught) == 1)
			break;
	if (file)
		fclose(file);
	if (caught & bit)
		return DISPOSITION_CAUGHT;
	return ignored & bit || is_ignored_by_default(signal) ? DISPOSITION_IGNORED
							      : DISPOSITION_DEFAULT;
}
