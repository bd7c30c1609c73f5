// SPDX-License-Identifier: MIT
/*
 * bpf(), each of whose commands has a struct of its own. All of it is refused: descriptors are
 * none, and types are unknown.
 */
#include "corners.h"

#include <linux/bpf.h>

static void command(long number, const union bpf_attr *attr, long size)
{
	call(SYS_bpf, number, tail_copy(attr, (size_t)size), HIGH | size);
}

int main(void)
{
	union bpf_attr attr;
	struct bpf_insn program[2] = {{0xb7, 0, 0, 0, 1}, {0x95, 0, 0, 0, 0}};

	for (long number = 0; number < 36; number++) {
		memset(&attr, 0, sizeof attr);
		attr.map_type = 0xffff;
		call(SYS_bpf, number, NULL, 0L);
		call(SYS_bpf, number, NOWHERE, 64L);
		for (size_t i = 0; i < sizeof attr / 4; i++)
			((uint32_t *)&attr)[i] = 0x10000000 + (uint32_t)i;
		command(number, &attr, sizeof attr);
		command(number, &attr, 48);
		command(number, &attr, 20);
		command(number, &attr, 12);
		command(number, &attr, 4);
	}
	memset(&attr, 0, sizeof attr);
	attr.map_type = BPF_MAP_TYPE_HASH;
	attr.key_size = 0;
	attr.map_flags = BPF_F_NO_PREALLOC | BPF_F_NUMA_NODE;
	attr.numa_node = 3;
	strcpy(attr.map_name, "corners");
	command(BPF_MAP_CREATE, &attr, 72);
	memset(&attr, 0, sizeof attr);
	attr.prog_type = 0xffff;
	attr.insn_cnt = 2;
	attr.insns = (uint64_t)program;
	attr.license = (uint64_t) "GPL";
	attr.log_level = 1;
	attr.log_size = 16;
	attr.log_buf = (uint64_t)arena();
	attr.kern_version = 0x60112;
	strcpy(attr.prog_name, "corners");
	command(BPF_PROG_LOAD, &attr, 144);
	memset(&attr, 0, sizeof attr);
	attr.map_fd = (uint32_t)-1;
	command(BPF_MAP_LOOKUP_ELEM, &attr, 32);
	attr.flags = 5;
	command(BPF_MAP_UPDATE_ELEM, &attr, 32);
	memset(&attr, 0, sizeof attr);
	attr.pathname = (uint64_t) "/no/such";
	command(BPF_OBJ_GET, &attr, 16);
	attr.bpf_fd = (uint32_t)-1;
	command(BPF_OBJ_PIN, &attr, 16);
	memset(&attr, 0, sizeof attr);
	attr.raw_tracepoint.name = (uint64_t) "sys_enter";
	attr.raw_tracepoint.prog_fd = (uint32_t)-1;
	command(BPF_RAW_TRACEPOINT_OPEN, &attr, 16);
	return 0;
}
