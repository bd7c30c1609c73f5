// SPDX-License-Identifier: MIT
#include "correlate/kernel_frames.h"

#include <string.h>

/* Tracing lies innermost, and is not deeper than this. */
#define MAX_TRACING_FRAMES 16

static bool is_tracing_name(const char *name)
{
	static const char *const beginnings[] = {
		"bpf_",                /* programs, dispatchers, bpf_trace_run* */
		"__bpf_",              /* the tracepoint's caller of programs */
		"__traceiter_",        /* where it has more than one caller */
		"trace_syscall_",      /* the entry code's calls of tracepoints, by version */
		"syscall_trace_enter", /* , */
		"syscall_exit_work",   /* , */
		"syscall_slow_exit_work",
	};

	for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
		if (!strncmp(name, beginnings[i], strlen(beginnings[i])))
			return true;
	return false;
}

static bool is_tracing(struct kernel_frames *k, uint64_t address)
{
	struct kernel_function *function;
	struct kernel_symbol symbol;

	vec_each (&k->known, known)
		if (known->address == address)
			return known->is_tracing;
	function = vec_push(&k->known);
	function->address = address;
	function->is_tracing = k->name(k->arg, address, &symbol) && is_tracing_name(symbol.name);
	return function->is_tracing;
}

void kernel_frames_fini(struct kernel_frames *k)
{
	vec_free(&k->known);
}

uint32_t kernel_frames_cut(struct kernel_frames *k, const uint64_t *frames, uint32_t nr_frames,
			   uint64_t fault_ip)
{
	uint32_t cut = 0;

	for (uint32_t i = 0; fault_ip && i < nr_frames; i++)
		if (frames[i] == fault_ip)
			return i + 1;
	for (uint32_t i = 0; i < nr_frames && i < MAX_TRACING_FRAMES; i++)
		if (is_tracing(k, frames[i]))
			cut = i + 1;
	return cut;
}
