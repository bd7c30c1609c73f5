// SPDX-License-Identifier: MIT
/*
 * segments_apart: one page fault in touch(), in a segment of code far behind that of main().
 *
 * Linked so that many pages lie between the two where nothing is mapped.
 */
#include "program.h"

#define APART __attribute__((noinline, noclone, section(".apart")))

static APART void touch(void)
{
	*(volatile char *)map_pages(1) = 1;
	asm volatile("" ::: "memory");
}

static APART void apart(void)
{
	touch();
	asm volatile("" ::: "memory");
}

int main(void)
{
	apart();
	asm volatile("" ::: "memory");
	return 0;
}
