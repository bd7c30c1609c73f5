/* SPDX-License-Identifier: MIT */
/*
 * Keeps libbpf from reading the kernel's types by itself: what it would look up in them it is given
 * (kernel_types.h).
 *
 * A file in memory stands for them when the programs' accesses are fitted to the kernel. For what a
 * program attaches to, libbpf lets an application handle sections by itself; so the programs of
 * "tp_btf/" and "iter/" sections are of a kind that needs no types until the moment when they are
 * loaded.
 */
#ifndef PROF_CAPTURE_QUICK_TYPES_H
#define PROF_CAPTURE_QUICK_TYPES_H

struct bpf_object;
struct quick_types;

/* Before the object is opened, with the path as its btf_custom_path. NULL: libbpf has to do it. */
struct quick_types *quick_types_new(void);
const char *quick_types_path(const struct quick_types *quick);

/* Between opening and loading. 0 or -errno. */
int quick_types_fill(struct quick_types *quick, const struct bpf_object *object);

/* After the object is gone. */
void quick_types_free(struct quick_types *quick);

#endif
