// SPDX-License-Identifier: MIT
/* Calls that came after Linux 6.1, by their numbers: cachestat, 4 arguments, on no descriptor. */
#include <errno.h>

#include "program.h"

#define NR_CACHESTAT 451

int main(void)
{
	return syscall(NR_CACHESTAT, -1, 0, 0, 0) == -1 && errno != ENOSYS ? 0 : 1;
}
