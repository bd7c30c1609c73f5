// SPDX-License-Identifier: MIT
#include "capture/overhead.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "prof.skel.h"

#define TIMED_NS   100000000ULL
#define UNTIMED_NS 900000000ULL

/* libbpf has a function for it, whose name is that of a table of the decoder's. */
static int timing_open(void)
{
	union bpf_attr attr = {.enable_stats.type = BPF_STATS_RUN_TIME};

	return (int)syscall(SYS_bpf, BPF_ENABLE_STATS, &attr, sizeof attr);
}

static void timing_begin(struct overhead *o, uint64_t now_ns)
{
	o->timing = timing_open();
	o->is_unknown = o->timing < 0;
	o->changed_ns = now_ns;
}

static void timing_end(struct overhead *o, uint64_t now_ns)
{
	close(o->timing);
	o->timing = -1;
	o->measured_ns += now_ns - o->changed_ns;
	o->changed_ns = now_ns;
}

void overhead_begin(struct overhead *o, uint64_t now_ns)
{
	*o = (struct overhead){.timing = -1};
	timing_begin(o, now_ns);
}

void overhead_round(struct overhead *o, uint64_t now_ns)
{
	uint64_t since_ns = now_ns - o->changed_ns;

	if (o->is_unknown || !o->changed_ns)
		return;
	if (o->timing >= 0 && since_ns >= TIMED_NS)
		timing_end(o, now_ns);
	else if (o->timing < 0 && since_ns >= UNTIMED_NS)
		timing_begin(o, now_ns);
}

void overhead_end(struct overhead *o, uint64_t now_ns)
{
	if (o->changed_ns && o->timing >= 0)
		timing_end(o, now_ns);
	o->changed_ns = 0;
}

static uint64_t run_time_ns(const struct bpf_program *program)
{
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof info;
	int fd = bpf_program__fd(program);

	return fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size) ? 0 : info.run_time_ns;
}

bool overhead_of_programs(const struct overhead *o, struct capture *c, uint64_t wall_ns,
			  uint64_t *out_ns)
{
	struct bpf_program *program;
	uint64_t sum_ns = 0;

	if (!o->measured_ns)
		return false;
	bpf_object__for_each_program(program, capture_skeleton(c)->obj) sum_ns +=
		run_time_ns(program);
	*out_ns = (uint64_t)((double)sum_ns * (double)wall_ns / (double)o->measured_ns);
	return true;
}

static uint64_t timeval_ns(struct timeval time)
{
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_usec * 1000;
}

uint64_t overhead_of_prof(void)
{
	struct rusage own;

	getrusage(RUSAGE_SELF, &own);
	return timeval_ns(own.ru_utime) + timeval_ns(own.ru_stime);
}
