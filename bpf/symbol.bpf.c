// SPDX-License-Identifier: MIT
/*
 * The name of a kernel address, asked of the kernel itself.
 *
 * Run on demand by the recorder, once per distinct address. Reading the same from /proc/kallsyms
 * would mean formatting and parsing some 200,000 lines for a handful of answers.
 *
 * Licence: the object is "Dual MIT/GPL" (task.bpf.c).
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "event.h"

const char symbol_format[] = "%ps";

SEC("syscall")
int on_kernel_symbol(struct kernel_symbol *symbol)
{
	__u64 address = symbol->address;
	char name[sizeof symbol->name] = {0}; /* helpers do not write to a program's context */

	if (bpf_snprintf(name, sizeof name, symbol_format, &address, sizeof address) < 0)
		return 1;
	__builtin_memcpy(symbol->name, name, sizeof name);
	return 0;
}
