// SPDX-License-Identifier: MIT
/*
 * System calls on memory. Lengths are such that little of it is ever touched.
 */
#include "corners.h"

#ifndef SYS_map_shadow_stack
#define SYS_map_shadow_stack 453
#endif

#include <linux/mempolicy.h>
#include <sys/uio.h>

#define NOBODY 0x7ffffff0

static void mapping(void)
{
	char *page = mmap(NULL, 16384, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	call(SYS_mmap, page, 4096L, 7, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L);
	call(SYS_mmap, 0x1, -1L, HIGH, HIGH | MAP_SHARED, 0, -4096L);
	call(SYS_mmap, 0, 4096L, 1, MAP_SHARED_VALIDATE | 0x80000, 0, 0L);
	call(SYS_mmap, 0, 0L, 0, 0x40000 | MAP_PRIVATE | 21 << 26, 0, 0L);
	call(SYS_mmap, 0, 0L, 0, MAP_HUGETLB | MAP_PRIVATE, 0, 0L);
	call(SYS_mmap, 0, 0L, 0, MAP_HUGETLB | MAP_PRIVATE | 63U << 26, 0, 0L);
	call(SYS_mmap, 0, 0L, 0, 0x10000000 | MAP_PRIVATE, 0, 0L);
	call(SYS_mmap, 0, 0L, 0x10, 8, 0, 0L);
	call(SYS_mprotect, page, 4096L, PROT_READ | PROT_EXEC);
	call(SYS_mprotect, page + 1, -1L, HIGH | 0xf0);
	call(SYS_mprotect, NULL, 0L, 0xffffffff);
	call(SYS_pkey_mprotect, page + 1, 1L, 3, -1);
	call(SYS_pkey_mprotect, page + 1, 1L, 0xf0, HIGH | 5);
	call(SYS_pkey_alloc, 0L, 3L);
	call(SYS_pkey_alloc, -1L, HIGH);
	call(SYS_pkey_alloc, 1L, 4L);
	call(SYS_pkey_free, HIGH | 0xffffffff);
	call(SYS_munmap, page + 1, HIGH);
	call(SYS_mremap, page, 4096L, 8192L, MREMAP_MAYMOVE);
	call(SYS_mremap, page, 4096L, 8192L, 0);
	call(SYS_mremap, page, 0L, -1L, MREMAP_MAYMOVE | MREMAP_FIXED, page);
	call(SYS_mremap, page, 0L, -1L, 4 | 8 | HIGH, 0x1L);
	call(SYS_mremap, page, 0L, -1L, 0x10, 0x1L);
	call(SYS_mremap, page + 1, 0L, -1L, 4 | 1, 0x5000L);
	call(SYS_brk, NULL);
	call(SYS_brk, NOWHERE);
	call(SYS_msync, page, 4096L, 4);
	call(SYS_msync, page, 4096L, 0xff);
	call(SYS_msync, page, -1L, 8);
	call(SYS_msync, NULL, 0L, HIGH);
	for (int advice = 0; advice < 27; advice++)
		call(SYS_madvise, page + 1, 4096L, advice);
	for (int advice = 98; advice < 105; advice++)
		call(SYS_madvise, page + 1, 4096L, HIGH | advice);
	call(SYS_madvise, page + 1, 4096L, -1);
	call(SYS_mlock, page, 4096L);
	call(SYS_mlock, NULL, -1L);
	call(SYS_munlock, page, 4096L);
	call(SYS_mlock2, page + 1, 0L, 1);
	call(SYS_mlock2, NULL, -1L, 0xff);
	call(SYS_mlock2, NULL, -1L, 2);
	call(SYS_mlockall, 8);
	call(SYS_mlockall, HIGH | 0xff);
	call(SYS_munlockall);
	call(SYS_mincore, page, 16384L, tail(4));
	call(SYS_mincore, page, 16384L, tail(3));
	call(SYS_mincore, page, 1L, tail(1));
	call(SYS_mincore, page, 0L, tail(1));
	call(SYS_mincore, page + 1, 1L, tail(1));
	call(SYS_mincore, page, -1L, NULL);
	call(SYS_mincore, arena(), 65536L, tail(100));
	call(SYS_remap_file_pages, page, 4096L, 0, 0L, 0);
	call(SYS_remap_file_pages, page, -1L, 1, -1L, MAP_NONBLOCK | 2);
	call(SYS_remap_file_pages, page, -1L, HIGH | 0xff, -1L, HIGH | 0xffff0000);
	call(SYS_map_shadow_stack, page, 1L, 1);
	call(SYS_map_shadow_stack, NULL, -1L, 0xff);
}

static void between_processes(void)
{
	struct iovec local[2] = {{arena(), 10}, {arena() + 10, 5}},
		     remote[2] = {{arena(), 4}, {NOWHERE, 5}};
	void *pages[3] = {arena(), NOWHERE, NULL};
	int nodes[3] = {0, -1, 77}, status[3] = {0};

	strcpy(arena(), "some text\n");
	call(SYS_process_vm_readv, getpid(), local, 2L, remote, 1L, 0L);
	call(SYS_process_vm_readv, NOBODY, local, 2L, remote, 2L, -1L);
	call(SYS_process_vm_readv, HIGH | NOBODY, local, 0L, NULL, 0L, 0L);
	call(SYS_process_vm_readv, NOBODY, NOWHERE, -1L, NOWHERE, -1L, 0L);
	call(SYS_process_vm_readv, NOBODY, TAIL(local), 3L, NOWHERE, 5L, 0L);
	call(SYS_process_vm_writev, getpid(), local, 1L, remote, 1L, 0L);
	call(SYS_process_vm_writev, NOBODY, local, 2L, TAIL(remote), 3L, 0L);
	call(SYS_process_vm_writev, NOBODY, NULL, 2L, remote, 2L, 1L);
	call(SYS_process_madvise, -1, local, 2L, 21, 0);
	call(SYS_process_madvise, -1, NOWHERE, -1L, 77, 0xff);
	call(SYS_process_mrelease, -1, 0);
	call(SYS_process_mrelease, -1, 5);
	call(SYS_move_pages, 0, 3L, pages, NULL, status, 0);
	call(SYS_move_pages, 0, 3L, pages, nodes, status, 2);
	call(SYS_move_pages, NOBODY, 3L, pages, nodes, status, 6);
	call(SYS_move_pages, NOBODY, 4L, TAIL(pages), NOWHERE, NOWHERE, 0xff);
	call(SYS_move_pages, NOBODY, 0L, pages, NULL, NULL, 8);
	call(SYS_move_pages, HIGH | NOBODY, -1L, NULL, nodes, status, 1);
}

static void nodes_of(void)
{
	unsigned long nodes[2] = {1, 0x8000000000000000}, none[2] = {0};
	int mode;

	call(SYS_set_mempolicy, 0, NULL, 0L);
	call(SYS_set_mempolicy, MPOL_BIND | MPOL_F_STATIC_NODES, nodes, 64L);
	call(SYS_set_mempolicy, 9, nodes, 65L);
	call(SYS_set_mempolicy, HIGH | 0xffff, TAIL(nodes), 128L);
	call(SYS_set_mempolicy, 0x4000, TAIL(nodes), 129L);
	call(SYS_set_mempolicy, 1, NOWHERE, 5L);
	call(SYS_set_mempolicy, 1, none, 0L);
	call(SYS_set_mempolicy, 1, none, 1L);
	call(SYS_set_mempolicy, 1, none, -1L);
	call(SYS_set_mempolicy, 0, NULL, 0L);
	call(SYS_get_mempolicy, &mode, NULL, 0L, NULL, 0L);
	call(SYS_get_mempolicy, &mode, nodes, 128L, NULL, 0L);
	call(SYS_get_mempolicy, &mode, arena(), 1024L, arena(), 2L);
	call(SYS_get_mempolicy, NULL, nodes, 64L, NULL, 4L);
	call(SYS_get_mempolicy, &mode, NULL, 0L, arena(), 3L);
	call(SYS_get_mempolicy, NOWHERE, NOWHERE, -1L, NOWHERE, -1L);
	call(SYS_get_mempolicy, NOWHERE, NOWHERE, -1L, NOWHERE, 0xff00L);
	call(SYS_mbind, arena(), 4096L, 0L, NULL, 0L, 0);
	call(SYS_mbind, arena(), 4096L, 0x8002L, nodes, 64L, 3);
	call(SYS_mbind, NOWHERE, -1L, -1L, NOWHERE, -1L, 0xff);
	call(SYS_mbind, NOWHERE, -1L, 99L, nodes, 5L, 0x10);
	call(SYS_migrate_pages, NOBODY, 128L, nodes, none);
	call(SYS_migrate_pages, HIGH | NOBODY, 3L, NULL, NOWHERE);
	call(SYS_migrate_pages, NOBODY, -1L, nodes, nodes);
	call(SYS_set_mempolicy_home_node, arena(), 4096L, 0L, 0L);
	call(SYS_set_mempolicy_home_node, NOWHERE, -1L, -1L, -1L);
}

int main(void)
{
	mapping();
	between_processes();
	nodes_of();
	return 0;
}
