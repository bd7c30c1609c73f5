/* SPDX-License-Identifier: MIT */
/*
 * Chunks out of a file that may be anything. Read with pread rather than mapped: a file that
 * shrinks meanwhile is an error then and no SIGBUS.
 */
#ifndef PROF_RECORDING_SOURCE_H
#define PROF_RECORDING_SOURCE_H

#include "base/bytes.h"
#include "recording/chunk.h"

struct source {
	int fd;
	char *path;
	uint64_t bytes;
	struct file_header header;
	bool header_sound;
	struct bytes chunk; /* the last one looked at, with its header */
	struct bytes raw;   /* its payload, when that had to be decompressed */
	uint64_t raw_left;  /* how many bytes may still be decompressed */
	struct ZSTD_DCtx_s *zstd;
};

/* Opens a file and looks at its header, or reports why it is no recording to be read here. */
int source_open(struct source *s, const char *path);
void source_fini(struct source *s);

/* Up to `size` bytes; returns how many there are. */
size_t source_read(const struct source *s, uint64_t offset, void *data, size_t size);

/* Whether a whole chunk lies at `offset`; it is in s->chunk then, and its header in *out. */
bool source_chunk(struct source *s, uint64_t offset, struct chunk *out);

/* A cursor over the payload of the chunk just read, decompressed where need be. */
bool source_payload(struct source *s, const struct chunk *chunk, struct cursor *out);

#endif
