// SPDX-License-Identifier: MIT
/*
 * many_calls FILE N: a recording of N system calls whose times are of a few orders of magnitude, as
 * those of a busy server are: more than a summary of them may read.
 */
#include <stdio.h>
#include <sys/syscall.h>

#include "tests/unit/made_recording.h"
#include "tests/unit/stats_data.h"

static uint64_t number_of(uint64_t i)
{
	static const uint64_t usual[] = {SYS_read,  SYS_write,  SYS_read,  SYS_futex,
					 SYS_write, SYS_sendto, SYS_fsync, SYS_epoll_wait};

	return usual[random_at(9, i) % (sizeof usual / sizeof *usual)];
}

int main(int argc, char **argv)
{
	const uint64_t nr = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;
	uint64_t now = 2000;
	struct maker m;

	if (!nr) {
		fputs("usage: many_calls FILE N\n", stderr);
		return 2;
	}
	maker_start(&m);
	writer_meta_text(m.w, "argv", "many_calls");
	make_root(&m, "many", 0);
	for (uint64_t i = 0; i < nr; i++) {
		const uint64_t took = mixed_latency(i);

		MAKE_SYSCALL(&m, [SYSCALL_START_NS] = now, [SYSCALL_DURATION_NS] = took,
			     [SYSCALL_NR] = number_of(i), [SYSCALL_TASK] = 1);
		now += took + 100;
	}
	if (writer_finish(m.w) || rename(m.path, argv[1])) {
		perror(argv[1]);
		return 1;
	}
	writer_free(m.w);
	return 0;
}
