// SPDX-License-Identifier: MIT
/*
 * The names of error numbers: libc's, and those that only tracers see.
 *
 * The kernel returns the latter from a system call that a signal interrupted, to itself: before the
 * program looks, the call is either restarted or turned into EINTR.
 */
#include "decode/syscalls.h"

#include <string.h>

const char *errno_name(int error)
{
	switch (error) {
	case 0: /* libc has a name for it, though it is no error */
		return NULL;
	case 512:
		return "ERESTARTSYS";
	case 513:
		return "ERESTARTNOINTR";
	case 514:
		return "ERESTARTNOHAND";
	case 515:
		return "ENOIOCTLCMD";
	case 516:
		return "ERESTART_RESTARTBLOCK";
	default:
		return strerrorname_np(error);
	}
}
