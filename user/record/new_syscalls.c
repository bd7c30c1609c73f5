// SPDX-License-Identifier: MIT
#include "record/new_syscalls.h"

#include <dirent.h>
#include <stdio.h>

#include "base/alloc.h"
#include "decode/syscalls.h"

#define EVENTS "/sys/kernel/tracing/events/syscalls"
#define PREFIX "sys_enter_"

/* What the kernel calls otherwise than its headers do. */
static bool is_other_name(const char *name)
{
	static const char *const names[] = {"newfstat", "newlstat",   "newstat",
					    "newuname", "sendfile64", "umount"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static int event_id(const char *name)
{
	scoped_free char *path = xasprintf(EVENTS "/" PREFIX "%s/id", name);
	FILE *file = fopen(path, "re");
	int id = 0;

	if (file && fscanf(file, "%d", &id) != 1)
		id = 0;
	if (file)
		fclose(file);
	return id;
}

void new_syscalls_find(struct new_syscalls *out)
{
	DIR *events = opendir(EVENTS);

	*out = (struct new_syscalls){0};
	for (struct dirent *entry; events && (entry = readdir(events));) {
		const char *name = entry->d_name + sizeof PREFIX - 1;

		if (strncmp(entry->d_name, PREFIX, sizeof PREFIX - 1) || is_other_name(name) ||
		    syscall_number(name) >= 0)
			continue;
		*vec_push(&out->items) = (struct new_syscall){xstrdup(name), event_id(name)};
	}
	if (events)
		closedir(events);
}

void new_syscalls_fini(struct new_syscalls *calls)
{
	vec_each (&calls->items, call)
		free(call->name);
	vec_free(&calls->items);
}

void new_syscalls_learn(const struct new_syscalls *calls, struct capture *c)
{
	uint32_t nr, arity;

	vec_each (&calls->items, call)
		if (capture_syscall_number(c, call->event_id, call->name, &nr, &arity))
			syscall_learn(nr, call->name, arity);
}

void new_syscalls_write(struct writer *w)
{
	for (uint32_t nr = 0; nr < NR_SYSCALLS; nr++) {
		scoped_free char *text = NULL;

		if (!syscall_learned(nr))
			continue;
		text = xasprintf("%u %u %s", nr, syscall_arity(nr), syscall_learned(nr));
		writer_meta_text(w, "syscall", text);
	}
}
