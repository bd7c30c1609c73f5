/* SPDX-License-Identifier: MIT */
/*
 * Which arguments of a system call are descriptors, and which the names of files.
 */
#ifndef PROF_DECODE_ROLES_H
#define PROF_DECODE_ROLES_H

#include <stdint.h>

enum argument_role {
	ROLE_OTHER,
	ROLE_FD,
	ROLE_DIRFD, /* may be AT_FDCWD */
	ROLE_PATH,
};

enum argument_role argument_role(uint32_t nr, unsigned int arg);

#endif
