/* SPDX-License-Identifier: MIT */
/*
 * From places to paths: turns a tally's stacks into a tree of named frames.
 *
 * The recording keeps stacks as a trie; each of its nodes maps to one node of the tree, so a node
 * is named once however many stacks pass through it.
 */
#ifndef PROF_PROFILE_PATHS_H
#define PROF_PROFILE_PATHS_H

#include "profile/tally.h"

/* Adds what a place's root or leaf stands for below `node`; returns the node it ends at. */
typedef uint32_t path_extend(const struct recording *r, struct path_tree *tree, uint32_t node,
			     uint64_t what);

/* What a frame carries beside the name of its function. */
enum path_detail {
	PATH_LINES = 1,        /* its source line, by which it is told apart then */
	PATH_INLINE_MARKS = 2, /* functions that were inlined end in _[i] */
	PATH_FLAMES = 4,       /* code without a name goes by its module alone */
	PATH_FILES = 8,        /* its source file instead of its line */
	PATH_MODULES = 16,     /* the file of its code, by which it is told apart then */
	PATH_COLUMNS = 64,     /* with its line, the column there */
	PATH_FAULT_KINDS = 32, /* below the stack of a fault, what kind of fault it was */
};

/*
 * Adds every cell of the tally; `root` and `leaf` may be NULL where places have none. `detail` has
 * bits of enum path_detail.
 */
void paths_add(struct path_tree *tree, const struct recording *r, const struct tally *tally,
	       path_extend *root, path_extend *leaf, unsigned int detail);

/*
 * The extensions in use: a task's comm as the root; as leaf a fault's kernel address, the same with
 * the kind of fault, or a system call.
 */
path_extend path_extend_comm;         /* what: id of a task */
path_extend path_extend_task;         /* what: the same; its comm and ids */
path_extend path_extend_kernel;       /* what: address of a kernel instruction, 0 for none */
path_extend path_extend_kernel_flame; /* the same, with PATH_FLAMES */
path_extend path_extend_minor, path_extend_major, path_extend_failed; /* the same */
path_extend path_extend_syscall;                                      /* what: syscall_key() + 1 */

#endif
