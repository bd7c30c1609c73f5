// SPDX-License-Identifier: MIT
#include "analysis/waiting.h"

static const char waiting[] =
	"?nanosleep,?clock_nanosleep,?pause,?rt_sigsuspend,?rt_sigtimedwait,?restart_syscall,"
	"?wait4,?waitid,?futex,?futex_wait,?futex_waitv,?poll,?ppoll,?select,?pselect6,"
	"?epoll_wait,?epoll_pwait,?epoll_pwait2,?io_getevents,?io_pgetevents,?accept,?accept4";

void waiting_calls(struct syscall_set *out)
{
	if (syscall_set_parse(waiting, out))
		*out = (struct syscall_set){0};
}
