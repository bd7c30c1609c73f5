// SPDX-License-Identifier: MIT
/* seccomp_denial N [tracer]: N calls of getppid refused by a filter with EPERM before they begin;
 * or left to a tracer, of which there is none, so that the kernel refuses them with ENOSYS. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>

#include "program.h"

int main(int argc, char **argv)
{
	long nr_calls = number_argument(argc, argv, 1, 7);
	bool is_for_tracer = argc > 2;
	int error = is_for_tracer ? ENOSYS : EPERM;
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K,
			 is_for_tracer ? SECCOMP_RET_TRACE : SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {sizeof code / sizeof *code, code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, 2, &filter))
		err(1, "prctl");
	for (long i = 0; i < nr_calls; i++)
		if (syscall(SYS_getppid) != -1 || errno != error)
			return 1;
	return 0;
}
