// SPDX-License-Identifier: MIT
#include "decode/byte_flow.h"

#include <sys/syscall.h>

enum byte_flow byte_flow_of(uint64_t nr)
{
	switch (nr) {
	case SYS_read:
	case SYS_pread64:
	case SYS_readv:
	case SYS_preadv:
	case SYS_preadv2:
	case SYS_recvfrom:
	case SYS_recvmsg:
		return FLOW_READ;
	case SYS_write:
	case SYS_pwrite64:
	case SYS_writev:
	case SYS_pwritev:
	case SYS_pwritev2:
	case SYS_sendto:
	case SYS_sendmsg:
	case SYS_sendfile:
	case SYS_copy_file_range:
	case SYS_splice:
		return FLOW_WRITE;
	default:
		return FLOW_NOTHING;
	}
}

bool moves_bytes(uint64_t nr)
{
	return byte_flow_of(nr) != FLOW_NOTHING || nr == SYS_getdents64 || nr == SYS_vmsplice;
}
