/* SPDX-License-Identifier: MIT */
/*
 * A file's FDEs in the order of the code that they describe.
 *
 * To find and sort them takes a sixth of the time of running them all through, and is enough to
 * make the rows of any one part of the code at once: that is how stacks of a large program are
 * whole while the rest of its table is still being made.
 */
#ifndef PROF_UNWIND_INDEX_H
#define PROF_UNWIND_INDEX_H

#include "unwind/exact_frame.h"
#include "unwind/table.h"

struct unwind_index;

/* Of an open ELF file (x86-64, any class of link), which is read and can be closed. 0; -ENOEXEC: no
 * such file; -ENODATA: no call-frame information. Silent: a file without is walked by frame
 * pointers. */
int unwind_index_open(int fd, struct unwind_index **out);
/* The same over an image in memory, which must stay; offsets are those in the image. */
int unwind_index_open_image(const void *image, size_t size, struct unwind_index **out);
void unwind_index_free(struct unwind_index *index);

/* How many pages (UNWIND_PAGE_SHIFT) of the file its FDEs reach into, those between counted. */
size_t unwind_index_pages(const struct unwind_index *index);

/* The rows that hold in [start, end] of the file. */
void unwind_index_rows(const struct unwind_index *index, uint64_t start, uint64_t end,
		       struct unwind_table *out);

/* All that is known of the code at an offset, which no rule may express. Lives as long as the
 * index. False where there is no FDE. */
bool unwind_index_frame(const struct unwind_index *index, uint64_t offset, struct exact_frame *out);

#endif
