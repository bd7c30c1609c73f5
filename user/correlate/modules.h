/* SPDX-License-Identifier: MIT */
/*
 * The files that were mapped, each once.
 *
 * A file is known by device, inode and path: the path alone may come to mean another file while the
 * recording runs. Its build-id is read the moment it is met, before it can be replaced.
 */
#ifndef PROF_CORRELATE_MODULES_H
#define PROF_CORRELATE_MODULES_H

#include <stdint.h>

#include "base/vec.h"
#include "recording/writer.h"

struct modules {
	struct writer *writer;
	VEC(struct module) by_id;
};

void modules_init(struct modules *modules, struct writer *writer);
void modules_fini(struct modules *modules);

/* The id of a file, written to the recording when it is new. */
uint32_t module_intern(struct modules *modules, const char *path, uint64_t device, uint64_t inode);

#endif
