// SPDX-License-Identifier: MIT
#include "capture/identity.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"

/* A decimal id from the environment; false when it is none. */
static bool id_from_env(const char *name, unsigned int *out)
{
	const char *text = getenv(name);
	char *end;
	unsigned long value;

	if (!text || *text < '0' || *text > '9')
		return false;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (*end || errno || value >= (unsigned int)-1)
		return false;
	*out = value;
	return true;
}

int identity_of_invoker(bool as_root, struct identity *out)
{
	struct passwd *entry;

	*out = (struct identity){.uid = geteuid(), .gid = getegid()};
	if (as_root || geteuid() != 0 || !getenv("SUDO_UID"))
		return 0;
	if (!id_from_env("SUDO_UID", &out->uid) || !id_from_env("SUDO_GID", &out->gid)) {
		refuse(-EINVAL, "SUDO_UID and SUDO_GID do not name a user and a group");
		hint("run the command as root with --as-root, or unset SUDO_UID");
		return -EINVAL;
	}
	if (out->uid == 0)
		return 0;
	out->differs = true;
	entry = getpwuid(out->uid);
	if (entry) {
		out->user = xstrdup(entry->pw_name);
		out->home = xstrdup(entry->pw_dir);
		out->shell = xstrdup(entry->pw_shell);
	}
	return 0;
}

void identity_fini(struct identity *identity)
{
	free(identity->user);
	free(identity->home);
	free(identity->shell);
	*identity = (struct identity){0};
}

static int set_groups(const struct identity *identity)
{
	if (identity->user)
		return initgroups(identity->user, identity->gid);
	return setgroups(1, &identity->gid);
}

int identity_assume(const struct identity *identity)
{
	if (!identity->differs)
		return 0;
	if (set_groups(identity) || setresgid(identity->gid, identity->gid, identity->gid) ||
	    setresuid(identity->uid, identity->uid, identity->uid))
		return -errno;
	if (!identity->user)
		return 0;
	setenv("HOME", identity->home, 1);
	setenv("USER", identity->user, 1);
	setenv("LOGNAME", identity->user, 1);
	setenv("SHELL", identity->shell, 1);
	return 0;
}
