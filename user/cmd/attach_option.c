// SPDX-License-Identifier: MIT
#include "cmd/attach_option.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "cli/number.h"

static int pid_parse(const char *word, struct target_choice *choice)
{
	char *end;
	long pid = strtol(word, &end, 10);

	if (*word < '0' || *word > '9' || *end || pid < 1 || pid > INT_MAX) {
		refuse(-EINVAL, "-p takes the number of a process, not '%s'", word);
		hint("'pgrep NAME' and 'pidof NAME' find it by the name");
		return -EINVAL;
	}
	*vec_push(&choice->pids) = (pid_t)pid;
	return 0;
}

int pids_parse(const char *value, struct target_choice *choice)
{
	scoped_free char *words = xstrdup(value);
	char *rest = words, *word;
	size_t nr_before = choice->pids.size;

	while ((word = strsep(&rest, ", \t\n"))) {
		if (*word && pid_parse(word, choice))
			return -EINVAL;
	}
	return choice->pids.size > nr_before ? 0 : pid_parse(value, choice);
}

int limit_parse(const char *value, uint64_t *out_ns)
{
	if (duration_parse(value, out_ns))
		return -EINVAL;
	return *out_ns ? 0 : refuse(-EINVAL, "-d takes a time above 0, not '%s'", value);
}

int refuse_all_processes(void *opts, const char *value)
{
	(void)opts;
	(void)value;
	refuse(-EINVAL, "prof does not watch all processes of the machine at once");
	hint("name those that matter: -p PID,PID, as in -p \"$(pidof nginx)\"; what they start "
	     "is watched, too");
	return -EINVAL;
}
