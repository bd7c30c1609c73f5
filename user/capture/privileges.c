// SPDX-License-Identifier: MIT
#include "capture/privileges.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>

#include "base/error.h"

/* Since Linux 5.8; older kernel headers do not know them. */
#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#define CAP_BPF     39
#endif

struct privilege {
	cap_value_t capability;
	const char *name;
};

/* CAP_SYS_RESOURCE is not among them: since Linux 5.11 maps do not count as locked memory. */
static const struct privilege privileges[] = {
	{CAP_BPF, "CAP_BPF"},
	{CAP_PERFMON, "CAP_PERFMON"},
};

#define NR_PRIVILEGES (sizeof privileges / sizeof *privileges)

static bool is_effective(cap_t held, cap_value_t capability)
{
	cap_flag_value_t value;

	return held && !cap_get_flag(held, capability, CAP_EFFECTIVE, &value) && value == CAP_SET;
}

/* CAP_SYS_ADMIN, from which these were split off, still includes them. */
static bool is_held(cap_t held, cap_value_t capability)
{
	return is_effective(held, capability) || is_effective(held, CAP_SYS_ADMIN);
}

static bool has_capability(cap_value_t capability)
{
	cap_t held = cap_get_proc();
	bool has = is_held(held, capability);

	cap_free(held);
	return has;
}

bool privileged_for_bpf(void)
{
	return has_capability(CAP_BPF);
}

bool privileged_for_events(void)
{
	return has_capability(CAP_PERFMON);
}

bool privileges_missing(char out[PRIVILEGE_LIST_SIZE])
{
	cap_t held = cap_get_proc();
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < NR_PRIVILEGES; i++)
		if (!is_held(held, privileges[i].capability))
			used += (size_t)snprintf(out + used, PRIVILEGE_LIST_SIZE - used, "%s%s",
						 used ? ", " : "", privileges[i].name);
	cap_free(held);
	return used > 0;
}

int privileges_fail(int err)
{
	char missing[PRIVILEGE_LIST_SIZE];

	if ((err == -EPERM || err == -EACCES) && privileges_missing(missing)) {
		refuse(err, "cannot load BPF programs: %s (missing %s)", strerror(-err), missing);
		hint("sudo prof record ...");
		return err;
	}
	fail(err, "cannot load BPF programs");
	hint("'prof doctor' tells what this kernel lacks");
	return err;
}
