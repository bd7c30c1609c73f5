/* SPDX-License-Identifier: MIT */
/*
 * The kernel's type information (BTF), read for the few types that the BPF programs touch.
 *
 * libbpf indexes all of it, 5 MB, and walks it from end to end for each type and each tracepoint:
 * 30 ms, a quarter of what a short recording takes. Here it is mapped, indexed once, and what the
 * programs can ask about is copied into a BTF of a few kilobytes for libbpf to walk: the types that
 * the programs name, the members that they name, and what lies inside of those. Behind a pointer
 * nothing is needed: whoever follows one names the type on its other side.
 */
#ifndef PROF_CAPTURE_KERNEL_TYPES_H
#define PROF_CAPTURE_KERNEL_TYPES_H

#include <stdint.h>

struct btf;
struct kernel_types;

/* NULL, silently, where the file cannot be read or has what is not known here: libbpf has words for
 * that. */
struct kernel_types *kernel_types_new(const char *path);
void kernel_types_free(struct kernel_types *types);

/* The id of a tracepoint's type, "btf_trace_NAME", or of an iterator's, "bpf_iter_NAME"; or 0. */
uint32_t kernel_types_hook(const struct kernel_types *types, const char *prefix, const char *name);

/* A BTF with all that CO-RE relocations of a program with the types `local` can refer to; NULL when
 * that failed. */
struct btf *kernel_types_select(const struct kernel_types *types, const struct btf *local);

#endif
