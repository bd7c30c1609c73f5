/* SPDX-License-Identifier: MIT */
/*
 * Sees to it that the walks have the tables of all code that the command runs.
 *
 * Those of the files that it will map at its start are built before the programs are loaded, so
 * that its first instruction can be walked from. Of a file that comes later a thread finds the FDEs
 * as soon as its mapping is told, and makes rows page by page; a stack that waits for a page gets
 * it at once. Walks that meet a page without rows end there, and are finished by the recorder.
 */
#ifndef PROF_RECORD_UNWINDING_H
#define PROF_RECORD_UNWINDING_H

#include "capture/capture.h"
#include "recording/writer.h"
#include "unwind/dependencies.h"

struct unwinding;

/* Builds the tables of the files that a program will map, or has. */
struct unwinding *unwinding_new(const struct paths *files);
void unwinding_free(struct unwinding *u); /* NULL is fine */

/* How much room the tables need, with some for files that come later. */
void unwinding_room(const struct unwinding *u, struct capture_options *out);

/* Publishes what was built, and from here on what is told. */
void unwinding_begin(struct unwinding *u, struct capture *capture);
/* A file is mapped, which `fd` leads to if it was opened just now; takes that. */
void unwinding_mapping(struct unwinding *u, uint32_t file, int fd);

/* Waits until stacks in all files that were told can be finished. */
void unwinding_end(struct unwinding *u);
void unwinding_counters(const struct unwinding *u, struct writer *w);

#endif
