/* SPDX-License-Identifier: MIT */
/*
 * Who the command runs as, and whose the recording is.
 *
 * Under sudo that is the invoking user: recording needs privileges, the recorded program does not.
 */
#ifndef PROF_CAPTURE_IDENTITY_H
#define PROF_CAPTURE_IDENTITY_H

#include <stdbool.h>
#include <sys/types.h>

struct identity {
	bool differs; /* from the one that prof runs as */
	uid_t uid;
	gid_t gid;
	char *user, *home, *shell; /* NULL when the user has no entry in the user database */
};

/* The invoking user under sudo, unless `as_root`; else nobody else. 0 or -EINVAL, reported. */
int identity_of_invoker(bool as_root, struct identity *out);
void identity_fini(struct identity *identity);

/* Makes this process that user, for good: groups, ids, HOME, USER, LOGNAME. 0 or -errno, silent. */
int identity_assume(const struct identity *identity);

#endif
