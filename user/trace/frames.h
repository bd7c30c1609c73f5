/* SPDX-License-Identifier: MIT */
/*
 * Frames as lines below the event that they belong to: `function+0xoffset (module)`.
 *
 * A file is indexed when its first frame is to be named. That may take a while, which is why names
 * are looked up by the thread that prints, and not by the one that reads the rings.
 */
#ifndef PROF_TRACE_FRAMES_H
#define PROF_TRACE_FRAMES_H

#include "base/bytes.h"
#include "capture/capture.h"
#include "symbols/symbols.h"
#include "trace/files.h"

struct kernel_name {
	uint64_t ip;
	char *text;
};

struct frame_names {
	struct symbolizer *symbolizer;
	const struct live_files *files;
	struct capture *capture;        /* knows the kernel's names; NULL: nobody does */
	VEC(struct kernel_name) kernel; /* few instructions of the kernel touch user memory */
};

void frame_names_init(struct frame_names *names, const struct live_files *files,
		      struct capture *capture);
void frame_names_fini(struct frame_names *names);

/* The function at an offset of a file, and below it, each in a line, those it is inlined into. */
void frame_write(struct frame_names *names, struct bytes *out, uint32_t file, uint64_t offset);

/* A frame outside of all files. */
void unknown_frame_write(struct bytes *out, uint64_t address);

/* The same as strace -k has them, > /path/of/file(function+0xoffset) [0xoffset of the file], where
 * offsets are those behind the calling instruction. */
void strace_frame_write(struct frame_names *names, struct bytes *out, uint32_t file,
			uint64_t offset);
void strace_unknown_frame_write(struct bytes *out, uint64_t address);

/* Where in the source a frame is, if that is code that somebody wrote, and not a library that
 * everybody uses. */
bool frame_source(struct frame_names *names, uint32_t file, uint64_t offset, char **out_place,
		  char **out_function);
void kernel_frame_write(struct frame_names *names, struct bytes *out, uint64_t ip);

#endif
